from collections.abc import Callable
from typing import Any

from batch_processor.config.pointers import Pointers, find_pointers

Build = Callable[..., dict[str, Any]]


def test_every_field_and_column_is_found_where_it_was_written(document: Build) -> None:
    given = document(
        csv_s3_uri=None,
        input_csv_s3_uri="s3://my-bucket/a.csv",
        input_mapping={
            "column_mappings": [{"csv_column": "a", "agent_input_field": "x"}],
            "columns": [{"name": "y", "source": "a"}],
            "static_values": {"a/b": 1},
            "transformations": {"z": {"type": "concat", "config": {"columns": ["a"]}}},
        },
        output_mapping={"structured_output_fields": ["p"], "columns": [{"name": "q", "source": "$.q"}]},
    )
    assert find_pointers(given) == Pointers(
        csv="/input_csv_s3_uri",
        fields={
            "x": "/input_mapping/column_mappings/0/agent_input_field",
            "y": "/input_mapping/columns/0/name",
            "a/b": "/input_mapping/static_values/a~1b",
            "z": "/input_mapping/transformations/z",
        },
        columns={
            "p": "/output_mapping/structured_output_fields/0",
            "q": "/output_mapping/columns/0/name",
        },
    )


def test_flat_mapping_is_pointed_into_by_column(document: Build) -> None:
    found = find_pointers(document(input_mapping={"a": "x"}))
    assert (found.csv, found.fields) == ("/csv_s3_uri", {"x": "/input_mapping/a"})
