from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.document.shape import Finding, Location
from batch_processor.registry.json_schema import known_properties, object_findings, schema_findings


def only(schema: Any) -> tuple[Location, str]:
    (found,) = object_findings(schema)
    return found.location, found.message


SOUND: list[dict[str, Any]] = [
    {},
    {"type": "object"},
    {"type": ["object", "null"]},
    {"$defs": {"x": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/x"}}},
    {"$id": "https://example.com/a", "$defs": {"x": True}, "properties": {"a": {"$ref": "a#/$defs/x"}}},
    {"$defs": {"x": {"$anchor": "here"}}, "properties": {"a": {"$ref": "#here"}}},
    {"properties": {"$ref": {"type": "string"}}},
    {"properties": {"a": {"const": {"$ref": "nowhere"}}}},
    {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"items": {}}}},
    {"properties": {"a": {"x-own": 1}}},
]


@pytest.mark.parametrize("schema", SOUND)
def test_sound_schema_is_taken(schema: dict[str, Any]) -> None:
    assert list(object_findings(schema)) == []


@pytest.mark.parametrize(
    ("schema", "location", "message"),
    [
        ({"type": "obejct"}, ("type",), "\"obejct\" is no type of JSON; did you mean 'object'?"),
        ({"type": "array"}, ("type",), 'expected the schema of an object, got that of "array"'),
        ({"properties": {"a": {"minimum": "0"}}}, ("properties", "a", "minimum"), "expected a number"),
        ({"additionalProperties": "false"}, ("additionalProperties",), "expected an object or true or false"),
        ({"required": "a"}, ("required",), "expected an array"),
        (
            {"properties": {"a": {"pattern": "("}}},
            ("properties", "a", "pattern"),
            '"(" is no regular expression that can be used: missing )',
        ),
        ({"$schema": 5}, ("$schema",), "expected a string"),
        ({"properties": {"a": {"$ref": "#/$defs/x"}}}, ("properties", "a", "$ref"), '"#/$defs/x" leads nowhere'),
        ({"allOf": [{"$ref": "https://example.com/x"}]}, ("allOf", 0, "$ref"), "nothing is fetched from elsewhere"),
        ({"properties": {"a": {"$ref": "http://[x"}}}, ("properties", "a", "$ref"), "http://[x"),
    ],
)
def test_fault_is_told_where_it_is(schema: dict[str, Any], location: Location, message: str) -> None:
    assert only(schema)[0] == location
    assert message in only(schema)[1]


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.sampled_from(["#/x", "object"]),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(
                st.sampled_from(["$ref", "$id", "$schema", "type", "properties", "enum", "pattern", "x"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=8,
    )
)
def test_any_value_is_looked_at_without_an_error(schema: Any) -> None:
    assert all(isinstance(found, Finding) for found in object_findings(schema))
    if isinstance(schema, dict):
        known_properties(schema)


@pytest.mark.parametrize(
    ("schema", "known"),
    [
        (None, None),
        ({}, None),
        ({"properties": {"b": {}, "a": {}}}, ("b", "a")),
        ({"properties": {"a": {}}, "additionalProperties": False}, ("a",)),
        ({"properties": {"a": {}}, "additionalProperties": True}, None),
        ({"properties": {"a": {}}, "patternProperties": {"^x": {}}}, None),
        ({"properties": {"a": {}}, "allOf": [{}]}, None),
        ({"$ref": "#/$defs/x", "properties": {"a": {}}}, None),
    ],
)
def test_properties_are_known_where_nothing_else_may_bring_others(
    schema: dict[str, Any] | None, known: tuple[str, ...] | None
) -> None:
    assert known_properties(schema) == known


def test_schema_of_an_input_may_be_of_any_type() -> None:
    assert list(schema_findings({"type": "array"})) == []


BIRD = {"type": "object", "properties": {"species": {}, "count": {}}, "required": ["species"]}


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/$defs/Bird", "$defs": {"Bird": BIRD}},
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$ref": "#/definitions/A~1B%20C",
            "definitions": {"A/B C": BIRD},
        },
        {"title": "Bird", "allOf": [{"$ref": "#/$defs/Bird"}], "$defs": {"Bird": BIRD}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": BIRD}},
    ],
)
def test_reference_at_the_root_is_followed(schema: dict[str, Any]) -> None:
    assert list(object_findings(schema)) == []
    assert known_properties(schema) == ("species", "count")


def test_reference_to_what_is_no_object_is_told() -> None:
    schema = {"$ref": "#/$defs/Birds", "$defs": {"Birds": {"type": "array"}}}
    assert only(schema) == (("type",), 'expected the schema of an object, got that of "array"')


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/$defs/x"},
        {"$ref": "#"},
        {"$ref": "#/$ref"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
    ],
)
def test_reference_that_leads_nowhere_has_no_properties(schema: dict[str, Any]) -> None:
    assert known_properties(schema) is None
