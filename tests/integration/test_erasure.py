"""Personal data of five batches: nobody is told of it who need not be, and erased, it is left only where that is said."""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from batch_processor.batch.names import batch_key
from batchctl.account import Account
from batchctl.project import ROOT
from tests.batch_run import BatchError, BatchRun
from tests.integration.batches import Batches, Inbox, to_csv, wait_until
from tests.integration.everything import Found, holding

CANARY = f"canary{uuid.uuid4().hex}"
HIDDEN = {"retry_policy": {"max_attempts": 1}}
Erase = Callable[..., subprocess.CompletedProcess[str]]


def rows(*behaviours: str) -> bytes:
    return to_csv(("text", "behaviour"), *((f"{CANARY} {row}", what) for row, what in enumerate(behaviours, 1)))


@pytest.fixture(scope="module")
def began() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def on_account(account: Account) -> Batches:
    return Batches(account)


@pytest.fixture(scope="module")
def inbox(account: Account, began: datetime) -> Inbox:
    return Inbox.of_topic(account)


@pytest.fixture(scope="module")
def runs(on_account: Batches, inbox: Inbox) -> dict[str, BatchRun]:
    """One that a row ends, one at DEBUG, a distributed one, one in the Express tier, and one that is stopped; all have ended."""
    begun = {
        "failing": upload(
            on_account,
            rows("echo", "fail"),
            execution_config={**HIDDEN, "continue_on_error": False, "max_concurrency": 1},
        ),
        "debug": upload(
            on_account,
            rows("echo", "fail", "flaky"),
            storage_mode="dynamodb",
            execution_config={**HIDDEN, "debug": True},
        ),
        "distributed": upload(on_account, rows(*["echo", "fail", "large"] * 4), map_mode="distributed"),
        "express": upload(
            on_account,
            rows(*["echo", "fail", "large", "mute"] * 4),
            map_mode="distributed",
            execution_tier="express",
            execution_config=HIDDEN,
        ),
        "stopped": upload(on_account, rows("echo", "hang"), target="agent", storage_mode="dynamodb"),
    }
    with pytest.raises(BatchError, match=r"Batch\.RowFailed"):
        begun["failing"].wait()
    begun["debug"].wait()
    begun["distributed"].wait()
    begun["express"].wait()
    stop(on_account, begun["stopped"])
    return begun


def upload(batches: Batches, csv: bytes, target: str = "tool", **changes: Any) -> BatchRun:
    run = BatchRun(batches.account)
    run.trigger(json.dumps(batches.config(csv, target, **changes)), f"{uuid.uuid4().hex}.json")
    return run


def stop(batches: Batches, run: BatchRun) -> None:
    """Stops the batch once its first row is answered, and waits until its answers are saved."""

    def is_answered() -> bool:
        return any(event["type"] == "MapIterationSucceeded" for event in batches.events(run))

    wait_until(is_answered)
    batches.states.stop_execution(executionArn=run.execution_arn, error="Operator", cause="Enough")
    wait_until(lambda: [key for key in batches.keys("outputs/") if key.endswith(f"{run.name}.partial.summary.json")])


@pytest.fixture(scope="module")
def erase(account: Account) -> Erase:
    """Types `batchctl erase` as in a shell of this stack's, without a terminal."""
    environment = {
        **os.environ,
        **getattr(account, "environment", {}),
        **account.outputs,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }

    def erase(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "batchctl", "erase", *words]
        return subprocess.run(command, env=environment, capture_output=True, text=True, cwd=ROOT, check=False)

    return erase


@pytest.fixture(scope="module")
def before(account: Account, runs: dict[str, BatchRun], began: datetime) -> Found:
    return holding(account, CANARY, began)


def test_nothing_of_cells_is_told_in_messages_summaries_causes_and_logs(
    before: Found, runs: dict[str, BatchRun], account: Account
) -> None:
    machines = tuple(
        account.outputs[name].replace(":stateMachine:", ":execution:") + ":"
        for name in ("StateMachineArn", "RowBatchStateMachineArn")
    )
    told = {
        (service, where) for service, where in before if service in ("ends", "outputs") and where.startswith(machines)
    }
    # A row batch's output is its batch's to read; no execution of a machine of ours says anything else of a row.
    assert told == set()
    assert not [where for service, where in before if where.endswith(".summary.json")]
    letters = account.outputs["DeadLetterQueueUrl"].rpartition("/")[2]
    assert {where for service, where in before if service == "sqs"} == {letters}, (
        "no message, and no event that got lost"
    )
    assert not [where for service, where in before if service == "metrics"]
    logged = {where for service, where in before if service == "logs"}
    assert not [where for where in logged if not re.search("extract-structured-output|test-tool", where)]


