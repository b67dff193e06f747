"""Only the product starts a row batch: whoever may start batches cannot make one run on a plan of their own."""

import itertools
import json
import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from batch_processor.batch.names import batch_key
from batchctl.account import Account
from tests.batch_run import BatchError, BatchRun
from tests.integration.batches import Batches, Inbox, Rows, wait_until
from tests.integration.somebody import Somebody

pytestmark = pytest.mark.distributed

ONCE: dict[str, Any] = {"execution_config": {"max_concurrency": 2, "retry_policy": {"max_attempts": 1}}}


class Victim(NamedTuple):
    """A batch of another person's, and the plan and findings that its row batches have."""

    run: BatchRun
    rows: Rows
    summary: dict[str, Any]
    given: dict[str, Any]


@pytest.fixture(scope="module")
def inbox(account: Account) -> Inbox:
    return Inbox.of_topic(account)


@pytest.fixture(scope="module")
def victim(account: Account) -> Victim:
    batches, rows = Batches(account, map_mode="distributed"), Rows(*["counted"] * 6)
    run = batches.start(batches.config(rows.csv, **ONCE))
    summary = run.wait()
    [first, *_] = sorted(batches.row_batches(run), key=lambda found: found["startDate"])
    given = batches.states.describe_execution(executionArn=first["executionArn"])["input"]
    return Victim(run, rows, summary, json.loads(given))


@pytest.fixture
def intruder(account: Account) -> Iterator[Any]:
    """Step Functions for somebody who may start batches and stop them, and nothing else."""
    machine = account.outputs["StateMachineArn"]
    executions = f"{machine.replace(':stateMachine:', ':execution:')}:*"
    with Somebody(account, {"states:StartExecution": machine, "states:StopExecution": executions}) as somebody:
        yield somebody.client("stepfunctions")


def _forged(victim: Victim, **changes: Any) -> dict[str, Any]:
    """What would make a row batch of the victim's answer as somebody else wants it."""
    plan = {
        **victim.given["plan"],
        "input": {**victim.given["plan"]["input"], "constants": {"text": "forged"}, "fields": []},
    }
    return {**victim.given, "plan": {**plan, **changes.pop("plan", {})}, **changes}


def _versions(batches: Batches, victim: Victim) -> set[tuple[str, str]]:
    """All that stands, and stood, in the victim's work folder and output."""
    plan = victim.given["plan"]
    listed = [
        batches.s3.list_object_versions(Bucket=batches.bucket, Prefix=prefix).get("Versions", [])
        for prefix in (plan["work"]["prefix"], plan["output"]["key"].removesuffix(".csv"))
    ]
    return {(version["Key"], version["VersionId"]) for versions in listed for version in versions}


def _stored(batches: Batches, victim: Victim) -> list[Any]:
    """What the table has of the victim's rows."""
    pages = batches.account.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=batches.account.outputs["ResultsTableName"], ConsistentRead=True)
    key = victim.given["plan"]["storage"]["batch_id"]
    return sorted(json.dumps(item) for page in found for item in page["Items"] if item["batch_id"]["S"].startswith(key))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"again": "arn:aws:states:us-east-1:000000000000:execution:batch-processor-rows-local:x"},
        {"plan": {"earlier": {"batch": "x", "only_failed": False}}},
    ],
    ids=["first run", "another run", "of a resumed batch"],
)
def test_forged_plan_is_refused_as_the_configuration_that_it_is_not(
    batches: Batches, inbox: Inbox, victim: Victim, intruder: Any, changes: dict[str, Any]
) -> None:
    before, stored, calls = _versions(batches, victim), _stored(batches, victim), batches.calls().get("forged", 0)
    started = intruder.start_execution(
        stateMachineArn=batches.account.outputs["StateMachineArn"],
        name=f"test-{uuid.uuid4().hex}",
        input=json.dumps(_forged(victim, **changes)),
    )
    run = BatchRun(batches.account, started["executionArn"])
    with pytest.raises(BatchError, match=r"^Batch\.InvalidConfiguration\n[\s\S]*/plan: [\s\S]*/rows: "):
        run.wait()
    assert inbox.wait_for(run.execution_arn)["Subject"].endswith("FAILED, InvalidConfiguration")
    assert (_versions(batches, victim), _stored(batches, victim)) == (before, stored)
    assert batches.calls().get("forged", 0) == calls


