from collections.abc import Sequence
from typing import Any

import pytest

from batch_processor.extraction.stored_rules import extraction_digest
from batch_processor.resumption.differences import differences, only_output_differs
from tests.unit.plans import HEADER, PLAN, make_plan


def told(document: Any = None, header: Sequence[str] = HEADER.names, **sections: Any) -> list[tuple[str, str]]:
    headers = HEADER.names, header
    return [(found.pointer, found.message) for found in differences(PLAN, make_plan(**sections), document, headers)]


def test_plan_does_not_differ_from_itself() -> None:
    assert told() == []


ETAG = "5d41402abc4b2a76b9719d911017c592"
NO_PART = "not there"
DIFFERENCES: list[tuple[dict[str, Any], str, str, str, str]] = [
    (
        {"source": {"size_bytes": 27_000}},
        *("/input_csv_s3_uri", "the CSV", f'"27 bytes with ETag {ETAG}"', f'"27,000 bytes with ETag {ETAG}"'),
    ),
    ({"source": {"encoding": "cp1252"}}, "/csv_format/encoding", "the encoding", '"utf-8"', '"cp1252"'),
    ({"source": {"delimiter": ";"}}, "/csv_format/delimiter", "the delimiter", '","', '";"'),
    ({"source": {"dialect": {"quote": ""}}}, "/csv_format/quote", "the quote character", r'"\""', '""'),
    (
        {"source": {"dialect": {"escape": "backslash"}}},
        *("/csv_format/escape", "what escapes quotes", '"doubled"', '"backslash"'),
    ),
    ({"source": {"dialect": {"header_line": 3}}}, "/csv_format/header_line", "the line of the header", "1", "3"),
    (
        {"source": {"dialect": {"ragged": "pad"}}},
        "/csv_format/ragged",
        "whether ragged rows are padded",
        "false",
        "true",
    ),
    ({"header": ["name", "m"]}, "/input_csv_s3_uri", "column 2 of the CSV", '"email"', '"m"'),
    ({"header": ["name", "email", ""]}, "/input_csv_s3_uri", "column 3 of the CSV", NO_PART, '""'),
    ({"header": ["name"]}, "/input_csv_s3_uri", "column 2 of the CSV", '"email"', NO_PART),
    (
        {"target": {"arn": f"{PLAN['target']['arn']}:2"}},
        *("/target", "the target", f'"{PLAN["target"]["arn"]}"', f'"{PLAN["target"]["arn"]}:2"'),
    ),
    (
        {"target": {"input_format": "messages"}},
        *("/target/input_format", "the input format", '"structured"', '"messages"'),
    ),
    (
        {"input": {"fields": [{"field": "contact", "column": "name"}]}},
        *("/input_mapping", "the input field 'contact'"),
        *('{"field": "contact", "column": "email"}', '{"field": "contact", "column": "name"}'),
    ),
    (
        {"input": {"constants": {"level": None}}},
        *("/input_mapping", "the input field 'level'", NO_PART, '{"value": null}'),
    ),
    ({"target": {"version": "1.10.0"}}, "/target", "the registered version", NO_PART, '"triage@1.10.0"'),
    (
        {"output": {"extraction": [{"method": "direct"}]}},
        *("/output_mapping", "the digest of the extraction rules", NO_PART, '"d12e827d41c3010b"'),
    ),
    ({"input": {"required": ["email"]}}, "/input_mapping", "the list of required columns", "[]", '["email"]'),
    (
        {"output": {"columns": [{"name": "category"}]}},
        *("/output_mapping", "the output column 'score'", '{"name": "score"}', NO_PART),
    ),
    (
        {"output": {"columns": [{"name": "category"}, {"name": "score", "default": 0}]}},
        *("/output_mapping", "the output column 'score'", '{"name": "score"}', '{"name": "score", "default": 0}'),
    ),
]


def test_input_that_differs_is_not_hidden_behind_many_columns_that_do() -> None:
    """Agents are found by their names only where they are sent the same; of all that differs only the first is listed."""
    many = make_plan(output={"columns": [{"name": f"was {number}"} for number in range(25)]})
    renamed = {"columns": [{"name": f"is {number}"} for number in range(25)]}
    assert only_output_differs(many, make_plan(output=renamed))
    assert not only_output_differs(many, make_plan(output=renamed, input={"constants": {"tone": "rude"}}))


@pytest.mark.parametrize(("sections", "pointer", "what", "was", "is_now"), DIFFERENCES)
def test_difference_is_told_with_its_place_and_what_was_and_is(
    sections: dict[str, Any], pointer: str, what: str, was: str, is_now: str
) -> None:
    assert told(**sections) == [(pointer, f"{what} was {was}, now it is {is_now}")]


