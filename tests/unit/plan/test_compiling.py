import dataclasses
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.batch.names import describe_batch
from batch_processor.config import parse
from batch_processor.config.header_problems import header_problems
from batch_processor.contract import Batch, Plan
from batch_processor.contract.number import CONTRACT
from batch_processor.csv_file.header import Header
from batch_processor.errors import BatchTooLarge
from batch_processor.output.publishing import partial
from batch_processor.output.summary import summary_key
from batch_processor.plan.compiling import Surroundings, compile_plan, refuse_large
from batch_processor.plan.deployed_target import Deployed
from batch_processor.resumption.fingerprint import fingerprint
from tests.unit.configs import AGENT, TOOL, make_document
from tests.unit.plans import HEADER, PLAN, make_plan

TOPIC = "arn:aws:sns:eu-west-1:123456789012:batches"
BATCH: Batch = PLAN["batch"]


def plan_of(header: tuple[str, ...] = ("name", "email"), key: str = "inputs/people.csv", **keys: Any) -> Plan:
    source: Any = {**PLAN["source"], "key": key, "uri": f"s3://data/{key}"}
    return compile_plan(parse(make_document(**keys)), source, Header(header), BATCH, Surroundings("data", TOPIC))


def problems(*header: str, **keys: Any) -> list[tuple[str, str]]:
    return [(found.pointer, found.message) for found in header_problems(make_document(**keys), Header(header))]


def test_smallest_configuration_has_every_default_filled_in() -> None:
    planned = plan_of()
    assert planned == {
        "contract": CONTRACT,
        "batch": BATCH,
        "source": PLAN["source"],
        "target": {"type": "agent", "arn": AGENT, "name": "support-triage", "input_format": "structured"},
        "input": {
            "fields": [{"field": "contact", "column": "email"}],
            "constants": {},
            "columns": {"email": 1},
            "required": [],
        },
        "output": {
            "columns": [{"name": "category"}, {"name": "score"}],
            "include_original": True,
            "add_metadata": True,
            "escape_formulas": True,
            "bucket": "data",
            "key": "outputs/people-20261121T093444Z-night.csv",
        },
        "work": {"bucket": "data", "prefix": "work/night-1a2b3c4d/"},
        "map_mode": "auto",
        "storage": {**PLAN["storage"], "batch_id": "support-triage#night", "fingerprint": fingerprint(planned)},
        "execution": {
            "max_concurrency": 10,
            "timeout_seconds": 300,
            "max_attempts": 3,
            "backoff_rate": 2.0,
            "interval_seconds": 2,
            "max_delay_seconds": 300,
            "continue_on_error": True,
            "log_level": "INFO",
        },
        "notification": {"success": True, "failure": True, "topic_arn": TOPIC},
    }


def test_every_way_of_filling_a_field_is_planned() -> None:
    planned = plan_of(
        ("first", "last", "email", "details", "unused"),
        input_mapping={
            "column_mappings": {"email": "mail"},
            "static_values": {"level": "full", "limits": {"most": [1, None]}},
            "transformations": {
                "name": {"type": "concat", "config": {"columns": ["first", "last"], "separator": " "}},
                "prompt": {"type": "template", "config": {"template": "Dear {first}: {last}"}},
                "id": {"type": "jsonpath", "config": {"column": "details", "path": "$.ids[0]"}},
            },
        },
    )["input"]
    assert planned["fields"] == [
        {"field": "mail", "column": "email"},
        {"field": "name", "columns": ["first", "last"], "separator": " "},
        {"field": "prompt", "segments": [{"text": "Dear "}, {"column": "first"}, {"text": ": "}, {"column": "last"}]},
        {"field": "id", "column": "details", "path": ["ids", 0]},
    ]
    assert planned["constants"] == {"level": "full", "limits": {"most": [1, None]}}
    assert planned["columns"] == {"email": 2, "first": 0, "last": 1, "details": 3}


def test_ambiguous_columns_are_planned_under_their_addresses() -> None:
    mapping = {"column_mappings": {"email#2": "mail", "column_3": "note"}}
    assert plan_of(("email", "email", ""), input_mapping=mapping)["input"]["columns"] == {"email#2": 1, "column_3": 2}


