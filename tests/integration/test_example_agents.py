"""The examples whose agents are registered: run as `make demo` runs them, by their names alone."""

import csv
import io
import json
import os
import uuid
from typing import Any

import pytest

from batch_processor.extraction.structured_output import check_answer
from batch_processor.registry.entries import parse_entry
from batchctl.account import Account
from batchctl.demo.job import EXAMPLES, Job
from batchctl.local.model import LocalModel
from batchctl.placeholders import filled
from batchctl.registry.registration import registries_of
from batchctl.registry.seed import SEEDS, seed
from batchctl.run.config_file import read_config
from tests.batch_run import BatchRun
from tests.integration.batches import Batches, Outcome, to_csv, wait_until

METADATA = ["_status", "_error_message", "_timestamp", "_execution_time_ms"]
FIELDS = {
    "products": [
        "headline", "description", "keywords", "category", "confidence", "asks", "input_tokens", "output_tokens",
    ],
    "lines": ["exchange", "cabinet", "download_mbps", "upload_mbps", "service"],
    "parcels": ["carrier", "price_eur", "days", "carriers_asked"],
    "batches": ["output_csv", "processed_rows", "execution_time"],
    "support": ["category", "priority", "suggested_response", "confidence", "priority_confidence"],
    "addresses": [
        "address_valid", "normalized_street", "normalized_city", "normalized_state", "normalized_postal_code",
        "normalized_country", "formatted_address", "corrections", "address_problems", "geocoded",
    ],
    "customers": [
        "score", "segment", "recency_points", "frequency_points", "monetary_points", "score_confidence", "reasons",
    ],
}  # fmt: skip
# Row numbers, from 1, and what their messages say.
FAILED = {
    "products": {11: "InvalidAnswer: No valid answer after 3 asks"},
    "lines": {
        12: "2. tool_result (browser_broadband): the answer has none that is no error",
        13: "StructuredOutputMissing",
    },
    "parcels": {
        7: "InvalidParcel: No carrier takes 45 kg to GB by express.",
        10: "InvalidParcel: The weight '1,5' is not a number",
        11: "InvalidParcel: The weight '' is not a number",
        14: "InvalidParcel: No carrier delivers to 'US'.",
        17: "InvalidParcel: No carrier takes 31.6 kg to IT by express.",
        19: "InvalidParcel: The weight '1e3' is not a number",
    },
    "batches": {4: "BatchFailed: FAILED: Batch.InvalidConfiguration: "},
    "support": {9: "EmptyTicket: The ticket has no text to read."},
    "addresses": {14: "MissingAddress: The row has no street, city, state or postal code."},
    "customers": {11: "NothingToScore: order_count: 'a few' is not a number"},
}
embedded_only = pytest.mark.skipif("BATCH_STACK_NAMES" in os.environ, reason="is about the local model's mistakes")


@pytest.fixture(scope="module")
def seeded(account: Account) -> Account:
    seed(account, print)
    return account


@pytest.fixture(scope="module")
def outcomes(seeded: Account) -> dict[str, Outcome]:
    """All examples, at the same time."""
    runs = {name: start(name, seeded) for name in FIELDS}
    reader = Batches(seeded)
    return {name: reader.outcome(run.wait()) for name, run in runs.items()}


def config_of(name: str, account: Account) -> dict[str, Any]:
    uri = f"s3://{account.outputs['BucketName']}/inputs/{name}.csv"
    return read_config(EXAMPLES / f"{name}.config.json", account.outputs, uri)


def start(name: str, account: Account) -> BatchRun:
    Job.of(None, None, name).prepare(account)
    account.client("s3").upload_file(str(EXAMPLES / f"{name}.csv"), account.outputs["BucketName"], f"inputs/{name}.csv")
    run = BatchRun(account)
    run.trigger(json.dumps(config_of(name, account)), f"{name}.config.json")
    return run


