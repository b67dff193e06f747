"""What befalls Express children: run twice, cut off, killed, stopped too late, refused by the table. No row is lost of it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from batchctl.local.stack import LocalStack
from tests.batch_run import BatchRun
from tests.integration import worker_processes
from tests.integration.batches import Batches, Rows, wait_until
from tests.integration.checks import check_rows
from tests.integration.conftest import SEED
from tests.integration.faults import Rule, TaskFaults

pytestmark = pytest.mark.express

AT_ONCE = 4
ONCE: dict[str, Any] = {"execution_config": {"max_concurrency": AT_ONCE, "retry_policy": {"max_attempts": 1}}}


@pytest.fixture(scope="module")
def account(frail_stack: LocalStack) -> LocalStack:
    return frail_stack


def _child(**fault: Any) -> Rule:
    return {"resource": "/ExpressRows", "probability": 1, **fault}


def _put(probability: float, error: str, **more: Any) -> Rule:
    return {"resource": "dynamodb:putItem", "error": error, "cause": "no", "probability": probability, **more}


def _finished(batches: Batches, run: BatchRun, rows: Rows) -> list[int]:
    """The calls of each row of a batch that has ended, all of whose rows have succeeded, in the Express tier."""
    outcome = batches.outcome(run.wait())
    assert check_rows(batches, outcome, rows) == {"SUCCESS": len(rows.texts)}
    assert outcome.summary["execution_tier"] == "express"
    assert outcome.summary["rows_succeeded"] == len(rows.texts)
    return rows.calls(batches)


@pytest.mark.parametrize("how", ["in_turn", "at_once"])
def test_children_that_run_twice_give_each_row_once(batches: Batches, task_faults: TaskFaults, how: str) -> None:
    rows = Rows(*["counted"] * 60, *["later"] * 4)
    with task_faults.injecting(_child(runs_twice=how)):
        outcome = batches.run(rows.csv, **ONCE)
    assert task_faults.fired()[how] >= 1
    statuses = check_rows(batches, outcome, rows)
    assert statuses["SUCCESS"] >= 60
    counted = [outcome.summary[f"rows_{status}"] for status in ("succeeded", "failed")]
    assert counted == [statuses["SUCCESS"], statuses["FAILED"]]
    calls = rows.calls(batches)
    assert set(calls[:60]) == {1} if how == "in_turn" else set(calls[:60]) <= {1, 2}


@pytest.mark.parametrize("probability", [0.05, 0.2, 1])
def test_answers_that_the_table_refuses_are_neither_lost_nor_bought_again(
    batches: Batches, task_faults: TaskFaults, probability: float
) -> None:
    rows, each = Rows(*["counted"] * 60), probability / 4
    with task_faults.injecting(
        _put(each, "DynamoDB.ProvisionedThroughputExceededException"),
        _put(each, "DynamoDB.InternalServerErrorException"),
        _put(each, "DynamoDB.SdkClientException", answer_lost=True),
        _put(each if probability < 1 else 1, "DynamoDB.AmazonDynamoDBException"),
    ):
        run = batches.start(batches.config(rows.csv, **ONCE))
        assert _finished(batches, run, rows) == [1] * len(rows.texts)
    assert sum(task_faults.fired().values()) >= 1, SEED


@pytest.mark.parametrize("probability", [0.2, 1])
def test_failures_that_the_table_refuses_keep_their_reasons(
    batches: Batches, task_faults: TaskFaults, probability: float
) -> None:
    rows = Rows(*["echo", "fail"] * 20)
    with task_faults.injecting(_put(probability, "DynamoDB.InternalServerErrorException")):
        outcome = batches.run(rows.csv, **ONCE)
    assert check_rows(batches, outcome, rows) == {"SUCCESS": 20, "FAILED": 20}
    reasons = [row["_error_message"] for row in outcome.rows if row["_status"] == "FAILED"]
    assert all("ToolBroke" in reason and "could not handle" in reason for reason in reasons)


def test_child_that_is_cut_off_leaves_its_rows_to_row_batches(batches: Batches, task_faults: TaskFaults) -> None:
    rows = Rows(*["counted"] * 30, "held", *["counted"] * 30)
    with task_faults.injecting(_child(ends_after=6)):
        run = batches.start(batches.config(rows.csv, **ONCE))
        calls = _finished(batches, run, rows)
    assert batches.row_batches(run)
    # What was on its way when the child was cut off.
    assert sum(calls) <= len(calls) + AT_ONCE
    assert calls[30] == 2


@contextmanager
def _tool_timeout(batches: Batches, seconds: int) -> Iterator[None]:
    """The tool's function may run for so long."""
    functions, tool = batches.account.client("lambda"), batches.account.outputs["TestToolArn"]
    before = functions.get_function_configuration(FunctionName=tool)["Timeout"]
    functions.update_function_configuration(FunctionName=tool, Timeout=seconds)
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=tool, Timeout=before)