def test_required_and_optional_columns_are_planned() -> None:
    mapping = {
        "column_mappings": [
            {"csv_column": "email", "agent_input_field": "mail", "required": True},
            {"csv_column": "phone", "agent_input_field": "phone", "required": False},
            {"csv_column": "name", "agent_input_field": "name", "required": False},
        ]
    }
    planned = plan_of(input_mapping=mapping)["input"]
    assert planned["required"] == ["email"]
    assert planned["columns"] == {"email": 1, "name": 0}
    assert [field["field"] for field in planned["fields"]] == ["mail", "name"]
    assert problems("name", "email", input_mapping=mapping) == []


def test_optional_column_that_is_ambiguous_is_a_problem_all_the_same() -> None:
    mapping = {"column_mappings": [{"csv_column": "a", "agent_input_field": "a", "required": False}]}
    ((pointer, message),) = problems("a", "a", input_mapping=mapping)
    assert pointer == "/input_mapping/column_mappings/0/csv_column"
    assert message.startswith("the CSV has 2 columns named 'a'; say which one")


def test_legacy_columns_keep_their_path_default_type_and_format() -> None:
    columns = [
        {"name": "risk", "source": "$.structured_output.risk", "default": None, "type": "number", "format": "%.2f"},
        {"name": "note", "source": "$['a note'][-1]"},
    ]
    assert plan_of(output_mapping={"columns": columns})["output"]["columns"] == [
        {
            "name": "risk",
            "source": ["structured_output", "risk"],
            "default": None,
            "type": "number",
            "format": "%.2f",
            "legacy": True,
        },
        {"name": "note", "source": ["a note", -1], "legacy": True},
    ]


def test_tool_and_its_options_are_planned() -> None:
    planned = plan_of(
        target={"arn": TOOL, "name": "enrich"},
        execution_config={
            "max_concurrency": 40,
            "timeout_seconds": 9,
            "retry_policy": {"max_attempts": 5, "backoff_rate": 1.5, "interval_seconds": 7},
            "continue_on_error": False,
            "debug": True,
        },
        notification_config={"success_notification": False, "sns_topic_arn": f"{TOPIC}-other"},
    )
    assert planned["target"] == {"type": "tool", "arn": TOOL, "name": "enrich", "input_format": "structured"}
    assert planned["execution"] == {
        "max_concurrency": 40,
        "timeout_seconds": 9,
        "max_attempts": 5,
        "backoff_rate": 1.5,
        "interval_seconds": 7,
        "max_delay_seconds": 300,
        "continue_on_error": False,
        "log_level": "DEBUG",
    }
    assert planned["notification"] == {"success": False, "failure": True, "topic_arn": f"{TOPIC}-other"}


def test_storage_map_mode_and_revision_are_planned() -> None:
    config = parse(
        make_document(map_mode="distributed", storage_mode="dynamodb", ttl_days=30, enable_compression=False)
    )
    planned = compile_plan(config, PLAN["source"], HEADER, BATCH, Surroundings("data", TOPIC), Deployed(None, "1a2b"))
    assert planned["map_mode"] == "distributed"
    assert planned["storage"] == {
        "mode": "dynamodb",
        "batch_id": "support-triage#night",
        "since": BATCH["started_at"],
        "ttl_seconds": 30 * 86_400,
        "compress": False,
        "fingerprint": fingerprint(planned),
    }
    assert planned["target"]["revision"] == "1a2b"


def test_plan_has_what_decides_the_tier() -> None:
    config = parse(make_document(target={"arn": TOOL, "idempotent": True}, execution_tier="express"))
    deployed = Deployed(None, "1a2b", timeout_seconds=30)
    planned = compile_plan(config, PLAN["source"], HEADER, BATCH, Surroundings("data", TOPIC), deployed)
    assert planned["execution"]["tier"] == "express"
    assert (planned["target"]["timeout_seconds"], planned["target"]["idempotent"]) == (30, True)
    express = Deployed(None, "1a2b", is_express=True)
    of_agent = compile_plan(parse(make_document()), PLAN["source"], HEADER, BATCH, Surroundings("data", TOPIC), express)
    assert of_agent["target"]["express"] is True
    assert "tier" not in of_agent["execution"]
    assert "idempotent" not in of_agent["target"]


