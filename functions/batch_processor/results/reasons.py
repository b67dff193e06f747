"""Counts failures by their reason, whatever line numbers, ids and quotes the words of each have.

Two messages have one reason if they differ in such particulars only. Where that leaves more reasons than can be listed,
those of one error whose words are mostly the same are one; what is still too many is summed up. No failure is lost.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypedDict

from batch_processor.document.json_value import without_lone_surrogates

LISTED = 20
# Each row may fail in words of its own: beyond the most, reasons are brought together until so many are left.
_MOST, _KEPT = 400, 200
# How much of two messages must be the same, word by word, for them to have one reason.
_ALIKE = 0.7
# In the place of messages, or errors, that are too many to be kept.
_VARIOUS = "(various)"

_PARTICULARS = re.compile(
    r"""
      (?<!\w)'[^']*'(?!\w) | "[^"]*" | `[^`]*` | “[^”]*” | „[^“”]*[“”] | «[^»]*» | ‘[^’]*’   # what is quoted
    | \b(?:arn:|\w+://)\S+                                                                    # where something is
    | \S+@\S+
    | [\w.+:-]*\d[\w.+:-]*                                                                    # numbers, times, ids
    """,
    re.VERBOSE,
)


_PLURAL = re.compile(r"(… \w+?)s\b")


class CountedError(TypedDict):
    """A reason: the error, the words of the first row that it befell, that row, and how many rows it befell."""

    error: str
    message: str
    count: int
    first_row: int


@dataclass(frozen=True, slots=True)
class _Reason:
    """What some failures have in common."""

    error: str
    words: tuple[str, ...]


def words_in_common(message: str) -> tuple[str, ...]:
    """The words that a message has in common with others of its reason, without numbers, ids, places and what is quoted."""
    return tuple(_PLURAL.sub(r"\1", _PARTICULARS.sub("…", message)).split())


class Reasons:
    """The reasons so far."""

    def __init__(self) -> None:
        self._counted: dict[_Reason, CountedError] = {}

    def count(self, error: str, message: str, row: int, count: int = 1) -> None:
        """Counts failures of the same words, the first of them in `row`."""
        message = without_lone_surrogates(message)
        reason = _Reason(error, words_in_common(message))
        _merge(self._counted, reason, {"error": error, "message": message, "count": count, "first_row": row})
        if len(self._counted) > _MOST:
            self._counted = _rarest_summed_up(_alike_as_one(self._counted), _KEPT)

    def __iter__(self) -> Iterator[CountedError]:
        """All reasons, the most frequent first."""
        return iter(_by_frequency(self._counted.values()))

    def listed(self) -> list[CountedError]:
        """The reasons in at most LISTED entries whose counts are those of all failures, the most frequent first."""
        counted = self._counted if len(self._counted) <= LISTED else _alike_as_one(self._counted)
        listed = _by_frequency(counted.values())
        if len(listed) <= LISTED:
            return listed
        shown, others = listed[: LISTED - 1], listed[LISTED - 1 :]
        first = min(others, key=_first_row)
        words = ": ".join(part for part in (first["error"], first["message"]) if part)
        rest: CountedError = {
            "error": "Others",
            "message": f"{len(others)} other reasons, in row {first['first_row']}: {words}",
            "count": sum(counted["count"] for counted in others),
            "first_row": first["first_row"],
        }
        return [*shown, rest]


_Counted = dict[_Reason, CountedError]


def _merge(into: _Counted, reason: _Reason, counted: CountedError) -> None:
    known = into.get(reason)
    if known is None:
        into[reason] = counted
        return
    first = min(known, counted, key=_first_row)
    into[reason] = {**first, "count": known["count"] + counted["count"]}


def _alike_as_one(counted: _Counted) -> _Counted:
    """The same failures, those of one error as one reason whose words are mostly the same."""
    merged: _Counted = {}
    by_form: dict[tuple[str, int], list[_Reason]] = {}
    for reason, entry in sorted(counted.items(), key=lambda item: _first_row(item[1])):
        form = (reason.error, len(reason.words))
        alike = next((known for known in by_form.setdefault(form, []) if _are_alike(known, reason)), reason)
        if alike is reason:
            by_form[form].append(reason)
        _merge(merged, alike, entry)
    return merged


def _are_alike(one: _Reason, other: _Reason) -> bool:
    same = sum(a == b for a, b in zip(one.words, other.words, strict=True))
    return same >= _ALIKE * len(one.words)


def _rarest_summed_up(counted: _Counted, kept: int) -> _Counted:
    """The same failures in at most so many reasons: the rarest by their error alone, or without even that."""
    for keeps_error in (True, False):
        if len(counted) <= kept:
            break
        ranked = sorted(counted.items(), key=lambda item: (-item[1]["count"], _first_row(item[1])))
        counted = dict(ranked[: kept // 2])
        for reason, entry in ranked[kept // 2 :]:
            error = reason.error if keeps_error else _VARIOUS
            _merge(counted, _Reason(error, (_VARIOUS,)), {**entry, "error": error, "message": _VARIOUS})
    return counted


def _by_frequency(counted: Iterable[CountedError]) -> list[CountedError]:
    return sorted(counted, key=lambda entry: (-entry["count"], entry["first_row"]))


def _first_row(counted: CountedError) -> int:
    return counted["first_row"]
