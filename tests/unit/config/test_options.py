"""What each key comes to in the normal form."""

from collections.abc import Callable
from typing import Any

import pytest

from batch_processor.config import (
    ExecutionOptions,
    NotificationOptions,
    OutputOptions,
    Resumption,
    StorageOptions,
    Target,
    TargetRequest,
    named_batch,
    parse,
    request,
)
from batch_processor.config.csv_format import ENCODINGS
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.document.json_path import MISSING
from batch_processor.document.s3_uri import S3Uri

Build = Callable[..., dict[str, Any]]
AGENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:classifier"
TOOL = "arn:aws:lambda:eu-west-1:123456789012:function:enrich"


def test_nothing_optional_given_means_the_documented_defaults(document: Build) -> None:
    config = parse(document())
    assert config.execution == ExecutionOptions(
        max_concurrency=10,
        timeout_seconds=300,
        max_attempts=3,
        backoff_rate=2.0,
        interval_seconds=2,
        max_delay_seconds=300,
        continue_on_error=True,
        log_level="INFO",
        debug=False,
    )
    assert config.notification == NotificationOptions(True, True, True, None)
    assert config.csv_format == CsvFormat("auto", "auto")
    assert config.output_prefix is None
    assert (config.map_mode, config.storage) == ("auto", StorageOptions("auto", 7, True))
    assert (config.max_rows, config.resumption) == (None, None)
    assert (config.output.include_original, config.output.add_metadata, config.output.escape_formulas) == (
        True,
        True,
        True,
    )


def test_schema_key_for_editors_is_ignored(document: Build) -> None:
    assert parse({"$schema": "./batch-config.schema.json", **document()}) == parse(document())


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"target": AGENT}, Target("agent", AGENT, "classifier", "structured")),
        ({"target": f"{AGENT}:PROD"}, Target("agent", f"{AGENT}:PROD", "classifier", "structured")),
        ({"target": TOOL}, Target("tool", TOOL, "enrich", "structured")),
        ({"target": f"{TOOL}:live"}, Target("tool", f"{TOOL}:live", "enrich", "structured")),
        ({"target": f"{TOOL}:$LATEST"}, Target("tool", f"{TOOL}:$LATEST", "enrich", "structured")),
        ({"target": {"arn": TOOL, "type": "tool"}}, Target("tool", TOOL, "enrich", "structured")),
        ({"target": {"arn": AGENT, "name": "Triage"}}, Target("agent", AGENT, "Triage", "structured")),
        (
            {"target": None, "agent_state_machine_arn": AGENT},
            Target("agent", AGENT, "classifier", "structured"),
        ),
        (
            {"target": None, "agent_name": "Triage", "agent_state_machine_arn": AGENT},
            Target("agent", AGENT, "Triage", "structured"),
        ),
        (
            {"target": "Triage", "agent_config": {"state_machine_arn": AGENT}},
            Target("agent", AGENT, "Triage", "structured"),
        ),
        (
            {"target": {"type": "agent", "name": "Triage"}, "agent_config": {"state_machine_arn": AGENT}},
            Target("agent", AGENT, "Triage", "structured"),
        ),
        (
            {"target": AGENT, "agent_state_machine_arn": AGENT},
            Target("agent", AGENT, "classifier", "structured"),
        ),
        (
            {"target": "arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:a"},
            Target("agent", "arn:aws-us-gov:states:us-gov-west-1:123456789012:stateMachine:a", "a", "structured"),
        ),
        ({"target": {"arn": AGENT, "name": "Triage@1.2.0"}}, Target("agent", AGENT, "Triage", "structured", "1.2.0")),
    ],
)
def test_every_way_of_giving_the_target_comes_to_one_arn(
    document: Build, target: dict[str, Any], expected: Target
) -> None:
    assert parse(document(**target)).target == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"target": "triage"}, TargetRequest("/target", "triage", True)),
        ({"target": "triage@1.10.0"}, TargetRequest("/target", "triage", True, "1.10.0")),
        ({"target": "triage@2.0.0-rc.1+b"}, TargetRequest("/target", "triage", True, "2.0.0-rc.1+b")),
        ({"target": "triage@1.0"}, TargetRequest("/target", "triage", True, "1.0")),
        ({"target": "triage@latest"}, TargetRequest("/target", "triage", True)),
        ({"target": "triage@night"}, TargetRequest("/target", "triage@night", True)),
        ({"target": "a@1.0.0@2.0.0"}, TargetRequest("/target", "a@1.0.0", True, "2.0.0")),
        (
            {"target": {"type": "tool", "name": "enrich"}},
            TargetRequest("/target/name", "enrich", True, type="tool"),
        ),
        (
            {"target": {"name": "triage", "input_format": "messages"}},
            TargetRequest("/target/name", "triage", True, input_format="messages"),
        ),
        ({"target": None, "agent_name": "triage"}, TargetRequest("/agent_name", "triage", True, type="agent")),
        ({"target": AGENT}, TargetRequest("/target", "classifier", False, arn=AGENT)),
        (
            {"target": {"name": "triage@1.0.0", "arn": AGENT}},
            TargetRequest("/target/name", "triage", True, "1.0.0", AGENT),
        ),
        (
            {"target": None, "agent_state_machine_arn": AGENT},
            TargetRequest("", "classifier", False, arn=AGENT),
        ),
    ],
)
def test_what_the_registries_are_asked_for(document: Build, target: dict[str, Any], expected: TargetRequest) -> None:
    given = document(**{"input_mapping": {"a": "prompt"}, **target})
    parse(given)
    assert request(given) == expected


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


