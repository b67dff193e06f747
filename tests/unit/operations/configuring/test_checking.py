"""What users get wrong, each told before anything is deployed, uploaded or paid, with what to type instead."""

import json
from pathlib import Path
from typing import Any

import pytest

from batch_processor.operations.configuring.check_answer import ConfigCheck
from batch_processor.operations.configuring.checking import Surroundings, check_config
from batch_processor.registry.entries import parse_entry

HEADER = "ticket_id,subject,description,Customer E-Mail \n"
CSV = HEADER + "T-1,Broken,It broke,a@example.com\n"
AGENT = {
    "agent_name": "ticket_triage",
    "version": "1.0.0",
    "state_machine_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:name",
    "input_schema": {
        "type": "object",
        "properties": {"ticket": {}, "reference": {}},
        "required": ["ticket"],
        "additionalProperties": False,
    },
    "structured_output": {
        "enabled": True,
        "schemas": {
            "t": {
                "schema": {
                    "type": "object",
                    "properties": {"category": {}, "priority": {}},
                    "additionalProperties": False,
                }
            }
        },
    },
}
KNOWN = ("BUCKET", "TICKET_AGENT_ARN")


def config(**changes: Any) -> dict[str, Any]:
    document = {
        "csv_s3_uri": "s3://my-bucket/inputs/t.csv",
        "target": {"type": "agent", "name": "ticket_triage"},
        "input_mapping": {"column_mappings": {"description": "ticket"}},
        "output_mapping": {"structured_output_fields": ["category"]},
        **changes,
    }
    return {key: value for key, value in document.items() if value is not None}


@pytest.fixture
def check(tmp_path: Path) -> Any:
    def checked(document: Any, csv: bytes | str | None = CSV, name: str = "c.json", **around: Any) -> ConfigCheck:
        path, csv_path = tmp_path / name, tmp_path / "t.csv"
        path.write_text(document if isinstance(document, str) else json.dumps(document, indent=2), encoding="utf-8")
        if csv is not None:
            csv_path.write_bytes(csv if isinstance(csv, bytes) else csv.encode())
        entries = [parse_entry("agent", AGENT)]
        given = {"entries": entries, "placeholders": KNOWN, "csv": csv_path if csv is not None else None, **around}
        return check_config(path, Surroundings(**given))

    return checked


def test_sound_configuration_has_no_problem(check: Any) -> None:
    found = check(config())
    assert (found["sound"], found["problems"], found["warnings"]) == (True, [], [])
    assert found["checked"] == ["configuration", "CSV", "target"]
    assert found["csv_columns"] == ["ticket_id", "subject", "description", "Customer E-Mail "]


def mapping(**columns: str) -> dict[str, Any]:
    return config(input_mapping={"column_mappings": columns})