def registered(kind: str, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SEEDS / f"{kind}s" / f"{name}.json").read_text(encoding="utf-8"))["entry"]
    return document


def read_table(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))


@pytest.mark.parametrize("name", FIELDS)
def test_example_keeps_its_cells_and_gets_the_registered_columns(outcomes: dict[str, Outcome], name: str) -> None:
    header, *rows = read_table((EXAMPLES / f"{name}.csv").read_bytes())
    outcome = outcomes[name]
    assert outcome.table[0] == [*header, *FIELDS[name], *METADATA]
    assert [row[: len(header)] for row in outcome.table[1:]] == rows


@pytest.mark.parametrize("name", FIELDS)
def test_example_fails_only_where_it_must_and_says_why(outcomes: dict[str, Outcome], name: str) -> None:
    messages = {
        number: row["_error_message"]
        for number, row in enumerate(outcomes[name].rows, 1)
        if row["_status"] != "SUCCESS"
    }
    assert messages.keys() == FAILED[name].keys()
    assert {number: FAILED[name][number] in message for number, message in messages.items()} == dict.fromkeys(
        messages, True
    )


def test_agent_that_answers_in_messages_is_read_by_the_rules_of_its_registration(outcomes: dict[str, Outcome]) -> None:
    found = {row["line_id"]: [row[field] for field in FIELDS["lines"]] for row in outcomes["lines"].rows}
    assert found["L01"] == ["KINGSLAND GREEN", "9", "80", "20", "FTTC"]
    assert found["L02"] == ["WHITEHALL", "Direct Exchange", "330.0", "50.0", "FTTP"]  # of ranges the end
    assert found["L03"] == ["DONCASTER CENTRAL", "15", "67", "19", "FTTC"]  # behind a result that is an error
    assert found["L10"][0] == "BALMORAL (BELFAST)"
    assert registered("agent", "line_checker")["structured_output"] == {"enabled": False}


def test_tool_that_is_a_state_machine_answers_by_its_schema(outcomes: dict[str, Outcome]) -> None:
    found = {row["order_id"]: [row[field] for field in FIELDS["parcels"]] for row in outcomes["parcels"].rows}
    assert found["A-1001"] == ["Postwagen", "4.45", "3", "4"]
    assert found["A-1006"] == ["Kontor Freight", "23", "5", "1"]
    assert found["A-1012"] == ["Swiftline", "22.08", "2", "2"]
    assert found["A-1015"] == ["Postwagen", "10.64", "4", "4"]


@pytest.mark.distributed
def test_tool_that_is_a_state_machine_serves_a_large_batch(
    batches: Batches, seeded: Account, outcomes: dict[str, Outcome]
) -> None:
    config = config_of("parcels", seeded)
    outcome = batches.outcome(batches.start({**config, "map_mode": "distributed"}).wait())
    assert [row[:-2] for row in outcome.table] == [row[:-2] for row in outcomes["parcels"].table]


def test_language_model_answers_by_the_registered_schema(outcomes: dict[str, Outcome]) -> None:
    schema = registered("agent", "product_copywriter")["structured_output"]["schemas"]["product_copy_v1"]["schema"]
    rows = [row for row in outcomes["products"].rows if row["_status"] == "SUCCESS"]
    for row in rows:
        numbers = {
            name: json.loads(row[name]) for name in ("keywords", "confidence", "asks", "input_tokens", "output_tokens")
        }
        answer = {name: row[name].removeprefix("'") for name in ("headline", "description", "category")} | numbers
        check_answer(answer, schema)
        assert answer["input_tokens"] > answer["output_tokens"] > 0


@embedded_only
def test_wrong_answers_are_asked_for_again_and_tokens_of_all_asks_are_counted(
    outcomes: dict[str, Outcome], model: LocalModel
) -> None:
    rows = [row for row in outcomes["products"].rows if row["_status"] == "SUCCESS"]
    tokens: dict[int, list[int]] = {1: [], 2: [], 3: []}
    for row in rows:
        tokens[int(row["asks"])].append(int(row["input_tokens"]))
    assert all(len(counted) >= 3 for counted in tokens.values())
    assert max(tokens[1]) < min(tokens[2]) <= max(tokens[2]) < min(tokens[3])
    assert model.throttled > 0


