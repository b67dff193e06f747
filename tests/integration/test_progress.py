"""Batches held by operations: how far they are said to be, beside the rows that the results table has then, and their repair."""

import random
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from batch_processor.aws.client import clients_from
from batch_processor.operations.dead_letters.queue import drain_dead_letters, list_dead_letters, rerun_dead_letters
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.failures.explanation import explain_failures
from batch_processor.operations.failures.rows import get_rows
from batch_processor.operations.running.control import cancel_batch, resume_batch
from batch_processor.operations.running.execution import execute_batch_processor
from batch_processor.operations.running.listing import list_batches
from batch_processor.operations.running.outcome import get_batch_results
from batch_processor.operations.running.progress import BatchProgress, monitor_batch_execution
from batchctl.account import Account
from tests.batch_run import BatchRun
from tests.integration.batches import PATIENCE_SECONDS, Batches, Rows, behaviours, wait_until

SEED = 20261201
# A busy machine has fewer; a run of its own has twenty and more.
LEAST_MOMENTS = 5
# Of all rows: what the table and the answer may differ by.
TOLERANCE = 0.02
# As many rows as one execution surely holds, and a large batch's.
ROWS = {"inline": 500, "distributed": 2_000}


class Moment(NamedTuple):
    """What was said, and how many rows the table had right before and right after."""

    progress: BatchProgress
    before: int
    after: int

    @property
    def off_by(self) -> int:
        """How many rows the answer is beside what the table had while it was made."""
        said = self.progress["rows_processed"] - self.progress["rows_failed"]
        return max(self.before - said, said - self.after, 0)


class Watch:
    """Looks at a batch at random moments until it ends, or until somebody has seen enough."""

    def __init__(self, account: Account, arns: list[str], rows: int) -> None:
        self.moments: list[Moment] = []
        self._account, self._arns, self._rows = account, arns, rows
        self._deployment, self._random = Deployment.of(account.outputs), random.Random(SEED)

    def look(self, until: Callable[[BatchProgress], bool]) -> BatchProgress:
        deadline = time.monotonic() + PATIENCE_SECONDS * 2
        while time.monotonic() < deadline:
            before = self._answered()
            progress = monitor_batch_execution(self._arns[-1], self._deployment)
            moment = Moment(progress, before, self._answered())
            if progress["status"] != "RUNNING" or until(progress):
                return progress
            if progress["stage"] == "running" and progress["rows_processed"] > 0:
                self.moments.append(moment)
            time.sleep(self._random.uniform(0.05, 0.6))
        raise AssertionError(f"the batch did not come to its end: {self.moments[-1:]}")

    def _answered(self) -> int:
        """Rows that have an answer in the table, in any of the batches."""
        pages = (
            self._account.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self._account.outputs["ResultsTableName"],
                ConsistentRead=True,
                FilterExpression=" OR ".join(f"contains(batch_id, :batch{n})" for n, _ in enumerate(self._arns)),
                ExpressionAttributeValues={
                    f":batch{n}": {"S": arn.rpartition(":")[2]} for n, arn in enumerate(self._arns)
                },
                ProjectionExpression="row_id, #status",
                ExpressionAttributeNames={"#status": "status"},
            )
        )
        found = (item for page in pages for item in page["Items"])
        return len({item["row_id"]["S"] for item in found if item["status"]["S"] == "SUCCESS"})


