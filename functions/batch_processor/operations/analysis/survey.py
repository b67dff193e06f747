"""Looks at a CSV: at all of it if it is small, else at its beginning and at places spread over it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from statistics import mean, stdev

from batch_processor.csv_file.checked_bytes import LONGEST_LINE_BYTES
from batch_processor.csv_file.csv_format import CsvFormat, Encoding
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.header import Header
from batch_processor.csv_file.raggedness import ragged_told
from batch_processor.csv_file.records import UNCLOSED, Record
from batch_processor.csv_file.source import Readable, open_csv, take_header
from batch_processor.errors import InvalidCsv
from batch_processor.operations.analysis.columns import Column
from batch_processor.operations.analysis.origin import stream_of
from batch_processor.operations.analysis.samples import Form, Place, behind_mark, end_of_lines, line_end_of, read_places

WHOLE_BYTES = 8 * 1024 * 1024
HEAD_BYTES = 1024 * 1024
_CHUNK_ROWS = 1_000
# Two standard errors: of twenty estimates nineteen are nearer. No estimate claims to be nearer than this.
_ERRORS, _LEAST_ERROR = 2.0, 0.002


@dataclass
class Survey:
    """What was seen: the columns, how many rows, and what is wrong, as (blocks, message)."""

    csv: CsvInput
    header: Header
    header_line: int
    columns: list[Column]
    first_rows: list[list[str]] = field(default_factory=list)
    rows_examined: int = 0
    row_count: int = 0
    row_count_is_exact: bool = True
    row_count_error: float = 0.0
    faults: list[tuple[bool, str]] = field(default_factory=list)


def survey(origin: Readable, sample_rows: int, encoding: Encoding = "auto") -> Survey:
    """What the CSV holds; InvalidCsv if it cannot be read up to its header."""
    csv, _ = open_csv(origin, CsvFormat(encoding=encoding))
    is_whole = origin.size_bytes <= WHOLE_BYTES
    head = csv if is_whole else CsvInput(lambda: stream_of(_head(origin, csv)), csv.encoding, csv.dialect)
    records = head.records()
    header = Header(tuple(take_header(records, origin.uri)))
    seen = Survey(csv, header, csv.dialect.header_line, [Column(name) for name in header.addresses])
    _take(seen, records, sample_rows, cut=not is_whole)
    seen.row_count = seen.rows_examined
    if not is_whole:
        _sample(seen, origin)
    return seen


def _head(origin: Readable, csv: CsvInput) -> bytes:
    """The beginning, up to where a line surely ends; all of a long first line, and the next."""
    length, end = HEAD_BYTES, 0
    while True:
        data = origin.read_range(0, min(length, origin.size_bytes))
        end = end_of_lines(data, line_end_of(behind_mark(csv.encoding, data), csv.dialect))
        if (
            data.count(b"\n", 0, end) + data.count(b"\r", 0, end) > 1
            or len(data) < length
            or length > LONGEST_LINE_BYTES
        ):
            return data[:end] or data
        length *= 4


def _take(seen: Survey, records: Iterator[Record], sample_rows: int, *, cut: bool) -> None:
    """Takes the rows into account; a record that the head's end cuts is none."""
    width, ragged, first = len(seen.columns), 0, None
    try:
        while chunk := list(islice(records, _CHUNK_ROWS)):
            seen.first_rows += [record.cells for record in chunk[: sample_rows - len(seen.first_rows)]]
            odd = [record for record in chunk if len(record.cells) != width]
            ragged, first = ragged + len(odd), first or next(iter(odd), None)
            _add(seen, (record.cells for record in chunk))
    except InvalidCsv as exc:
        if not (cut and _is_cut(str(exc), seen)):
            seen.faults.append((True, str(exc)))
    if first:
        told = ragged_told(first.line, first.cells, width, "").removesuffix(".")
        there = "this row fails" if ragged == 1 else f"this row and {ragged - 1:,} more fail"
        seen.faults.append((False, f"{told}. As it is, {there}, and the others run."))


def _is_cut(message: str, seen: Survey) -> bool:
    return UNCLOSED in message or seen.rows_examined > 0


def _add(seen: Survey, rows: Iterable[list[str]]) -> None:
    width = len(seen.columns)
    rows = list(rows)
    shaped = [cells if len(cells) == width else (cells + [""] * width)[:width] for cells in rows]
    for column, cells in zip(seen.columns, zip(*shaped, strict=True), strict=False):
        column.add(cells)
    seen.rows_examined += len(rows)


def _sample(seen: Survey, origin: Readable) -> None:
    """Takes places spread over the file into account, and estimates from them how many rows there are."""
    form = Form(behind_mark(seen.csv.encoding, origin.read_range(0, 2)), seen.csv.dialect, len(seen.columns))
    places = read_places(origin, form, HEAD_BYTES)
    for place in places:
        _add(seen, place.records)
        if place.fault:
            seen.faults.append((True, f"{place.fault[0].upper()}{place.fault[1:]}."))
    if unsure := sum(not place.sure for place in places):
        seen.faults.append(
            (
                False,
                f"At {unsure} of {len(places)} places it cannot be told where rows begin; they are left out of what is said.",
            )
        )
    _estimate(seen, places, origin.size_bytes)
    for column in seen.columns:
        column.distinct_is_exact = False


def _estimate(seen: Survey, places: list[Place], size: int) -> None:
    densities = [len(place.records) / place.bytes_read for place in places if place.sure and place.bytes_read]
    head_rows = seen.rows_examined - sum(len(place.records) for place in places)
    seen.row_count_is_exact = False
    if len(densities) < 2:
        seen.row_count, seen.row_count_error = round(head_rows * size / HEAD_BYTES), 1.0
        return
    density = mean(densities)
    seen.row_count = head_rows + round(density * (size - HEAD_BYTES))
    error = _ERRORS * stdev(densities) / len(densities) ** 0.5 / density if density else 1.0
    seen.row_count_error = max(round(error, 4), _LEAST_ERROR)