def test_every_difference_is_told() -> None:
    found = told({"csv_s3_uri": "s3://x/y.csv"}, source={"etag": '"x"', "encoding": "latin-1"}, target={"arn": "a"})
    assert [pointer for pointer, _ in found] == ["/csv_s3_uri", "/csv_format/encoding", "/target"]


@pytest.mark.parametrize(
    "sections",
    [
        {"source": {"uri": "s3://other/copy.csv", "bucket": "other", "key": "copy.csv", "version_id": "v2"}},
        {"target": {"name": "another name for people"}},
        {"execution": {"max_concurrency": 40, "timeout_seconds": 7, "max_attempts": 1}},
        {"output": {"key": "outputs/other.csv", "bucket": "other", "escape_formulas": False, "add_metadata": False}},
        {"output": {"columns": [{"name": "score"}, {"name": "category"}]}},
        {"storage": {"ttl_seconds": 1}, "map_mode": "distributed", "max_rows": 3},
        {"notification": {"success": False}},
    ],
)
def test_what_decides_no_answer_is_no_difference(sections: dict[str, Any]) -> None:
    assert told(**sections) == []


def test_target_that_was_deployed_anew_is_told() -> None:
    before, now = make_plan(target={"revision": "1a2b"}), make_plan(target={"revision": "3c4d"})
    ((pointer, message),) = [(found.pointer, found.message) for found in differences(before, now, None)]
    assert (pointer, message) == (
        "/target",
        f'what is deployed as {PLAN["target"]["arn"]} was "1a2b", now it is "3c4d"',
    )


def test_long_values_that_begin_alike_are_told_where_they_part() -> None:
    before, now = (make_plan(input={"constants": {"guide": "x" * 500 + end}}) for end in ("old", "new"))
    ((_, message),) = [(found.pointer, found.message) for found in differences(before, now, None)]
    assert message == f"the input field 'guide' was …{'x' * 20}old\"}}, now it is …{'x' * 20}new\"}}"


def test_long_value_that_begins_with_the_other_is_told_where_that_ends() -> None:
    before, now = (make_plan(input={"constants": {"guide": "x" * length}}) for length in (500, 501))
    for was, is_now in ((before, now), (now, before)):
        ((_, message),) = [(found.pointer, found.message) for found in differences(was, is_now, None)]
        assert 'xxxxxxxx"}, now it is …xxxxxxxx' in message


def test_long_values_that_begin_otherwise_are_cut() -> None:
    before, now = (make_plan(input={"constants": {"guide": letter * 500}}) for letter in "ab")
    ((_, message),) = [(found.pointer, found.message) for found in differences(before, now, None)]
    assert message.startswith('the input field \'guide\' was {"value": "aaaa')
    assert 'aaaa…, now it is {"value": "bbbb' in message
    assert len(message) < 400


def test_many_differences_are_counted() -> None:
    found = told(header=[f"column {number}" for number in range(16_384)])
    assert len(found) == 21
    assert found[-1] == ("/input_csv_s3_uri", "and 16,364 more differences")


def test_header_that_is_not_kept_any_more_is_compared_by_its_digest() -> None:
    other = make_plan(source={"header_digest": "0123456789abcdef"})
    assert [str(found) for found in differences(PLAN, other, None)] == [
        f'/input_csv_s3_uri: the digest of the header was "{HEADER.digest}", now it is "0123456789abcdef"'
    ]


def test_header_in_an_older_plan_is_the_same_header() -> None:
    older: Any = make_plan()
    del older["source"]["width"], older["source"]["header_digest"]
    older["source"]["header"] = [*HEADER.names]
    assert list(differences(older, PLAN, None)) == []
    older["source"]["header"] = ["name", "e mail"]
    assert [found.pointer for found in differences(older, PLAN, None)] == ["/input_csv_s3_uri"]


def test_rules_are_the_same_wherever_they_are_kept() -> None:
    rules: Any = {"extraction": [{"method": "direct", "field_mappings": {"a": "$.a"}}]}
    answer = {"uri": "s3://data/work/x/answer.json", "extraction_digest": extraction_digest(rules)}
    inline, stored = make_plan(output=rules), make_plan(output={"answer": answer})
    assert list(differences(inline, stored, None)) == []
    without = make_plan(output={"answer": {**answer, "extraction_digest": extraction_digest({})}})
    assert list(differences(PLAN, without, None)) == []
