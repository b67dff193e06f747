import codecs
import io
import json
from typing import Any, cast

import pytest

from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.contract import Plan
from batch_processor.contract.number import CONTRACT
from batch_processor.contract.rules import FieldRules
from batch_processor.errors import (
    BatchTooLarge,
    InvalidConfiguration,
    InvalidCsv,
    SourceUnavailable,
    StorageUnavailable,
)
from batch_processor.handlers.load_csv_data import handle as load_csv_data
from batch_processor.handlers.validate_input import handle
from batch_processor.logs import logger
from batch_processor.output.publishing import partial
from batch_processor.settings import MissingSetting
from tests.functional.account import DATA, RESULTS, answering, get, keys, put
from tests.functional.batches import as_json
from tests.functional.conftest import ENVIRONMENT
from tests.functional.targets import create_agent, create_tool
from tests.unit.configs import AGENT, TOOL, make_document
from tests.unit.plans import HEADER

PEOPLE = b"name,email\nAna,a@x.org\n"
EXECUTION = {
    "id": "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night",
    "name": "night",
    "started_at": "2026-11-21T09:34:44.123Z",
}


@pytest.fixture(autouse=True)
def agent(account: None) -> None:
    """The target of the smallest configuration."""
    create_agent()


def validate(given: Any) -> Plan:
    return handle({"contract": CONTRACT, "input": given, "execution": EXECUTION}, None)


def validate_csv(content: bytes, **keys: Any) -> Plan:
    put("inputs/people.csv", content)
    return validate(make_document(**keys))


def problems(given: Any) -> dict[str, str]:
    with pytest.raises(InvalidConfiguration) as caught:
        validate(given)
    return {found.pointer: found.message for found in caught.value.problems}


def test_configuration_and_csv_become_the_plan() -> None:
    version_id = put("inputs/people.csv", PEOPLE)["VersionId"]
    plan = validate(make_document())
    assert as_json(plan) == plan
    assert plan["batch"]["name"] == "night"
    assert plan["source"] == {
        "uri": "s3://data/inputs/people.csv",
        "bucket": "data",
        "key": "inputs/people.csv",
        "version_id": version_id,
        "etag": client("s3").head_object(Bucket=DATA, Key="inputs/people.csv")["ETag"],
        "size_bytes": len(PEOPLE),
        "encoding": "utf-8",
        "delimiter": ",",
        "dialect": {"line_end": "\n", "delimiter_guessed": True},
        "width": 2,
        "header_digest": HEADER.digest,
    }
    assert manifest.read_header(plan) == [*HEADER.names]
    assert (plan["output"]["bucket"], plan["notification"]["topic_arn"]) == (DATA, ENVIRONMENT["TOPIC_ARN"])


def test_name_of_a_row_batch_is_refused_beside_all_other_problems() -> None:
    put("inputs/people.csv", PEOPLE)
    execution = {**EXECUTION, "id": EXECUTION["id"].replace("night", "row-batch-1"), "name": "row-batch-1"}
    with pytest.raises(InvalidConfiguration) as caught:
        handle({"contract": CONTRACT, "input": make_document(colour="blue"), "execution": execution}, None)
    assert {found.pointer for found in caught.value.problems} == {"", "/colour"}
    assert "- the document: the execution is called row-batch-1, and row-batch- is what row batches were" in str(
        caught.value
    )
    assert handle(
        {"contract": CONTRACT, "input": make_document(), "execution": {**execution, "name": "row-batches"}}, None
    )