def repetition_of(**keys: Any) -> tuple[bool, Any]:
    planned = compile_plan(
        parse(make_document(**keys)), PLAN["source"], HEADER, BATCH, Surroundings("data", TOPIC), Deployed(None)
    )
    return planned.get("deduplicate", False), planned.get("cache")


def test_nothing_is_asked_twice_of_a_target_that_is_deterministic_unless_it_is_to_be() -> None:
    target = {"arn": TOOL, "deterministic": True}
    deduplicated, cache = repetition_of(target=target, output_s3_prefix="s3://results/team-a/")
    assert (deduplicated, cache["scope"], cache["max_age_seconds"]) == (True, "results/team-a", 30 * 86_400)
    assert repetition_of(target=target, deduplicate=False, cache=False) == (False, None)
    assert repetition_of(target=target, storage_mode="inline") == (True, None)
    assert (
        repetition_of(target={"arn": TOOL})
        == repetition_of(target={"arn": TOOL, "deterministic": False})
        == (False, None)
    )
    assert repetition_of(target={"arn": TOOL}, deduplicate=True) == (True, None)
    assert repetition_of(target={"arn": TOOL}, cache={"max_age_days": 2})[1]["max_age_seconds"] == 2 * 86_400


def test_what_makes_answers_is_told_apart_by_target_and_mappings_and_not_by_the_csv() -> None:
    def made_by(revision: str = "1", source: Any = PLAN["source"], **keys: Any) -> str:
        config = parse(make_document(cache=True, **keys))
        planned = compile_plan(config, source, HEADER, BATCH, Surroundings("data", TOPIC), Deployed(None, revision))
        return planned["cache"]["made_by"]

    same = made_by()
    assert same == made_by(source={**PLAN["source"], "etag": "another", "size_bytes": 9, "delimiter": ";"})
    assert same == made_by(deduplicate=True, execution_config={"max_concurrency": 1})
    others = [
        made_by(revision="2"),
        made_by(target=TOOL),
        made_by(output_mapping={"structured_output_fields": ["another"]}),
        made_by(input_mapping={"column_mappings": {"email": "another"}}),
        made_by(input_mapping={"column_mappings": {"email": "contact"}, "static_values": {"language": "de"}}),
    ]
    assert len({same, *others}) == 6


def test_answers_that_were_checked_by_another_schema_are_not_taken() -> None:
    def made_by(schema: Any) -> str:
        config = parse(make_document(cache=True))
        checked = dataclasses.replace(config, output=dataclasses.replace(config.output, schema=schema))
        surroundings = Surroundings("data", TOPIC)
        return compile_plan(checked, PLAN["source"], HEADER, BATCH, surroundings, Deployed(None, "1"))["cache"][
            "made_by"
        ]

    schemas = [None, {"type": "object"}, {"type": "object", "required": ["category"]}]
    assert len({made_by(schema) for schema in schemas}) == 3


def test_tier_does_not_decide_the_answers() -> None:
    def of(deployed: Deployed, **keys: Any) -> str:
        config = parse(make_document(**keys))
        planned = compile_plan(config, PLAN["source"], HEADER, BATCH, Surroundings("data", TOPIC), deployed)
        return planned["storage"]["fingerprint"]

    quick = of(Deployed(None, timeout_seconds=9), target={"arn": TOOL, "idempotent": True}, execution_tier="express")
    assert quick == of(Deployed(None, timeout_seconds=30), target={"arn": TOOL})


