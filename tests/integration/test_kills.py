"""Processes that are killed in the middle of a batch: no row is lost, and next to none is paid for twice."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from batchctl.local.stack import MAIN, LocalStack
from tests.batch_run import BatchRun
from tests.integration import worker_processes
from tests.integration.batches import Batches, Rows, wait_until
from tests.integration.checks import check_rows
from tests.integration.conftest import NAMES

AT_ONCE = 4


@pytest.fixture(scope="module")
def account(frail_stack: LocalStack) -> LocalStack:
    return frail_stack


ONCE: dict[str, Any] = {"execution_config": {"max_concurrency": AT_ONCE, "retry_policy": {"max_attempts": 1}}}


def _kill_again_and_again(kill: Callable[[], int], batches: Batches, run: BatchRun) -> int:
    """How many processes were killed, in rounds with half a second between them."""
    killed = 0
    for _ in range(5):
        killed += kill()
        time.sleep(0.5)
        if batches.states.describe_execution(executionArn=run.execution_arn)["status"] != "RUNNING":
            break
    return killed


def test_bucket_and_topic_are_called_as_the_parameters_say(frail_stack: LocalStack) -> None:
    assert frail_stack.outputs["BucketName"] == NAMES["DataBucketName"]
    assert frail_stack.outputs["TopicArn"].endswith(f":{NAMES['NotificationTopicName']}")


def test_killed_processes_lose_no_row_and_fake_no_success(batches: Batches, frail_stack: LocalStack) -> None:
    rows = Rows(*["counted"] * 200)
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: run.look() >= 20)
    killed = _kill_again_and_again(frail_stack.emulator.kill_lambda_workers, batches, run)
    assert killed >= AT_ONCE
    outcome = batches.outcome(run.wait())
    statuses = check_rows(batches, outcome, rows)
    assert all("Runtime.ExitError" in row["_error_message"] for row in outcome.rows if row["_status"] != "SUCCESS")
    assert statuses["FAILED"] <= killed
    assert set(rows.calls(batches)) <= {0, 1}


@worker_processes.needs_proc
def test_killed_processes_of_our_own_functions_cost_no_answer(batches: Batches, frail_stack: LocalStack) -> None:
    rows = Rows(*["counted"] * 200)
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: run.look() >= 20)
    kill = partial(worker_processes.kill, frail_stack.emulator, f"{MAIN.name}-")
    assert _kill_again_and_again(kill, batches, run) >= 1
    assert check_rows(batches, batches.outcome(run.wait()), rows) == {"SUCCESS": len(rows.texts)}
    assert rows.calls(batches) == [1] * len(rows.texts)


def test_batch_of_a_killed_emulator_goes_on_where_it_was(batches: Batches, frail_stack: LocalStack) -> None:
    rows = Rows(*["counted"] * 30, "held", *["counted"] * 150)
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: run.look() >= 60)
    batches = _after_a_kill(frail_stack, batches)
    finished = _stored(batches, run)
    before = rows.calls(batches)
    assert 60 <= len(finished) < len(rows.texts)
    outcome = batches.outcome(batches.start({"resume_from": run.name}).wait())
    assert check_rows(batches, outcome, rows) == {"SUCCESS": len(rows.texts)}
    calls = rows.calls(batches)
    assert [calls[row - 1] for row in finished] == [1] * len(finished)
    # Those that were called, but whose answer was not stored yet, were on their way: no more than at once. Of these the
    # history may have the answer.
    on_their_way = sum(before) - len(finished)
    assert on_their_way <= AT_ONCE
    assert sum(calls) <= len(rows.texts) + on_their_way


def test_batch_that_is_killed_before_its_output_is_written_calls_nobody_again(
    batches: Batches, frail_stack: LocalStack
) -> None:
    rows, functions = Rows(*["counted"] * 60), frail_stack.client("lambda")
    aggregate = batches.function("AggregateResults")
    functions.put_function_concurrency(FunctionName=aggregate, ReservedConcurrentExecutions=0)
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: len(_stored(batches, run)) == len(rows.texts))
    batches = _after_a_kill(frail_stack, batches)
    functions = frail_stack.client("lambda")
    functions.delete_function_concurrency(FunctionName=aggregate)
    outcome = batches.outcome(batches.start({"resume_from": run.name}).wait())
    assert check_rows(batches, outcome, rows) == {"SUCCESS": len(rows.texts)}
    assert rows.calls(batches) == [1] * len(rows.texts)


def _after_a_kill(stack: LocalStack, batches: Batches) -> Batches:
    """The same batches once the emulator was killed and started again, with that start's keys."""
    stack.emulator.kill()
    stack.emulator.start()
    return Batches(stack, batches.map_mode)


def _stored(batches: Batches, run: BatchRun) -> set[int]:
    """The rows whose answers are in the table."""
    pages = (
        batches.account.client("dynamodb")
        .get_paginator("scan")
        .paginate(TableName=batches.account.outputs["ResultsTableName"], ConsistentRead=True)
    )
    items = [item for page in pages for item in page["Items"] if f"#{run.name}" in item["batch_id"]["S"]]
    return {int(item["row_id"]["S"].removeprefix("row_")) for item in items if item["status"]["S"] == "SUCCESS"}
