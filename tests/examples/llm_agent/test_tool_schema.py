from typing import Any

import pytest

from strict_faults import strict_faults
from tests.examples.llm_agent.product_copywriter import COPY, COPYWRITER
from tests.examples.llm_agent.schemas import ONE, OTHER, REFERRING
from tool_schema import strict_schema


def test_the_tool_says_in_words_what_bedrock_cannot_hold_a_model_to() -> None:
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "number", "minimum": 0, "exclusiveMaximum": 5, "description": "A number."},
            "s": {"type": "string", "minLength": 1, "pattern": "^a", "format": "date"},
            "l": {"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 2, "uniqueItems": True},
            "o": {"type": "object", "properties": {"k": {"enum": ["x"]}}, "required": ["k"], "minProperties": 1},
            "e": {"oneOf": [{"type": "integer", "multipleOf": 2}, {"type": "null"}]},
            "cost": {"type": "integer"},
        },
        "required": ["s", "cost"],
        "additionalProperties": True,
    }
    assert strict_schema(schema, without=("cost",)) == {
        "type": "object",
        "properties": {
            "s": {
                "type": "string",
                "format": "date",
                "description": "(at least 1 characters, matching the regular expression ^a)",
            },
            "n": {"type": "number", "description": "A number. (at least 0, less than 5)"},
            "l": {
                "type": "array",
                "items": {"type": "string", "description": "(at most 3 characters)"},
                "description": "(at least 2 items, no item twice)",
            },
            "o": {"type": "object", "properties": {"k": {"enum": ["x"]}}, "required": ["k"], "additionalProperties": False},
            "e": {"anyOf": [{"type": "integer", "description": "(a multiple of 2)"}, {"type": "null"}]},
        },
        "required": ["s"],
        "additionalProperties": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        # Every object is closed, also one that has nothing in it, or none but alternatives.
        ({"type": "object", "additionalProperties": False},
         {"type": "object", "properties": {}, "required": [], "additionalProperties": False}),
        ({"type": ["object", "null"], "properties": {}},
         {"type": ["object", "null"], "properties": {}, "required": [], "additionalProperties": False}),
        ({"type": "object", "oneOf": [ONE, OTHER]},
         {"anyOf": [{**ONE, "additionalProperties": False}, {**OTHER, "additionalProperties": False}]}),
        # Alternatives that only narrow what is said already are left to the check of the answer.
        ({**ONE, "anyOf": [{"required": ["a"]}, {"minProperties": 3}]}, {**ONE, "additionalProperties": False}),
        ({"type": "string", "anyOf": [{"format": "date"}, {"maxLength": 3}]},
         {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "description": "(at most 3 characters)"}]}),
        ({"type": "string", "allOf": [{"minLength": 3}]}, {"type": "string"}),
        ({"type": "object", **REFERRING}, REFERRING),
        ({"type": "array", "items": True}, {"type": "array"}),
        ({"$defs": {"x": ONE}, "definitions": {"y": {"type": "null"}}, "type": "null"},
         {"$defs": {"x": {**ONE, "additionalProperties": False}}, "definitions": {"y": {"type": "null"}}, "type": "null"}),
    ],
)  # fmt: skip
def test_tool_has_what_bedrock_takes(schema: dict[str, Any], strict: dict[str, Any]) -> None:
    assert list(strict_faults(schema)) == []
    assert strict_schema(schema) == strict


def test_what_the_agent_counts_itself_is_not_asked_of_the_model() -> None:
    assert set(COPYWRITER["tool_schema"]["properties"]) == COPY.keys()
    assert COPYWRITER["tool_schema"]["required"] == list(COPY)
