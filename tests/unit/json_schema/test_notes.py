"""Notes on schemas that can be used: patterns that are not checked, formats, keywords that are nearly known."""

from typing import Any

import pytest

from batch_processor.json_schema.notes import schema_notes
from batch_processor.json_schema.problems import schema_problems
from batch_processor.json_schema.violations import violations

AROUND = r"^(?!0{3})[0-9A-F.]+$"


def notes(schema: Any) -> dict[str, str]:
    assert schema_problems(schema) == []
    return {note.pointer: note.message for note in schema_notes(schema)}


@pytest.mark.parametrize(
    ("schema", "said_by"),
    [
        ({"type": "string", "format": "email", "pattern": AROUND}, "the format email says the same"),
        ({"type": "string", "format": "emoji", "pattern": r"^\p{Emoji}+$"}, 'nor is the format "emoji"'),
        ({"type": "string", "enum": ["A"], "pattern": AROUND}, "what values there may be is listed"),
        ({"type": ["integer", "null"], "pattern": AROUND}, "the type is another"),
    ],
)
def test_pattern_that_the_schema_does_without_is_noted(schema: Any, said_by: str) -> None:
    [message] = notes({"properties": {"code": schema}}).values()
    assert message.startswith("the pattern is not checked: it ")
    assert message.endswith(said_by)


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_pattern_beside_the_type_number_is_noted(keyword: str) -> None:
    schema = {
        "properties": {"sum": {keyword: [{"type": "number"}, {"type": "string", "pattern": AROUND}, {"type": "null"}]}}
    }
    assert list(notes(schema)) == [f"/properties/sum/{keyword}/1/pattern"]
    assert violations({"sum": "000"}, schema) == violations({"sum": 1.5}, schema) == []
    assert violations({"sum": []}, schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": AROUND},
        {"anyOf": [{"type": "string", "pattern": AROUND}, {"type": "null"}]},
        {"pattern": AROUND},
    ],
)
def test_pattern_that_alone_says_it_is_refused_with_what_to_do(schema: Any) -> None:
    [problem] = schema_problems({"properties": {"code": schema}})
    assert problem.pointer.endswith("/pattern")
    assert "it looks around, which takes more than linear time; drop the pattern" in problem.message
    assert "group the wanted part" not in problem.message


def test_format_goes_on_being_checked_where_the_pattern_is_not() -> None:
    schema = {"properties": {"mail": {"type": "string", "format": "email", "pattern": AROUND}}}
    assert violations({"mail": "jo@example.org"}, schema) == []
    assert violations({"mail": "nobody"}, schema)


def test_times_that_want_an_offset_are_noted() -> None:
    schema = {
        "properties": {name: {"type": "string", "format": name} for name in ("date-time", "time", "date", "duration")}
    }
    assert {pointer: text[:40] for pointer, text in notes(schema).items()} == {
        "/properties/date-time/format": "the format date-time wants an offset, as",
        "/properties/time/format": "the format time wants an offset, as 09:3",
    }
    assert violations({"time": "09:30:00"}, schema) == [
        "/time: expected the format time, as 09:34:44Z (with Z or an offset as +01:00), got a string of 8 characters"
    ]


@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        ({}, "", "every one fits"),
        ({"title": "Bird", "description": "One bird."}, "", "every one fits"),
        ({"type": "object", "propertes": {}}, "/propertes", "did you mean 'properties'?"),
        ({"properties": {"a": {"typ": "string"}}}, "/properties/a/typ", "did you mean 'type'?"),
        ({"type": "object", "require": ["a"]}, "/require", "did you mean 'required'?"),
        ({"properties": {"a": {"format": "datetime"}}}, "/properties/a/format", "did you mean 'date-time'?"),
    ],
)
def test_what_says_less_than_was_meant_is_noted(schema: Any, pointer: str, words: str) -> None:
    found = notes(schema)
    assert list(found) == [pointer]
    assert words in found[pointer]


def test_what_is_meant_as_it_is_has_no_notes() -> None:
    fields = {
        "a": {"type": "string", "format": "iri", "example": "x", "x-order": 1},
        "b": {"type": "number", "format": "double"},
        "c": {"const": {"typ": "x"}},
    }
    assert notes({"type": "object", "properties": fields, "$defs": {"typ": {"type": "null"}}}) == {}
