"""What the columns of an output CSV are, and what stands in them in each row."""

import json
from collections.abc import Callable, Sequence
from itertools import chain

from batch_processor.contract import METADATA_COLUMNS, SURPLUS_COLUMN, Loaded, Output, Plan, RowResult, WrittenCsv
from batch_processor.csv_file.dialect import OWN
from batch_processor.csv_file.formula import may_have_force, neutraliser
from batch_processor.csv_file.header import width_of
from batch_processor.document.json_value import without_lone_surrogates

_RFC_4180 = WrittenCsv(delimiter=",", bom=False)


def written_form(output: Output) -> WrittenCsv:
    """The delimiter of the output CSV, and whether it begins with a mark: as RFC 4180 has it, where nothing is said."""
    return output.get("csv", _RFC_4180)


class Layout:
    """The columns of one output file and what stands in them."""

    def __init__(self, plan: Plan, loaded: Loaded) -> None:
        output = plan["output"]
        self._width = width_of(plan["source"])
        self._names = [column["name"] for column in output["columns"]]
        self._with_original, self._with_metadata = output["include_original"], output["add_metadata"]
        self._with_surplus = self._with_original and loaded["surplus_cells"]
        self._escapes = output["escape_formulas"]
        delimiter = written_form(output)["delimiter"]
        self._generated: Callable[[str], str] = neutraliser(delimiter) if self._escapes else str
        self._blank = [""] * len(self._names)

    @property
    def begins_as_original(self) -> bool:
        """Whether a row begins with its original cells, and neither is one cell all there is of it nor all of its output.

        A cell that is alone is written otherwise than among others, if it is empty.
        """
        return self._with_original and self._width > 1 and (bool(self._names) or self._with_metadata)

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
        row += map(self._generated, result.get("cells") or self._blank)
        if self._with_metadata:
            row += [result["status"], self._why(result), result.get("at", ""), str(result.get("ms", ""))]
        if self._with_surplus:
            row.append(self._surplus_of(cells))
        return row

    def behind_originals(self, results: Sequence[RowResult]) -> list[list[str | int]]:
        """What follows the original cells in each of these rows, if they are as many as the header's: at first, an empty cell."""
        generated = self._all_generated([result.get("cells") or self._blank for result in results])
        surplus = [""] if self._with_surplus else []
        if not self._with_metadata:
            return [["", *cells, *surplus] for cells in generated]
        whys = ["" if result["status"] == "SUCCESS" else self._why(result) for result in results]
        return [
            ["", *cells, result["status"], why, result.get("at", ""), result.get("ms", ""), *surplus]
            for result, cells, why in zip(results, generated, whys, strict=True)
        ]

    def ragged(self, lines: Sequence[str]) -> list[int]:
        """The positions of those lines that have not as many cells as the header."""
        # Written by csv.writer, all quotes are in pairs: every second stretch between them is within a quoted cell.
        bare = "".join("\n".join(lines).split('"')[::2]).split("\n")
        delimiters = self._width - 1
        return [number for number, line in enumerate(bare) if line.count(OWN.delimiter) != delimiters]

    def _all_generated(self, rows: list[list[str]]) -> list[list[str]]:
        if not self._escapes or not may_have_force("".join(chain.from_iterable(rows))):
            return rows
        return [[*map(self._generated, cells)] for cells in rows]

    def _why(self, result: RowResult) -> str:
        return "" if result["status"] == "SUCCESS" else self._generated(reason(result))

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
