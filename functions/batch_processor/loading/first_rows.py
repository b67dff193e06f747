"""Keeps in the work folder which rows have the input of an earlier one, and has only the others run."""

import io
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import BinaryIO, cast

from batch_processor.aws import s3
from batch_processor.batch.work_folder import duplicates_key, first_rows_key, rows_key
from batch_processor.contract import Loaded, LoadedRow, Location, Plan, RowRange
from batch_processor.deadline import Deadline
from batch_processor.loading.duplicates import ENTRY_BYTES, RowInputs, first_rows_of, packed, unpacked
from batch_processor.loading.row_files import own_object

_BINARY = "application/octet-stream"
_PIECE_BYTES = 512 * 1024
# A row batch settles so many duplicates that follow its last row; of more the batch itself does.
_MOST_FOLLOWING = 200_000
_READ_AT_ONCE = 20_000


def without_duplicates(plan: Plan, rows: list[LoadedRow], loaded: Loaded) -> tuple[list[LoadedRow], Loaded]:
    """The rows of an inline batch that are asked for, and what loading decides with how many are not."""
    firsts = first_rows_of(rows)
    asked = [row for row, first in zip(rows, firsts, strict=True) if not first]
    if len(asked) == len(rows):
        return rows, loaded
    work = plan["work"]
    s3.write(work["bucket"], duplicates_key(work), packed(firsts), _BINARY)
    return asked, {**loaded, "duplicates": len(rows) - len(asked)}


def write_first_rows(work: Location, inputs: RowInputs, deadline: Deadline) -> tuple[int, int]:
    """(duplicates, bytes of the lines of the others), of rows that `write_rows` has written; writes both files.

    Nothing is written where no row is a duplicate, and 0 bytes are told.
    """
    if not (duplicates := inputs.find()):
        return 0, 0
    deadline.check()
    pinned = s3.pin(work["bucket"], rows_key(work))
    line_bytes = 0
    with ExitStack() as stack:
        lines = cast("BinaryIO", stack.enter_context(io.BufferedReader(pinned.open(), s3.READ_BYTES)))
        index, asked = (
            stack.enter_context(s3.WorkObject(work["bucket"], key, content_type))
            for key, content_type in ((duplicates_key(work), _BINARY), (first_rows_key(work), "application/jsonl"))
        )
        for firsts in deadline.watched(inputs.first_rows()):
            index.write(packed(firsts))
            for piece in deadline.watched(_pieces(lines, firsts)):
                line_bytes += asked.write(piece)
        index.publish()
        asked.publish()
    return duplicates, line_bytes


def _pieces(lines: BinaryIO, firsts: "array[int]") -> Iterator[bytes]:
    """The lines of the rows that are no duplicates; as many lines are read as there are entries."""
    piece, size = list[bytes](), 0
    for first in firsts:
        line = lines.readline()
        if not first:
            piece.append(line)
            size += len(line)
            if size > _PIECE_BYTES:
                yield b"".join(piece)
                piece, size = [], 0
    yield b"".join(piece)


def first_rows(work: Location, rows: RowRange) -> "array[int]":
    """For each row of the range the first one that has its input, or 0 if that is the row itself."""
    start, count = rows["first"] - 1, max(rows["last"] - rows["first"] + 1, 0)
    pinned = own_object(work["bucket"], duplicates_key(work))
    return unpacked(pinned.read_range(start * ENTRY_BYTES, count * ENTRY_BYTES))


def first_rows_among(work: Location, rows: Sequence[int]) -> dict[int, int]:
    """For each of the rows, in order, that has an earlier one's input, that one; neighbours are read at once."""
    pinned = own_object(work["bucket"], duplicates_key(work))
    found: dict[int, int] = {}
    at = 0
    while at < len(rows):
        start, end = rows[at], bisect_left(rows, rows[at] + _READ_AT_ONCE)
        count = rows[end - 1] - start + 1
        entries = unpacked(pinned.read_range((start - 1) * ENTRY_BYTES, count * ENTRY_BYTES))
        found |= {row: entries[row - start] for row in rows[at:end] if entries[row - start]}
        at = end
    return found


def with_following(plan: Plan, loaded: Loaded) -> Loaded:
    """What a row batch was given, with the duplicates that follow its last row among its rows.

    So the parts of neighbours adjoin: a gap between them would take requests of its own when they are joined.
    """
    if not loaded.get("duplicates"):
        return loaded
    row_batch = loaded["row_batch"]
    last = most = row_batch["last"]
    most = min(most + _MOST_FOLLOWING, loaded["row_count"])
    while last < most:
        following = RowRange(first=last + 1, last=min(last + _READ_AT_ONCE, most))
        firsts = first_rows(plan["work"], following)
        last += next((number for number, first in enumerate(firsts) if not first), len(firsts))
        if last < following["last"]:
            break
    return {**loaded, "row_batch": RowRange(first=row_batch["first"], last=last)}
