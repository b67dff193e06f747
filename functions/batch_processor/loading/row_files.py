"""Keeps the rows of a batch in its work folder, and reads their original cells back from there."""

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from batch_processor.aws import s3
from batch_processor.batch.work_folder import originals_index_key, originals_key, rows_key
from batch_processor.contract import Location, RowRange
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.dialect import OWN
from batch_processor.csv_file.records import Record
from batch_processor.deadline import Deadline
from batch_processor.loading.original_rows import OFFSET_BYTES, OriginalRows
from batch_processor.loading.row_lines import RowLines, RowsFound, json_lines

# Rows are put into bytes in pieces: large enough to be fast, small enough to weigh nothing.
_PIECE_CHARACTERS = 512 * 1024
_CSV = "text/csv; charset=utf-8"


def write_rows(
    lines: RowLines, work: Location, deadline: Deadline, watch: Callable[[str], None] | None = None
) -> RowsFound:
    """Writes all rows and their original cells, each file whole or not at all; a repeated run replaces what it finds.

    `watch` is given the line of each row.
    """
    with ExitStack() as stack:
        rows, originals, index = (
            stack.enter_context(s3.WorkObject(work["bucket"], key, content_type))
            for key, content_type in (
                (rows_key(work), "application/jsonl"),
                (originals_key(work), _CSV),
                (originals_index_key(work), "application/octet-stream"),
            )
        )
        line_bytes = 0
        for row_piece, original_piece, index_piece in deadline.watched(_pieces(lines, watch)):
            line_bytes += rows.write(row_piece)
            originals.write(original_piece)
            index.write(index_piece)
        for written in (originals, index, rows):
            written.publish()
    return lines.found(line_bytes)


def _pieces(lines: RowLines, watch: Callable[[str], None] | None) -> Iterator[tuple[bytes, bytes, bytes]]:
    originals, piece, characters = OriginalRows(), list[str](), 0
    for line, record in lines:
        piece.append(line)
        if watch:
            watch(line)
        characters += len(line) + originals.add(record.cells)
        if characters > _PIECE_CHARACTERS:
            yield json_lines(piece), *originals.take()
            piece, characters = [], 0
    yield json_lines(piece), *originals.take()
    yield b"", b"", originals.end()


class KeptOriginals:
    """The original cells of an inline batch, whose other cells are in the payload: a file that appears once it is whole."""

    def __init__(self, work: Location) -> None:
        self._file = s3.WorkObject(work["bucket"], originals_key(work), _CSV)
        self._rows, self._characters = OriginalRows(), 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.__exit__(kind, exc, trace)

    def add(self, cells: list[str]) -> None:
        """Takes in the next row."""
        self._characters += self._rows.add(cells)
        if self._characters > _PIECE_CHARACTERS:
            self._write()

    def publish(self) -> None:
        """Makes the file appear, in place of one that an earlier attempt has left."""
        self._write()
        self._file.publish()

    def _write(self) -> None:
        self._file.write(self._rows.take()[0])
        self._characters = 0


def originals(work: Location, rows: RowRange) -> Iterator[Record]:
    """The original cells of the rows, in order, in records whose line is 0, as it is not known any more."""
    if rows["first"] > rows["last"]:
        return
    index, cells = (own_object(work["bucket"], key(work)) for key in (originals_index_key, originals_key))
    start, end = (_offset(index, number) for number in (rows["first"] - 1, rows["last"]))
    yield from _records(lambda: cells.open(start, end))


def all_originals(work: Location) -> Iterator[Record]:
    """The original cells of all rows; of an inline batch they have no index."""
    return _records(own_object(work["bucket"], originals_key(work)).open)


def _records(open_cells: Callable[[], io.RawIOBase]) -> Iterator[Record]:
    for record in CsvInput(open_cells, "utf-8", OWN).records():
        yield Record(0, record.cells)


def own_object(bucket: str, key: str) -> s3.PinnedObject:
    """An object of the batch's own, pinned by its ETag alone: only a repeated run of this batch writes it anew."""
    return s3.described(bucket, key)[0]


def own_ranges(bucket: str, key: str) -> s3.RangesOfOne:
    """Ranges of such an object, which is pinned as it is first read."""
    return s3.RangesOfOne(bucket, key)


def _offset(index: s3.PinnedObject, number: int) -> int:
    offset: int = struct.unpack("<Q", index.read_range(number * OFFSET_BYTES, OFFSET_BYTES))[0]
    return offset
