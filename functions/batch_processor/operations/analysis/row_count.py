"""Counts the rows of a CSV exactly: started, and asked after by asking again."""

from typing import Literal, NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment


class RowCount(TypedDict):
    """`status` is RUNNING until `row_count` is there, or `error`."""

    s3_uri: str
    status: Literal["RUNNING", "DONE", "FAILED"]
    row_count: NotRequired[int]
    error: NotRequired[str]
    started_at: str


def count_csv_rows(s3_uri: str, deployment: Deployment) -> RowCount:
    """Starts the count if nobody has for this version of the file, and answers how it stands."""
    raise NotImplementedError
