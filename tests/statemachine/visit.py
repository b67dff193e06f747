"""A visit to one state: what its fields come to and where it leads, given its task's result or error.

A test device for expressions, not an interpreter: it knows no Retry, no Map and no service.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.statemachine.definition import State, expression_of
from tests.statemachine.engines import Engine
from tests.statemachine.samples import MACHINE_ARN, PLAN

CONTEXT = {
    "Execution": {
        "Id": PLAN["batch"]["id"],
        "Name": "run-1",
        "RedriveCount": 0,
        "StartTime": "2026-11-21T09:34:44.123Z",
    },
    "StateMachine": {"Id": MACHINE_ARN, "Name": "batch-processor-dev"},
}
# States.ALL does not match these: the developer guide, concepts-error-handling.
_NOT_IN_ALL = ("States.DataLimitExceeded", "States.Runtime")
_FIELDS = (
    "Arguments", "TimeoutSeconds", "Seconds", "Error", "Cause", "Items", "MaxConcurrency",
    "ItemReader", "ItemBatcher", "ToleratedFailurePercentage", "ResultWriter",
)  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """`fields` are what the state did with, `assigned` the variables it set; `next` is None at an end."""

    fields: dict[str, Any]
    output: Any
    assigned: dict[str, Any]
    next: str | None
    places: frozenset[str]


@dataclass
class _Evaluation:
    engine: Engine
    variables: dict[str, Any]
    places: set[str] = field(default_factory=set)

    def of(self, value: Any, place: str) -> Any:
        if isinstance(value, dict):
            return {key: self.of(inner, f"{place}.{key}") for key, inner in value.items()}
        if isinstance(value, list):
            return [self.of(inner, f"{place}.{index}") for index, inner in enumerate(value)]
        if (expression := expression_of(value)) is None:
            return value
        self.places.add(place)
        return self.engine.evaluate(expression, self.variables)


def visit(
    state: State,
    engine: Engine,
    variables: Mapping[str, Any],
    data: Any,
    result: Any = None,
    error: Mapping[str, Any] | None = None,
) -> Visit:
    """Evaluate the state as Step Functions does; with an error, as after its last retry."""
    states = {"input": data, "context": CONTEXT}
    before = _Evaluation(engine, {**variables, "states": states})
    fields = {name: before.of(state[name], name) for name in _FIELDS if name in state}
    default = data
    if error is not None:
        ending, place = _catcher(state, error["Error"])
        states, default = {**states, "errorOutput": error}, error
    elif state["Type"] == "Choice":
        ending, place = _chosen(state, before)
    else:
        ending, place = state, ""
        if state["Type"] in ("Task", "Map"):
            states, default = {**states, "result": result}, result
    after = _Evaluation(engine, {**variables, "states": states}, before.places)
    output = after.of(ending["Output"], f"{place}Output") if "Output" in ending else default
    assigned = after.of(ending.get("Assign", {}), f"{place}Assign")
    leads_to = ending.get("Next") or ending.get("Default")
    return Visit(fields, output, assigned, leads_to, frozenset(after.places))


def _chosen(state: State, evaluation: _Evaluation) -> tuple[State, str]:
    for index, rule in enumerate(state["Choices"]):
        decision = evaluation.of(rule["Condition"], f"Choices.{index}.Condition")
        assert isinstance(decision, bool), f"Step Functions takes nothing but true and false: {decision!r}"
        if decision:
            return rule, f"Choices.{index}."
    return state, ""


def _catcher(state: State, error: str) -> tuple[State, str]:
    for index, catcher in enumerate(state["Catch"]):
        names = catcher["ErrorEquals"]
        if error in names or ("States.ALL" in names and error not in _NOT_IN_ALL):
            return catcher, f"Catch.{index}."
    raise AssertionError(f"{error} is not caught")
