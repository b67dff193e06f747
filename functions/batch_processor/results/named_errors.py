"""Counts failures by the names of their errors alone: their words may quote what stands in cells."""

import re
from collections.abc import Iterable
from typing import NotRequired, TypedDict

from batch_processor.results.reasons import LISTED, CountedError

# As programs name errors: within a message, what stands before a colon may be anything, a person's name too.
_NAME = re.compile(r"[A-Za-z_][\w.$-]*")
_INNER = re.compile(
    r"((?:[A-Z][A-Za-z]*\.)*(?:[A-Z][A-Za-z]*)?(?:Error|Exception|Fault|Failed|Failure|Timeout|Exceeded|Missing|Invalid|Denied"
    r"|NotFound|Unavailable|Throttled|Refused|TooLarge))(?=: |\Z)"
)
_NAMELESS, _OTHERS = "(unnamed)", "Others"


class NamedError(TypedDict):
    """The error, the one inside of it where an agent's execution tells of one, how many rows it befell, and the first."""

    error: str
    inner_error: NotRequired[str]
    count: int
    first_row: int


def named_errors(reasons: Iterable[CountedError]) -> list[NamedError]:
    """The failures in at most LISTED entries, the most frequent first; the last may stand for all others."""
    named: dict[tuple[str, str], NamedError] = {}
    for reason in reasons:
        error, inner = _named(reason["error"]), _inner(reason["message"])
        _add(named.setdefault((error, inner), _entry(error, inner)), reason["count"], reason["first_row"])
    listed = sorted(named.values(), key=lambda entry: (-entry["count"], entry["first_row"]))
    if len(listed) <= LISTED:
        return listed
    others = _entry(_OTHERS, "")
    for entry in listed[LISTED - 1 :]:
        _add(others, entry["count"], entry["first_row"])
    return [*listed[: LISTED - 1], others]


def _entry(error: str, inner: str) -> NamedError:
    entry: NamedError = {"error": error, "count": 0, "first_row": 0}
    return {**entry, "inner_error": inner} if inner else entry


def _add(entry: NamedError, count: int, first_row: int) -> None:
    entry["count"] += count
    entry["first_row"] = min(first_row, entry["first_row"] or first_row)


def _named(error: str) -> str:
    return error if not error or _NAME.fullmatch(error) else _NAMELESS


def _inner(message: str) -> str:
    found = _INNER.match(message)
    return found[1] if found else ""
