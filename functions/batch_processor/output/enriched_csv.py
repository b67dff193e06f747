"""Writes the output CSV: the original cells as they are, the new columns, and each row's status. RFC 4180, or as said."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TextIO

from batch_processor.contract import Loaded, Plan, RowRange, RowResult
from batch_processor.csv_file.dialect import OWN
from batch_processor.csv_file.records import Record
from batch_processor.errors import RowCountMismatch
from batch_processor.loading.original_rows import LINE_END
from batch_processor.output.layout import Layout, written_form
from batch_processor.output.pieces import row_count
from batch_processor.results.tally import Tally

if TYPE_CHECKING:
    from _csv import Writer

_BYTE_ORDER_MARK = "\ufeff"
# So many rows are written at a time where lines are copied: the answers of no more of them are held in memory.
_ROWS_AT_ONCE = 100


class EnrichedCsv:
    """The CSV of one batch, written into `sink` from its beginning or from any row on; `tally` counts what it wrote."""

    def __init__(self, sink: TextIO, plan: Plan, loaded: Loaded, tally: Tally) -> None:
        written = written_form(plan["output"])
        self._sink, self._mark = sink, _BYTE_ORDER_MARK if written["bom"] else ""
        self._delimiter = written["delimiter"]
        self._writer = self._writer_into(sink)
        self._layout = Layout(plan, loaded)
        self._tally = tally

    @property
    def copies_lines(self) -> bool:
        """Whether original rows stand in the output just as they do in the work folder, so that `write_lines` may be used."""
        return self._delimiter == OWN.delimiter and self._layout.begins_as_original

    def write_header(self, original: Sequence[str]) -> None:
        """Writes the mark, if there is to be one, and the names of the columns; `original` are those of the input."""
        self._sink.write(self._mark)
        self._writer.writerow(self._layout.header(original))

    def write_rows(self, records: Iterable[Record], results: Iterable[RowResult], rows: RowRange) -> None:
        """Writes every record with its result, in order; RowCountMismatch if they are not as many as the rows."""
        remaining, before = iter(records), self._tally.row_count
        write, row, count = self._writer.writerow, self._layout.row, self._tally.count
        for result, record in zip(results, remaining, strict=False):
            write(row(record.cells, result))
            count(result)
        self._check_count(before, remaining, rows)

    def write_lines(self, lines: Iterable[str], results: Iterable[RowResult], rows: RowRange) -> None:
        """As `write_rows`, byte for byte, of rows as `original_lines` has them; only if `copies_lines`."""
        remaining, settled, before = iter(lines), iter(results), self._tally.row_count
        while some := list(islice(settled, _ROWS_AT_ONCE)):
            originals = list(islice(remaining, len(some)))
            self._copy(originals, some[: len(originals)])
        self._check_count(before, remaining, rows)

    def _copy(self, lines: list[str], results: list[RowResult]) -> None:
        # A row's text begins with the delimiter, as its first cell is an empty one that stands for the line.
        texts: list[str] = []
        self._writer_into(SimpleNamespace(write=texts.append)).writerows(self._layout.behind_originals(results))
        for number in self._layout.ragged(lines):
            cells = next(OWN.reader([lines[number]]))
            self._writer_into(SimpleNamespace(write=texts.append)).writerow(self._layout.row(cells, results[number]))
            lines[number], texts[number] = "", texts.pop()
        self._sink.write("".join(chain.from_iterable(zip(lines, texts, strict=True))))
        self._tally.count_all(results)

    def _writer_into(self, sink: Any) -> "Writer":
        return csv.writer(sink, delimiter=self._delimiter, lineterminator=LINE_END)

    def _check_count(self, before: int, remaining: Iterator[object], rows: RowRange) -> None:
        found_count, expected_count = self._tally.row_count - before + sum(1 for _ in remaining), row_count(rows)
        if found_count != expected_count:
            where = "" if rows["first"] == 1 else f" from row {rows['first']} on"
            raise RowCountMismatch(
                f"The input had {expected_count} rows{where} when it was loaded; now it has {found_count}. No output was written."
            )