def test_what_the_registries_say_is_planned() -> None:
    config = parse(make_document())
    rules = ({"method": "direct"},)
    registered = dataclasses.replace(
        config,
        target=dataclasses.replace(config.target, version="1.10.0", runs="state_machine"),
        output=dataclasses.replace(config.output, schema={"type": "object"}, extraction=rules),
    )
    plan = compile_plan(registered, PLAN["source"], HEADER, BATCH, Surroundings("data", TOPIC))
    assert plan["target"] == {
        "type": "agent",
        "arn": AGENT,
        "name": "support-triage",
        "input_format": "structured",
        "version": "1.10.0",
    }
    assert (plan["output"]["schema"], plan["output"]["extraction"]) == ({"type": "object"}, [{"by": "direct"}])
    tool = dataclasses.replace(registered, target=dataclasses.replace(registered.target, type="tool"))
    plan = compile_plan(tool, PLAN["source"], HEADER, BATCH, Surroundings("data", TOPIC))
    assert (plan["target"]["type"], plan["target"]["runs"]) == ("tool", "state_machine")


def test_column_that_is_registered_must_not_hide_one_of_the_csv() -> None:
    document = make_document()
    del document["output_mapping"]
    found = list(header_problems(document, Header(("email", "category")), ["category", "score"]))
    assert [(problem.pointer, problem.message[:44]) for problem in found] == [
        ("", "the CSV has a column 'category' already, whi")
    ]
    document["output_mapping"] = {"include_original": False}
    assert list(header_problems(document, Header(("email", "category")), ["category"])) == []


@pytest.mark.parametrize(("said", "mode"), [("auto", "dynamodb"), ("dynamodb", "dynamodb"), ("inline", "inline")])
def test_trial_stores_its_rows_for_the_whole_batch_unless_that_is_not_wanted(said: str, mode: str) -> None:
    planned = plan_of(max_rows=10, storage_mode=said)
    assert (planned["max_rows"], planned["storage"]["mode"]) == (10, mode)


def test_partition_key_has_room_for_any_name_of_a_target() -> None:
    planned = plan_of(target={"arn": AGENT, "name": "日" * 3000})
    target, _, name = planned["storage"]["batch_id"].partition("#")
    assert re.fullmatch("日{256}-[0-9a-f]{32}", target)
    assert name == "night"
    assert plan_of(target={"arn": AGENT, "name": "日" * 3001})["storage"]["batch_id"] != planned["storage"]["batch_id"]
    assert len(planned["storage"]["batch_id"].encode()) < 2048 - 100


def test_nobody_is_notified_where_that_is_off() -> None:
    planned = plan_of(notification_config={"enabled": False})["notification"]
    assert (planned["success"], planned["failure"]) == (False, False)


@pytest.mark.parametrize(
    ("prefix", "key", "place"),
    [
        (None, "people.csv", ("data", "outputs/people-20261121T093444Z-night.csv")),
        ("s3://results", "a/b/people.tsv", ("results", "people-20261121T093444Z-night.csv")),
        ("s3://results/x/y/", "people.v2.csv", ("results", "x/y/people.v2-20261121T093444Z-night.csv")),
        ("s3://results/x", "people", ("results", "x/people-20261121T093444Z-night.csv")),
    ],
)
def test_output_is_named_by_input_time_and_batch(prefix: str | None, key: str, place: tuple[str, str]) -> None:
    keys: dict[str, Any] = {"output_s3_prefix": prefix} if prefix else {}
    output = plan_of(key=key, **keys)["output"]
    assert (output["bucket"], output["key"]) == place


@pytest.mark.parametrize("stem", ["n" * 1100, "é" * 600, "日" * 400], ids=["one", "two", "three bytes a character"])
@pytest.mark.parametrize("prefix", ["s3://results", "s3://results/x", "s3://data/x"])
def test_name_of_the_output_is_cut_to_what_s3_takes(stem: str, prefix: str) -> None:
    plan = plan_of(key=f"{stem}.csv", output_s3_prefix=prefix)
    key = plan["output"]["key"]
    assert len(key.encode()) > 980
    for planned in (plan, partial(plan)):
        assert len(summary_key(planned["output"]["key"]).encode()) <= 1024
    assert stem.startswith(key.removeprefix("x/").removesuffix("-20261121T093444Z-night.csv"))


