"""Agents that are Express state machines, on the deployed stack."""

from typing import Any

import pytest

from batchctl.account import Account
from batchctl.registry.seed import seed
from tests.integration.batches import Batches, Inbox, behaviours, to_csv

ATTEMPTS: dict[str, Any] = {"execution_config": {"retry_policy": {"max_attempts": 2, "interval_seconds": 1}}}


def of(batches: Batches, **changes: Any) -> dict[str, Any]:
    return {"target": {"arn": batches.account.outputs["TestExpressAgentArn"], **changes}}


def test_express_agent_answers_and_fails_in_the_words_of_a_standard_one(batches: Batches) -> None:
    csv_bytes = behaviours("echo", "fail", "flaky", "mute", "text")
    express, standard = (batches.run(csv_bytes, "agent", **ATTEMPTS, **target) for target in (of(batches), {}))
    assert express.column("_status") == ["SUCCESS", "FAILED", "SUCCESS", "FAILED", "FAILED"]
    told = ("id", "text", "behaviour", "echo", "length", "_status", "_error_message")
    for row, same in zip(express.rows, standard.rows, strict=True):
        assert [row[name] for name in told] == [same[name] for name in told]
    assert express.summary["causes"] == standard.summary["causes"]


def test_call_without_an_end_is_made_again_only_of_an_idempotent_agent(batches: Batches) -> None:
    inbox = Inbox(batches.account, batches.account.outputs["DeadLetterQueueUrl"])
    policy = {"execution_config": {"timeout_seconds": 5, "retry_policy": {"max_attempts": 2, "interval_seconds": 1}}}
    for target, attempts in ((of(batches), 1), (of(batches, idempotent=True), 2)):
        text = f"waits {batches.map_mode} {attempts}"
        outcome = batches.run(to_csv(("text", "behaviour"), (text, "hang"), ("b", "echo")), **policy, **target)
        assert outcome.column("_status") == ["TIMEOUT", "SUCCESS"]
        assert outcome.rows[0]["_error_message"] == "Execution timeout after 5 s"
        assert inbox.wait_for(text)["attempts"] == attempts


@pytest.mark.inline
@pytest.mark.distributed
def test_ticket_triage_answers_alike_as_an_express_agent(batches: Batches, account: Account) -> None:
    seed(account, print)
    tickets = to_csv(("description",), ("You charged me twice, refund me now!",), ("The app crashes on start.",))
    keys = {"input_mapping": {"description": "ticket"}, "output_mapping": {}}
    outcomes = [batches.run(tickets, **keys, target=name) for name in ("ticket_triage", "ticket_triage_express")]
    columns = [
        [row[name] for row in outcome.rows for name in ("_status", "category", "priority")] for outcome in outcomes
    ]
    assert columns[0] == columns[1]
    assert columns[0][0] == "SUCCESS"


@pytest.mark.distributed
def test_idempotent_express_agent_runs_in_the_express_tier(batches: Batches) -> None:
    limits: dict[str, Any] = {
        "execution_config": {"timeout_seconds": 30, "retry_policy": {"max_attempts": 2, "interval_seconds": 1}}
    }
    outcome = batches.run(
        behaviours("echo", "fail", "flaky", "mute"), "agent", **of(batches, idempotent=True), **limits
    )
    assert outcome.summary["execution_tier"] == "express"
    assert outcome.column("_status") == ["SUCCESS", "FAILED", "SUCCESS", "FAILED"]
    assert outcome.column("echo") == ["text 1", "", "text 3", ""]
    assert "AgentBroke: could not handle 'text 2'" in outcome.rows[1]["_error_message"]
