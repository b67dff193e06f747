"""Each kind of problem: where it is said to be, and what is said."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from batch_processor.config import parse
from batch_processor.contract import METADATA_COLUMNS, SURPLUS_COLUMN
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration

Build = Callable[..., dict[str, Any]]
AGENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:classifier"
TOOL = "arn:aws:lambda:eu-west-1:123456789012:function:enrich"


def problems(document: object) -> list[Problem]:
    with pytest.raises(InvalidConfiguration) as caught:
        parse(document)
    return list(caught.value.problems)


def only(document: object) -> tuple[str, str]:
    (problem,) = problems(document)
    return problem.pointer, problem.message


def fields(**transformation: Any) -> dict[str, Any]:
    return {"input_mapping": {"transformations": {"x": transformation}}}


def columns(**column: Any) -> dict[str, Any]:
    return {"output_mapping": {"columns": [{"name": "n", "source": "$.n", **column}]}}


def rules(**method: Any) -> dict[str, Any]:
    return {"output_mapping": {"extraction_methods": [method]}}


def execution(**options: Any) -> dict[str, Any]:
    return {"execution_config": options}


def retry(**options: Any) -> dict[str, Any]:
    return execution(retry_policy=options)


TRANSFORMATION = "/input_mapping/transformations/x"
RETRY = "/execution_config/retry_policy"

# What the published schema refuses too.
STRUCTURE: list[tuple[dict[str, Any], str, str]] = [
    # unknown keys
    ({"traget": AGENT}, "/traget", "\"traget\" is not a key here; did you mean 'target'?"),
    ({"zzz": 1}, "/zzz", "is not a key here; use $schema, csv_s3_uri,"),
    ({"config_s3_uri": "s3://b/c.json"}, "/config_s3_uri", "belongs only into the input of the execution"),
    (execution(max_concurency=1), "/execution_config/max_concurency", "did you mean 'max_concurrency'?"),
    (columns(Default=1), "/output_mapping/columns/0/Default", "did you mean 'default'?"),
    (retry(backoff=2), f"{RETRY}/backoff", "did you mean 'backoff_rate'?"),
    (
        {"input_mapping": {"colum_mappings": {"a": "x"}}},
        "/input_mapping/colum_mappings",
        "did you mean 'column_mappings'?",
    ),
    (
        {"input_mapping": {"static_values": {"a": 1}, "email": "contact"}},
        "/input_mapping/email",
        "a flat {csv_column: input_field} mapping cannot be mixed with other keys",
    ),
    # wrong types
    ({"csv_s3_uri": 5}, "/csv_s3_uri", "expected the URI of one object, s3://BUCKET/KEY, got 5"),
    ({"csv_s3_uri": "s3://my-bucket"}, "/csv_s3_uri", "expected the URI of one object"),
    ({"csv_s3_uri": "s3://my-bucket/inputs/"}, "/csv_s3_uri", "expected the URI of one object"),
    ({"csv_s3_uri": "https://my-bucket/a.csv"}, "/csv_s3_uri", 'got "https://my-bucket/a.csv"'),
    ({"output_s3_prefix": "outputs/"}, "/output_s3_prefix", "expected a place in S3, s3://BUCKET/PREFIX"),
    ({"target": 5}, "/target", "expected a name, an ARN or an object {type, name, arn}, got 5"),
    ({"target": "arn:aws:sqs:eu-west-1:123456789012:q"}, "/target", "for an agent or arn:aws:lambda"),
    ({"target": {"arn": "classifier"}}, "/target/arn", "expected the ARN of an agent"),
    ({"target": {"arn": AGENT, "type": "agnet"}}, "/target/type", "did you mean 'agent'?"),
    ({"target": {"arn": AGENT, "name": ""}}, "/target/name", 'expected a string that is not empty, got ""'),
    (
        {"target": None, "agent_state_machine_arn": TOOL},
        "/agent_state_machine_arn",
        "expected the ARN of a state machine",
    ),
    (
        {"agent_config": {}},
        "/agent_config",
        "'state_machine_arn' is missing: ARN of the agent's state machine",
    ),
    ({"input_mapping": []}, "/input_mapping", "expected an object"),
    ({"input_mapping": {"a": "x", "b": 5}}, "/input_mapping/b", "expected a string that is not empty, got 5"),
    (
        {"input_mapping": {"column_mappings": "a"}},
        "/input_mapping/column_mappings",
        "expected an object {csv_column: input_field} or a list",
    ),
    ({"input_mapping": {"column_mappings": {"a": ["x"]}}}, "/input_mapping/column_mappings/a", 'got ["x"]'),
    (
        {"input_mapping": {"column_mappings": [{"csv_column": "a"}]}},
        "/input_mapping/column_mappings/0",
        "'agent_input_field' is missing",
    ),
    (
        {"input_mapping": {"column_mappings": [{"csv_column": "a", "agent_input_field": "x", "required": "yes"}]}},
        "/input_mapping/column_mappings/0/required",
        'expected true or false, got "yes"',
    ),
    ({"input_mapping": {"columns": {"a": "x"}}}, "/input_mapping/columns", "expected a list […]"),
    ({"input_mapping": {"static_values": {"": 1}}}, "/input_mapping/static_values/", "not empty"),
    (fields(), TRANSFORMATION, "'type' is missing: concat, template or jsonpath"),
    (fields(type="concta", config={}), f"{TRANSFORMATION}/type", "did you mean 'concat'?"),
    (fields(type=["concat"], config={}), f"{TRANSFORMATION}/type", "use concat, template or jsonpath"),
    (fields(type="uppercase", config={}), f"{TRANSFORMATION}/type", "use concat, template or jsonpath"),
    (fields(type="concat"), TRANSFORMATION, "'config' is missing: an object {columns, separator}"),
    (fields(type="concat", config={"columns": []}), f"{TRANSFORMATION}/config/columns", "at least one entry"),
    (fields(type="concat", config={"columns": ["a", 1]}), f"{TRANSFORMATION}/config/columns/1", "got 1"),
    (
        fields(type="concat", config={"columns": ["a"], "separator": 1}),
        f"{TRANSFORMATION}/config/separator",
        "expected a string, which may be empty",
    ),
    (fields(type="jsonpath", config={"column": "a"}), f"{TRANSFORMATION}/config", "'path' is missing"),
    (
        fields(type="jsonpath", config={"column": "a", "path": "$.b[*]"}),
        f"{TRANSFORMATION}/config/path",
        'has the segment "[*]", a wildcard',
    ),
    (
        rules(method="tool_rsult", field_mappings={"a": "$.a"}),
        "/output_mapping/extraction_methods/0/method",
        "did you mean 'tool_result'?",
    ),
    (
        rules(method="direct", toolname="x"),
        "/output_mapping/extraction_methods/0/toolname",
        "did you mean 'tool_name'?",
    ),
    (rules(method="direct", field_mappings={}), "/output_mapping/extraction_methods/0/field_mappings", "at least one"),
    (
        rules(method="jmespath", paths={"a": {"path": 1}}),
        "/output_mapping/extraction_methods/0/paths/a/path",
        "expected a string that is not empty",
    ),
    (
        {"output_mapping": {"structured_output_fields": "category"}},
        "/output_mapping/structured_output_fields",
        'expected a list […], got "category"',
    ),
    (columns(source="classification"), "/output_mapping/columns/0/source", "expected '$', found 'c'"),
    (columns(source="$..a"), "/output_mapping/columns/0/source", '"..a", a descendant segment'),
    (columns(type="int"), "/output_mapping/columns/0/type", "did you mean 'integer'?"),
    (columns(type="number", format="%.2f%d"), "/output_mapping/columns/0/format", "one printf conversion"),
    (columns(type="number", format="two"), "/output_mapping/columns/0/format", "one printf conversion"),
    (columns(type="number", format="%999d"), "/output_mapping/columns/0/format", "one printf conversion"),
    (columns(type="number", format="%*d"), "/output_mapping/columns/0/format", "one printf conversion"),
    (
        {"output_mapping": {"structured_output_fields": ["a"], "escape_formulas": "no"}},
        "/output_mapping/escape_formulas",
        'expected true or false, got "no"',
    ),
    (
        execution(max_concurrency=10_001),
        "/execution_config/max_concurrency",
        "at most 40 rows of an inline batch at a time, and 10,000 of a distributed one",
    ),
    (execution(max_concurrency=0), "/execution_config/max_concurrency", "from 1 to 10,000"),
    (execution(max_concurrency=True), "/execution_config/max_concurrency", "got true"),
    (execution(max_concurrency=1.5), "/execution_config/max_concurrency", "got 1.5"),
    (execution(max_concurrency="[" * 99_999), "/execution_config/max_concurrency", "…"),
    (
        execution(max_concurrency="10"),
        "/execution_config/max_concurrency",
        'got "10"; write it without quotes: 10',
    ),
    (execution(timeout_seconds=2_592_001), "/execution_config/timeout_seconds", "1 to 2592000 (30 days)"),
    (
        execution(continue_on_error="false"),
        "/execution_config/continue_on_error",
        "write it without quotes: false",
    ),
    (execution(log_level="debug"), "/execution_config/log_level", "did you mean 'DEBUG'?"),
    (
        execution(log_level="TRACE"),
        "/execution_config/log_level",
        "expected DEBUG, INFO, WARNING, ERROR or CRITICAL",
    ),
    (execution(retry_policy=3), RETRY, "expected an object {…}, got 3"),
    (retry(max_attempts=0), f"{RETRY}/max_attempts", "1 to 10, the first one included"),
    (retry(max_attempts=11), f"{RETRY}/max_attempts", "got 11"),
    (retry(backoff_rate=0.5), f"{RETRY}/backoff_rate", "expected a number from 1.0 to 100.0, got 0.5"),
    (retry(backoff_rate=True), f"{RETRY}/backoff_rate", "got true"),
    (retry(interval_seconds=0), f"{RETRY}/interval_seconds", "a whole number of seconds, 1 to 3600"),
    ({"notification_config": {"enabled": 1}}, "/notification_config/enabled", "got 1"),
    (
        {"notification_config": {"sns_topic_arn": AGENT}},
        "/notification_config/sns_topic_arn",
        "expected the ARN of an SNS topic",
    ),
    ({"csv_format": {"encoding": "utf-9"}}, "/csv_format/encoding", "did you mean 'utf-8'?"),
    ({"csv_format": {"encoding": "ebcdic"}}, "/csv_format/encoding", 'cp1252 or latin-1, got "ebcdic"'),
    ({"csv_format": {"delimiter": "::"}}, "/csv_format/delimiter", "or one character"),
    ({"csv_format": {"delimiter": '"'}}, "/csv_format/delimiter", "no quote and no line break"),
    ({"csv_format": {"delimiter": "\n"}}, "/csv_format/delimiter", "no quote and no line break"),
    # storage, trial and resuming
    ({"storage_mode": "dynamo"}, "/storage_mode", 'expected auto, inline or dynamodb, got "dynamo"; did you mean'),
    ({"storagemode": "auto"}, "/storagemode", "did you mean 'storage_mode'?"),
    ({"map_mode": "DISTRIBUTED"}, "/map_mode", "did you mean 'distributed'?"),
    ({"ttl_days": 0}, "/ttl_days", "a whole number of days, 1 to 365, got 0"),
    ({"ttl_days": 366}, "/ttl_days", "got 366"),
    ({"enable_compression": "yes"}, "/enable_compression", 'expected true or false, got "yes"'),
    ({"defaults": {"ttl_day": 3}}, "/defaults/ttl_day", "did you mean 'ttl_days'?"),
    ({"defaults": {"ttl_days": 366}}, "/defaults/ttl_days", "1 to 365"),
    ({"defaults": {"max_concurrency": 10_001}}, "/defaults/max_concurrency", "from 1 to 10,000"),
    ({"max_rows": 0}, "/max_rows", 'expected a whole number of rows, 1 or more, or "all", got 0'),
    ({"max_rows": "10"}, "/max_rows", "write it without quotes: 10"),
    ({"max_rows": "every"}, "/max_rows", 'or "all", got "every"'),
    ({"resume_from": ""}, "/resume_from", "expected the name of a batch's execution, or its ARN, arn:aws:states:"),
    ({"resume_from": "s3://data/outputs/a.csv"}, "/resume_from", "expected the name of a batch's execution"),
    ({"resume_from": "night\x7f"}, "/resume_from", "expected the name of a batch's execution"),
    ({"only_failed_from": AGENT}, "/only_failed_from", "expected the name of a batch's execution"),
    ({"resume-from": "night"}, "/resume-from", "did you mean 'resume_from'?"),
    ({"resume_from": "night", "accept_changes": "yes"}, "/accept_changes", "expected true or false"),
    ({"accept_changes": True}, "/accept_changes", "of resume_from and only_failed_from only"),
    ({"resume_from": "a", "only_failed_from": "a"}, "/only_failed_from", "cannot be given together"),
    (
        {"storage_mode": "inline", "map_mode": "distributed"},
        "/storage_mode",
        "leave storage_mode or map_mode to auto",
    ),
]
# What only `parse` can see.
MEANING: list[tuple[dict[str, Any], str, str]] = [
    ({"csv_s3_uri": None}, "", "'csv_s3_uri' is missing"),
    *(
        ({"map_mode": "inline", name: {"max_concurrency": 41}}, f"/{name}/max_concurrency", "at most 40 rows at a time")
        for name in ("execution_config", "processing_config", "defaults")
    ),
    ({"input_csv_s3_uri": "s3://my-bucket/other.csv"}, "/input_csv_s3_uri", "it differs from csv_s3_uri"),
    ({"target": {"type": "agent"}}, "/target", "'name' is missing, that of a registered target; or 'arn'"),
    (
        {"target": {"type": "tool", "name": "enrich", "input_format": "messages"}},
        "/target/input_format",
        "messages are for agents",
    ),
    ({"target": "a", "agent_name": "b"}, "/agent_name", '"b" is not what \'target\' says, "a"'),
    (rules(method="tool_result"), "/output_mapping/extraction_methods/0", "'field_mappings' is missing"),
    (rules(method="jmespath"), "/output_mapping/extraction_methods/0", "'paths' is missing"),
    (
        rules(method="jmespath", field_mappings={"a": "a"}),
        "/output_mapping/extraction_methods/0/field_mappings",
        "jmespath takes paths instead",
    ),
    (
        rules(method="direct", paths={"a": "a"}),
        "/output_mapping/extraction_methods/0/paths",
        "direct takes field_mappings instead",
    ),
    (
        rules(method="results_array", field_mappings={"a": "a"}, tool_name="t"),
        "/output_mapping/extraction_methods/0/tool_name",
        "results_array is about no tool",
    ),
    ({"target": {"arn": AGENT, "type": "tool"}}, "/target/type", "the ARN is that of a state machine"),
    ({"target": {"arn": TOOL, "type": "agent"}}, "/target/type", "the ARN is that of a Lambda function"),
    (
        {"target": {"arn": TOOL, "input_format": "messages"}},
        "/target/input_format",
        "messages are for agents",
    ),
    (
        {"target": {"arn": AGENT, "input_format": "messages"}},
        "/target/input_format",
        "an input field 'prompt'",
    ),
    (
        {"agent_state_machine_arn": f"{AGENT}2"},
        "/agent_state_machine_arn",
        f"is not what 'target' says, \"{AGENT[:40]}",
    ),
    (
        {"target": {"arn": AGENT, "name": "a"}, "agent_name": "b"},
        "/agent_name",
        '"b" is not what \'target/name\' says, "a"',
    ),
    ({"input_mapping": {"column_mappings": {}, "columns": []}}, "/input_mapping", "no input field is mapped"),
    ({"input_mapping": {"a": "__proto__"}}, "/input_mapping/a", "cannot be the name of an input field"),
    ({"input_mapping": {"a": "x", "b": "x"}}, "/input_mapping/b", "\"x\" is already filled by 'a'"),
    (
        {"input_mapping": {"column_mappings": {"a": "x"}, "static_values": {"x": 1}}},
        "/input_mapping/static_values/x",
        "already filled by 'column_mappings/a'",
    ),
    (
        {"input_mapping": {"columns": [{"name": "x", "source": "a"}, {"name": "x", "source": "b"}]}},
        "/input_mapping/columns/1/name",
        "already filled by 'columns/0/name'",
    ),
    (
        fields(type="template", config={"template": "Hello {a", "variables": {"a": "b"}}),
        f"{TRANSFORMATION}/config/template",
        "single { at character 7",
    ),
    (
        fields(type="template", config={"template": "Hello {a}", "variables": {"b": "c"}}),
        f"{TRANSFORMATION}/config/variables/b",
        'the template does not use "b"; use it or take it out',
    ),
    (
        fields(type="template", config={"template": "Hello {{b}}", "variables": {"b": "c"}}),
        f"{TRANSFORMATION}/config/variables/b",
        "write {b} with single braces",
    ),
    (
        {"output_mapping": {"structured_output_fields": ["a", "b", "a"]}},
        "/output_mapping/structured_output_fields/2",
        "already given by 'structured_output_fields/0'",
    ),
    (
        {"output_mapping": {"structured_output_fields": ["n"], "columns": [{"name": "n", "source": "$.n"}]}},
        "/output_mapping/columns/0/name",
        "already given by 'structured_output_fields/0'",
    ),
    *(
        (
            {"output_mapping": {"structured_output_fields": [name]}},
            "/output_mapping/structured_output_fields/0",
            "is the name of a metadata column",
        )
        for name in (*METADATA_COLUMNS, SURPLUS_COLUMN)
    ),
    (columns(format="%d"), "/output_mapping/columns/0/format", "needs a 'type': number, integer or string"),
    (columns(type="boolean", format="%d"), "/output_mapping/columns/0/format", "boolean takes no format"),
    (
        columns(type="number", format="%s"),
        "/output_mapping/columns/0/format",
        "%s does not fit the type number",
    ),
    (columns(type="string", format="%d"), "/output_mapping/columns/0/format", "use %s"),
    (
        retry(interval_seconds=9, max_delay_seconds=8),
        f"{RETRY}/max_delay_seconds",
        "8 is less than interval_seconds, 9",
    ),
]
# What lies between keys and a schema can say nevertheless.
STRUCTURE += [
    (
        {"execution_config": {}, "processing_config": {}},
        "/processing_config",
        "execution_config and processing_config are one thing",
    ),
    (
        execution(retry_policy={}, retry_strategy={}),
        "/execution_config/retry_strategy",
        "retry_policy and retry_strategy are one thing",
    ),
    ({"target": None}, "", "'target' is missing"),
    ({"input_mapping": {}}, "/input_mapping", "no input field is mapped"),
]


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
    assert len(message) < 150
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
