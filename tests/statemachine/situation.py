"""What a state may meet, and what it is to make of it."""

from collections.abc import ItemsView, Mapping
from dataclasses import dataclass, field
from typing import Any

from .recorded import LOADED, PLAN, ROW

VARIABLES: dict[str, Any] = {"plan": PLAN, "loaded": LOADED, "row": ROW, "attempt": 1, "unread": {}}


@dataclass(frozen=True)
class Situation:
    """A state entered with `data`, and what its task gives: `result`, or `error` after the last retry.

    `expected` gives values by place: `fields.Arguments`, `output.status`, `assigned.row`, `next`.
    """

    state: str
    case: str
    data: Any = field(default_factory=dict)
    result: Any = None
    error: Mapping[str, Any] | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.state}: {self.case}"


def named(cases: dict[str, Any]) -> ItemsView[str, Any]:
    """The cases as pairs, whatever their types."""
    return cases.items()
