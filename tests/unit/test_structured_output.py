import json
from typing import Any

import pytest

from batch_processor.contract import OutputColumn
from batch_processor.errors import StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.json_path import MISSING
from batch_processor.structured_output import extract_cells, find
from tests.unit.plans import make_plan

FOUND = {"category": "billing", "score": 3}
TOOL_ANSWER = {"type": "structured_output", "tool_use_id": "t-1", "content": FOUND, "schema": "ticket"}
ANSWERS = [
    {"structured_output": FOUND, "messages": []},
    {"Output": {"structured_output": FOUND}},
    {"Output": json.dumps({"structured_output": FOUND})},
    {"content": {"structured_output": FOUND}},
    {"content": json.dumps({"structured_output": FOUND})},
    TOOL_ANSWER,
    {**TOOL_ANSWER, "content": json.dumps(FOUND)},
]
IDS = ["direct", "Output", "Output as text", "content", "content as text", "tool", "tool with content as text"]


def extract(answer: Any, *columns: OutputColumn) -> list[str]:
    return extract_cells(answer, make_plan(output={"columns": list(columns)})["output"])


def field(name: str) -> OutputColumn:
    return {"name": name, "source": [name]}


def legacy(*source: str | int, **options: Any) -> OutputColumn:
    column: Any = {"name": "c", "source": list(source), "legacy": True, **options}
    checked: OutputColumn = column
    return checked


@pytest.mark.parametrize("answer", ANSWERS, ids=IDS)
def test_structured_output_is_found_wherever_it_may_stand(answer: Any) -> None:
    assert find(answer) == FOUND
    assert find(json.dumps(answer)) == FOUND
    assert extract(answer, field("score"), field("category")) == ["3", "billing"]


def test_first_place_wins() -> None:
    assert find({"structured_output": FOUND, "Output": {"structured_output": {}}}) == FOUND


def test_field_that_the_answer_lacks_is_empty() -> None:
    assert extract({"structured_output": {"category": None, "score": 0}}, field("category"), field("score")) == [
        "",
        "0",
    ]
    assert extract({"structured_output": FOUND}, field("other"), field("score")) == ["", "3"]


@pytest.mark.parametrize(
    ("answer", "has"),
    [
        ({"result": 1, "error": "x"}, "the answer has the fields 'error', 'result'."),
        ({}, "the answer has no fields."),
        ([FOUND], "the answer has no fields, it is list."),
        (None, "the answer has no fields, it is NoneType."),
        ("plain words", "the answer has no fields, it is str."),
        ("[" * 100_000, "the answer has no fields, it is str."),
        ({"Output": "plain words"}, "the answer has the fields 'Output'."),
        ({"type": "text", "content": FOUND}, "the answer has the fields 'content', 'type'."),
        ({"type": "structured_output"}, "the answer has the fields 'type'."),
    ],
)
def test_answer_without_structured_output_is_refused_with_what_it_has(answer: Any, has: str) -> None:
    assert find(answer) is MISSING
    with pytest.raises(StructuredOutputMissing) as caught:
        extract(answer, field("category"))
    assert str(caught.value).startswith("Agent did not return structured output: nothing at structured_output, ")
    assert str(caught.value).endswith(has)


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({"structured_output": "text"}, '"text"'),
        ({"structured_output": None}, "null"),
        ({"Output": {"structured_output": [1]}}, "[1]"),
        ({"type": "structured_output", "content": "words"}, '"words"'),
    ],
)
def test_structured_output_that_is_no_object_is_refused(answer: Any, shown: str) -> None:
    with pytest.raises(StructuredOutputInvalid) as caught:
        extract(answer, field("category"))
    assert str(caught.value) == f"The structured output is not an object but {shown}."


def test_structured_output_without_any_configured_field_is_refused() -> None:
    with pytest.raises(StructuredOutputInvalid) as caught:
        extract({"structured_output": {"b": 1, "a": 2}}, field("category"), field("score"))
    assert str(caught.value) == (
        "None of the configured fields is in the structured output; it has the fields 'a', 'b'."
    )


def test_cell_of_the_wrong_type_is_refused_with_its_column() -> None:
    with pytest.raises(StructuredOutputInvalid, match=r"^Column 'c': expected a number, got \"billing\"\.$"):
        extract({"structured_output": FOUND}, legacy("category", type="number"))


@pytest.mark.parametrize("answer", ANSWERS, ids=IDS)
@pytest.mark.parametrize("path", [("category",), ("structured_output", "category")])
def test_legacy_path_holds_wherever_the_structured_output_stands(answer: Any, path: tuple[str, ...]) -> None:
    assert extract(answer, legacy(*path)) == ["billing"]
    assert extract(json.dumps(answer), legacy(*path)) == ["billing"]
    assert extract(answer, legacy("agent_output", *path)) == ["billing"]


def test_legacy_path_reaches_the_whole_answer() -> None:
    answer = {"usage": {"tokens": [7, 9]}}
    assert extract(answer, legacy("usage", "tokens", -1)) == ["9"]
    assert extract(json.dumps(answer), legacy("agent_output", "usage", "tokens", 0)) == ["7"]


def test_legacy_path_prefers_the_whole_answer() -> None:
    assert extract({"score": 1, "structured_output": {"score": 2}}, legacy("score")) == ["1"]


def test_legacy_path_through_a_field_named_agent_output_is_followed() -> None:
    assert extract({"agent_output": {"score": 1}, "score": 2}, legacy("agent_output", "score")) == ["1"]


@pytest.mark.parametrize(
    ("options", "cell"),
    [
        ({}, ""),
        ({"default": "N/A"}, "N/A"),
        ({"default": "N/A", "type": "number", "format": "%.2f"}, "N/A"),
        ({"default": 0, "type": "number", "format": "%.2f"}, "0.00"),
        ({"default": False, "type": "boolean"}, "false"),
        ({"default": []}, "[]"),
        ({"default": None, "type": "json_string"}, ""),
    ],
)
@pytest.mark.parametrize(
    "answer", [{"structured_output": {"score": 1}}, {"structured_output": {"score": 1, "x": None}}]
)
def test_default_stands_for_what_is_missing_or_null(answer: Any, options: dict[str, Any], cell: str) -> None:
    assert extract(answer, field("score"), legacy("x", **options)) == ["1", cell]


def test_legacy_value_is_coerced_and_formatted() -> None:
    answer = {"structured_output": {"score": "0.98765", "tags": ["a"]}}
    columns = [legacy("score", type="number", format="%.2f"), legacy("tags", type="json_string")]
    assert extract(answer, *columns) == ["0.99", '["a"]']


def test_legacy_columns_that_find_nothing_at_all_are_a_missing_answer() -> None:
    with pytest.raises(StructuredOutputMissing):
        extract({"other": 1}, legacy("x", default="N/A"))
    with pytest.raises(StructuredOutputInvalid):
        extract({"structured_output": {"other": 1}}, legacy("x", default="N/A"))
