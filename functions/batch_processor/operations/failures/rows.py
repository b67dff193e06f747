"""Shows rows of a batch, as the table or its output has them."""

from typing import NotRequired, TypedDict

from batch_processor.contract.results import Status
from batch_processor.operations.deployment import Deployment


class ShownRow(TypedDict):
    row: int
    status: Status
    error_message: NotRequired[str]
    cause: NotRequired[str]
    timestamp: NotRequired[str]
    execution_time_ms: NotRequired[int]
    input: NotRequired[dict[str, str]]
    output: NotRequired[dict[str, str]]


class ShownRows(TypedDict):
    """A page of rows, in input order; `next` asks for the one after it."""

    batch: str
    rows: list[ShownRow]
    next: NotRequired[str]


def get_rows(
    execution_arn: str,
    deployment: Deployment,
    status: str | None = None,
    rows: str | None = None,
    limit: int = 50,
    next: str | None = None,  # noqa: A002
) -> ShownRows:
    """Rows by status, or by number (`rows` as "5", "5-20" or "5,9,11-13")."""
    raise NotImplementedError