def test_name_that_puts_an_output_where_a_failed_batch_leaves_its_own_is_refused() -> None:
    """Begun in the same second, on a CSV of the same name, it would have the very key."""
    put("inputs/people.csv", PEOPLE)
    planned = handle({"contract": CONTRACT, "input": make_document(), "execution": EXECUTION}, None)
    name = f"{EXECUTION['name']}.partial"
    execution = {**EXECUTION, "id": f"{EXECUTION['id']}.partial", "name": name}
    with pytest.raises(InvalidConfiguration, match=rf"the execution is called {name}, .* start it under another name"):
        handle({"contract": CONTRACT, "input": make_document(), "execution": execution}, None)
    other = handle(
        {"contract": CONTRACT, "input": make_document(), "execution": {**execution, "name": f"{name}-1"}}, None
    )
    assert other["output"]["key"] != partial(planned)["output"]["key"]


def test_plan_is_what_the_next_state_takes() -> None:
    plan = validate_csv("name;email\nAna;ü@x.org\n".encode("utf-16"))
    assert load_csv_data({"plan": as_json(plan), "given": {}}, None)["rows"] == [
        {"index": 1, "row": {"email": "ü@x.org"}}
    ]


@pytest.mark.parametrize(
    ("content", "csv_format", "encoding", "delimiter"),
    [
        (codecs.BOM_UTF8 + b"name,email\n", {}, "utf-8-sig", ","),
        ("näme\temail\n".encode("utf-16"), {}, "utf-16", "\t"),
        ("näme;email\n".encode("cp1252"), {"encoding": "cp1252"}, "cp1252", ";"),
        ("näme|email\n".encode("utf-16-be"), {"encoding": "utf-16-be", "delimiter": "pipe"}, "utf-16-be", "|"),
        (b"email;a,b;c\n", {"delimiter": "semicolon"}, "utf-8", ";"),
        (b"name;email\n" + b'"' + b"long, " * 100_000 + b'";a@x.org\n', {}, "utf-8", ";"),
    ],
)
def test_encoding_and_delimiter_are_found_or_taken_as_declared(
    content: bytes, csv_format: dict[str, str], encoding: str, delimiter: str
) -> None:
    plan = validate_csv(content, csv_format=csv_format)
    assert (plan["source"]["encoding"], plan["source"]["delimiter"]) == (encoding, delimiter)
    assert "email" in manifest.read_header(plan)


def test_config_file_is_read_in_the_version_that_triggered_the_batch() -> None:
    put("inputs/people.csv", PEOPLE)
    version_id = put("configs/a.json", json.dumps(make_document()).encode())["VersionId"]
    put("configs/a.json", b"broken since")
    given = {"config_s3_uri": "s3://data/configs/a.json", "config_version_id": version_id}
    assert validate(given)["target"]["arn"] == AGENT


RULES = {
    "agent": "support-triage",
    "version": "1.0",
    "fields": [
        {"name": name, "extraction": [{"type": "structured", "path": f"$.{name}"}]} for name in ("category", "score")
    ],
}


def with_agents(**files: Any) -> dict[str, Any]:
    """A config file with rules beside it; the input that names the config."""
    put("inputs/people.csv", PEOPLE)
    for name, body in files.items():
        put(f"configs/{name}.yaml", body if isinstance(body, bytes) else json.dumps(body).encode())
    agents = {"support-triage": {"extraction": "rules.yaml"}, "another": {"extraction": "absent.yaml"}}
    put("configs/a.yaml", json.dumps(make_document(agents=agents)).encode())
    return {"config_s3_uri": "s3://data/configs/a.yaml"}


def test_rules_of_the_agent_come_from_the_file_that_the_config_names() -> None:
    plan = validate(with_agents(rules=RULES))
    [rule] = plan["output"]["extraction"]
    assert [field["field"] for field in cast("FieldRules", rule)["field_ways"]] == ["category", "score"]
    kept = manifest.read_config(DATA, EXECUTION["id"])
    assert kept
    assert kept["agents"]["support-triage"] == {"extraction": "s3://data/configs/rules.yaml"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "s3://data/configs/rules.yaml"),
        ({"rules": {**RULES, "fields": "all"}}, "s3://data/configs/rules.yaml: /fields: expected a list"),
        ({"rules": b"a: !x"}, "s3://data/configs/rules.yaml is not YAML as it is read here: tags as !x"),
        ({"rules": {"agent": "a", "version": "1.0"}}, "'fields' is missing, or 'extraction_methods'"),
    ],
)
def test_rules_that_cannot_be_read_are_told_where_they_are_named(files: dict[str, Any], words: str) -> None:
    assert words in problems(with_agents(**files))["/agents/support-triage/extraction"]


