"""Where a walk through states stands, kept so that a redrive can continue it.

https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Progress:
    """The state that an execution or a Map iteration is in, with what it entered it with."""

    last_event_id: int = 0
    state: str | None = None
    data: Any = None
    is_entered: bool = False
    # The event that tells of the state's beginning, and the one that led to it.
    entry_event_id: int = 0
    before_entry_event_id: int = 0
    # The variables that the state has assigned, as JSON text.
    assigned: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    # Of the iterations of the inline Map that the state is, by index.
    parts: dict[int, "Progress"] = field(default_factory=dict)
    # The Map Run of the Distributed Map that the state is.
    map_run: Any = None
    is_finished: bool = False
    # What the execution walks through: a redrive does not see an update of the machine.
    definition: Any = None

    def enter(self, state: str, data: Any, variables: dict[str, Any]) -> None:
        """The walk is in this state now."""
        self.state, self.data, self.variables, self.is_entered = state, data, variables, False
        self.assigned = {}
        self.start_over()

    def start_over(self) -> None:
        """The state begins from its beginning: nothing of an earlier attempt counts."""
        self.parts, self.map_run = {}, None

    def finish(self, output: Any) -> None:
        """The walk is over; its output is kept for a redrive of what it is part of."""
        self.state, self.data, self.variables = None, output, {}
        self.start_over()
        self.is_finished = True
