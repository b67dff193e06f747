"""The made-up answers of stacks for which nothing is recorded."""

from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from batch_processor.document.json_path import MISSING
from batchctl.factory.canonical import Canonical
from batchctl.factory.sample import sample
from tests.factory.documents import SCHEMA_PARTS


@given(SCHEMA_PARTS)
@settings(max_examples=200)
def test_sample_is_allowed_and_always_the_same(schema: dict[str, Any]) -> None:
    found = sample(schema)
    assert found is MISSING or Draft202012Validator(schema).is_valid(found)
    assert sample(schema) == found


def test_the_repository_s_schemas_have_samples_with_all_fields(canonical: Canonical) -> None:
    found: Any = sample(canonical.output_schema)
    assert list(found) == canonical.output_fields
    checker = Draft202012Validator(canonical.output_schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert not list(checker.iter_errors(found))


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"type": "object", "properties": {"n": {"type": "integer", "minimum": 7}, "me": {"$ref": "#"}}, "required": ["n"]},
         {"n": 7, "me": {"n": 7}}),
        ({"type": "array", "items": {"$ref": "#"}}, [[]]),
        ({"type": "string", "pattern": "^[A]{3}$"}, "AAA"),
        ({"type": "string", "minLength": 10, "maxLength": 12}, "samplesamp"),
        ({"type": "number", "exclusiveMinimum": 2, "multipleOf": 0.25}, 2.25),
        ({"allOf": [{"type": "object", "properties": {"a": {"const": 1}}}, {"required": ["a"]}]}, {"a": 1}),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "minLength": 7}, "samples"),
        ({"not": {}}, MISSING),
        ({"$ref": "#"}, MISSING),
    ],
)  # fmt: skip
def test_sample_follows_the_schema(schema: dict[str, Any], found: Any) -> None:
    assert sample(schema) == found