def test_source_without_versions_is_copied_so_that_nothing_can_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INPUT_BUCKET_PATTERN", "results*")
    put("inputs/people.csv", PEOPLE, RESULTS)
    plan = validate(make_document(csv_s3_uri="s3://results/inputs/people.csv"))
    put("inputs/people.csv", b"something else\n", RESULTS)
    source = plan["source"]
    assert (source["uri"], source["bucket"]) == ("s3://results/inputs/people.csv", DATA)
    assert source["key"] == f"{plan['work']['prefix']}source.csv"
    assert (
        client("s3").get_object(Bucket=DATA, Key=source["key"], VersionId=source["version_id"])["Body"].read() == PEOPLE
    )
    assert plan["output"]["key"].startswith("outputs/people-")


def test_all_problems_of_configuration_and_header_are_told_together() -> None:
    put("inputs/people.csv", b"name,email,email,score\n")
    found = problems(
        make_document(
            input_mapping={"column_mappings": {"emial": "contact", "email": "other"}},
            exection_config={},
            output_s3_prefix=7,
        )
    )
    assert set(found) == {
        "/exection_config",
        "/output_s3_prefix",
        "/input_mapping/column_mappings/emial",
        "/input_mapping/column_mappings/email",
        "/output_mapping/structured_output_fields/1",
    }
    assert "did you mean 'execution_config'" in found["/exection_config"]


def test_what_may_not_be_used_is_told_with_the_problems_of_the_header() -> None:
    put("inputs/people.csv", b"name\n")
    found = problems(make_document(target=AGENT.replace("support", "billing"), output_s3_prefix="s3://elsewhere/"))
    assert set(found) == {"/target", "/output_s3_prefix", "/input_mapping/column_mappings/email"}


def test_what_is_not_there_is_told_with_the_problems_of_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTPUT_BUCKET_PATTERN", "result*")
    put("inputs/people.csv", b"name\n")
    found = problems(make_document(target=f"{AGENT}-2", output_s3_prefix="s3://result/x/"))
    assert set(found) == {"/target", "/output_s3_prefix", "/input_mapping/column_mappings/email"}
    assert found["/target"] == f"there is no {AGENT}-2; check the ARN"
    assert found["/output_s3_prefix"] == "there is no bucket result, or the stack may not see it"


def test_absent_target_and_absent_csv_are_told_together() -> None:
    assert set(problems(make_document(target=TOOL))) == {"/target", "/csv_s3_uri"}


def test_express_state_machine_is_an_agent() -> None:
    create_agent(f"{AGENT}-express", type="EXPRESS")
    assert validate_csv(PEOPLE, target=f"{AGENT}-express")["target"]["express"] is True


def test_express_tier_of_a_standard_agent_is_refused() -> None:
    put("inputs/people.csv", PEOPLE)
    found = problems(make_document(execution_config={"execution_tier": "express", "timeout_seconds": 60}))
    assert found["/execution_config/execution_tier"].startswith("support-triage is a STANDARD state machine")


def test_express_tier_of_a_tool_is_planned_with_the_functions_own_timeout() -> None:
    create_tool()
    planned = validate_csv(PEOPLE, target={"arn": TOOL}, execution_tier="express")
    assert planned["execution"]["tier"] == "express"
    assert planned["target"]["timeout_seconds"] == 3  # Lambda's default


def test_tool_that_is_there_becomes_the_target() -> None:
    create_tool()
    assert validate_csv(PEOPLE, target=TOOL)["target"]["arn"] == TOOL