@pytest.mark.parametrize("mode", ["inline", "distributed"])
def test_rows_done_are_those_of_the_table_at_any_moment_and_after_the_batch_was_resumed(
    account: Account, mode: str
) -> None:
    batches, rows = Batches(account, map_mode=mode), ROWS[mode]
    # Some rows are slow and some fail, so that they do not end in the order in which they began.
    dice = random.Random(SEED)
    kinds = [dice.choices(["echo", "wait", "fail"], [94, 3, 3])[0] for _ in range(rows)]
    config = batches.config(
        behaviours(*kinds),
        storage_mode="dynamodb",
        execution_config={"max_concurrency": 20, "retry_policy": {"max_attempts": 1}},
    )
    run = batches.start(config)
    with clients_from(account.client):
        deployment = Deployment.of(account.outputs)
        first = Watch(account, [run.execution_arn], rows)
        first.look(until=lambda progress: progress["rows_processed"] > rows * 0.45)
        assert cancel_batch(run.name, deployment)["status"] == "ABORTED"
        _wait_for_salvage(batches, run.execution_arn)
        resumed: Any = resume_batch(run.name, deployment)
        second = Watch(account, [run.execution_arn, resumed["execution_arn"]], rows)
        end = second.look(until=lambda _: False)
    moments = [*first.moments, *second.moments]
    told = [(m.progress["rows_processed"], m.progress["rows_failed"], m.before, m.after, m.off_by) for m in moments]
    assert len(moments) >= LEAST_MOMENTS, told
    assert max(moment.off_by for moment in moments) <= TOLERANCE * rows, told
    assert {moment.progress.get("total_rows") for moment in moments} == {rows}
    assert any("seconds_left" in m.progress and m.progress["seconds_left_error"] > 0 for m in second.moments)
    assert second.moments[0].progress["rows_taken_over"] > rows * 0.4
    assert (end["status"], end["stage"], end["rows_processed"]) == ("SUCCEEDED", "ended", rows)
    assert end["rows_failed"] == kinds.count("fail")
    assert end.get("outcome") == "COMPLETED_WITH_ERRORS"


def test_failed_rows_are_explained_run_again_and_their_letters_drained(account: Account) -> None:
    batches, rows = Batches(account, map_mode="distributed"), Rows(*["counted"] * 6, "later", "fail", "fail", "mute")
    config = batches.config(rows.csv, execution_config={"max_concurrency": 4, "retry_policy": {"max_attempts": 1}})
    with clients_from(account.client):
        deployment = Deployment.of(account.outputs)
        started: Any = execute_batch_processor(config, deployment)
        assert execute_batch_processor(config, deployment)["already"] is True  # type: ignore[typeddict-item]
        BatchRun(account, started["execution_arn"]).wait()
        name = started["batch"]
        results = get_batch_results(name, deployment, sample_rows=2)
        assert (results["status"], results["rows_succeeded"], results["rows_failed"]) == ("COMPLETED_WITH_ERRORS", 6, 4)
        assert [row["echo"] for row in results["sample_rows"]] == rows.texts[:2]
        groups = explain_failures(name, deployment)["groups"]
        assert {group["cause"] for group in groups} == {"target_error", "invalid_answer"}
        assert sum(group["count"] for group in groups) == 4
        assert groups[0]["lines"][0] == groups[0]["first_rows"][0] + 1
        assert [row["row"] for row in get_rows(name, deployment, status="failed")["rows"]] == [7, 8, 9, 10]
        assert list_dead_letters(deployment, name)["messages"] == 4
        again: Any = rerun_dead_letters(name, deployment)
        BatchRun(account, again["execution_arn"]).wait()
        assert get_batch_results(again["batch"], deployment)["rows_succeeded"] == 7
        drained = drain_dead_letters(deployment, name)
        assert (drained["removed"], list_dead_letters(deployment, name)["messages"]) == (1, 3)
        assert {batch["name"] for batch in list_batches(deployment)["batches"]} >= {name, again["batch"]}
        record = next(b for b in list_batches(deployment)["batches"] if b["name"] == again["batch"])
        assert (record["status"], record["resumed_from"]) == ("COMPLETED_WITH_ERRORS", name)


def _wait_for_salvage(batches: Batches, arn: str) -> None:
    """A batch that is resumed at once is told what is still being saved; here it is waited for."""
    wait_until(lambda: [key for key in batches.keys("outputs/") if key.endswith(".partial.csv") and _of(key, arn)])


def _of(key: str, arn: str) -> bool:
    return arn.rpartition(":")[2] in key
