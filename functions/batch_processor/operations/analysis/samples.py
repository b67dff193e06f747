"""Reads whole records at places spread over a large CSV, where nobody has read what comes before.

A place begins behind a line end, which ends a record or stands within a quoted cell. Both readings are tried; the one whose
records have the header's width is right. If neither is, or both are, more is read, and then the place is left out and counted.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from batch_processor.csv_file.checked_bytes import CheckedBytes, DoubtfulBytes, DoubtfulDeclaration
from batch_processor.csv_file.csv_input import open_text
from batch_processor.csv_file.dialect import Dialect
from batch_processor.csv_file.fault import EndlessLine
from batch_processor.csv_file.source import Readable
from batch_processor.operations.analysis.origin import stream_of

PLACES, PLACE_BYTES, WIDEST_BYTES = 24, 256 * 1024, 2 * 1024 * 1024
_THREADS = 8
# Which part of a reading's records must have the header's width for it to be right.
_RIGHT = 0.75


@dataclass(frozen=True, slots=True)
class Place:
    """What was read at a place: whole records, in file order, and how many bytes of the file they take.

    `sure` is false where it could not be told where a record begins; `fault` is what a batch would be refused for.
    """

    start: int
    records: list[list[str]]
    bytes_read: int
    sure: bool = True
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """How the CSV is read, as its beginning tells; the encoding is that behind a byte order mark."""

    encoding: str
    dialect: Dialect
    width: int


def line_end_of(encoding: str, dialect: Dialect) -> bytes:
    """What surely ends a line, in bytes of the file."""
    return (dialect.line_end or "\n").encode(encoding)


def end_of_lines(data: bytes, line_end: bytes) -> int:
    """Where the last whole line ends; 0 if none does. In UTF-16 a line end stands at an even place."""
    step, found = _step(line_end), data.rfind(line_end)
    while found >= 0 and found % step:
        found = data.rfind(line_end, 0, found + len(line_end) - 1)
    return found + len(line_end) if found >= 0 else 0


def _step(line_end: bytes) -> int:
    return 2 if b"\0" in line_end else 1


def behind_mark(encoding: str, head: bytes) -> str:
    """The encoding as it is anywhere but at the file's beginning, where a byte order mark may tell it."""
    if encoding == "utf-16":
        return "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    return encoding.removesuffix("-sig")


def read_places(origin: Readable, form: Form, first: int) -> list[Place]:
    """The records at places spread evenly behind `first`, the last one at the file's end."""
    room = origin.size_bytes - first
    starts = [first + room * number // PLACES for number in range(PLACES)] + [origin.size_bytes - PLACE_BYTES]
    with ThreadPoolExecutor(_THREADS) as threads:
        return list(threads.map(lambda start: _read_place(origin, form, start), starts))


def _read_place(origin: Readable, form: Form, start: int) -> Place:
    length, place = PLACE_BYTES, Place(start, [], 0, sure=False)
    while length <= WIDEST_BYTES:
        data = origin.read_range(start - start % 2, length)
        place = _records_of(data, form, start, is_end=start + len(data) >= origin.size_bytes)
        if place.sure or place.fault:
            return place
        length *= 4
    return place


def _records_of(data: bytes, form: Form, start: int, *, is_end: bool) -> Place:
    lines = _whole_lines(data, line_end_of(form.encoding, form.dialect), is_end=is_end)
    if not lines:
        return Place(start, [], 0, sure=False)
    try:
        text = _text_of(lines, form)
    except DoubtfulBytes as exc:
        return Place(start, [], 0, fault=f"about byte {start + exc.offset:,} of the file: {exc.reason}")
    except (DoubtfulDeclaration, UnicodeDecodeError) as exc:
        at = start + exc.start if isinstance(exc, UnicodeDecodeError) else start
        return Place(start, [], 0, fault=f"about byte {at:,} of the file: the bytes are not {form.encoding}")
    except EndlessLine:
        return Place(start, [], 0, sure=False)
    return _likelier(text, len(lines), form, start)


def _whole_lines(data: bytes, line_end: bytes, *, is_end: bool) -> bytes:
    """What is between the first line end and the last, or the file's end."""
    step, first = _step(line_end), data.find(line_end)
    while first >= 0 and first % step:
        first = data.find(line_end, first + 1)
    return b"" if first < 0 else data[first + len(line_end) : None if is_end else end_of_lines(data, line_end)]


def _text_of(lines: bytes, form: Form) -> str:
    checked = CheckedBytes(stream_of(lines), form.encoding, replace(form.dialect, header_line=1))
    with open_text(checked, form.dialect.line_end) as text:
        return text.read()


def _likelier(text: str, size: int, form: Form, start: int) -> Place:
    """The records by the reading that fits the header: from a record's beginning, or from within a quoted cell."""
    outside = _Reading(text, form)
    if not form.dialect.quote or form.dialect.quote not in text:
        readings = [outside]
    else:
        readings = [outside, _Reading(form.dialect.quote + text, form, within=True)]
    best = max(readings, key=lambda reading: reading.fitness)
    equal = len(readings) > 1 and readings[0].fitness == readings[1].fitness
    # Both may be right only where they see the same number of rows: then it does not matter.
    sure = best.fitness >= _RIGHT and not (equal and len(readings[0].records) != len(readings[1].records))
    return Place(start, best.records if sure else [], round(size * best.share) if sure else 0, sure=sure)


class _Reading:
    """The records of a text, and which part of it they take; `within` leaves out the first, which began before it."""

    def __init__(self, text: str, form: Form, *, within: bool = False) -> None:
        self.records = list[list[str]]()
        lines = list(_lines(text, form.dialect.line_end))
        begin = end = 0
        reader = form.dialect.reader(lines)
        try:
            for cells in reader:
                if cells and not (within and end == 0):
                    self.records.append(cells)
                elif not cells and form.width == 1:
                    self.records.append([""])
                begin = reader.line_num if within and end == 0 else begin
                end = reader.line_num
        except csv.Error:
            pass  # what came before it counts; where it is a fault of the file, few records fit, or the count says so
        whole = sum(map(len, lines)) or 1
        self.share = sum(map(len, lines[begin:end])) / whole
        fitting = sum(len(cells) == form.width for cells in self.records)
        self.fitness = fitting / len(self.records) * self.share if self.records else 0.0


def _lines(text: str, line_end: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=line_end or ""))
