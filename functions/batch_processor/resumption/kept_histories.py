"""Remembers of which row batches' executions the table has all that their histories have."""

from batch_processor.aws import s3
from batch_processor.batch.work_folder import kept_histories_prefix
from batch_processor.contract import Location


def note(work: Location, execution_arn: str) -> None:
    """Says so of one of them."""
    s3.write(work["bucket"], kept_histories_prefix(work) + execution_arn.rpartition(":")[2], b"", "text/plain")


def noted(work: Location) -> set[str]:
    """The names of all of which it has been said."""
    prefix = kept_histories_prefix(work)
    return {found["Key"].removeprefix(prefix) for found in s3.listed(work["bucket"], prefix)}
