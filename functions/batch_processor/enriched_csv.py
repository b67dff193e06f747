"""Writes the output CSV: the original cells as they are, the new columns, and each row's status. RFC 4180."""

import csv
import json
from collections.abc import Callable, Iterable
from typing import TextIO

from batch_processor.cell import escape_formula, without_lone_surrogates
from batch_processor.contract import METADATA_COLUMNS, SURPLUS_COLUMN, Loaded, Plan, RowResult
from batch_processor.csv_input import Record
from batch_processor.errors import RowCountMismatch
from batch_processor.summary import Tally

NO_RESULT: RowResult = {
    "index": 0,
    "status": "FAILED",
    "error": "RowNotProcessed",
    "message": "The batch has no result for this row.",
}


def write_enriched_csv(
    sink: TextIO, records: Iterable[Record], result_of: Callable[[int], RowResult], plan: Plan, loaded: Loaded
) -> Tally:
    """Writes the header and every row of `records` (rows only) once, in order; RowCountMismatch if that fails."""
    writer = csv.writer(sink, lineterminator="\r\n")
    layout = _Layout(plan, loaded)
    writer.writerow(layout.header())
    tally = Tally()
    for index, record in enumerate(records, start=1):
        result = result_of(index)
        writer.writerow(layout.row(record.cells, result))
        tally.count(index, result)
    if tally.row_count != loaded["row_count"]:
        raise RowCountMismatch(
            f"The input had {loaded['row_count']} rows when it was loaded; now it has {tally.row_count}. No output was written."
        )
    return tally


class _Layout:
    """The columns of one output file and what stands in them."""

    def __init__(self, plan: Plan, loaded: Loaded) -> None:
        self._output = plan["output"]
        self._original = plan["source"]["header"]
        self._names = [column["name"] for column in self._output["columns"]]
        self._surplus = self._output["include_original"] and loaded["surplus_cells"]

    def header(self) -> list[str]:
        original = self._original if self._output["include_original"] else []
        metadata = METADATA_COLUMNS if self._output["add_metadata"] else ()
        return [*original, *self._names, *metadata, *([SURPLUS_COLUMN] if self._surplus else [])]

    def row(self, cells: list[str], result: RowResult) -> list[str]:
        row = self._originals(cells) if self._output["include_original"] else []
        row += map(self._generated, result.get("cells") or [""] * len(self._names))
        if self._output["add_metadata"]:
            row += [result["status"], self._generated(reason(result)), result.get("at", ""), str(result.get("ms", ""))]
        if self._surplus:
            row.append(self._surplus_of(cells))
        return row

    def _originals(self, cells: list[str]) -> list[str]:
        width = len(self._original)
        return cells[:width] + [""] * (width - len(cells))

    def _surplus_of(self, cells: list[str]) -> str:
        surplus = cells[len(self._original) :]
        return json.dumps(surplus, ensure_ascii=False) if surplus else ""

    def _generated(self, text: str) -> str:
        return escape_formula(text) if self._output["escape_formulas"] else text


def reason(result: RowResult) -> str:
    """The failure in words, empty for a success; the generic name of a failed task says nothing and is left out."""
    if result["status"] == "SUCCESS":
        return ""
    error, message = result.get("error", ""), result.get("message", "")
    parts = [message] if error in ("States.TaskFailed", "States.Timeout") else [error, message]
    return without_lone_surrogates(": ".join(part for part in parts if part))