def test_plan_of_at_most_128_kib_is_accepted() -> None:
    def plan_with(guide: str) -> Plan:
        return make_plan(input={"constants": {"guide": guide}})

    room = 128 * 1024 - len(json.dumps(plan_with(""), ensure_ascii=False))
    refuse_large(plan_with("é" * (room // 2)))
    with pytest.raises(BatchTooLarge) as caught:
        refuse_large(plan_with("é" * (room // 2 + 1)))
    assert re.match(
        r"The plan takes 131,07[34] bytes, at most 131,072 fit the payloads that carry it", str(caught.value)
    )
    assert str(caught.value).endswith("Shorten the templates and constants, or map fewer columns.")


def test_missing_and_ambiguous_columns_are_told_together_with_where_they_are_named() -> None:
    found = problems(
        "name",
        "email",
        "email",
        input_mapping={
            "column_mappings": {"emial": "a", "email": "b"},
            "transformations": {"t": {"type": "concat", "config": {"columns": ["name", "phone"]}}},
        },
    )
    assert [pointer for pointer, _ in found] == [
        "/input_mapping/column_mappings/emial",
        "/input_mapping/column_mappings/email",
        "/input_mapping/transformations/t/config/columns/1",
    ]
    assert "the CSV has no column 'emial'; did you mean" in found[0][1]
    assert "the CSV has 2 columns named 'email'" in found[1][1]


def test_output_column_must_not_hide_one_of_the_csv() -> None:
    ((pointer, message),) = problems("email", "score")
    assert pointer == "/output_mapping/structured_output_fields/1"
    assert message.startswith("the CSV has a column 'score' already, which this one would hide; rename it")


@pytest.mark.parametrize("name", ["_status", "_error_message", "_timestamp", "_execution_time_ms", "_surplus_cells"])
def test_metadata_column_must_not_hide_one_of_the_csv(name: str) -> None:
    ((pointer, message),) = problems("email", name)
    assert pointer == "/output_mapping"
    assert f"the CSV has a column {name!r} already" in message


@pytest.mark.parametrize(
    ("options", "header", "count"),
    [
        ({"include_original": False}, ("email", "category", "_status", "_surplus_cells"), 0),
        ({"add_metadata": False}, ("email", "_status"), 0),
        ({"add_metadata": False}, ("email", "_surplus_cells"), 1),
    ],
)
def test_columns_that_are_not_written_hide_nothing(
    options: dict[str, bool], header: tuple[str, ...], count: int
) -> None:
    mapping = {"structured_output_fields": ["category"], **options}
    assert len(problems(*header, output_mapping=mapping)) == count


@pytest.mark.parametrize("document", [None, [], {}, {"output_mapping": 1}, {"input_mapping": [], "output_mapping": {}}])
def test_header_is_checked_as_far_as_the_document_can_be_made_out(document: Any) -> None:
    assert list(header_problems(document, Header(("a", "b")))) == []


EXECUTION_NAMES = st.from_regex(r"[A-Za-z0-9_-]{1,80}", fullmatch=True)


@given(EXECUTION_NAMES, st.integers(1, 1_000_000), st.integers(1, 10))
def test_names_of_agent_executions_are_legal_and_unique_to_the_execution(name: str, row: int, attempt: int) -> None:
    arn = f"arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:{name}"
    batch = describe_batch({"id": arn, "name": name, "started_at": "2026-11-21T09:34:44Z"})
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", f"{batch['key']}-{row}-{attempt}")
    assert len(batch["key"]) <= 58
    other = describe_batch({"id": arn + "x", "name": name, "started_at": "2026-11-21T09:34:44Z"})
    assert other["key"] != batch["key"]


def test_agents_of_a_batch_are_named_apart_from_those_of_an_older_one_of_the_same_arn() -> None:
    execution = {"id": "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night", "name": "night"}
    old, new = (describe_batch({**execution, "started_at": f"{year}-01-01T00:00:00Z"}) for year in (2025, 2026))
    assert old["key"] == new["key"]
    assert old["origin_key"] != new["origin_key"]
