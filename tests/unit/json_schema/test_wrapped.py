"""What stands in place of a schema: a wrapper, an example."""

import json
from typing import Any

import pytest

from batch_processor.json_schema.problems import schema_problems

BIRD = {"type": "object", "properties": {"species": {"type": "string"}}, "required": ["species"]}


@pytest.mark.parametrize(
    ("wrapper", "place"),
    [
        ({"name": "bird", "strict": True, "schema": BIRD}, "/schema"),
        ({"name": "bird", "description": "One bird.", "parameters": BIRD}, "/parameters"),
        ({"name": "bird", "input_schema": BIRD}, "/input_schema"),
        ({"name": "bird", "inputSchema": {"json": BIRD}}, "/inputSchema/json"),
        ({"toolSpec": {"name": "bird", "inputSchema": {"json": BIRD}}}, "/toolSpec/inputSchema/json"),
        ({"type": "json_schema", "json_schema": {"name": "bird", "schema": BIRD}}, "/json_schema/schema"),
        ({"type": "function", "function": {"name": "bird", "parameters": BIRD}}, "/function/parameters"),
        ({"function": {"parameters": BIRD}}, "/function/parameters"),
        ({"tools": [{"toolSpec": {"inputSchema": {"json": BIRD}}}]}, "/tools/0/toolSpec/inputSchema/json"),
        ({"jsonSchema": {"name": "bird", "schema": json.dumps(BIRD)}}, "/jsonSchema/schema"),
        ({"$schema": "https://json-schema.org/draft/2020-12/schema", "a/b": {"$ref": "#/x"}}, "/a~1b"),
        ({"title": "Bird", "schema": BIRD}, "/schema"),
        ({"format": {"type": "json_schema", "name": "bird", "schema": BIRD}}, "/format/schema"),
        ({"type": "object", "name": "bird", "schema": BIRD}, "/schema"),
        ({"name": "bird", "parameters": BIRD, "additionalProperties": False, "required": ["species"]}, "/parameters"),
        ({"kind": {"type": "string"}, "schema": {"anyOf": [BIRD, {"type": "null"}]}}, "/schema"),
    ],
)
def test_wrapped_schema_is_refused_with_where_it_stands(wrapper: Any, place: str) -> None:
    [problem] = schema_problems(wrapper)
    assert problem.pointer == ""
    assert problem.message.endswith(f"did you mean what stands at {place}? Register that as the schema")


def test_example_is_refused_with_its_schema() -> None:
    [problem] = schema_problems({"species": "string", "count": 2, "seen": True})
    schema = problem.message.split("write its schema: ")[1]
    assert json.loads(schema) == {
        "type": "object",
        "properties": {"species": {"type": "string"}, "count": {"type": "integer"}, "seen": {"type": "boolean"}},
    }
    assert schema_problems(json.loads(schema)) == []
    assert schema_problems({"type": "heron", "count": "integer"})[0].message.startswith("none of its keys")
    assert schema_problems({"format": "A4", "minimum": 3, "sheets": 2})[0].message.startswith("none of its keys")


def test_properties_without_a_schema_around_them_are_told_as_such() -> None:
    [problem] = schema_problems({"species": {"type": "string"}, "count": {"type": ["integer", "null"]}})
    assert 'write {"type": "object", "properties": {…}}' in problem.message


@pytest.mark.parametrize("key", ["$defs", "definitions"])
def test_definitions_alone_are_refused_with_the_reference_that_is_missing(key: str) -> None:
    flock = {"type": "object", "properties": {"birds": {"type": "array", "items": {"$ref": f"#/{key}/Bird"}}}}
    schema = {key: {"Bird": BIRD, "Flock": flock}}
    [problem] = schema_problems(schema)
    assert problem.message.endswith(f'write "$ref": "#/{key}/Flock" beside {key}')
    assert schema_problems({**schema, "$ref": f"#/{key}/Flock"}) == []


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"title": "Bird"},
        {"x-note": 1},
        {**BIRD, "name": "bird", "strict": True},
        {"$ref": "#/$defs/b", "$defs": {"b": BIRD}},
        {"type": "object", "name": "counts", "additionalProperties": {"type": "integer"}, "of": BIRD},
        {"type": "object", "minProperties": 1, "of": BIRD},
        {"$defs": {}},
    ],
)
def test_schema_with_other_keys_beside_its_keywords_is_one(schema: Any) -> None:
    assert schema_problems(schema) == []


def test_misspelt_type_is_told_as_such() -> None:
    assert [problem.pointer for problem in schema_problems({"type": "obejct", "name": "bird"})] == ["/type"]
