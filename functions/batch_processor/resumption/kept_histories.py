"""Remembers which executions of row batches have been salvaged: the table has all answers in their histories."""

from batch_processor.aws import s3
from batch_processor.batch.work_folder import kept_histories_prefix
from batch_processor.contract import Location


def mark_salvaged(work: Location, execution_arn: str) -> None:
    """Marks an execution as salvaged."""
    s3.write(work["bucket"], kept_histories_prefix(work) + execution_arn.rpartition(":")[2], b"", "text/plain")


def salvaged(work: Location) -> set[str]:
    """The names of all executions that are marked as salvaged."""
    prefix = kept_histories_prefix(work)
    return {mark["Key"].removeprefix(prefix) for mark in s3.listed(work["bucket"], prefix)}