def test_messages_style_agent_needs_and_gets_a_prompt(document: Build) -> None:
    config = parse(
        document(
            target={"arn": AGENT, "input_format": "messages"},
            input_mapping={"static_values": {"prompt": "Hi"}},
        )
    )
    assert config.target.input_format == "messages"


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


@pytest.mark.parametrize(
    ("given", "key", "prefix"),
    [
        ("s3://my-bucket/outputs/a/", "outputs/a", "s3://my-bucket/outputs/a"),
        ("s3://my-bucket/outputs", "outputs", "s3://my-bucket/outputs"),
        ("s3://my-bucket/", "", "s3://my-bucket/"),
        ("s3://my-bucket", "", "s3://my-bucket/"),
    ],
)
def test_output_prefix_has_no_slash_at_its_end(document: Build, given: str, key: str, prefix: str) -> None:
    uri = parse(document(output_s3_prefix=given)).output_prefix
    assert uri == S3Uri("my-bucket", key)
    assert str(uri) == prefix


def test_csv_uri_under_both_names_is_accepted_where_they_agree(document: Build) -> None:
    uri = "s3://my-bucket/in/a b+%C3%A9é.csv"
    assert parse(document(csv_s3_uri=uri, input_csv_s3_uri=uri)).csv == S3Uri("my-bucket", "in/a b+%C3%A9é.csv")


@pytest.mark.parametrize(
    ("given", "delimiter"),
    [
        ("auto", "auto"),
        ("comma", ","),
        ("tab", "\t"),
        ("\\t", "\t"),
        ("\t", "\t"),
        ("semicolon", ";"),
        ("pipe", "|"),
        ("§", "§"),
    ],
)
def test_delimiter_is_known_by_name_or_by_itself(document: Build, given: str, delimiter: str) -> None:
    assert parse(document(csv_format={"delimiter": given})).csv_format.delimiter == delimiter


@pytest.mark.parametrize(("given", "encoding"), ENCODINGS.items())
def test_encoding_has_one_spelling_afterwards_and_python_knows_it(document: Build, given: str, encoding: str) -> None:
    assert parse(document(csv_format={"encoding": given})).csv_format.encoding == encoding
    assert encoding == "auto" or "ü".encode(encoding)


