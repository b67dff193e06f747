"""Reads original rows back as the lines that they are in the work folder, found by the index: nothing in them is parsed."""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain, pairwise

from batch_processor.batch.work_folder import originals_index_key, originals_key
from batch_processor.contract import Location, RowRange
from batch_processor.loading.original_rows import LINE_END, OFFSET_BYTES
from batch_processor.loading.row_files import own_ranges

# 64 KiB of the index: enough rows for a request to be worth it, few enough for their lines to weigh nothing.
_ROWS_A_READ = 8_192
# So many of the rows' own bytes are asked for at a time, however wide rows are.
PIECE_BYTES = 4 * 1024 * 1024


def original_lines(work: Location, rows: RowRange) -> Iterator[str]:
    """The rows as RFC 4180 has them, in order, without their line ends; a line may have line breaks within quotes.

    They are read in pieces of at most PIECE_BYTES, or of a single row that has more.
    """
    return chain.from_iterable(_pieces(work, rows))


def _pieces(work: Location, rows: RowRange) -> Iterator[list[str]]:
    if rows["first"] > rows["last"]:
        return
    index, cells = (own_ranges(work["bucket"], key(work)) for key in (originals_index_key, originals_key))
    for first in range(rows["first"] - 1, rows["last"], _ROWS_A_READ):
        count = min(_ROWS_A_READ, rows["last"] - first)
        offsets = _unpacked(index.read(first * OFFSET_BYTES, (count + 1) * OFFSET_BYTES))
        for bounds in _bounded(offsets):
            yield _lines(cells.read(bounds[0], bounds[-1] - bounds[0]), bounds)


def _unpacked(entries: bytes) -> array[int]:
    offsets = array("Q", entries)
    if sys.byteorder == "big":
        offsets.byteswap()
    return offsets


def _bounded(offsets: array[int]) -> Iterator[array[int]]:
    """The offsets in stretches, each beginning where the one before ends, that span as many bytes as are read at a time."""
    first, last = 0, len(offsets) - 1
    while first < last:
        end = _reach(offsets, first, last)
        yield offsets[first : end + 1]
        first = end


def _reach(offsets: array[int], first: int, last: int) -> int:
    """The farthest entry that is PIECE_BYTES away from the first one at most, but at least the next one."""
    most = offsets[first] + PIECE_BYTES
    return last if offsets[last] <= most else max(bisect_right(offsets, most, first, last) - 1, first + 1)


def _lines(data: bytes, bounds: array[int]) -> list[str]:
    start, end_bytes = bounds[0], len(LINE_END)
    if data.isascii():
        text = data.decode("ascii")
        return [text[begin - start : end - start - end_bytes] for begin, end in pairwise(bounds)]
    return [data[begin - start : end - start - end_bytes].decode() for begin, end in pairwise(bounds)]
