"""What a state may meet, and what it is to make of it."""

from collections.abc import ItemsView, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.statemachine.samples import EXPRESS_CHILD, EXPRESS_ROW, LOADED, PLAN, ROW, RUN, call
from tests.statemachine.states import BATCH_SCOPES, IN_ROW_BATCH

MACHINE_VARIABLES: dict[str, Any] = {"plan": PLAN, "loaded": LOADED}
ROW_VARIABLES: dict[str, Any] = {
    **MACHINE_VARIABLES,
    "row": ROW,
    "attempt": 1,
    "throttled": 0,
    "fetch": False,
    "found": False,
    "unread": {},
    "call": call(),
}
CHILD_VARIABLES: dict[str, Any] = {"run": RUN}
EXPRESS_ROW_VARIABLES: dict[str, Any] = {**EXPRESS_CHILD, "row": EXPRESS_ROW, "attempt": 1, "throttled": 0, "delay": 0}
_BY_SCOPE = {
    "": MACHINE_VARIABLES,
    "ProcessCSV": ROW_VARIABLES,
    "FanOutRowBatches": CHILD_VARIABLES,
    "FanOutExpressRows": EXPRESS_CHILD,
    "CallRows": EXPRESS_ROW_VARIABLES,
    "JoinParts": MACHINE_VARIABLES,
}
_SCOPE_OF = {name: scope.owner for scope in BATCH_SCOPES for name in scope.states}


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

    def all_variables(self) -> dict[str, Any]:
        """The variables of the state's scope, with the situation's own values; no state sees any other."""
        there = _BY_SCOPE["" if self.state.startswith(IN_ROW_BATCH) else _SCOPE_OF[self.state]]
        assert self.variables.keys() <= there.keys(), f"{self} has variables that the state does not see"
        return row_variables(**self.variables) if there is ROW_VARIABLES else {**there, **self.variables}

    def __str__(self) -> str:
        return f"{self.state}: {self.case}"


def row_variables(**changed: Any) -> dict[str, Any]:
    """The variables of the row pipeline with some other values, and the $call that these make."""
    there = {**ROW_VARIABLES, **changed}
    return {**there, "call": call(there["plan"], there["row"], there["attempt"])}


def named(cases: dict[str, Any]) -> ItemsView[str, Any]:
    """The cases as pairs, whatever their types."""
    return cases.items()
