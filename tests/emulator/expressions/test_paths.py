"""Expressions that are a variable and names: what is looked up is what the engines come to."""

from typing import Any

import pytest

from batchctl.local.emulator.fidelity.expressions import jsonata_evaluation, python_engine

PATHS = ("$x", "$x.a", "$x.a.b", "$states.input", "$states.input.a", "$states.input.a.b")
VALUES: tuple[Any, ...] = (
    [], [1], [[]], [[1]], [None], [1, [2]], "", "x", 0, 1.5, True, False, None, {},
    {"a": []}, {"a": [1]}, {"a": [[1]]}, {"a": [[]]}, {"a": [None]}, {"a": None}, {"a": {"b": []}}, {"a": {"b": [1]}},
    {"a": {"b": [[1], []]}}, {"a": [{"b": 1}]}, {"a": [{"b": [1]}]}, [{"a": 1}], [{"a": [1]}, {"a": [2]}],
)  # fmt: skip


def _engines() -> list[Any]:
    rust_engine = pytest.importorskip("batchctl.local.emulator.fidelity.expressions.rust_engine")
    return [python_engine.evaluate, rust_engine.evaluate]


@pytest.mark.parametrize("expression", PATHS)
def test_what_is_looked_up_is_what_the_engines_come_to(expression: str) -> None:
    names = jsonata_evaluation.path(expression)
    assert names
    for value in VALUES:
        bindings = {"x": value, "states": {"input": value, "context": {}}}
        found = jsonata_evaluation.at(names, bindings)
        for engine in _engines() if found is not None else ():
            assert engine((expression,), bindings) == {"0": found}, value


def test_lists_need_no_engine() -> None:
    assert jsonata_evaluation.at(("x",), {"x": [1]}) == [1]
    assert jsonata_evaluation.at(("x", "a"), {"x": {"a": []}}) == []


def test_names_in_the_items_of_a_list_need_one() -> None:
    assert jsonata_evaluation.at(("x", "a"), {"x": [{"a": 1}]}) is None
