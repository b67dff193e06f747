import re
from typing import Any

import pytest

from agent_errors import UnusableRegistration
from registration import read_registration
from strict_faults import strict_faults
from tests.examples.llm_agent.product_copywriter import entry
from tests.examples.llm_agent.schemas import ONE, OTHER, REFERRING


@pytest.mark.parametrize(
    ("x", "fault"),
    [
        ({"type": "object"}, "/properties/x: an object of which the properties are not listed"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "/properties/x: an object of which"),
        ({"type": "array", "items": {"type": "object"}}, "/properties/x/items: an object of which"),
        ({"anyOf": [{"type": "null"}, {"type": "object"}]}, "/properties/x/anyOf/1: an object of which"),
        ({"allOf": [{"type": "string"}, {"minLength": 3}]}, "/properties/x: say by type, enum, const, anyOf or $ref"),
        ({}, "/properties/x: say by type"),
        (True, "/properties/x: say by type"),
        ({"enum": [{"a": 1}, "b"]}, "/properties/x: it lists objects or arrays"),
        ({**ONE, "required": ["a", "b"]}, "/properties/x: 'b' is not among its properties"),
        ({**ONE, "allOf": [OTHER]}, "/properties/x: 'b' is not among its properties"),
        ({**ONE, "if": {}, "then": {"anyOf": [OTHER]}}, "/properties/x: 'b' is not among its properties"),
        ({"$ref": "#/properties/y"}, "/properties/x: it refers to '#/properties/y'; put what is meant under $defs"),
        ({**ONE, **REFERRING}, "/properties/x: it has properties beside its reference"),
    ],
)
def test_schema_that_no_strict_tool_can_have_is_an_unusable_registration(x: Any, fault: str) -> None:
    item = entry("slogan_writer")
    defs = {"line": {"type": "string"}}
    schema = {"type": "object", "properties": {"x": x, "y": {"type": "null"}}, "$defs": defs}
    item["structured_output"] = {"schemas": {"s": {"schema": schema}}}
    with pytest.raises(UnusableRegistration, match=re.escape(f"in the schema: {fault}")):
        read_registration(item)


def test_definition_that_refers_to_itself_is_told_once() -> None:
    tree = {"type": "object", "properties": {"branches": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}
    schema = {**tree, "$defs": {"tree": tree, "line": {"$ref": "#/$defs/word"}, "word": {"type": "string"}}}
    [fault] = strict_faults(schema)
    assert fault.startswith("/$defs/tree: it refers to itself")
