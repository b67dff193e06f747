from typing import Any

import pytest

from batch_processor.config import OutputOptions, parse
from batch_processor.document.json_path import MISSING
from tests.unit.config.changes import Build


def test_output_columns_may_be_left_to_the_registry(document: Build) -> None:
    mappings: list[dict[str, Any] | None] = [None, {}, {"structured_output_fields": [], "columns": []}]
    for mapping in mappings:
        assert parse(document(output_mapping=mapping)).output == OutputOptions(())


def test_extraction_rules_are_kept_as_they_are_written(document: Build) -> None:
    methods = [
        {"method": "structured_output", "tool_name": "print_output", "field_mappings": {"a": "$.a"}},
        {"method": "tool_result", "tool_name": "browse", "field_mappings": {"a": "$.content | parse('A: (.+)')"}},
        {"method": "jmespath", "paths": {"a": "messages[-1].content[0].text", "transform": "parse_text"}},
        {"method": "jmespath", "paths": {"a": {"path": "messages[-1].n", "transform": "to_number"}}},
        {"method": "results_array", "field_mappings": {"a": "results[0].title"}},
        {"method": "direct"},
    ]
    config = parse(document(output_mapping={"extraction_methods": methods}))
    assert list(config.output.extraction) == methods


def test_structured_fields_come_before_columns_in_the_order_given(document: Build) -> None:
    output = {
        "structured_output_fields": ["b", "a.b"],
        "columns": [{"name": "c", "source": "$", "default": None}],
        "include_original": False,
        "add_metadata": False,
        "escape_formulas": False,
    }
    options = parse(document(output_mapping=output)).output
    assert [(column.name, column.source, column.default, column.legacy) for column in options.columns] == [
        ("b", ("b",), MISSING, False),
        ("a.b", ("a.b",), MISSING, False),
        ("c", (), None, True),
    ]
    assert (options.include_original, options.add_metadata, options.escape_formulas) == (False, False, False)


@pytest.mark.parametrize(
    ("type_", "form"),
    [
        ("number", "%.2f"),
        ("number", "%+08.3e"),
        ("number", "%g %%"),
        ("integer", "%05d"),
        ("integer", "£%d"),
        ("string", "%-10s"),
        ("string", "%.3s"),
    ],
)
def test_printf_format_that_fits_its_type_is_accepted(document: Build, type_: str, form: str) -> None:
    column = {"name": "c", "source": "$.c", "type": type_, "format": form}
    assert parse(document(output_mapping={"columns": [column]})).output.columns[0].format == form


def test_column_definition_that_repeats_no_name_but_fills_the_limit_is_accepted(document: Build) -> None:
    names = [f"c{index}" for index in range(1000)]
    assert len(parse(document(output_mapping={"structured_output_fields": names})).output.columns) == 1000
