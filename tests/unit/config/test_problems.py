"""Each kind of problem: where it is said to be, and what is said."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from batch_processor.config import parse
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration
from tests.unit.config.changes import AGENT, Build
from tests.unit.config.problems_of_meaning import MEANING
from tests.unit.config.structural_problems import STRUCTURE


def problems(document: object) -> list[Problem]:
    with pytest.raises(InvalidConfiguration) as caught:
        parse(document)
    return list(caught.value.problems)


def only(document: object) -> tuple[str, str]:
    (problem,) = problems(document)
    return problem.pointer, problem.message


@pytest.mark.parametrize(("changes", "pointer", "message"), STRUCTURE + MEANING)
def test_problem_is_told_where_it_is(document: Build, changes: dict[str, Any], pointer: str, message: str) -> None:
    told_pointer, told_message = only(document(**changes))
    assert told_pointer == pointer
    assert message in told_message


@pytest.mark.parametrize("changes", [changes for changes, _, _ in STRUCTURE])
def test_schema_refuses_what_parse_refuses_for_its_structure(
    document: Build, validator: Draft202012Validator, changes: dict[str, Any]
) -> None:
    assert not validator.is_valid(document(**changes))


@pytest.mark.parametrize("changes", [changes for changes, _, _ in MEANING])
def test_what_lies_beyond_a_schema_is_left_to_parse(
    document: Build, validator: Draft202012Validator, changes: dict[str, Any]
) -> None:
    validator.validate(document(**changes))


@pytest.mark.parametrize("given", [None, [], "text", 5, True])
def test_document_that_is_no_object_is_refused(given: object) -> None:
    pointer, message = only(given)
    assert (pointer, message) == ("", f"expected an object {{…}}, got {json.dumps(given)}")


def test_empty_document_names_all_that_is_missing() -> None:
    missing = [problem.message.split("'")[1] for problem in problems({}) if problem.pointer == ""]
    assert sorted(missing) == ["csv_s3_uri", "input_mapping", "target"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "nan, which JSON lacks"),
        (float("inf"), "inf, which JSON lacks"),
        (2**53 + 1, "beyond 2^53"),
        (10**400, "beyond 2^53"),
        ("\ud800", "surrogate"),
        ({1, 2}, "a Python set, not JSON"),
        (b"x", "a Python bytes, not JSON"),
        ({1: 2}, "the key 1 is no JSON string"),
        ({"\udfff": 2}, r"the key '\udfff' is no JSON string"),
    ],
)
def test_value_that_would_not_arrive_unchanged_is_refused(document: Build, value: object, message: str) -> None:
    pointer, told = only(document(input_mapping={"static_values": {"x": [value]}}))
    assert pointer == "/input_mapping/static_values/x/0"
    assert message in told


def test_endless_nesting_is_refused(document: Build) -> None:
    value: list[Any] = []
    value.append(value)
    pointer, message = only(document(input_mapping={"static_values": {"x": value}}))
    assert pointer.startswith("/input_mapping/static_values/x/0/0/0")
    assert "deeper than 100 levels" in message


@pytest.mark.parametrize(
    "changes",
    [
        {"agent_name": ...},
        {"csv_format": ...},
        {"execution_config": {"retry_policy": ...}},
        {"target": {"arn": AGENT, "name": ...}},
        {"execution_config": {"max_concurrency": ...}},
    ],
)
def test_null_is_refused_rather_than_taken_for_absent(document: Build, changes: dict[str, Any]) -> None:
    given = json.loads(json.dumps(document(**changes), default=lambda _: None))
    assert "null" in only(given)[1]


def test_earlier_batch_with_a_line_break_is_refused_rather_than_overlooked(document: Build) -> None:
    assert only(document(resume_from="night\n"))[0] == "/resume_from"


def test_pointer_escapes_what_rfc_6901_reserves(document: Build) -> None:
    mapping = {"column_mappings": {"a/b~c": 5, "[key]": 6, "": 7}}
    told = problems(document(input_mapping=mapping))
    assert sorted(problem.pointer for problem in told) == [
        "/input_mapping/column_mappings/",
        "/input_mapping/column_mappings/",
        "/input_mapping/column_mappings/[key]",
        "/input_mapping/column_mappings/a~1b~0c",
    ]


def test_more_columns_than_a_csv_may_have_are_refused(document: Build) -> None:
    both = {
        "structured_output_fields": [f"a{index}" for index in range(999)],
        "columns": [{"name": f"b{index}", "source": "$.b"} for index in range(2)],
    }
    assert only(document(output_mapping=both)) == (
        "/output_mapping",
        "1001 output columns are given; at most 1000 are possible",
    )


def test_too_many_structured_fields_are_told_once(document: Build) -> None:
    names = [f"a{index}" for index in range(1001)]
    pointer, message = only(document(output_mapping={"structured_output_fields": names}))
    assert pointer == "/output_mapping"
    assert "at most 1000" in message


def test_long_value_is_shortened(document: Build) -> None:
    _, message = only(document(csv_s3_uri="x" * 10_000))
    assert len(message) < 300
    assert "…" in message


def test_all_problems_are_told_at_once() -> None:
    told = problems(
        {
            "csv_s3_uri": "inputs.csv",
            "target": {"name": "classifier", "typ": "agent"},
            "input_mapping": {
                "column_mappings": [{"csv_column": "a", "agent_input_field": "x"}, {"csv_column": 1}],
                "static_values": {"x": 1},
                "transformations": {
                    "x": {"type": "concat", "config": {"columns": "a"}},
                    "y": {"type": "jsonpath", "config": {"column": "b", "path": "$[0,1]"}},
                },
            },
            "output_mapping": {
                "structured_output_fields": ["a", "_status", "a"],
                "columns": [{"name": "b", "format": "%q"}],
            },
            "execution_config": {
                "max_concurrency": 100_000,
                "retry_policy": {"max_attempts": "3"},
                "retry_strategy": {},
            },
            "processing_config": {"timeout": 3},
            "notification_config": {"sns_topic_arn": "topic"},
        }
    )
    assert sorted(problem.pointer for problem in told) == [
        "/csv_s3_uri",
        "/execution_config/max_concurrency",
        "/execution_config/retry_policy/max_attempts",
        "/execution_config/retry_strategy",
        "/input_mapping/column_mappings/1",
        "/input_mapping/column_mappings/1/csv_column",
        "/input_mapping/static_values/x",
        "/input_mapping/transformations/x",
        "/input_mapping/transformations/x/config/columns",
        "/input_mapping/transformations/y/config/path",
        "/notification_config/sns_topic_arn",
        "/output_mapping/columns/0",
        "/output_mapping/columns/0/format",
        "/output_mapping/structured_output_fields/1",
        "/output_mapping/structured_output_fields/2",
        "/processing_config",
        "/processing_config/timeout",
        "/target/typ",
    ]


def test_problem_reads_as_pointer_and_sentence(document: Build) -> None:
    with pytest.raises(InvalidConfiguration) as caught:
        parse(document(zzz=1, csv_s3_uri=None))
    told = str(caught.value)
    assert told.startswith("The configuration has 2 problems:\n- ")
    assert "\n- the document: 'csv_s3_uri' is missing" in told
    assert '- /zzz: "zzz" is not a key here' in told
