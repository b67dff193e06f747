"""Variables have values where they are read."""

from collections.abc import Iterator

import pytest

from tests.statemachine.definition import Scope, State, expressions
from tests.statemachine.engines import JavaScriptEngine
from tests.statemachine.states import MACHINES

OF_EACH_MACHINE = pytest.mark.parametrize("scopes", MACHINES.values(), ids=MACHINES)


@OF_EACH_MACHINE
def test_an_inner_scope_assigns_no_outer_variable(scopes: list[Scope]) -> None:
    outer, *inner = [{name for state in scope.states.values() for name in _assigned(state)} for scope in scopes]
    assert outer
    for names in inner:
        assert not names & outer


@OF_EACH_MACHINE
def test_every_variable_is_assigned_on_every_path_to_where_it_is_read(
    scopes: list[Scope], javascript: JavaScriptEngine
) -> None:
    top, *insides = scopes
    known = _known_on_entry(top, frozenset())
    _check_reads(top, known, javascript)
    for inside in insides:
        assert inside.owner
        seen = frozenset[str]() if inside.distributed else known[inside.owner]
        _check_reads(inside, _known_on_entry(inside, seen), javascript)


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
