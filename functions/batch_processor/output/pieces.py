"""Which part of the output has which rows, so that each row comes out once."""

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from batch_processor.contract import RowRange
from batch_processor.errors import RowCountMismatch


@dataclass(frozen=True, slots=True)
class Part:
    """A finished part of the output, as S3 lists it."""

    rows: RowRange
    key: str
    etag: str
    size_bytes: int
    written_at: datetime


Piece = Part | RowRange


def row_count(rows: RowRange) -> int:
    """How many rows a range has."""
    return rows["last"] - rows["first"] + 1


def range_of(piece: Piece) -> RowRange:
    """The rows of a part, or those that are missing."""
    return piece.rows if isinstance(piece, Part) else piece


def pieces(parts: Iterable[Part], rows: RowRange) -> Iterator[Piece]:
    """The parts and, where rows have none, the ranges that are missing: together all of `rows`, each once.

    `parts` must be in the order of their first rows. Of parts that overlap, only the one written last counts; rows that
    only another one has are missing then. RowCountMismatch if a part is of other rows.
    """
    expected = rows["first"]
    for overlapping in _overlapping(_checked(parts, rows)):
        for part in _standing(overlapping):
            yield from _gap(expected, part.rows["first"] - 1)
            yield part
            expected = part.rows["last"] + 1
    yield from _gap(expected, rows["last"])


def _checked(parts: Iterable[Part], rows: RowRange) -> Iterator[Part]:
    for part in parts:
        first, last = part.rows["first"], part.rows["last"]
        if not rows["first"] <= first <= last <= rows["last"]:
            raise RowCountMismatch(
                f"{part.key} has the rows {first} to {last}, but the batch has the rows {rows['first']} to {rows['last']}. "
                "No output was written."
            )
        yield part


def _overlapping(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """The parts in groups, which have no row in common with each other; nearly always a group is a single part."""
    group: list[Part] = []
    last = 0
    for part in parts:
        if group and part.rows["first"] > last:
            yield group
            group = []
        group.append(part)
        last = max(last, part.rows["last"])
    if group:
        yield group


def _standing(parts: list[Part]) -> list[Part]:
    if len(parts) == 1:
        return parts
    standing: list[Part] = []
    for part in sorted(parts, key=lambda part: (part.written_at, part.key), reverse=True):
        place = bisect(standing, part.rows["first"], key=lambda other: other.rows["first"])
        neighbours = standing[max(place - 1, 0) : place + 1]
        if not any(_overlap(part.rows, other.rows) for other in neighbours):
            standing.insert(place, part)
    return standing


def _overlap(one: RowRange, other: RowRange) -> bool:
    return one["first"] <= other["last"] and other["first"] <= one["last"]


def _gap(first: int, last: int) -> list[RowRange]:
    return [RowRange(first=first, last=last)] if first <= last else []
