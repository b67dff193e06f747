"""What became of one row."""

from datetime import UTC, datetime
from typing import Literal, NotRequired, TypedDict

Status = Literal["SUCCESS", "FAILED", "TIMEOUT"]


class RowResult(TypedDict):
    """An iteration's result: `error` and `message` of a failure; of a success its `cells`.

    Without cells, S3 has them (`spilled`) or the table (`stored`). `unread` ends the name of the agent's execution that has
    answered a failed row, `<attempt><run>`, if its answer could not be read.
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
