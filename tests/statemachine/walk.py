"""A walk through a scope of the definition, state by state, with what its tasks and Maps would give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.statemachine.definition import Scope
from tests.statemachine.engines import Engine
from tests.statemachine.visit import visit

_RUN = ("Task", "Map")


@dataclass
class Walk:
    """The states `visited`, what each run of a task or Map had been `given`, the `variables`, and what it all came to.

    `end` is the output of the last state, or Error and Cause if that is a Fail.
    """

    visited: list[str] = field(default_factory=list)
    given: dict[str, list[Any]] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    end: Any = None

    def arguments(self, name: str) -> list[Any]:
        """The arguments of each run of a task."""
        return [fields["Arguments"] for fields in self.given.get(name, [])]


def walk(scope: Scope, engine: Engine, variables: Mapping[str, Any], data: Any, tasks: Mapping[str, list[Any]]) -> Walk:
    """From the start to an end; `tasks` gives each task's results in turn, Error with or without Cause is an error."""
    there = dict(variables)
    way = Walk(variables=there, end=data)
    answers = {name: iter(results) for name, results in tasks.items()}
    name: str | None = scope.start
    while name is not None:
        state = scope.states[name]
        runs = state["Type"] in _RUN
        answer = next(answers[name]) if runs else None
        error = answer if _is_error(answer) else None
        seen = visit(state, engine, there, way.end, answer, error)
        way.visited.append(name)
        if runs:
            way.given.setdefault(name, []).append(seen.fields)
        way.end = seen.fields if state["Type"] == "Fail" else seen.output
        there |= seen.assigned
        name = seen.next
    assert not [left for results in answers.values() for left in results], "some results were not asked for"
    return way


def _is_error(answer: Any) -> bool:
    # DescribeExecution's result may have both, among others.
    return isinstance(answer, dict) and "Error" in answer and answer.keys() <= {"Error", "Cause"}
