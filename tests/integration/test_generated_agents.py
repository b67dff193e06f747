"""Agents made by the schema factory: they build, deploy, answer by their schemas, and serve a batch."""

import io
import json
import time
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest

from batch_processor.extraction.structured_output import check_answer
from batchctl.factory.canonical import Canonical, read
from batchctl.factory.folder import write
from batchctl.factory.generation import generate
from batchctl.local import sam
from batchctl.local.stack import LocalStack
from batchctl.project import ROOT
from tests.integration.batches import Batches, Outcome, to_csv

SCHEMAS = {
    name: read(ROOT / "schemas" / f"{name}.json")
    for name in ("broadband_availability_bt_wholesale", "company-register-entry", "24h-pollen-zuerich")
}
BROADBAND, COMPANY, POLLEN = SCHEMAS.values()
REGISTERED = (BROADBAND, POLLEN)  # the one is a release, the other a pre-release
INPUTS: dict[str, dict[str, Any]] = {
    BROADBAND.names.module: {"building_number": "45A", "street": "Park Road", "postcode": "E8 4LX", "full_address": ""},
    # As a CSV has them: numbers and flags are text, and what is not there is empty.
    COMPANY.names.module: {
        "company_number": "00123456",
        "most_filings": "3",
        "with_resigned": "TRUE",
        "filings_since": "",
    },
    POLLEN.names.module: {
        "station-id": 'O\'Brien & "Söhne"',
        "from": "2026-03-01T06:00:00Z",
        "2nd-opinion": "false",
        "lambda": "0.5",
    },
}
OWN_EXECUTOR = "arn:aws:lambda:us-east-1:000000000000:function:batch-own-executor"
OWN_EXECUTOR_CODE = """
def handler(event, context):
    street = event["variables"]["street"]
    if street == "broken":
        raise RuntimeError('the "browser" is gone')
    return {} if street == "mute" else {"structured_output": {"success": "yes", "street": street}}
"""
ADDRESSES = """\
building_number,street,postcode,full_address
23,High Street,SW1A 1AA,23 High Street London SW1A 1AA
1,Church View,DN12 1RH,
45A,Park Road,E8 4LX,
7,Far Lane,IV27 4HE,
99,Nowhere,XX1 1XX,
,Park Road,E8 4LX,
"""


