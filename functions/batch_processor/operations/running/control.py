"""Goes on with batches, runs rows again, and stops batches."""

from typing import Literal, NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.execution import StartedBatch


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
) -> StartedBatch | NothingToDo:
    """Starts a batch of the rows that failed or were not run, whose output has all rows."""
    raise NotImplementedError


def resume_batch(execution_arn: str, deployment: Deployment) -> StartedBatch | NothingToDo:
    """Goes on with a batch that failed or was stopped: only rows without an answer run."""
    raise NotImplementedError


def cancel_batch(execution_arn: str, deployment: Deployment) -> CancelledBatch:
    """Stops the batch; what was answered is saved into its partial CSV, and can be resumed."""
    raise NotImplementedError
