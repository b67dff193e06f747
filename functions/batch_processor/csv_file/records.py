"""Makes records of the lines of a CSV, and refuses what could be read in two ways."""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from batch_processor.csv_file.dialect import Dialect, guess_told
from batch_processor.csv_file.fault import EndlessLine, Fault
from batch_processor.csv_file.quoted_lines import swallowed_line
from batch_processor.csv_file.raggedness import Raggedness, unsplit_told

# Cells are held in memory whole; if a quote is missing, one could be the rest of a large file.
LONGEST_CELL = 16 * 1024 * 1024
_LITERAL = 'if quotes are characters like others in this file, set csv_format.quote to "none"'
UNCLOSED = f"a quoted cell is opened and never closed; close it, double the quotes within it, or {_LITERAL}"
_DOUBT = (
    ": a stray quote may have swallowed rows. If quotes are characters like others in this file, set csv_format.quote to "
    '"none"; if they quote cells, set it to "double"'
)
_CSV_ERRORS = {
    "unexpected end of data": UNCLOSED,
    "expected after": (
        "a closing quote is followed by more text; double the quotes within a quoted cell; if a backslash stands before "
        f'them, set csv_format.escape to "backslash"; or {_LITERAL}'
    ),
    "field larger than": f"a cell has more than {LONGEST_CELL:,} characters; if it is opened by a quote, close it with one",
    "new-line character": (
        "outside of quotes there is a line break of another kind than the header's line ends in. If it belongs to a cell, put "
        'quotes around the cell, or take it out; if it ends a row, set csv_format.line_end to "any"'
    ),
}

# The csv module's own limit, 128 KiB a cell, holds for the whole process.
csv.field_size_limit(LONGEST_CELL)


class Record(NamedTuple):
    """One record of the file: the line it starts on (1-based) and its cells."""

    line: int
    cells: list[str]


class Lines(Protocol):
    """Where lines come from: whether any of them may have line breaks of another kind than their ends."""

    @property
    def has_other_breaks(self) -> bool: ...


class Records:
    """The header and then the rows, in file order. Fault for what is no CSV or could be read in two ways.

    Blank lines are no records and only counted, but those between the rows of a one-column file, which are empty cells.
    """

    def __init__(self, lines: Iterable[str], dialect: Dialect, source: Lines) -> None:
        self._lines, self._dialect, self._source = lines, dialect, source
        self.blank_lines = 0

    def __iter__(self) -> Iterator[Record]:
        dialect, source = self._dialect, self._source
        reader = dialect.reader(self._lines)
        line, before, width, doubtful = dialect.header_line, dialect.header_line - 1, -1, False
        fits, ragged = False, Raggedness(dialect.ragged, 0)
        blank: list[int] = []
        try:
            for cells in reader:
                end = reader.line_num + before
                if end > line and doubtful:
                    self._refuse_swallowed(cells, width, line)
                if source.has_other_breaks:
                    other = _other_breaks(cells, dialect.line_end)
                    before, end = before + other, end + other
                if len(cells) == width and not blank:
                    fits = True
                    yield Record(line, cells)
                elif not cells:
                    blank.append(line)
                elif width < 0:
                    self.blank_lines, blank = self.blank_lines + len(blank), []
                    width, doubtful = len(cells), not dialect.quote_certain
                    if end > line and doubtful and width > 1:
                        self._refuse_swallowed(cells, width, line)
                    ragged = Raggedness(dialect.ragged, width)
                    yield Record(line, cells)
                else:
                    if width == 1 and len(cells) > 1 and dialect.delimiter_guessed and dialect.ragged != "keep":
                        raise Fault(line, unsplit_told(cells, dialect.delimiter))
                    if width == 1:
                        yield from (Record(number, [""]) for number in blank)
                    else:
                        self.blank_lines += len(blank)
                    blank = []
                    fits = fits or len(cells) == width
                    yield Record(line, cells if len(cells) == width else ragged.shaped(line, cells))
                line = end + 1
        except EndlessLine as exc:
            raise Fault(
                line, f"it has more than {exc.limit_bytes:,} bytes and no line end; is the file a CSV?"
            ) from exc
        except csv.Error as exc:
            raise Fault(line, _explained(exc)) from exc
        self.blank_lines += len(blank)
        if not fits and (found := ragged.in_every_row()):
            raise Fault(found[0], f"{found[1]}{guess_told(dialect)}")

    def _refuse_swallowed(self, cells: list[str], width: int, line: int) -> None:
        dialect = self._dialect
        swallowed = swallowed_line(cells, dialect.delimiter, width, dialect.line_end)
        if swallowed is not None:
            looks = "could be a row of its own" if width == 1 else f"has by itself the {width} cells of a row"
            raise Fault(
                line,
                f"a quoted cell goes on over line {line + swallowed}, which {looks}{_DOUBT}",
            )


def _other_breaks(cells: list[str], line_end: str) -> int:
    """How many lines, as an editor counts them, the cells have beyond those that end as rows do."""
    if not line_end:
        return 0
    broken = [cell for cell in cells if "\n" in cell or "\r" in cell]
    return sum(cell.count("\n") + cell.count("\r") - cell.count("\r\n") - cell.count(line_end) for cell in broken)


def _explained(exc: csv.Error) -> str:
    return next((words for sign, words in _CSV_ERRORS.items() if sign in str(exc)), str(exc))
