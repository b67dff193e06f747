from typing import Any

import pytest

from batch_processor.config import parse
from tests.unit.config.changes import Build


@pytest.mark.parametrize(
    ("mapping", "fields"),
    [
        ({"a": "x", "columns?": "y"}, [{"field": "x", "column": "a"}, {"field": "y", "column": "columns?"}]),
        ({"columns": [{"name": "x", "source": "a"}]}, [{"field": "x", "column": "a"}]),
        (
            {"column_mappings": [{"csv_column": "a", "agent_input_field": "x"}]},
            [{"field": "x", "column": "a"}],
        ),
        (
            {
                "column_mappings": [
                    {"csv_column": "a", "agent_input_field": "x", "required": False},
                    {"csv_column": "a", "agent_input_field": "y", "required": True},
                ]
            },
            [
                {"field": "x", "column": "a", "required": False},
                {"field": "y", "column": "a", "required": True},
            ],
        ),
        (
            {"static_values": {"n": None, "o": {"deep": [1, 2.5, "x", False]}}},
            [{"field": "n", "value": None}, {"field": "o", "value": {"deep": [1, 2.5, "x", False]}}],
        ),
        (
            {"transformations": {"c": {"type": "concat", "config": {"columns": ["a"]}}}},
            [{"field": "c", "columns": ["a"], "separator": " "}],
        ),
        (
            {"transformations": {"c": {"type": "concat", "config": {"columns": ["a", "b"], "separator": ""}}}},
            [{"field": "c", "columns": ["a", "b"], "separator": ""}],
        ),
        (
            {"transformations": {"t": {"type": "template", "config": {"template": "{{{first name}}}: {a}"}}}},
            [
                {
                    "field": "t",
                    "segments": [{"text": "{"}, {"column": "first name"}, {"text": "}: "}, {"column": "a"}],
                }
            ],
        ),
        (
            {"transformations": {"j": {"type": "jsonpath", "config": {"column": "a", "path": "$.b[-1]['c d']"}}}},
            [{"field": "j", "column": "a", "path": ["b", -1, "c d"]}],
        ),
    ],
)
def test_mapping_becomes_the_plans_fields(
    document: Build, mapping: dict[str, Any], fields: list[dict[str, Any]]
) -> None:
    assert list(parse(document(input_mapping=mapping)).fields) == fields
