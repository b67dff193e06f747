"""Goes on with batches, runs rows again, and stops batches."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.aws import executions
from batch_processor.batch.names import describe_batch
from batch_processor.config import Resumption
from batch_processor.errors import BatchAtWork, InvalidConfiguration
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.execution import (
    ConfirmationRequired,
    StartedBatch,
    execute_batch_processor,
    made_before,
    start,
    started,
)
from batch_processor.operations.running.known_batch import KnownBatch, known_batch, rows_of_end
from batch_processor.operations.running.request import request_of
from batch_processor.output.publishing import partial
from batch_processor.resumption.lookup import find

_STOPPED = "Operator"
_LATE = (
    " Its Express children, which nobody can stop, go on for up to five minutes: the partial CSV may lack what they store, and "
    "a batch that resumes this one waits for them."
)


class NothingToDo(TypedDict):
    """There is nothing to run again, or to go on with; `message` says why."""

    status: Literal["NOTHING_TO_DO"]
    batch: str
    message: str


class CancelledBatch(TypedDict):
    """`status` is that of the batch now, `was` the one before: a batch may have ended by itself."""

    execution_arn: str
    batch: str
    status: str
    was: str
    message: str
    next_steps: list[str]
    partial_csv_uri: NotRequired[str]


def rerun_failed_rows(
    execution_arn: str, deployment: Deployment, confirmation: str | None = None
) -> StartedBatch | NothingToDo | ConfirmationRequired:
    """Starts a batch of the rows that failed or were not run, whose output has all rows; the same again starts one.

    Of more rows, or US dollars, than the stack lets pass it asks first. BatchAtWork if the batch runs still.
    """
    batch = _at_rest(execution_arn, deployment)
    rows = rows_of_end(batch)
    if not (wanted := rows["rows_failed"] + rows["rows_not_run"]):
        return _nothing(batch, _no_failed_rows(rows))
    # Only a batch that got to its end has rows of which each has failed or has an answer.
    is_whole = batch.status == "SUCCEEDED" and not rows["rows_not_run"]
    return _go_on(batch, "only_failed_from" if is_whole else "resume_from", wanted, deployment, confirmation)


def resume_batch(
    execution_arn: str, deployment: Deployment, confirmation: str | None = None
) -> StartedBatch | NothingToDo | ConfirmationRequired:
    """Goes on with a batch that failed or was stopped: only rows without an answer run, and those that failed.

    It was confirmed when it was started. One that got to its end is as for rerun_failed_rows, which may ask first. BatchAtWork
    if the batch runs still.
    """
    batch = _at_rest(execution_arn, deployment)
    if batch.status != "SUCCEEDED":
        return _start(batch, "resume_from", deployment)
    rows = rows_of_end(batch)
    if not rows["rows_failed"] + rows["rows_not_run"]:
        return _nothing(batch, "The batch got to its end, and no row is without an answer.")
    return _go_on(batch, "resume_from", rows["rows_failed"] + rows["rows_not_run"], deployment, confirmation)


def cancel_batch(execution_arn: str, deployment: Deployment) -> CancelledBatch:
    """Stops the batch; what was answered is saved into its partial CSV, and can be resumed."""
    batch = known_batch(execution_arn, deployment)
    if not batch.runs:
        return CancelledBatch(
            execution_arn=batch.arn,
            batch=batch.name,
            status=batch.status,
            was=batch.status,
            message=f"The batch had ended already, as {batch.status}; nothing was stopped.",
            next_steps=[f"batchctl results {batch.name}"],
        )
    executions.stop(batch.arn, _STOPPED, "stopped on demand")
    now = executions.describe(batch.arn) or {}
    answer = CancelledBatch(
        execution_arn=batch.arn,
        batch=batch.name,
        status=str(now.get("status", "ABORTED")),
        was=batch.status,
        message=(
            "The batch is stopped. Answers that were paid for are being saved into its partial CSV, which takes a moment; "
            "no row of them runs again when it is resumed." + (_LATE if _is_express(batch) else "")
        ),
        next_steps=[f"batchctl results {batch.name}", f"batchctl resume {batch.name}"],
    )
    if batch.plan and batch.loaded:
        output = partial(batch.plan)["output"]
        answer["partial_csv_uri"] = f"s3://{output['bucket']}/{output['key']}"
    return answer


def _is_express(batch: KnownBatch) -> bool:
    return batch.loaded is not None and batch.loaded.get("tier") == "express"


def _at_rest(execution_arn: str, deployment: Deployment) -> KnownBatch:
    batch = known_batch(execution_arn, deployment)
    if batch.runs:
        raise BatchAtWork(
            f"The batch {batch.name} still runs. Wait for its end (`batchctl watch {batch.name}`), or stop it first "
            f"(`batchctl cancel {batch.name}`)."
        )
    return batch


def _go_on(
    batch: KnownBatch, key: str, rows: int, deployment: Deployment, confirmation: str | None
) -> StartedBatch | NothingToDo | ConfirmationRequired:
    is_small = rows <= deployment.confirm_rows and _usual_usd(batch) * rows <= deployment.confirm_usd
    if is_small and not confirmation:
        return _start(batch, key, deployment)
    _refuse_obstacles(batch, key, deployment)
    return execute_batch_processor({key: batch.name}, deployment, confirmation)


def _usual_usd(batch: KnownBatch) -> float:
    """What a row of the batch costs, by what its rows have cost, or by the target's price; 0 if nobody knows."""
    price = batch.plan["target"].get("price", {}).get("per_call_usd", 0) if batch.plan else 0
    record = batch.record
    done = record["rows_succeeded"] + record["rows_failed"] if record else 0
    spent = record["cost"]["usd"] if record and "cost" in record else 0
    return max(price, spent / done if done else 0)


def _start(batch: KnownBatch, key: str, deployment: Deployment) -> StartedBatch | NothingToDo:
    _refuse_obstacles(batch, key, deployment)
    request = request_of({key: batch.name}, deployment)
    attempt, found = made_before(request, deployment)
    return started(found, already=True) if found else start(request, attempt, deployment)


def _refuse_obstacles(batch: KnownBatch, key: str, deployment: Deployment) -> None:
    """What the new batch would be refused for; InvalidConfiguration has all of it."""
    own = describe_batch({"id": deployment.execution_arn("new"), "name": "new", "started_at": ""})
    resumption = Resumption(batch.name, only_failed=key == "only_failed_from", accept_changes=False)
    earlier = find(resumption, own, deployment.data_bucket)
    if problems := list(earlier.obstacles()):
        raise InvalidConfiguration(problems)


def _nothing(batch: KnownBatch, message: str) -> NothingToDo:
    return NothingToDo(status="NOTHING_TO_DO", batch=batch.name, message=message)


def _no_failed_rows(rows: Mapping[str, Any]) -> str:
    if not rows["rows_total"]:
        return "The batch came to no row; `batchctl failures` says why if it failed."
    skipped = f", {rows['rows_skipped']:,} had nothing to send" if rows["rows_skipped"] else ""
    return f"No row of the batch failed: {rows['rows_succeeded']:,} of {rows['rows_total']:,} have an answer{skipped}."