@pytest.fixture(scope="module")
def stack(local_stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> LocalStack:
    """The deployed stack with the agents beside it."""
    folder = tmp_path_factory.mktemp("generated")
    for canonical in SCHEMAS.values():
        write(folder / canonical.names.module, canonical, generate(canonical))
    own = {"NamePrefix": "batch-own-", "ExecutorFunctionArn": OWN_EXECUTOR}
    register = local_stack.outputs["RegisterEntryFunctionArn"]
    local_stack.add(
        # Its outputs have the names of the registered one's, which comes last and has them from then on.
        sam.Stack(folder / BROADBAND.names.module, "batch-test-own-executor-local", own),
        agent_stack(folder, COMPANY),
        *(agent_stack(folder, canonical, RegisterEntryFunctionArn=register) for canonical in REGISTERED),
    )
    return local_stack


def agent_stack(folder: Path, canonical: Canonical, **parameters: str) -> sam.Stack:
    name = f"batch-test-{canonical.names.agent}-local"
    return sam.Stack(folder / canonical.names.module, name, {"NamePrefix": "batch-example-", **parameters})


def run(stack: LocalStack, machine: str, document: Any) -> dict[str, Any]:
    """The ended execution of an agent."""
    states = stack.client("stepfunctions")
    arn = states.start_execution(stateMachineArn=machine, input=json.dumps(document))["executionArn"]
    deadline = time.monotonic() + 60
    while (execution := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    found: dict[str, Any] = execution
    return found


def arn_of(stack: LocalStack, canonical: Canonical) -> str:
    return stack.outputs[canonical.names.outputs["agent_arn"]]


@pytest.mark.parametrize("canonical", SCHEMAS.values(), ids=SCHEMAS)
def test_answer_of_a_generated_agent_is_what_its_schema_promises(stack: LocalStack, canonical: Canonical) -> None:
    context = {"executionId": "e", "rowId": 1, "totalRows": 1}
    request = {"batchContext": context, "input": INPUTS[canonical.names.module]}
    execution = run(stack, arn_of(stack, canonical), request)
    assert execution["status"] == "SUCCEEDED", execution.get("cause")
    output = json.loads(execution["output"])
    assert output.keys() == {"structured_output"}
    check_answer(output["structured_output"], canonical.output_schema)
    recorded = [example.output for example in canonical.shape.examples]
    assert not recorded or output["structured_output"] in recorded  # nulls, quotes and line breaks among them


@pytest.mark.parametrize(
    ("document", "error", "reason"),
    [
        ({"input": {"building_number": "1", "street": "S", "postcode": '"ü'}}, "InvalidInput",
         "The input does not fit the schema: /postcode: expected text that matches"),
        ({"input": None}, "InvalidInput", "the whole: expected an object, got null"),
        ({}, "InvalidInput", "the whole: expected an object, got null"),
        ({"input": {"building_number": "2", "street": "Park Road", "postcode": "E8 4LX"}}, "NoRecordedAnswer",
         "no answer is recorded for these inputs"),
    ],
)  # fmt: skip
def test_agent_fails_with_a_reason_to_read(stack: LocalStack, document: Any, error: str, reason: str) -> None:
    execution = run(stack, arn_of(stack, BROADBAND), document)
    assert (execution["status"], execution["error"]) == ("FAILED", error)
    assert reason in execution["cause"]


def test_answer_of_an_executor_of_one_s_own_is_checked(stack: LocalStack) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("executor.py", OWN_EXECUTOR_CODE)
    functions = stack.client("lambda")
    tool = functions.get_function_configuration(FunctionName=stack.outputs[BROADBAND.names.outputs["output_tool_arn"]])
    functions.create_function(
        FunctionName=OWN_EXECUTOR.rpartition(":")[2],
        Runtime=tool["Runtime"],
        Role=tool["Role"],
        Handler="executor.handler",
        Code={"ZipFile": code.getvalue()},
    )
    machine = arn_of(stack, BROADBAND).replace("batch-example-", "batch-own-")
    ended = {
        street: run(stack, machine, {"input": {"building_number": "1", "street": street, "postcode": "E8 4LX"}})
        for street in ("odd", "mute", "broken")
    }
    assert {street: execution["error"] for street, execution in ended.items()} == {
        "odd": "InvalidOutput",
        "mute": "InvalidOutput",
        "broken": "RuntimeError",
    }
    assert "/success: expected true or false, got a string of 3 characters" in ended["odd"]["cause"]
    assert "'street' is no property here" in ended["odd"]["cause"]
    assert ended["broken"]["cause"] == 'the "browser" is gone'


def test_output_tool_lets_no_other_answer_pass(stack: LocalStack) -> None:
    tool = stack.outputs[BROADBAND.names.outputs["output_tool_arn"]]
    call = {"name": BROADBAND.names.output_tool, "id": "1", "input": {"success": "yes"}}
    answer = stack.client("lambda").invoke(FunctionName=tool, Payload=json.dumps(call))
    assert answer["FunctionError"]
    error = json.loads(answer["Payload"].read())
    assert error["errorType"] == "InvalidOutput"
    assert "/success: expected true or false, got a string of 3 characters" in error["errorMessage"]


def run_batch(stack: LocalStack, config: dict[str, Any], rows: str) -> Outcome:
    batches = Batches(stack)
    key = f"inputs/{uuid.uuid4().hex}.csv"
    batches.s3.put_object(Bucket=batches.bucket, Key=key, Body=rows.encode())
    return batches.outcome(batches.start({**config, "input_csv_s3_uri": f"s3://{batches.bucket}/{key}"}).wait())


def generated_config(stack: LocalStack, canonical: Canonical) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.substituted(generate(canonical)["batch.config.json"]))
    return found


def by_name(config: dict[str, Any]) -> dict[str, Any]:
    """What an agent that is registered needs: all but the columns of the CSV is known."""
    return {key: config[key] for key in ("agent_name", "input_mapping")} | {
        "execution_config": {"retry_strategy": {"max_attempts": 1}}
    }


@pytest.mark.parametrize("called", ["by ARN and name", "by name alone"])
def test_registered_agent_runs_a_batch_of_addresses(stack: LocalStack, called: str) -> None:
    config = generated_config(stack, BROADBAND)
    outcome = run_batch(stack, config if called == "by ARN and name" else by_name(config), ADDRESSES)
    fields = [
        "success", "exchange", "cabinet", "downstream_mbps", "upstream_mbps", "availability", "service_type",
        "screenshot_url", "metadata",
    ]  # fmt: skip
    assert outcome.table[0] == [
        "building_number", "street", "postcode", "full_address",
        *fields, "_status", "_error_message", "_timestamp", "_execution_time_ms",
    ]  # fmt: skip
    assert outcome.column("exchange") == ["KINGSLAND GREEN", "DONCASTER CENTRAL", "HACKNEY", "", "", ""]
    assert outcome.column("service_type") == ["FTTC", "FTTC", "FTTP", "", "", ""]
    assert outcome.column("downstream_mbps") == ["80", "67", "300", "", "", ""]
    assert outcome.column("_status") == ["SUCCESS"] * 4 + ["FAILED"] * 2, outcome.column("_error_message")
    # The fourth address has an answer, and it is null in all but two fields.
    assert [outcome.rows[3][field] for field in fields] == ["false", "", "", "", "", "false", "", "", ""]
    assert "NoRecordedAnswer: no answer is recorded for these inputs" in outcome.rows[4]["_error_message"]
    assert "building_number" in outcome.rows[5]["_error_message"]
    assert json.loads(outcome.rows[0]["metadata"]) == {
        "act_id": "act-0023", "session_id": "session-0023", "num_steps": 5}  # fmt: skip


def test_registered_agent_of_a_pre_release_runs_a_batch_by_name(stack: LocalStack) -> None:
    config = generated_config(stack, POLLEN)
    assert config["agent_name"].endswith("@0.3.0-beta.1")
    rows = to_csv(
        ("station-id", "from", "2nd-opinion", "lambda"), ('O\'Brien & "Söhne"', "2026-03-01T06:00:00Z", "", "")
    )
    # The output that is called like an input needs its column told.
    for asked in (config, {**by_name(config), "output_mapping": config["output_mapping"]}):
        outcome = run_batch(stack, asked, rows.decode())
        assert outcome.column("_status") == ["SUCCESS"], outcome.column("_error_message")
        assert outcome.rows[0]["class"] == 'it\'s "high"'
        assert outcome.rows[0]["pm2.5"] == ""  # null