XLSX = b"PK\x03\x04" + b"\0" * 30 + b"xl/workbook.xml" + b"\0" * 50
MISTAKES: dict[str, tuple[Any, str | bytes | None, str, str]] = {
    # what, the CSV, where, what is told
    "xlsx as CSV": (config(), XLSX, "/csv_s3_uri", "an Excel workbook (.xlsx). Open it and save the sheet as"),
    "JSON as CSV": (config(), '[{"a": 1}]', "/csv_s3_uri", "it is JSON. Export its rows as CSV"),
    "Parquet as CSV": (config(), b"PAR1" + b"\0" * 40, "/csv_s3_uri", "a Parquet file"),
    "ZIP as CSV": (config(), b"PK\x03\x04" + b"\0" * 40, "/csv_s3_uri", "a ZIP archive. Unzip it first"),
    "empty CSV": (config(), "", "/csv_s3_uri", "is empty; the first line must be a header"),
    "mapping the wrong way round": (
        mapping(ticket="description"),
        CSV,
        "/input_mapping/column_mappings/ticket",
        'write "description": "ticket"',
    ),
    "the wrong way round, without the CSV": (
        mapping(ticket="x", reference="y"),
        None,
        "/input_mapping/column_mappings/ticket",
        'the wrong way round; write "x": "ticket"',
    ),
    "the wrong way round, flat": (
        config(input_mapping={"ticket": "description"}),
        CSV,
        "/input_mapping/ticket",
        "wrong way round",
    ),
    "the wrong way round, listed": (
        config(input_mapping={"columns": [{"name": "description", "source": "ticket"}]}),
        CSV,
        "/input_mapping/columns/0/source",
        "exchange them",
    ),
    "fields as one string": (
        config(output_mapping={"structured_output_fields": "category, priority"}),
        CSV,
        "/output_mapping/structured_output_fields",
        'write ["category", "priority"]',
    ),
    "agent misspelt": (
        config(target={"type": "agent", "name": "ticket_triag"}),
        CSV,
        "/target/name",
        "did you mean 'ticket_triage'?",
    ),
    "output column that the CSV has": (
        config(output_mapping={"columns": [{"name": "subject", "source": "$.structured_output.category"}]}),
        CSV,
        "/output_mapping/columns/0/name",
        "the CSV has a column 'subject' already",
    ),
    "local path as CSV": (
        config(csv_s3_uri="inputs/t.csv"),
        CSV,
        "/csv_s3_uri",
        "`batchctl run CSV --config FILE` uploads the CSV",
    ),
    "link of the console": (
        config(csv_s3_uri="https://my-bucket.s3.eu-west-1.amazonaws.com/inputs/t.csv"),
        CSV,
        "/csv_s3_uri",
        "write s3://my-bucket/inputs/t.csv",
    ),
    "link with the bucket in its path": (
        config(csv_s3_uri="https://s3.amazonaws.com/my-bucket/inputs/t.csv"),
        CSV,
        "/csv_s3_uri",
        "write s3://my-bucket/inputs/t.csv",
    ),
    "folder as CSV": (config(csv_s3_uri="s3://my-bucket/inputs/"), CSV, "/csv_s3_uri", "name the file in it"),
    "bucket in capitals": (
        config(csv_s3_uri="s3://My_Bucket/t.csv"),
        CSV,
        "/csv_s3_uri",
        "'My_Bucket' is no bucket's name",
    ),
    "semicolons, commas forced": (
        config(csv_format={"delimiter": ","}),
        CSV.replace(",", ";"),
        "/input_mapping/column_mappings/description",
        'set csv_format.delimiter to "semicolon"',
    ),
    "number in words": (
        config(execution_config={"max_concurrency": "ten"}),
        CSV,
        "/execution_config/max_concurrency",
        "expected a whole number from 1 to 10,000",
    ),
    "number in quotes": (
        config(execution_config={"timeout_seconds": "30"}),
        CSV,
        "/execution_config/timeout_seconds",
        "write it without quotes: 30",
    ),
    "key one level too high": (config(max_concurrency=5), CSV, "/max_concurrency", "it belongs into execution_config"),
    "Express for what is declared not to be idempotent": (
        config(execution_tier="express", target={"name": "ticket_triage", "idempotent": False}),
        CSV,
        "/execution_tier",
        "set target.idempotent to true if a second call",
    ),
    "promise one level too high": (config(idempotent=True), CSV, "/idempotent", "it belongs into target"),
    "key misspelt": (
        config(input_mapping=None, input_maping={"description": "ticket"}),
        CSV,
        "/input_maping",
        "did you mean 'input_mapping'?",
    ),
    "column misspelt": (
        mapping(descripton="ticket"),
        CSV,
        "/input_mapping/column_mappings/descripton",
        "did you mean 'description'?",
    ),
    "column in capitals": (
        mapping(Description="ticket"),
        CSV,
        "/input_mapping/column_mappings/Description",
        "only by capital letters",
    ),
    "column without its blank": (
        mapping(**{"Customer E-Mail": "ticket"}),
        CSV,
        "/input_mapping/column_mappings/Customer E-Mail",
        "only by blanks at its beginning or end",
    ),
    "column that the CSV has twice": (
        config(),
        CSV.replace("subject", "description"),
        "/input_mapping/column_mappings/description",
        "'description#1', 'description#2'",
    ),
    "function as agent": (
        config(target={"type": "agent", "arn": "arn:aws:lambda:eu-west-1:123456789012:function:x"}),
        CSV,
        "/target/type",
        "a Lambda function, which is a tool",
    ),
    "account cut": (
        config(target={"arn": "arn:aws:states:eu-west-1:12345:stateMachine:x"}),
        CSV,
        "/target/arn",
        "'12345' is no account",
    ),
    "Region misspelt": (
        config(target={"arn": "arn:aws:states:euwest1:123456789012:stateMachin:x"}),
        CSV,
        "/target/arn",
        "'euwest1' is no Region",
    ),
    "placeholder misspelt": (
        config(csv_s3_uri="s3://${BUKET}/inputs/t.csv"),
        CSV,
        "/csv_s3_uri",
        "did you mean ${BUCKET}?",
    ),
    "config as CSV": (
        config(csv_s3_uri="s3://${BUCKET}/configs/t.csv"),
        CSV,
        "/csv_s3_uri",
        "put the CSV under inputs/",
    ),
    "output beside outputs/": (
        config(output_s3_prefix="s3://${BUCKET}/results/"),
        CSV,
        "/output_s3_prefix",
        "type s3://${BUCKET}/outputs/results/",
    ),
    "field that the agent lacks": (
        config(output_mapping={"structured_output_fields": ["categry"]}),
        CSV,
        "/output_mapping/structured_output_fields/0",
        "did you mean 'category'?",
    ),
    "required input left out": (
        mapping(subject="reference"),
        CSV,
        "/input_mapping",
        'the agent requires the input "ticket"',
    ),
    "comma too many": ('{"a": 1,}', CSV, "", "take out the comma behind the last entry"),
    "comment in JSON": ('{\n  // mine\n  "a": 1}', CSV, "", "JSON has no comments: take it out"),
    "comma too few": ('{"a": 1\n "b": 2}', CSV, "", "is a comma missing at the end of line 1?"),
    "Python's words": ('{"a": True}', CSV, "", "write true for True"),
    "typographic quotes": ("{“a”: 1}", CSV, "", 'is no quote in JSON; write "'),
    "cut file": ('{"a": {"b": 1}', CSV, "", "is a } or ] missing, or is the file cut?"),
    "empty file": ("", CSV, "", "the file is empty"),
    "YAML as .json": ("target: x\n", CSV, "", "it looks like YAML"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistake_is_told_with_what_to_type(mistake: str, check: Any) -> None:
    document, csv, pointer, told = MISTAKES[mistake]
    found = check(document, csv)
    assert not found["sound"]
    messages = [problem["message"] for problem in found["problems"] if problem["pointer"] == pointer]
    assert any(told in message for message in messages), found["problems"]


def test_yaml_with_tabs_is_told(check: Any) -> None:
    [problem] = check("target:\n\tname: x\n", name="c.yaml")["problems"]
    assert "at line 2, column 1; indent by blanks and not by tabs" in problem["message"]


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("s3://b/inputs/c.json", "upload it as s3://b/configs/c.json"),
        ("s3://b/Configs/c.json", "upload it as s3://b/configs/c.json"),
        ("s3://b/outputs/c.json", "put it under configs/"),
        ("s3://b/configs/", "upload it as s3://b/configs/c.json"),
        ("configs/c.json", "write s3://BUCKET/configs/c.json"),
        ("s3://b/configs/c.json", None),
    ],
)
def test_place_that_starts_nothing_is_told(uri: str, told: str | None, check: Any) -> None:
    messages = [problem["message"] for problem in check(config(), upload_to=uri)["problems"]]
    assert messages == [] if told is None else told in messages[0]