@embedded_only
def test_values_go_to_the_model_and_back_unchanged(outcomes: dict[str, Outcome]) -> None:
    rows = {row["product_id"]: row for row in outcomes["products"].rows}
    assert rows["P006"]["headline"] == 'O\'Brien & "Söhne" pocket knife {{x}}: Damascus steel'
    assert rows["P010"]["headline"].startswith("'=SUM(A1:A9) notebook")


def test_agent_that_runs_batches_answers_where_their_csvs_are(outcomes: dict[str, Outcome], seeded: Account) -> None:
    rows = outcomes["batches"].rows[:3]
    for row in rows:
        header, *done = read_table(Batches(seeded).read(row["output_csv"]))
        original = read_table((EXAMPLES / row["csv"]).read_bytes())
        assert int(row["processed_rows"]) == len(done) == len(original) - 1
        assert header[: len(original[0])] == original[0]
        assert int(row["execution_time"]) > 0
    slogans = read_table(Batches(seeded).read(rows[1]["output_csv"]))
    assert slogans[0][4:6] == ["slogan", "category"]  # another agent on the same machine, told apart by its name
    assert all(row[4] for row in slogans[1:] if row[6] == "SUCCESS")
    assert sum(row[6] == "SUCCESS" for row in slogans[1:]) == len(slogans) - 2


@pytest.mark.inline
def test_another_version_of_a_registered_prompt_needs_no_deployment(batches: Batches, seeded: Account) -> None:
    name = f"writer-{uuid.uuid4().hex[:8]}"
    seeded_entry = json.loads(filled(json.dumps(registered("agent", "slogan_writer")), seeded.outputs))
    entry = {**seeded_entry, "agent_name": name}
    registries = registries_of(seeded)
    registries.put(parse_entry("agent", entry))
    parameters = {**entry["parameters"], "model_id": "amazon.nova-pro-v1:0"}
    registries.put(parse_entry("agent", {**entry, "version": "1.1.0", "parameters": parameters}))
    found = {
        target: batches.run(
            to_csv(("title", "features"), ("Trail tent", "1.9 kg, up in four minutes")),
            target=target,
            input_mapping={"title": "title", "features": "features"},
            output_mapping={"structured_output_fields": ["slogan"]},
        ).rows[0]
        for target in (f"{name}@1.0.0", name)
    }
    assert "Trail tent" in found[f"{name}@1.0.0"]["slogan"]
    # The latest version names a model that the stack's ModelPattern does not allow.
    assert found[name]["_status"] == "FAILED"
    assert "BedrockRuntime.AccessDeniedException" in found[name]["_error_message"]


def test_agent_that_runs_batches_starts_nothing_else_whatever_the_registry_says(seeded: Account) -> None:
    registries = registries_of(seeded)
    entry = registries.entry("tool", "batch_processor") or {}
    states = seeded.client("stepfunctions")
    request = {"csv_uri": "s3://bucket/a.csv", "target_config": {"name": "a"}, "mapping_config": {"a": "b"}}
    registries.put(parse_entry("tool", {**entry, "resource_arn": seeded.outputs["ParcelQuoteArn"]}))
    try:
        arn = states.start_execution(
            stateMachineArn=seeded.outputs["BatchOrchestratorArn"], input=json.dumps({"input": request})
        )["executionArn"]
        ended = wait_until(
            lambda: (found := states.describe_execution(executionArn=arn))["status"] != "RUNNING" and found
        )
    finally:
        registries.put(parse_entry("tool", entry))
    assert ended["status"] == "FAILED"
    assert "not authorized to perform: states:StartExecution" in ended["cause"]