def test_output_bucket_that_is_there_is_taken() -> None:
    assert validate_csv(PEOPLE, output_s3_prefix="s3://results/x/")["output"]["bucket"] == RESULTS


def test_forbidden_targets_and_buckets_are_not_looked_for() -> None:
    put("inputs/people.csv", PEOPLE)
    with answering("HeadBucket", 500, "InternalError") as refused:
        found = problems(make_document(target=f"{AGENT}-2", output_s3_prefix="s3://elsewhere/"))
    assert set(found) == {"/output_s3_prefix"}
    assert refused == []


def test_plan_that_leaves_no_room_for_rows_is_refused() -> None:
    put("inputs/people.csv", PEOPLE)
    mapping = {"column_mappings": {"email": "contact"}, "static_values": {"guide": "x" * 126 * 1024}}
    document = make_document(input_mapping=mapping)
    assert validate(document)["input"]["constants"] == mapping["static_values"]
    mapping["static_values"] = {"guide": "x" * 128 * 1024}
    with pytest.raises(BatchTooLarge, match=r"^The plan takes 13\d,\d{3} bytes, at most 131,072 fit"):
        validate(document)


@pytest.mark.parametrize(
    ("content", "declared", "words"),
    [
        ("name,email\n".encode("utf-32"), "auto", "The file is UTF-32"),
        (b"name,email\n", "utf-16", "csv_format.encoding says utf-16, and the file has no byte order mark"),
        (b"\x1f\x8b\x08\0\0", "auto", "The file is no CSV: it is gzip-compressed. Gunzip it first"),
    ],
)
def test_encoding_that_cannot_be_read_is_refused(content: bytes, declared: str, words: str) -> None:
    with pytest.raises(InvalidCsv, match=f"^{words}"):
        validate_csv(content, csv_format={"encoding": declared})


def test_csv_in_a_forbidden_bucket_is_not_touched() -> None:
    with answering("HeadObject", 500, "InternalError") as refused:
        assert set(problems(make_document(csv_s3_uri="s3://elsewhere/people.csv"))) == {"/csv_s3_uri"}
    assert refused == []


@pytest.mark.parametrize("key", ["csv_s3_uri", "input_csv_s3_uri"])
def test_missing_csv_is_told_beside_other_problems(key: str) -> None:
    document = make_document(csv_s3_uri="s3://data/absent.csv", exection_config={})
    document[key] = document.pop("csv_s3_uri")
    assert problems(document)[f"/{key}"] == ("Reading s3://data/absent.csv: there is no such object. Check the URI.")


def test_missing_csv_alone_is_an_error_of_its_own() -> None:
    with pytest.raises(SourceUnavailable, match=r"s3://data/inputs/people\.csv: there is no such object"):
        validate(make_document())


def test_missing_config_file_is_told() -> None:
    with pytest.raises(SourceUnavailable, match=r"s3://data/configs/absent\.json: there is no such object"):
        validate({"config_s3_uri": "s3://data/configs/absent.json"})


@pytest.mark.parametrize("content", [b"", b"\n\r\n", codecs.BOM_UTF8])
def test_csv_without_a_header_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidCsv, match=r"^s3://data/inputs/people\.csv is empty; the first line must be a header\.$"):
        validate_csv(content)


def test_header_that_is_no_text_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidCsv, match=r"^Line 1, column 2: the bytes fc are not utf-8"):
        validate_csv("nüme,email\n".encode("latin-1"))


@pytest.mark.parametrize("given", [None, [], "text", 7])
def test_input_that_is_no_object_is_refused(given: Any) -> None:
    assert list(problems(given)) == [""]


def test_configuration_without_a_csv_is_refused() -> None:
    document = make_document()
    del document["csv_s3_uri"]
    assert "'csv_s3_uri' is missing" in problems(document)[""]


