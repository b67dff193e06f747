"""What becomes of rows that have more or fewer cells than the header."""

from typing import Literal

from batch_processor.csv_file.csv_format import Ragged
from batch_processor.csv_file.dialect import delimiter_name
from batch_processor.csv_file.fault import Fault

# One row alone may be just that, a ragged row.
_SEVERAL = 2
_PAD = 'set csv_format.ragged to "pad"'


class Raggedness:
    """Takes ragged rows as the dialect says, and remembers in which ways they were ragged."""

    def __init__(self, mode: Ragged | Literal["keep"], width: int) -> None:
        self._mode, self._width = mode, width
        self._ways: set[str | int] = set()
        self._first: tuple[int, int] | None = None
        self._count = 0

    def shaped(self, line: int, cells: list[str]) -> list[str]:
        """The cells of a ragged row as they are to be taken; Fault if the batch is to be refused for it."""
        count, width = len(cells), self._width
        if self._mode == "pad":
            return padded(cells, width)
        if self._mode == "refuse":
            raise Fault(line, f"it has {has_cells(count, width)}, and such rows are refused{_way_out(cells, width)}")
        if self._mode == "fail":
            self._note(line, cells)
        return cells

    def _note(self, line: int, cells: list[str]) -> None:
        count, width = len(cells), self._width
        self._count += 1
        self._first = self._first or (line, count)
        self._ways.add("short" if count < width else "empty" if not any(cells[width:]) else count)

    def in_every_row(self) -> tuple[int, str] | None:
        """If all rows are ragged in one way, as is known once no row was not: the first of them, and what to do."""
        if self._first is None or len(self._ways) > 1 or self._count < _SEVERAL:
            return None
        (line, count), (way,) = self._first, self._ways
        told = f"it has {has_cells(count, self._width)}, and no row has as many"
        if way == "short":
            return line, f"{told}. If empty cells at the end were left out, {_PAD}"
        if way == "empty":
            return line, f"{told}: all end in delimiters that the header lacks. To drop these empty cells, {_PAD}"
        return line, f"{told}. Give the header a name for each column; programs like R leave out that of the first"


def padded(cells: list[str], width: int) -> list[str]:
    """The cells with empty ones at the end added, or dropped if all of them are."""
    if len(cells) < width:
        return cells + [""] * (width - len(cells))
    return cells if any(cells[width:]) else cells[:width]


def has_cells(count: int, width: int) -> str:
    """How many cells there are, and how many there should be."""
    return f"{count} cell{'' if count == 1 else 's'}, the header has {width}"


def unsplit_told(cells: list[str], delimiter: str) -> str:
    """Why a row of several cells is doubted where the header has one, and what to do."""
    return (
        f"it has {has_cells(len(cells), 1)}, where nothing shows that {delimiter_name(delimiter)} separates cells. If the file "
        'has one column, set csv_format.delimiter to a character that it lacks, as "tab"; else give the header a name for each '
        "column"
    )


def ragged_told(line: int, cells: list[str], width: int, guess: str) -> str:
    """Why a ragged row fails: how many cells it has, and the setting by which it would fit, if one does."""
    return f"Line {line} has {has_cells(len(cells), width)}{guess}{_way_out(cells, width)}."


def _way_out(cells: list[str], width: int) -> str:
    return f'; csv_format.ragged "pad" would {_would(cells, width)}' if len(padded(cells, width)) == width else ""


def _would(cells: list[str], width: int) -> str:
    return "add empty ones" if len(cells) < width else "drop the empty ones at its end"
