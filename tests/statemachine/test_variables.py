"""Variables have values where they are read."""

from collections.abc import Iterator

import pytest

from tests.statemachine.definition import Scope, State, expressions
from tests.statemachine.engines import JavaScriptEngine
from tests.statemachine.states import MACHINES

OF_EACH_MACHINE = pytest.mark.parametrize("scopes", MACHINES.values(), ids=MACHINES)


@OF_EACH_MACHINE
def test_an_inner_scope_assigns_no_outer_variable(scopes: list[Scope]) -> None:
    names = {scope.owner: {name for state in scope.states.values() for name in _assigned(state)} for scope in scopes}
    assert names[""]
    for scope in scopes:
        # A child of a Distributed Map is an execution of its own.
        if scope.owner and not scope.distributed:
            assert not names[scope.owner] & names[scope.within]


@OF_EACH_MACHINE
def test_every_variable_is_assigned_on_every_path_to_where_it_is_read(
    scopes: list[Scope], javascript: JavaScriptEngine
) -> None:
    known: dict[str, frozenset[str]] = {}
    for scope in scopes:
        seen = frozenset[str]() if scope.distributed or not scope.owner else known[scope.owner]
        inside = _known_on_entry(scope, seen)
        _check_reads(scope, inside, javascript)
        known |= inside


def _check_reads(scope: Scope, known: dict[str, frozenset[str]], javascript: JavaScriptEngine) -> None:
    for name, state in scope.states.items():
        for place, expression in expressions(state).items():
            unknown = set(javascript.free_variables(expression)) - known[name]
            assert not unknown, f"{name}.{place} may read {unknown} before a value is there"


def _known_on_entry(scope: Scope, outer: frozenset[str]) -> dict[str, frozenset[str]]:
    """The variables that surely have a value when a state is entered, from whichever state that is."""
    known = {scope.start: outer}
    waiting = [scope.start]
    while waiting:
        name = waiting.pop()
        for target, assigned in _ways_out(scope.states[name]):
            after = known[name] | assigned
            before = known.get(target)
            known[target] = after if before is None else before & after
            if known[target] != before:
                waiting.append(target)
    return known


def _ways_out(state: State) -> Iterator[tuple[str, frozenset[str]]]:
    for ending in [state, *state.get("Choices", []), *state.get("Catch", [])]:
        for key in ("Next", "Default"):
            if key in ending:
                yield ending[key], frozenset(ending.get("Assign", {}))


def _assigned(state: State) -> set[str]:
    return {
        name
        for ending in [state, *state.get("Choices", []), *state.get("Catch", [])]
        for name in ending.get("Assign", {})
    }