def _auto(batches: Batches, **execution: Any) -> dict[str, Any]:
    target = {"type": "tool", "arn": batches.account.outputs["TestToolArn"], "idempotent": True}
    return {"execution_tier": "auto", "target": target, "execution_config": {**ONCE["execution_config"], **execution}}


@pytest.mark.parametrize(
    ("seconds", "tier"), [(100, "express"), (230, "express"), (250, "standard"), (290, "standard")]
)
def test_slow_tool_is_run_by_express_only_where_it_surely_fits(batches: Batches, seconds: int, tier: str) -> None:
    rows = Rows(*["counted"] * 12)
    with _tool_timeout(batches, seconds):
        outcome = batches.run(rows.csv, **_auto(batches))
    assert outcome.summary["execution_tier"] == tier
    assert (f"an attempt may take {seconds} s" in outcome.summary["execution_tier_reason"]) == (tier == "standard")
    assert check_rows(batches, outcome, rows) == {"SUCCESS": 12}
    assert rows.calls(batches) == [1] * 12


def test_attempts_that_express_has_no_time_for_are_made_by_row_batches(batches: Batches) -> None:
    rows = Rows(*["counted", "later"] * 8)
    with _tool_timeout(batches, 235):
        # No attempt begins after the child's fifth second, and the second one would wait for longer than that.
        policy = {"max_attempts": 2, "interval_seconds": 120, "backoff_rate": 1}
        run = batches.start(batches.config(rows.csv, **_auto(batches, timeout_seconds=235, retry_policy=policy)))
        calls = _finished(batches, run, rows)
    assert batches.row_batches(run)
    assert calls == [1, 2] * 8


def test_answers_beyond_a_payload_fail_at_once_and_others_are_kept(batches: Batches) -> None:
    rows = Rows(*["huge", "large", "counted"] * 6)
    outcome = batches.run(rows.csv, execution_config={"max_concurrency": AT_ONCE, "retry_policy": {"max_attempts": 3}})
    assert outcome.column("_status") == ["FAILED", "SUCCESS", "SUCCESS"] * 6
    assert outcome.column("echo") == [
        {"huge": "", "large": text * 4000, "counted": text}[behaviour]
        for text, behaviour in zip(rows.texts, outcome.column("behaviour"), strict=True)
    ]
    assert all("States.DataLimitExceeded" in row["_error_message"] for row in outcome.rows[::3])
    assert outcome.summary["cost"]["usage"]["target_call"] == len(rows.texts), "it would be as large the next time"


@worker_processes.needs_proc
def test_killed_extraction_costs_no_answer(batches: Batches, frail_stack: LocalStack) -> None:
    rows, is_over, killed = Rows(*["counted"] * 120), Event(), list[int]()
    extract = batches.function("ExtractStructured")

    def kill() -> None:
        while not is_over.wait(0.05):
            killed.append(worker_processes.kill(frail_stack.emulator, extract))

    run = batches.start(batches.config(rows.csv, **ONCE))
    killer = Thread(target=kill)
    killer.start()
    try:
        wait_until(lambda: sum(killed) >= 6)
    finally:
        is_over.set()
        killer.join()
    assert _finished(batches, run, rows) == [1] * len(rows.texts)


def test_batch_that_resumes_a_stopped_one_waits_for_its_children(batches: Batches) -> None:
    rows = Rows(*["counted"] * 40, "held", *["counted"] * 160)
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: rows.calls(batches)[40])
    batches.states.stop_execution(executionArn=run.execution_arn, error="Operator", cause="Enough")
    stopped_at = time.monotonic()
    resumed = batches.start({"resume_from": run.name})
    wait_until(lambda: [key for key in batches.keys("outputs/") if key.endswith(f"{run.name}.partial.csv")])
    partial = batches.read(
        f"s3://{batches.bucket}/" + next(key for key in batches.keys("outputs/") if f"{run.name}.partial.csv" in key)
    )
    calls = _finished(batches, resumed, rows)
    assert any(
        event.get("stateEnteredEventDetails", {}).get("name") == "WaitForEarlierChildren"
        for event in batches.events(resumed)
    )
    assert calls == [1] * len(calls), (time.monotonic() - stopped_at, SEED)
    assert partial.count(b"\n") == len(rows.texts) + 1