@pytest.mark.parametrize("key", ["execution_config", "processing_config"])
@pytest.mark.parametrize("retry", ["retry_policy", "retry_strategy"])
def test_execution_options_are_read_under_either_name(document: Build, key: str, retry: str) -> None:
    given = {
        "max_concurrency": 40.0,
        "timeout_seconds": 1,
        retry: {"max_attempts": 1, "backoff_rate": 1, "interval_seconds": 3, "max_delay_seconds": 3},
        "continue_on_error": False,
        "log_level": "ERROR",
        "debug": True,
        "enable_xray": False,
    }
    assert parse(document(**{key: given})).execution == ExecutionOptions(40, 1, 1, 1.0, 3, 3, False, "ERROR", True)


def test_longest_wait_is_never_shorter_than_the_first(document: Build) -> None:
    retry = {"retry_policy": {"interval_seconds": 600}}
    assert parse(document(execution_config=retry)).execution.max_delay_seconds == 600


def test_debug_lowers_the_log_level_where_none_is_given(document: Build) -> None:
    assert parse(document(execution_config={"debug": True})).execution.log_level == "DEBUG"


def test_notifications_can_be_switched_off_one_by_one(document: Build) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:results"
    given = {
        "enabled": True,
        "success_notification": False,
        "failure_notification": True,
        "sns_topic_arn": topic,
    }
    assert parse(document(notification_config=given)).notification == NotificationOptions(True, False, True, topic)


def test_column_definition_that_repeats_no_name_but_fills_the_limit_is_accepted(document: Build) -> None:
    names = [f"c{index}" for index in range(1000)]
    assert len(parse(document(output_mapping={"structured_output_fields": names})).output.columns) == 1000


def test_storage_and_map_mode_are_read(document: Build) -> None:
    config = parse(document(map_mode="distributed", storage_mode="dynamodb", ttl_days=365.0, enable_compression=False))
    assert (config.map_mode, config.storage) == ("distributed", StorageOptions("dynamodb", 365, False))


def test_defaults_hold_where_nothing_is_said(document: Build) -> None:
    config = parse(document(defaults={"ttl_days": 3, "max_concurrency": 5000, "enable_compression": False}))
    assert config.storage == StorageOptions("auto", 3, False)
    assert config.execution.max_concurrency == 5000


def test_what_is_said_in_its_own_place_holds_over_the_defaults(document: Build) -> None:
    config = parse(
        document(
            ttl_days=7,
            enable_compression=True,
            execution_config={"max_concurrency": 10},
            defaults={"ttl_days": 3, "max_concurrency": 5, "enable_compression": False},
        )
    )
    assert config.storage == StorageOptions("auto", 7, True)
    assert config.execution.max_concurrency == 10


def test_inline_batch_may_be_asked_for_where_its_own_concurrency_fits(document: Build) -> None:
    keys = {"execution_config": {"max_concurrency": 40}, "defaults": {"max_concurrency": 41}}
    assert parse(document(map_mode="inline", **keys)).execution.max_concurrency == 40


@pytest.mark.parametrize(("given", "max_rows"), [(1, 1), (10.0, 10), ("all", None)])
def test_trial_run_is_one_on_so_many_rows(document: Build, given: Any, max_rows: int | None) -> None:
    assert parse(document(max_rows=given)).max_rows == max_rows


ARN = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night"


@pytest.mark.parametrize("batch", ["night", "Nächtlich_1.2", "n" * 80, ARN])
@pytest.mark.parametrize(("key", "only_failed"), [("resume_from", False), ("only_failed_from", True)])
def test_earlier_batch_is_named_by_its_execution(document: Build, key: str, only_failed: bool, batch: str) -> None:
    assert parse(document(**{key: batch})).resumption == Resumption(batch, only_failed, False)
    accepting = parse(document(**{key: batch}, accept_changes=True)).resumption
    assert accepting == Resumption(batch, only_failed, True)


@pytest.mark.parametrize(
    "given",
    [
        None,
        [],
        "resume_from",
        {},
        {"accept_changes": True},
        {"resume_from": 7},
        {"resume_from": "night\n"},
        {"resume_from": "\ud800"},
        {"resume_from": "a", "only_failed_from": "b"},
    ],
)
def test_earlier_batch_is_not_looked_for_where_it_cannot_be_made_out(given: Any) -> None:
    assert named_batch(given) is None
