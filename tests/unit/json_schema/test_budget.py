"""The work of a check is bounded by its steps, which are the same at every run."""

import time
from typing import Any

import pytest

from batch_processor.errors import StructuredOutputInvalid
from batch_processor.extraction.structured_output import check_answer
from batch_processor.json_schema.problems import schema_problems
from batch_processor.json_schema.violations import violations


def doubled(levels: int) -> dict[str, Any]:
    """A schema that takes two looks at the value at each level, the last one being at a text."""
    names = {
        f"l{level}": {"anyOf": [{"$ref": f"#/$defs/l{level + 1}"}, {"$ref": f"#/$defs/l{level + 1}"}]}
        for level in range(levels)
    }
    return {"$defs": {**names, f"l{levels}": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/l0"}}}


def test_work_that_doubles_at_every_level_ends_with_the_place_in_the_schema() -> None:
    with pytest.raises(StructuredOutputInvalid) as caught:
        check_answer({"a": 5}, doubled(50))
    assert "the whole: checking it takes more than 400,000 steps, most of them at /$defs/l50/type of the" in str(
        caught.value
    )


def test_same_check_ends_the_same_way_every_time() -> None:
    assert violations({"a": 5}, doubled(20)) == violations({"a": 5}, doubled(20))
    [told] = violations({"a": 5}, doubled(6))
    assert told.endswith("/a: expected a string, got a number")
    assert violations({"a": "x"}, doubled(50)) == []


def test_alternatives_over_a_nested_answer_are_bounded() -> None:
    node = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}
    schema = {
        "$defs": {"node": {"oneOf": [node, {**node, "required": ["x"]}]}},
        "properties": {"a": {"$ref": "#/$defs/node"}},
    }
    answer: dict[str, Any] = {}
    for _ in range(60):
        answer = {"next": answer}
    assert ["checking it takes more than" in told for told in violations({"a": answer}, schema)] == [True]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"uniqueItems": True}, [{"n": number} for number in range(20_000)]),
        ({"uniqueItems": True}, [number if number % 2 else str(number) for number in range(40_000)]),
        ({"items": {"enum": [f"c{number}" for number in range(2_000)]}}, ["c1999"] * 20_000),
        ({"items": {"type": "integer", "minimum": 0}}, [7] * 80_000),
        ({"anyOf": [{"const": f"{number}"} for number in range(3_000)]}, "2999"),
    ],
)
def test_large_answers_that_fit_are_within_the_bound(schema: Any, value: Any) -> None:
    started = time.process_time()
    assert violations({"a": value}, {"properties": {"a": schema}}) == []
    assert time.process_time() - started < 20  # comparing each with each would take minutes


@pytest.mark.parametrize("value", [[1, 1.0], [{"a": [1]}, {"a": [1.0]}], ["x", 1, True, "x"], [None, None]])
def test_equal_items_are_found(value: Any) -> None:
    assert violations({"a": value}, {"properties": {"a": {"uniqueItems": True}}})


@pytest.mark.parametrize(
    "value", [[1, True], [0, False, "0", None], [{"a": 1}, {"a": True}], [[1, 2], [2, 1]], [{}, []], []]
)
def test_items_that_differ_are_told_apart(value: Any) -> None:
    assert violations({"a": value}, {"properties": {"a": {"uniqueItems": True}}}) == []
    assert all(violations({"a": item}, {"properties": {"a": {"enum": value}}}) == [] for item in value)


def test_schema_by_which_nothing_could_be_checked_is_not_registered() -> None:
    schema = doubled(30)
    schema["$defs"]["l30"] = {"type": ["string", "number", "null", "object", "array"]}
    schema["$defs"]["l29"] = {"oneOf": [{"$ref": "#/$defs/l30"}, {"$ref": "#/$defs/l30"}]}
    [problem] = schema_problems(schema)
    assert problem.message.startswith("no answer could be checked by the schema: checking it takes more than")
