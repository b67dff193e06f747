"""What became of one row."""

from datetime import UTC, datetime
from typing import Literal, NotRequired, TypedDict

Status = Literal["SUCCESS", "FAILED", "TIMEOUT"]


class RowResult(TypedDict):
    """The result of one row: the `cells` of a success, the `error` and `message` of a failure.

    The cells of a success may be in S3 (`spilled`) or in the table (`stored`) instead. `unread`, on a failed row, is
    `<attempt><run>`, the end of the name of the agent's execution whose answer could not be read. `at` is when the
    result came about, `ms` how many milliseconds the row took.
    """

    index: int
    status: Status
    cells: NotRequired[list[str]]
    spilled: NotRequired[bool]
    stored: NotRequired[bool]
    error: NotRequired[str]
    message: NotRequired[str]
    unread: NotRequired[str]
    at: NotRequired[str]
    ms: NotRequired[int]


def time_text(moment: datetime) -> str:
    """The moment as results, summaries and messages write it: in UTC, with milliseconds and Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