def test_what_is_erased_is_left_only_where_the_command_says(
    account: Account, runs: dict[str, BatchRun], before: Found, began: datetime, erase: Erase, on_account: Batches
) -> None:
    assert {service for service, _ in before} >= {"s3", "dynamodb", "sqs", "histories"}, "the scan finds what is there"
    unasked = erase(runs["debug"].name)
    assert unasked.returncode == 2
    assert f"batchctl erase {runs['debug'].name} --yes" in unasked.stderr
    assert "dead letters: 2 messages" in unasked.stdout
    for run in runs.values():
        done = erase(run.name, "--inputs", "--yes", "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        document = json.loads(done.stdout)
        named = {each["place"] for each in document["out_of_reach"]}
        assert named >= {"execution histories", "log events", "backups of the results table", "messages and mails sent"}
    after = holding(account, CANARY, began)
    assert {service for service, _ in after} <= {"histories", "outputs", "ends", "logs"}
    ours = tuple(account.outputs[name] for name in ("StateMachineArn", "RowBatchStateMachineArn"))
    agents = tuple(account.outputs["TestAgentArn"].replace(":stateMachine:", ":execution:").split())
    for service, where in after - {found for found in after if found[0] == "logs"}:
        machine = where.rpartition(":")[0].replace(":execution:", ":stateMachine:").split("/")[0]
        assert service == "histories" or where.startswith(agents), where
        assert machine.startswith((*ours, account.outputs["TestAgentArn"])), where
    for run in runs.values():
        names = [key for key in on_account.keys("") if run.name in key or batch_key(run.execution_arn) in key]
        assert names == []


def test_what_is_erased_twice_has_nothing_left(runs: dict[str, BatchRun], before: Found, erase: Erase) -> None:
    erase(runs["distributed"].name, "--inputs", "--yes")
    again = erase(runs["distributed"].name[:20], "--yes")
    assert again.returncode == 0, again.stderr
    assert "nothing: no place that can be reached has anything of it" in again.stdout


def test_batch_whose_express_children_may_go_on_is_not_erased(on_account: Batches, erase: Erase) -> None:
    csv = to_csv(("text", "behaviour"), *((uuid.uuid4().hex, what) for what in ["echo"] * 20 + ["hang"]))
    run = upload(on_account, csv, map_mode="distributed", execution_tier="express", execution_config=HIDDEN)
    wait_until(lambda: run.look() >= 1)
    on_account.states.stop_execution(executionArn=run.execution_arn)
    refused = erase(run.name, "--yes")
    assert refused.returncode == 1
    assert re.search(r"Express children of .* may still store rows.*Erase it after \d\d:\d\d:\d\d UTC", refused.stderr)


def test_erased_answers_are_taken_by_nobody(on_account: Batches, erase: Erase) -> None:
    texts = [uuid.uuid4().hex for _ in range(30)]
    csv, express = (
        to_csv(("text",), *([text] for text in texts)),
        {"map_mode": "distributed", "execution_tier": "express"},
    )
    first = upload(on_account, csv, cache=True, **express)
    first.wait()
    again = upload(on_account, csv, cache=True, **express).wait()
    assert again["rows_from_cache"] == len(texts)
    assert erase(first.name, "--yes").returncode == 0
    after = upload(on_account, csv, cache=True, **express).wait()
    assert (after["rows_from_cache"], after["rows_succeeded"]) == (0, len(texts))


def test_batch_that_runs_is_not_erased(on_account: Batches, erase: Erase) -> None:
    run = upload(on_account, rows("hang"), target="agent")
    refused = erase(run.name, "--yes")
    assert refused.returncode == 1
    assert f"aws stepfunctions stop-execution --execution-arn {run.execution_arn}" in refused.stderr
    on_account.states.stop_execution(executionArn=run.execution_arn)
