import json
import random
from typing import Any

import pytest

from batch_processor.json_schema.problems import MOST_BYTES, schema_problems
from tests.unit.schema_cases import make_case


def problems(schema: Any) -> dict[str, str]:
    return {problem.pointer: problem.message for problem in schema_problems(schema)}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object", "properties": {"a": {"type": ["string", "null"]}}, "required": ["a"]},
        {"$schema": "http://json-schema.org/draft-07/schema#"},
        {"$schema": "https://json-schema.org/draft/2020-12/schema#", "title": "t", "examples": [{"$ref": "x"}]},
        {
            "$id": "https://example.com/s.json",
            "$ref": "https://example.com/s.json#/$defs/a",
            "$defs": {"a": {"$anchor": "x"}},
        },
        {
            "$defs": {"a b%/~": {"$ref": "#x"}, "c": {"$anchor": "x"}},
            "properties": {"a": {"$ref": "#/$defs/a%20b%25~1~0"}},
        },
        {"properties": {"next": {"$ref": "#"}, "all": {"items": {"$ref": "#"}}}},
        {"properties": {"$ref": {"type": "string"}, "pattern": True, "dependencies": {"type": "object"}}},
        {"enum": [{"$ref": "nowhere", "pattern": "("}], "default": {"nullable": True}},
        {"properties": {"a": {"format": "currency"}, "b": False}, "unevaluatedProperties": False},
        {"definitions": {"a": {"type": "string"}}, "$ref": "#/definitions/a", "x-own": "anything"},
        {"$dynamicAnchor": "node", "properties": {"child": {"$dynamicRef": "#node"}}},
    ],
)
def test_good_schema_has_no_problems(schema: Any) -> None:
    assert problems(schema) == {}


@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        (None, "", "expected a JSON Schema, an object {…}, got null"),
        (True, "", "expected a JSON Schema"),
        ({"minimum": float("nan")}, "/minimum", "nan"),
        ({"type": "strng"}, "/type", "did you mean 'string'?"),
        ({"properties": {"a": {"type": ["string", "nul"]}}}, "/properties/a/type", "did you mean 'null'?"),
        ({"required": "a"}, "/required", "expected an array, got a string of 1 characters"),
        ({"properties": []}, "/properties", "expected an object, got an array"),
        ({"minLength": -1}, "/minLength", "expected at least 0"),
        ({"items": [{"type": "string"}]}, "/items", "expected an object or true or false, got an array"),
        ({"type": "object", "enum": "x"}, "/enum", "expected an array"),
        ({"$schema": "http://json-schema.org/draft-03/schema#"}, "/$schema", "2020-12, not as"),
        ({"properties": {"a": {"$schema": "x"}}}, "/properties/a/$schema", "take this one out"),
        ({"$ref": "#/$defs/a"}, "/$ref", "leads nowhere in this schema, and nothing is fetched"),
        ({"allOf": [{"$ref": "https://example.com/s.json"}]}, "/allOf/0/$ref", "nothing is fetched from elsewhere"),
        ({"$ref": "file:///etc/passwd"}, "/$ref", "nothing is fetched"),
        ({"$ref": "https://json-schema.org/draft/2020-12/schema"}, "/$ref", "nothing is fetched"),
        ({"$dynamicRef": "#none"}, "/$dynamicRef", "leads nowhere"),
        ({"$ref": "#/x", "x": None}, "/$ref", '"#/x" leads to where JSON Schema has no schema; put the part'),
        ({"$ref": "#/x", "$id": "", "x": None}, "/$ref", "leads to where JSON Schema has no schema"),
        ({"items": {"$ref": "#/x"}, "x": {"type": 5}}, "/items/$ref", "leads to where JSON Schema has no schema"),
        ({"$id": "https://example.com/a/", "properties": {"a": {"$ref": "b"}}}, "/properties/a/$ref", "leads nowhere"),
        ({"properties": {"a/b~": {"pattern": "(?=a)"}}}, "/properties/a~1b~0/pattern", "it looks around"),
        ({"properties": {"a": {"pattern": "^.{1,5000}$"}}}, "/properties/a/pattern", "limit the length by maxLength"),
        ({"patternProperties": {"(": {}}}, "/patternProperties/(", "missing )"),
        ({"not": {"dependencies": {}}}, "/not/dependencies", "write dependentRequired"),
        ({"properties": {"a": {"type": "string", "nullable": True}}}, "/properties/a/nullable", '["string", "null"]'),
        (
            {"patternProperties": {"^x": {}}, "unevaluatedProperties": False},
            "/unevaluatedProperties",
            "write additionalProperties instead",
        ),
        ({"$ref": "#"}, "", "refers to itself for one and the same value"),
        ({"properties": {"a": {"allOf": [{"$ref": "#/properties/a"}]}}}, "/properties/a/allOf/0", "refers to itself"),
        ({"title": "x" * MOST_BYTES}, "", "at most 131,072"),
    ],
)  # fmt: skip
def test_problem_is_told_with_its_place(schema: Any, pointer: str, words: str) -> None:
    found = problems(schema)
    assert list(found) == [pointer]
    assert words in found[pointer]


def test_all_problems_are_told_at_once_and_each_once() -> None:
    schema = {"properties": {"a": {"type": "strng"}, "b": {"minimum": "1"}}, "items": [{}], "$schema": "draft-03"}
    assert set(problems(schema)) == {"/$schema", "/items", "/properties/a/type", "/properties/b/minimum"}
    assert len(schema_problems(schema)) == 4
    # What is no schema does not hide what else cannot be used.
    beside = {"properties": {"a": {"type": "strng"}, "b": {"pattern": "("}, "c": {"nullable": True}, "d": []}}
    assert set(problems(beside)) == {
        "/properties/a/type", "/properties/b/pattern", "/properties/c/nullable", "/properties/d",
    }  # fmt: skip
    assert set(problems({"properties": {"a": {"pattern": "("}, "b": {"$ref": "#/x"}}})) == {
        "/properties/a/pattern",
        "/properties/b/$ref",
    }


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was fetched")

    monkeypatch.setattr("socket.socket.connect", refuse)
    assert problems({"$ref": "http://127.0.0.1:9/schema.json"})


def test_generated_schemas_are_good() -> None:
    for seed in range(50):
        case = make_case(random.Random(seed), None)
        assert case
        assert problems(json.loads(json.dumps(case.schema))) == {}