def test_execution_called_like_a_row_batch_and_stopped_at_once_is_told_of_and_leaves_nothing(
    batches: Batches, inbox: Inbox, victim: Victim, intruder: Any
) -> None:
    """Nobody was told of executions of such names, and their input was believed where they were salvaged."""
    before, stored = _versions(batches, victim), _stored(batches, victim)
    muted = {"success": False, "failure": False, "topic_arn": victim.given["plan"]["notification"]["topic_arn"]}
    arn = intruder.start_execution(
        stateMachineArn=batches.account.outputs["StateMachineArn"],
        name=f"row-batch-{batch_key(victim.run.execution_arn)}-{uuid.uuid4().hex[:6]}",
        input=json.dumps(_forged(victim, plan={"notification": muted})),
    )["executionArn"]
    cause = "Row 1 failed and continue_on_error is false. Planted: forged"
    intruder.stop_execution(executionArn=arn, error="RowFailed", cause=cause)
    ended = wait_until(lambda: _ended(batches, arn))
    # Whichever came first: the stop, or the refusal of a configuration that is none.
    assert (ended["status"], ended.get("error")) in [("ABORTED", "RowFailed"), ("FAILED", "Batch.InvalidConfiguration")]
    assert "FAILED" in inbox.wait_for(arn)["Subject"]
    assert (_versions(batches, victim), _stored(batches, victim)) == (before, stored)


def test_batch_is_resumed_while_somebody_starts_batches_that_are_called_like_its_row_batches(
    batches: Batches, intruder: Any
) -> None:
    """Row batches were executions of the batch machine once, and while one of them runs the batch is not taken over."""
    rows = Rows(*["counted"] * 3, "held", "counted")
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: run.look() >= 3)
    batches.states.stop_execution(executionArn=run.execution_arn)
    names = (f"row-batch-{batch_key(run.execution_arn)}-{number}" for number in itertools.count(1))

    def start_some() -> None:
        for name in itertools.islice(names, 20):
            intruder.start_execution(stateMachineArn=batches.account.outputs["StateMachineArn"], name=name, input="{}")

    start_some()
    resumed = batches.start({"resume_from": run.name})
    while not _ended(batches, resumed.execution_arn):
        start_some()
    assert batches.outcome(resumed.wait()).column("echo") == rows.texts


def _ended(batches: Batches, arn: str) -> dict[str, Any] | None:
    described: dict[str, Any] = batches.states.describe_execution(executionArn=arn)
    return described if described["status"] != "RUNNING" else None


def test_whoever_may_start_batches_may_start_no_row_batch(batches: Batches, victim: Victim, intruder: Any) -> None:
    with pytest.raises(ClientError) as refused:
        intruder.start_execution(
            stateMachineArn=batches.account.outputs["RowBatchStateMachineArn"],
            name=f"test-{uuid.uuid4().hex}",
            input=json.dumps(_forged(victim)),
        )
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_batches_alone_are_listed_as_executions_of_the_batch_machine(batches: Batches, victim: Victim) -> None:
    pages = batches.states.get_paginator("list_executions")
    found = pages.paginate(stateMachineArn=batches.account.outputs["StateMachineArn"])
    names = [execution["name"] for page in found for execution in page["executions"]]
    assert victim.run.name in names
    assert [name for name in names if name.startswith(batch_key(victim.run.execution_arn))] == []
    assert batches.row_batches(victim.run)


def test_honest_batch_is_as_it_was(batches: Batches, victim: Victim) -> None:
    outcome = batches.outcome(victim.summary)
    assert outcome.column("echo") == victim.rows.texts
    assert victim.rows.calls(batches) == [1] * 6


def test_row_batches_that_are_stopped_with_their_batch_keep_their_answers_and_are_one_message(
    batches: Batches, inbox: Inbox
) -> None:
    rows = Rows(*["counted"] * 3, *["hang"] * 4)
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: run.look() >= 3)
    begun = wait_until(lambda: [found["executionArn"] for found in batches.row_batches(run)])
    batches.states.stop_execution(executionArn=run.execution_arn, error="Operator", cause="stopped")
    for arn in begun:
        wait_until(lambda arn=arn: _ended(batches, arn))  # type: ignore[misc]
    assert inbox.wait_for(run.execution_arn)["Subject"].endswith(", Operator")
    assert inbox.count(":execution:batch-processor-rows-", 5) == 0


def test_row_batch_that_is_run_by_hand_after_its_batch_is_told_of(batches: Batches, inbox: Inbox) -> None:
    rows = Rows("counted", *["hang"] * 4)
    run = batches.start(batches.config(rows.csv, **ONCE))
    stopped = batches.stop_a_row_batch(run, row=2)
    run.wait()
    batches.states.redrive_execution(executionArn=stopped)
    batches.states.stop_execution(executionArn=stopped, error="Operator", cause="once more")
    message = inbox.wait_for(stopped)
    assert message["Subject"].endswith("FAILED, Operator")
