"""Decides whether one invocation joins the parts of an output, or which ranges of rows are joined first, each by its own."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from batch_processor import limits
from batch_processor.contract import RowRange
from batch_processor.output.pieces import Part, Piece, range_of, row_count

# Smaller ones may have to be read, as they would leave too little for S3 to copy once they filled up the part before.
_SURELY_COPIED_BYTES = 2 * 5 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Load:
    """What it takes to join pieces.

    `shares` is how many times as much it is as one invocation surely joins, `part_seconds` the most time that parts
    take, without the rows that no part has; `size_bytes` are those of parts.
    """

    shares: float = 0.0
    part_seconds: float = 0.0
    size_bytes: int = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(
            self.shares + other.shares, self.part_seconds + other.part_seconds, self.size_bytes + other.size_bytes
        )


def load_of(pieces: Iterable[Piece]) -> Load:
    """What it takes to join all the pieces."""
    return sum(map(_load_of, pieces), Load())


def _load_of(piece: Piece) -> Load:
    if not isinstance(piece, Part):
        return Load(row_count(piece) * limits.MISSING_ROW_SECONDS / limits.JOIN_SECONDS)
    seconds, size = _seconds_of(piece), piece.size_bytes
    return Load(max(seconds / limits.JOIN_SECONDS, size / limits.RANGE_BYTES), seconds, size)


def _seconds_of(part: Part) -> float:
    if part.size_bytes < _SURELY_COPIED_BYTES:
        return limits.PART_SECONDS + part.size_bytes / limits.PASSED_BYTES_A_SECOND
    return limits.PART_SECONDS + limits.COPY_SECONDS + part.size_bytes / limits.COPIED_BYTES_A_SECOND


def ranges(pieces: Iterable[Piece], shares: float) -> Iterator[RowRange]:
    """The rows of the pieces, which are so many shares, in ranges of about the same load: no more than one share each.

    They begin and end where pieces do; only rows that no part has are cut.
    """
    share = shares / math.ceil(shares)
    rows, number, done = RowRange(first=1, last=0), 0, 0.0
    for piece in _cut(pieces, share):
        more = _load_of(piece).shares
        # By its middle: a piece that two ranges would share belongs to the one that has more of it.
        if (of_range := int((done + more / 2) / share)) > number and rows["last"]:
            yield rows
            rows, number = RowRange(first=range_of(piece)["first"], last=0), of_range
        rows["last"] = range_of(piece)["last"]
        done += more
    if rows["last"]:
        yield rows


def _cut(pieces: Iterable[Piece], share: float) -> Iterator[Piece]:
    """The pieces, with missing rows in ranges of a tenth of a share."""
    most_rows = max(int(share * limits.JOIN_SECONDS / limits.MISSING_ROW_SECONDS / 10), 1)
    for piece in pieces:
        if isinstance(piece, Part):
            yield piece
            continue
        for first in range(piece["first"], piece["last"] + 1, most_rows):
            yield RowRange(first=first, last=min(first + most_rows - 1, piece["last"]))