def test_all_is_told_at_once_with_lines(check: Any) -> None:
    found = check(config(target="ticket_triag", max_concurrency=5, csv_s3_uri="t.csv"))
    assert {problem["pointer"] for problem in found["problems"]} == {"/target", "/max_concurrency", "/csv_s3_uri"}
    assert [problem["line"] for problem in found["problems"]] == sorted(
        problem["line"] for problem in found["problems"]
    )
    assert found["problems"][0] | {"message": ""} == {"pointer": "/csv_s3_uri", "message": "", "line": 2, "column": 3}


def test_placeholders_that_a_run_fills_in_are_a_remark(check: Any) -> None:
    document = config(
        csv_s3_uri="s3://${BUCKET}/inputs/t.csv",
        target={"type": "agent", "name": "ticket_triage", "arn": "${TICKET_AGENT_ARN}"},
        notification_config={"sns_topic_arn": "${MY_TOPIC_ARN}"},
    )
    found = check(document)
    assert found["sound"], found["problems"]
    assert "${BUCKET}, ${TICKET_AGENT_ARN}, ${MY_TOPIC_ARN}" in found["warnings"][0]["message"]


def test_dollar_before_a_column_is_no_placeholder(check: Any) -> None:
    template = {"type": "template", "config": {"template": "costs ${PRICE}"}}
    document = config(input_mapping={"transformations": {"ticket": template}})
    assert check(document, "PRICE\n1\n")["sound"]
    assert "the CSV has no column 'PRICE'" in check(document)["problems"][0]["message"]


@pytest.mark.parametrize(
    ("document", "around", "told"),
    [
        (config(output_mapping={"structured_output_fields": ["a, b"]}), {"entries": None}, 'write ["a", "b"]'),
        (config(csv_s3_uri="s3://my-bucket/inputs/other.csv"), {}, "it names other.csv, and what was checked is t.csv"),
        (
            config(target={"arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:x"}),
            {"region": "us-east-1"},
            "this shell's Region is us-east-1",
        ),
        (
            config(
                target={"arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:x"},
                notification_config={"sns_topic_arn": "arn:aws:sns:eu-west-1:210987654321:t"},
            ),
            {},
            "account 210987654321, and /target/arn of eu-west-1, account 123456789012",
        ),
    ],
)
def test_what_may_be_wrong_is_a_remark(document: Any, around: Any, told: str, check: Any) -> None:
    found = check(document, **around)
    assert found["sound"], found["problems"]
    assert any(told in warning["message"] for warning in found["warnings"]), found["warnings"]


def test_what_only_a_stack_knows_is_said_to_be_unchecked(check: Any) -> None:
    found = check(config(), None, entries=None)
    assert found["checked"] == ["configuration"]
    assert [text.partition("(")[2] for text in found["not_checked"]] == ["", "--csv FILE)", "--agent-file FILE)"]


def test_what_is_deployed_is_not_checked_where_it_decides(check: Any) -> None:
    assert check(config())["not_checked"] == ["what the stack's patterns and caps allow"]
    found = check(config(execution_tier="express", execution_config={"timeout_seconds": 900}))
    assert (found["sound"], found["not_checked"][-1]) == (
        True,
        "whether the target, as it is deployed, can run in the Express tier",
    )
