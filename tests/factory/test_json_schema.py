"""What is read out of a JSON Schema."""

from typing import Any

import pytest

from batch_processor.document.singular_query import parse_singular_query
from batchctl.factory.json_schema import main_type, query


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"type": "string"}, "string"),
        ({"type": ["null", "integer"]}, "integer"),
        ({"type": ["string", "integer"]}, None),
        ({"type": "null"}, None),
        ({"enum": ["a", "b", None]}, "string"),
        ({"enum": ["a", 1]}, None),
        ({"const": True}, "boolean"),
        ({"const": {"a": 1}}, "object"),
        ({"$ref": "#/$defs/list"}, "array"),
        ({"$ref": "#/$defs/again"}, "array"),
        ({"$ref": "#/$defs/loop"}, None),
        ({}, None),
        (True, None),
    ],
)
def test_main_type_is_the_one_besides_null(schema: Any, found: str | None) -> None:
    root = {"$defs": {"list": {"type": "array"}, "again": {"$ref": "#/$defs/list"}, "loop": {"$ref": "#/$defs/loop"}}}
    assert main_type(schema, root) == found


@pytest.mark.parametrize(
    "name", ["plain", "24h", "a-b", "it's", 'say "x"', "back\\slash", "花粉", "\n", "a.b", "", "😀"]
)
def test_query_leads_to_the_member_whatever_it_is_called(name: str) -> None:
    assert parse_singular_query(query("structured_output", name)) == ("structured_output", name)


def test_query_is_short_where_it_can_be() -> None:
    assert query("exchange") == "$.exchange"
    assert query("structured_output", "24h") == '$.structured_output["24h"]'