def test_throttling_is_worth_another_attempt() -> None:
    with answering("HeadObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        validate(make_document())


def test_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OUTPUT_BUCKET_PATTERN")
    with pytest.raises(MissingSetting, match="OUTPUT_BUCKET_PATTERN"):
        validate_csv(PEOPLE)


def test_no_cell_is_logged() -> None:
    written = io.StringIO()
    before = logger.registered_handler.setStream(written)  # type: ignore[attr-defined]
    try:
        validate_csv(PEOPLE, execution_config={"log_level": "DEBUG"})
    finally:
        logger.registered_handler.setStream(before)  # type: ignore[attr-defined]
    assert '"batch":"night"' in written.getvalue()
    assert "a@x.org" not in written.getvalue()


def test_header_below_other_lines_is_named_and_read_with_the_setting() -> None:
    content = b"made by,kim\n\nname,email\nAna,a@x.org\n"
    with pytest.raises(
        InvalidConfiguration, match=r"line 3 has it: if that is the header, set csv_format\.header_line to 3"
    ):
        validate_csv(content)
    plan = validate_csv(content, csv_format={"header_line": 3})
    assert manifest.read_header(plan) == ["name", "email"]
    rows = load_csv_data(as_json({"plan": plan, "given": {}}), None)["rows"]
    assert [row["row"] for row in rows] == [{"email": "a@x.org"}]


def test_line_of_the_header_that_is_blank_or_missing_is_told() -> None:
    with pytest.raises(
        InvalidCsv, match=r"header_line says 1, and that line is blank\. The next one that is not is line 2"
    ):
        validate_csv(b"\nname,email\n", csv_format={"header_line": 1})
    with pytest.raises(InvalidCsv, match="has no line 7"):
        validate_csv(PEOPLE, csv_format={"header_line": 7})


def test_fault_in_any_row_of_a_small_file_is_told_beside_the_other_problems() -> None:
    put("inputs/people.csv", b'name,email\nAna,a@x.org\n"Bo"y,b@x.org\n')
    found = problems(make_document(colour="blue"))
    assert found["/csv_s3_uri"].startswith("Line 3: a closing quote is followed by more text")
    assert "/colour" in found


def test_settings_reach_the_rows_in_either_mode() -> None:
    content = b"name|email\nAna\nBo|'b|x'|\n"
    csv_format = {"delimiter": "pipe", "quote": "single", "ragged": "pad"}
    for mode in ("inline", "distributed"):
        plan = validate_csv(content, csv_format=csv_format, map_mode=mode)
        answer = load_csv_data(as_json({"plan": plan, "given": {}}), None)
        assert answer["loaded"]["surplus_cells"] is False
        rows = answer["rows"] or [json.loads(line) for line in get(f"{plan['work']['prefix']}rows.jsonl").splitlines()]
        assert [row["row"] for row in rows] == [{"email": ""}, {"email": "b|x"}]
        if mode == "distributed":
            assert get(f"{plan['work']['prefix']}originals.csv") == b"Ana,\r\nBo,b|x\r\n"


def test_fault_beyond_the_beginning_of_a_large_file_is_found_while_it_is_loaded() -> None:
    content = b"name,email\n" + b"Ana,a@x.org\n" * 30_000 + b'Bo,"b@x.org\nCy,c\nDi,d 9"\n'
    plan = validate_csv(content, map_mode="distributed")
    with pytest.raises(InvalidCsv, match=r"^Line 30002: a quoted cell goes on over line 30003"):
        load_csv_data(as_json({"plan": plan, "given": {}}), None)
    assert not [key for key in keys(DATA) if key.endswith("rows.jsonl")]


def test_faults_behind_a_header_that_is_not_the_right_one_are_not_told() -> None:
    content = b"made by kim\nname,email\nAna,a@x.org\nBo,b@x.org\n"
    put("inputs/people.csv", content)
    assert problems(make_document()) == {
        "/input_mapping/column_mappings/email": (
            "the CSV has no column 'email'; its columns are 'made by kim'; line 2 has it: if that is the header, set "
            "csv_format.header_line to 2"
        )
    }
    assert manifest.read_header(validate_csv(content, csv_format={"header_line": 2})) == ["name", "email"]


def test_faults_of_rows_are_told_along_with_what_else_is_wrong() -> None:
    put("inputs/people.csv", b'name,email\nAna,"a\n')
    found = problems(make_document(output_mapping={"structured_output_fields": ["name"]}))
    assert set(found) == {"/output_mapping/structured_output_fields/0", "/csv_s3_uri"}
    assert found["/csv_s3_uri"].startswith("Line 2: a quoted cell is opened and never closed")


def test_output_of_a_batch_is_not_read_for_an_output_elsewhere_not_even_for_what_is_wrong_with_it() -> None:
    put("outputs/colleague.csv", b"name,salary\n")
    document = make_document(csv_s3_uri="s3://data/outputs/colleague.csv", output_s3_prefix="s3://results/")
    with answering("HeadObject", 500, "InternalError") as refused:
        assert set(problems(document)) == {"/csv_s3_uri"}
        assert set(problems({**document, "colour": "blue"})) == {"/colour"}
    assert refused == []


@pytest.mark.parametrize("folder", ["work", "outputs"])
def test_what_batches_have_left_is_no_configuration(folder: str) -> None:
    put(f"{folder}/night/config.json", json.dumps(make_document()).encode())
    found = problems({"config_s3_uri": f"s3://data/{folder}/night/config.json"})
    assert list(found) == ["/config_s3_uri"]
    assert found["/config_s3_uri"].startswith(f"{folder}/ holds what batches ")


def test_config_file_has_a_limit_and_no_more_of_it_is_read() -> None:
    put("inputs/people.csv", PEOPLE)
    text = json.dumps(make_document()).encode()
    put("configs/a.json", text.ljust(1024 * 1024))
    assert validate({"config_s3_uri": "s3://data/configs/a.json"})["target"]["arn"] == AGENT
    put("configs/a.json", text.ljust(1024 * 1024 + 1))
    with answering("GetObject", 500, "InternalError") as refused:
        found = problems({"config_s3_uri": "s3://data/configs/a.json"})
    assert refused == []
    message = "s3://data/configs/a.json: it has 1,048,577 bytes, and a configuration at most 1,048,576"
    assert found["/config_s3_uri"].startswith(message)


def test_operators_caps_refuse_what_is_asked_for_and_bound_what_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"MOST_CONCURRENCY": "5", "MOST_ATTEMPTS": "2", "MOST_ROWS": "2", "MOST_DAYS": "1"}.items():
        monkeypatch.setenv(name, value)
    plan = validate_csv(PEOPLE)
    assert (plan["execution"]["max_concurrency"], plan["execution"]["max_attempts"]) == (5, 2)
    assert (plan["most_rows"], plan["most_days"]) == (2, 1)
    found = problems(make_document(execution_config={"max_concurrency": 6}, max_rows=3, ttl_days=61, colour="blue"))
    assert set(found) == {"/colour"}, "what is not understood is told first"
    found = problems(make_document(execution_config={"max_concurrency": 6}, max_rows=3, ttl_days=61))
    assert set(found) == {"/execution_config/max_concurrency", "/max_rows", "/ttl_days"}


def test_rows_beyond_the_operators_cap_are_refused_before_any_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOST_ROWS", "2")
    content = b"name,email\n" + b"Ana,a@x.org\n" * 3
    for mode in ("auto", "distributed"):
        plan = as_json(validate_csv(content, map_mode=mode))
        with pytest.raises(BatchTooLarge, match=r"more than 2 rows, .*\(parameter MostRows\).* max_rows 2,"):
            load_csv_data({"plan": plan, "given": {}}, None)
        trial = as_json(validate_csv(content, map_mode=mode, max_rows=2))
        assert load_csv_data({"plan": trial, "given": {}}, None)["loaded"]["row_count"] == 2
