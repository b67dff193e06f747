"""The orchestrator as it is deployed: conversations turn by turn, and a machine that needs no configuration."""

import csv
import io
import json
import re
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from batchctl.account import Account
from batchctl.demo.job import EXAMPLES
from batchctl.registry.seed import seed

pytestmark = pytest.mark.usefixtures("seeded")
_PATIENCE_SECONDS = 180


@pytest.fixture(scope="module")
def seeded(account: Account) -> Account:
    seed(account, print)
    return account


def run(account: Account, machine: str, document: Any) -> dict[str, Any]:
    """An execution, once it has ended."""
    states = account.client("stepfunctions")
    arn = states.start_execution(
        stateMachineArn=account.outputs[machine], name=f"test-{uuid.uuid4().hex}", input=json.dumps(document)
    )["executionArn"]
    until = time.monotonic() + _PATIENCE_SECONDS
    while (described := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
        assert time.monotonic() < until, "it does not end"
        time.sleep(0.2)
    ended: dict[str, Any] = described
    return ended


def upload(account: Account, name: str, body: bytes) -> str:
    bucket = account.outputs["BucketName"]
    key = f"inputs/orchestrator/{uuid.uuid4().hex[:8]}/{name}"
    account.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    return f"s3://{bucket}/{key}"


def example(account: Account, name: str, rows: int | None = None) -> str:
    """The CSV of an example, or one of that many rows of its."""
    header, *lines = list(csv.reader(io.StringIO((EXAMPLES / f"{name}.csv").read_text(encoding="utf-8"), newline="")))
    text = io.StringIO(newline="")
    wanted = lines if rows is None else [lines[number % len(lines)] for number in range(rows)]
    csv.writer(text).writerows([header, *wanted])
    return upload(account, f"{name}.csv", text.getvalue().encode())


@dataclass
class Talk:
    """A conversation with batch-orchestrator-agent, an execution a turn."""

    account: Account
    turns: list[dict[str, Any]] = field(default_factory=list)

    def say(self, message: str, **more: Any) -> str:
        known = {"conversation_id": self.turns[-1]["conversation_id"]} if self.turns else {}
        ended = run(self.account, "OrchestratorAgentArn", {"message": message, **known, **more})
        assert ended["status"] == "SUCCEEDED", ended
        self.turns.append(json.loads(ended["output"]))
        return str(self.turns[-1]["reply"])

    def ask_until_ended(self) -> str:
        until = time.monotonic() + _PATIENCE_SECONDS
        while "is running" in (reply := self.say("How far is it?")):
            assert time.monotonic() < until, reply
            time.sleep(1)
        return reply

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Name and outcome of every call."""
        return [(call["name"], call["outcome"]) for turn in self.turns for call in turn["tool_calls"]]


@pytest.fixture
def talk(account: Account) -> Talk:
    return Talk(account)


def test_agent_that_is_not_there_is_said_to_be_and_failures_are_explained(talk: Talk, account: Account) -> None:
    companies = upload(account, "companies.csv", b"company_name,website,location\nAcme,https://acme.example,Leeds\n")
    told = talk.say(
        f"I need to enrich this company CSV with industry and employee data by the company-enrichment-agent: {companies}"
    )
    assert "There is no company-enrichment-agent here" in told
    assert "1 rows and the columns company_name, website, location" in told
    told = talk.say(f"Then run {example(account, 'parcels')} through parcel_quote")
    assert ("execute_batch_processor", "RUNNING") in talk.calls
    told = talk.ask_until_ended()
    assert "COMPLETED_WITH_ERRORS" in told
    assert "Succeeded: 14 of 20" in told
    told = talk.say("Why did 6 fail?")
    assert "6 rows failed" in told
    assert ("explain_failures", "OK") in talk.calls


def test_guided_selection_of_an_agent_for_tickets(talk: Talk, account: Account) -> None:
    assert "Which CSV is it?" in talk.say("I have a CSV of customer support tickets that need processing")
    told = talk.say(f"It is {example(account, 'tickets', 12)}")
    assert "12 rows" in told
    assert "Available options" in told
    told = talk.say("Let's classify them and generate responses: ticket_triage")
    assert "I'll use ticket_triage" in told
    assert "Shall I start it?" in told
    assert "execute_batch_processor" not in dict(talk.calls)
    talk.say("Yes, start it with the first 5")
    assert "Succeeded: 5 of 5" in talk.ask_until_ended()
    # It misspelt an argument, read the error, and mended it.
    listed = [outcome for name, outcome in talk.calls if name == "list_compatible_agents"]
    assert listed == ["INVALID_ARGUMENTS", "OK"]


def test_large_batch_starts_by_a_persons_confirmation_once(talk: Talk, account: Account) -> None:
    large = example(account, "parcels", 1_100)
    told = talk.say(f"Run {large} through parcel_quote")
    assert "nothing was started" in told
    pending = talk.turns[-1]["confirmation"]
    assert pending["estimate"]["rows"] == 1_100
    told = talk.say("Yes, I confirm, go ahead")  # words are none
    assert "nothing was started" in told
    token = talk.turns[-1]["confirmation"]["token"]
    told = talk.say("Here you are", confirmation="another")
    assert "confirmation was used before, or has run out, or was never given" in told
    talk.say("Here you are", confirmation=token)
    assert ("execute_batch_processor", "RUNNING") in talk.calls
    everything = json.dumps([[turn["messages"], turn["reply"], turn["tool_calls"]] for turn in talk.turns])
    assert token not in everything
    assert pending["token"] not in everything
    arn = re.findall(r"arn:aws:states:[\w-]+:\d+:execution:[\w-]+:[\w-]+", everything)[-1]
    account.client("stepfunctions").stop_execution(executionArn=arn)


def test_nobody_goes_on_with_a_conversation_that_they_cannot_name(account: Account) -> None:
    ended = run(account, "OrchestratorAgentArn", {"message": "Hello", "conversation_id": "0" * 32})
    assert (ended["status"], ended["error"]) == ("FAILED", "UnknownConversation")


def test_csv_and_agent_become_results_without_a_configuration(account: Account) -> None:
    request = {"csv_uri": example(account, "parcels"), "agent_name": "parcel_quote", "max_rows": 8}
    ended = run(account, "BatchOrchestratorMachineArn", request)
    assert ended["status"] == "SUCCEEDED", ended
    told = json.loads(ended["output"])
    assert (told["status"], told["rows_processed"], told["rows_failed"]) == ("COMPLETED_WITH_ERRORS", 8, 1)
    assert told["output_csv_uri"].startswith(f"s3://{account.outputs['BucketName']}/outputs/")


def test_agent_is_chosen_by_the_goal_or_asked_for(account: Account) -> None:
    parcels = example(account, "parcels", 3)
    goal = "quote the cheapest carrier for each parcel"
    told = json.loads(run(account, "BatchOrchestratorMachineArn", {"csv_uri": parcels, "goal": goal})["output"])
    assert (told["agent_name"], told["rows_processed"]) == ("parcel_quote", 3)
    asked = {"csv_uri": parcels, "goal": "translate everything into French"}
    told = json.loads(run(account, "BatchOrchestratorMachineArn", asked)["output"])
    assert told["status"] == "AGENT_NOT_CHOSEN"
    assert "parcel_quote" in {candidate["agent_name"] for candidate in told["candidates"]}


def test_large_batch_of_the_machine_waits_for_a_confirmation(account: Account) -> None:
    request = {"csv_uri": example(account, "parcels", 1_100), "agent_name": "parcel_quote"}
    told = json.loads(run(account, "BatchOrchestratorMachineArn", request)["output"])
    assert (told["status"], told["estimate"]["rows"]) == ("CONFIRMATION_REQUIRED", 1_100)
    assert told["confirm"]


def test_agent_that_is_misspelt_fails_in_words(account: Account) -> None:
    ended = run(
        account,
        "BatchOrchestratorMachineArn",
        {"csv_uri": example(account, "parcels", 2), "agent_name": "parcel_qoute"},
    )
    assert ended["status"] == "FAILED"
    assert "parcel_quote" in ended["cause"]


def test_reader_starts_nothing(account: Account) -> None:
    config = {"csv_s3_uri": example(account, "parcels", 2), "target": "parcel_quote"}
    call = {"name": "execute_batch_processor", "input": {"config": config}, "id": "u1"}
    answer = account.client("lambda").invoke(
        FunctionName=account.outputs["ReadBatchesFunctionArn"], Payload=json.dumps(call)
    )
    assert json.load(answer["Payload"])["content"]["error"] == "UNKNOWN_OPERATION"


def test_operations_are_registered_as_tools(account: Account) -> None:
    table = account.outputs["ToolRegistryName"]
    item = account.client("dynamodb").get_item(TableName=table, Key={"tool_name": {"S": "cancel_batch"}})["Item"]
    assert item["lambda_arn"]["S"] == account.outputs["ActOnBatchesFunctionArn"]
    agents = account.client("dynamodb").query(
        TableName=account.outputs["AgentRegistryName"],
        KeyConditionExpression="agent_name = :name",
        ExpressionAttributeValues={":name": {"S": "batch-orchestrator-agent"}},
    )["Items"]
    assert agents[0]["capabilities"]["M"]["max_csv_size"] == {"S": "5GB"}
