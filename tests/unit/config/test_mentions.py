from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given as property_test
from hypothesis import strategies as st

from batch_processor.config.mentions import Mention, csv_pointer, csv_uri, mentioned_columns, mentioned_outputs
from batch_processor.document.s3_uri import S3Uri

Build = Callable[..., dict[str, Any]]


def test_every_column_is_found_where_it_was_written(document: Build) -> None:
    given = document(
        input_mapping={
            "column_mappings": [
                {"csv_column": "a", "agent_input_field": "x"},
                {"csv_column": "b", "agent_input_field": "w", "required": False},
            ],
            "columns": [{"name": "y", "source": "c"}],
            "static_values": {"a/b": 1},
            "transformations": {
                "z": {"type": "concat", "config": {"columns": ["d", "e"]}},
                "p": {"type": "template", "config": {"template": "{one} {f} {{k}}", "variables": {"one": "g"}}},
                "q": {"type": "jsonpath", "config": {"column": "h", "path": "$.i"}},
            },
        }
    )
    at = "/input_mapping/transformations"
    assert list(mentioned_columns(given)) == [
        Mention("a", "/input_mapping/column_mappings/0/csv_column", field="x"),
        Mention("b", "/input_mapping/column_mappings/1/csv_column", optional=True, field="w"),
        Mention("c", "/input_mapping/columns/0/source", field="y"),
        Mention("d", f"{at}/z/config/columns/0"),
        Mention("e", f"{at}/z/config/columns/1"),
        Mention("g", f"{at}/p/config/variables/one"),
        Mention("h", f"{at}/q/config/column"),
        Mention("f", f"{at}/p/config/template", braces=1),
        Mention("k", f"{at}/p/config/template", braces=2),
    ]


@pytest.mark.parametrize(
    ("mapping", "pointer"),
    [({"a/b": "x"}, "/input_mapping/a~1b"), ({"column_mappings": {"a/b": "x"}}, "/input_mapping/column_mappings/a~1b")],
)
def test_column_of_a_plain_mapping_is_pointed_at_by_its_key(document: Build, mapping: Any, pointer: str) -> None:
    assert list(mentioned_columns(document(input_mapping=mapping))) == [Mention("a/b", pointer, field="x")]


def test_every_output_column_is_found_where_it_was_written(document: Build) -> None:
    given = document(output_mapping={"structured_output_fields": ["p"], "columns": [{"name": "q", "source": "$.q"}]})
    assert list(mentioned_outputs(given)) == [
        Mention("p", "/output_mapping/structured_output_fields/0"),
        Mention("q", "/output_mapping/columns/0/name"),
    ]


def test_csv_is_known_under_either_name(document: Build) -> None:
    given = document(csv_s3_uri=None, input_csv_s3_uri="s3://my-bucket/a.csv")
    assert (csv_pointer(given), csv_uri(given)) == ("/input_csv_s3_uri", S3Uri("my-bucket", "a.csv"))


@pytest.mark.parametrize(
    "changes", [{"csv_format": {"delimiter": 7}}, {"csv_s3_uri": "https://a/b"}, {"csv_s3_uri": "s3://a"}]
)
def test_csv_that_cannot_be_read_for_sure_is_not_named(document: Build, changes: dict[str, Any]) -> None:
    assert csv_uri(document(**changes)) is None


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
_KEYS = st.sampled_from(["column_mappings", "columns", "transformations", "static_values", "structured_output_fields"])


@property_test(st.fixed_dictionaries({"input_mapping": st.dictionaries(_KEYS, _json) | _json}) | _json)
def test_no_document_is_too_broken_to_look_for_columns(given: Any) -> None:
    assert all(isinstance(mention.name, str) for mention in [*mentioned_columns(given), *mentioned_outputs(given)])
    csv_uri(given)
