"""Writes the output CSV: the original cells as they are, the new columns, and each row's status. RFC 4180, or as said."""

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from typing import TextIO

from batch_processor.contract import METADATA_COLUMNS, SURPLUS_COLUMN, Loaded, Plan, RowRange, RowResult, WrittenCsv
from batch_processor.csv_file.formula import neutraliser
from batch_processor.csv_file.header import width_of
from batch_processor.csv_file.records import Record
from batch_processor.document.json_value import without_lone_surrogates
from batch_processor.errors import RowCountMismatch
from batch_processor.output.pieces import row_count
from batch_processor.results.tally import Tally

_RFC_4180 = WrittenCsv(delimiter=",", bom=False)
_BYTE_ORDER_MARK = "\ufeff"


class EnrichedCsv:
    """The CSV of one batch, written into `sink` from its beginning or from any row on; `tally` counts what it wrote."""

    def __init__(self, sink: TextIO, plan: Plan, loaded: Loaded, tally: Tally) -> None:
        written = plan["output"].get("csv", _RFC_4180)
        self._sink, self._mark = sink, _BYTE_ORDER_MARK if written["bom"] else ""
        self._writer = csv.writer(sink, delimiter=written["delimiter"], lineterminator="\r\n")
        self._layout = _Layout(plan, loaded)
        self._tally = tally

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
        found_count, expected_count = self._tally.row_count - before + sum(1 for _ in remaining), row_count(rows)
        if found_count != expected_count:
            where = "" if rows["first"] == 1 else f" from row {rows['first']} on"
            raise RowCountMismatch(
                f"The input had {expected_count} rows{where} when it was loaded; now it has {found_count}. No output was written."
            )


class _Layout:
    """The columns of one output file and what stands in them."""

    def __init__(self, plan: Plan, loaded: Loaded) -> None:
        output = plan["output"]
        self._width = width_of(plan["source"])
        self._names = [column["name"] for column in output["columns"]]
        self._with_original, self._with_metadata = output["include_original"], output["add_metadata"]
        self._with_surplus = self._with_original and loaded["surplus_cells"]
        delimiter = output.get("csv", _RFC_4180)["delimiter"]
        self._generated: Callable[[str], str] = neutraliser(delimiter) if output["escape_formulas"] else str

    def header(self, original: Sequence[str]) -> list[str]:
        metadata = METADATA_COLUMNS if self._with_metadata else ()
        return [
            *(original if self._with_original else ()),
            *map(self._generated, self._names),
            *metadata,
            *([SURPLUS_COLUMN] if self._with_surplus else []),
        ]

    def row(self, cells: list[str], result: RowResult) -> list[str]:
        row = self._originals(cells) if self._with_original else []
        row += map(self._generated, result.get("cells") or [""] * len(self._names))
        if self._with_metadata:
            why = "" if result["status"] == "SUCCESS" else self._generated(reason(result))
            row += [result["status"], why, result.get("at", ""), str(result.get("ms", ""))]
        if self._with_surplus:
            row.append(self._surplus_of(cells))
        return row

    def _originals(self, cells: list[str]) -> list[str]:
        width = self._width
        return cells[:width] if len(cells) >= width else cells + [""] * (width - len(cells))

    def _surplus_of(self, cells: list[str]) -> str:
        # Original cells, and as they are: whoever reads the JSON finds what was in the input.
        surplus = cells[self._width :]
        return json.dumps(surplus, ensure_ascii=False) if surplus else ""


def reason(result: RowResult) -> str:
    """The failure in words, empty for a success; the generic name of a failed task says nothing and is left out."""
    if result["status"] == "SUCCESS":
        return ""
    error, message = result.get("error", ""), result.get("message", "")
    parts = [message] if error in ("States.TaskFailed", "States.Timeout") else [error, message]
    return without_lone_surrogates(": ".join(part for part in parts if part))
