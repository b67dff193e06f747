"""What became of one row."""

from datetime import UTC, datetime
from typing import Literal, NotRequired, TypedDict

Status = Literal["SUCCESS", "FAILED", "TIMEOUT", "SKIPPED", "NOT_RUN"]
# The target was called, and the row has failed: it goes to the dead letter queue, and only_failed_from runs it again.
FAILURES: tuple[Status, ...] = ("FAILED", "TIMEOUT")


class RowResult(TypedDict):
    """The result of one row: the `cells` of a success, the `error` and `message` of any other.

    The target was not called for rows that are SKIPPED, as there is nothing to send, or NOT_RUN, as the batch ended
    before. The cells of a success may be in S3 (`spilled`) or in the table (`stored`) instead. `unread`, on a failed row,
    is `<attempt><run>`, the end of the name of the call whose answer could not be read or had not come; `unreadable`
    is the attempt whose answer stands in the table, where it could not be read. `at` is when the result came about, `ms`
    how many milliseconds the row took. `calls` is how often this batch has called the target for the row, once where it is
    absent, and `usage` the input and output tokens that the answer tells of. A row that was not asked for, as an earlier one
    has the same input, has that one's result (`duplicate_of`); an answer that an earlier batch had for the same input is
    `cached`.
    """

    index: int
    status: Status
    cells: NotRequired[list[str]]
    spilled: NotRequired[bool]
    stored: NotRequired[bool]
    error: NotRequired[str]
    message: NotRequired[str]
    unread: NotRequired[str]
    unreadable: NotRequired[int]
    at: NotRequired[str]
    ms: NotRequired[int]
    calls: NotRequired[int]
    usage: NotRequired[list[int]]
    duplicate_of: NotRequired[int]
    cached: NotRequired[bool]


def time_text(moment: datetime) -> str:
    """The moment as results, summaries and messages write it: in UTC, with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
