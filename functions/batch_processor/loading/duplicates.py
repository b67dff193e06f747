"""Finds the rows that have the same input as an earlier one, exactly, in memory that does not grow with the rows.

What is compared are the cells in use: what else a target is sent is the same for all rows, but for the row's number. Digests
of 128 bits wait in files, by their first byte, so that equal ones are in the same file; each file is searched by itself.
"""

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from hashlib import blake2b
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, Self

from batch_processor.contract import LoadedRow

# The bytes of an entry of the index that `packed` makes.
ENTRY_BYTES = 4
_DIGEST_BYTES = 16
_INPUT, _PAIR = struct.Struct(f"<{_DIGEST_BYTES}sI"), struct.Struct("<II")
_FILES = 256
# Of each file this much is kept until it is written.
_BUFFER_BYTES = 32 * 1024
# So many rows' entries are put together at a time.
_RANGE_ROWS = 500_000
# How a line goes on behind the number of a row that is not sent.
_UNFIT = '"row":{},"problem":'


class RowInputs:
    """The inputs of a batch's rows; `find` takes them in order, and then `first_rows` tells which are duplicates."""

    def __init__(self) -> None:
        self._stack, self._row_count = ExitStack(), 0
        self._inputs = [self._file() for _ in range(_FILES)]
        self._duplicates: list[IO[bytes]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def add(self, line: str) -> None:
        """Takes in the next row, as a line of JSON (RowLines)."""
        self._row_count += 1
        start = line.index(",") + 1
        if line.startswith(_UNFIT, start):
            return
        digest = blake2b(line[start:].encode(), digest_size=_DIGEST_BYTES).digest()
        self._inputs[digest[0]].write(_INPUT.pack(digest, self._row_count))

    def find(self) -> int:
        """How many rows have the input of an earlier one; no row can be added any more."""
        self._duplicates = [self._file() for _ in range(self._row_count // _RANGE_ROWS + 1)]
        found = 0
        for inputs in self._inputs:
            seen: dict[bytes, int] = {}
            inputs.seek(0)
            for digest, index in _INPUT.iter_unpack(inputs.read()):
                if (first := seen.setdefault(digest, index)) != index:
                    self._duplicates[(index - 1) // _RANGE_ROWS].write(_PAIR.pack(index, first))
                    found += 1
            inputs.close()  # and so it is gone from the disk
        return found

    def first_rows(self) -> Iterator["array[int]"]:
        """For each row, in order, the first one that has its input, or 0 if that is the row itself; in arrays of many rows."""
        for number, pairs in enumerate(self._duplicates):
            before = number * _RANGE_ROWS
            firsts = zeros(min(_RANGE_ROWS, self._row_count - before))
            pairs.seek(0)
            for index, first in _PAIR.iter_unpack(pairs.read()):
                firsts[index - before - 1] = first
            pairs.close()
            yield firsts

    def _file(self) -> IO[bytes]:
        return self._stack.enter_context(TemporaryFile(buffering=_BUFFER_BYTES))


def first_rows_of(rows: Sequence[LoadedRow]) -> "array[int]":
    """The same of a few rows that are at hand."""
    seen: dict[tuple[Any, ...], int] = {}
    firsts = zeros(len(rows))
    for position, row in enumerate(rows):
        if "problem" not in row:
            first = seen.setdefault(tuple(row["row"].values()), row["index"])
            firsts[position] = 0 if first == row["index"] else first
    return firsts


def zeros(count: int) -> "array[int]":
    """As many rows, none of which is a duplicate."""
    return array("I", bytes(ENTRY_BYTES * count))


def packed(firsts: "array[int]") -> bytes:
    """The entries as the index has them, little-endian."""
    return _little_endian(firsts).tobytes()


def unpacked(index: bytes) -> "array[int]":
    """The entries of a part of the index."""
    return _little_endian(array("I", index))


def _little_endian(entries: "array[int]") -> "array[int]":
    if sys.byteorder == "little":
        return entries
    swapped = array("I", entries)
    swapped.byteswap()
    return swapped
