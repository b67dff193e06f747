"""Gathers the rows of a Map Run on the disk, and says what keeps them from being one CSV."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from batch_processor.contract import RowResult
from batch_processor.csv_file.records import Record
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration
from batch_processor.map_run.failures import failure
from batch_processor.map_run.request import MapResultsRequest
from batch_processor.map_run.results import ItemRow, ResultReader
from batch_processor.map_run.row_spool import RowSpool

# Beyond it a number is no item's index: a Map Run has no such number of items.
_MOST_ROWS = 100_000_000
_NO_RESULT = failure("RowNotProcessed", "The Map Run has no result for this row.", "NOT_RUN")


@dataclass(slots=True)
class _Finding:
    """How often something was found, and where first."""

    count: int = 0
    first: str = ""

    def note(self, where: str) -> None:
        self.first = self.first or where
        self.count += 1

    def __str__(self) -> str:
        return self.first if self.count == 1 else f"{self.count:,} times, first by {self.first}"


@dataclass(slots=True)
class MapRows:
    """The rows by number, from 1: by index if the request says where that is, else in the order of the files."""

    request: MapResultsRequest
    reader: ResultReader
    spool: RowSpool
    columns: dict[str, None] = field(default_factory=dict)  # of the rows in the children's inputs, as they turned up
    _unplaced: _Finding = field(default_factory=_Finding)
    _outside: _Finding = field(default_factory=_Finding)
    _twice: _Finding = field(default_factory=_Finding)
    _rowless: _Finding = field(default_factory=_Finding)
    _last_read: tuple[int, Any] = (0, None)

    def add(self, record: Any, group: str, origin: str) -> None:
        """Takes in a record of a result file; ValueError if it cannot be read."""
        for row in self.reader.rows(record, group, origin):
            if row.item.cells is None:
                self._rowless.note(row.origin)
            if number := self._number(row):
                self._keep(number, row)

    def _number(self, row: ItemRow) -> int | None:
        if not self.request.places.indexed:
            return self.spool.count + 1
        if row.item.index is None:
            self._unplaced.note(row.origin)
            return None
        number = row.item.index - self.request.places.first_index + 1
        if 1 <= number <= _MOST_ROWS:
            return number
        self._outside.note(f"{row.origin} (index {row.item.index})")
        return None

    def _keep(self, number: int, row: ItemRow) -> None:
        earlier = self.spool.get(number) if self.request.places.indexed else None
        if earlier and earlier["weight"] == row.weight:
            self._twice.note(f"{row.origin} (index {row.item.index})")
        if not earlier or earlier["weight"] < row.weight:
            self.columns.update(dict.fromkeys(row.item.cells or ()))
            self.spool.put(number, {"cells": row.item.cells, "result": row.result, "weight": row.weight})

    def problems(self, csv_rows: int | None) -> Iterator[Problem]:
        """What is wrong between the results and the request; `csv_rows` is None without a CSV."""
        where = "/child_input/index" if self.request.places.input_index is not None else "/child_output/index"
        if self._unplaced.count:
            yield Problem(where, self._no_index())
        if self._outside.count:
            yield Problem(where, f"this is no item's index: {self._outside}; check first_index and the path")
        if self._twice.count:
            yield Problem(where, f"an item has two results: {self._twice}; give the path of an index that is unique")
        if csv_rows is not None and self.spool.last > csv_rows:
            last = self.spool.last - 1 + self.request.places.first_index
            yield Problem(
                where, f"the results have an item {last}, the CSV only {csv_rows} rows; check first_index and the CSV"
            )
        if csv_rows is None:
            yield from self._problems_without_csv(where)

    def _no_index(self) -> str:
        return (
            f"there is no index at this path: {self._unplaced}. Inputs are in results of Transformation NONE and of "
            "failures, answers in results of successes; give the path in both, child_input and child_output, or neither"
        )

    def _problems_without_csv(self, where: str) -> Iterator[Problem]:
        if missing := self.spool.last - self.spool.count:
            yield Problem(
                where,
                f"the results lack {missing:,} of {self.spool.last:,} items; give csv_s3_uri, which has their rows",
            )
        if self._rowless.count and self.request.output.include_original:
            yield Problem(
                "/output_mapping/include_original",
                f"there is no row of plain values in the input: {self._rowless}. Export with Transformation NONE and give "
                "its path in child_input.row, or give csv_s3_uri, or set include_original to false",
            )

    def records(self) -> Iterator[Record]:
        """The rows in the children's inputs, in place of a CSV's."""
        for number in range(1, self.spool.last + 1):
            cells = self._cells(number)
            yield Record(number, [cells.get(column, "") for column in self.columns])

    def compared(self, records: Iterable[Record], header: Sequence[str]) -> Iterator[Record]:
        """The CSV's rows; InvalidConfiguration at the first that differs from the row in its child's input."""
        for number, record in enumerate(records, start=1):
            cells = dict(zip_longest(header, record.cells[: len(header)], fillvalue=""))
            for column, cell in self._cells(number).items():
                # Of several columns with one name, an object has but one.
                if cells.get(column) != cell and header.count(column) < 2:
                    raise InvalidConfiguration([_difference(number, record, column)])
            yield record

    def result_of(self, number: int) -> RowResult:
        """The result of a row; RowNotProcessed if the Map Run has none."""
        row = self._row(number)
        return {**(row["result"] if row else _NO_RESULT), "index": number}

    def _cells(self, number: int) -> dict[str, str]:
        row = self._row(number)
        return (row and row["cells"]) or {}

    def _row(self, number: int) -> Any:
        """A row as it was kept; the last one is remembered, as its cells and its result are asked for in turn."""
        if self._last_read[0] != number:
            self._last_read = (number, self.spool.get(number))
        return self._last_read[1]


def _difference(number: int, record: Record, column: str) -> Problem:
    return Problem(
        "/child_input/row",
        f"the CSV's row {number}, line {record.line}, has another {column!r} than the input of its child: it is another "
        "CSV, or Step Functions has read it otherwise (it drops backslashes); give the CSV that was read, or leave this out",
    )
