"""Makes the rows that the state machine works on, as lines of JSON: per row the cells that the plan uses, or why it is unfit."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from json.encoder import encode_basestring as quoted
from operator import itemgetter

from batch_processor import limits
from batch_processor.contract import Plan
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.header import width_of
from batch_processor.csv_file.records import Record
from batch_processor.errors import BatchTooLarge, InvalidCsv
from batch_processor.loading.row_fitness import EMPTY_ROW, RowFitness

# Characters that JSON does not escape, and that some readers of lines take for line ends.
_BLANKS = 8
_LINE_SEPARATORS = {"\u0085": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


@dataclass(frozen=True, slots=True)
class RowsFound:
    """What reading the rows found out about all of them; `line_bytes` is what they take as JSON Lines."""

    row_count: int
    line_bytes: int
    blank_lines: int = 0
    surplus_cells: bool = False


class RowLines:
    """The rows of a CSV, one by one: each as a line of JSON, with the record that it was made of.

    InvalidCsv for bytes that are no CSV, and for an unfit row where errors end the batch.
    """

    def __init__(self, csv_input: CsvInput, plan: Plan, fitness: RowFitness) -> None:
        self._csv_input, self._fitness = csv_input, fitness
        self._width = width_of(plan["source"])
        self._cap = plan.get("most_rows")
        most_rows = self._cap or limits.MOST_ITEMS
        self._most_rows, self._is_trial = min(plan.get("max_rows", most_rows), most_rows), "max_rows" in plan
        self._unfit_ends = not plan["execution"]["continue_on_error"]
        columns = plan["input"]["columns"]
        self._columns = tuple(columns)
        self._cells_in_use = _picker(list(columns.values()))
        cells = ",".join(f"{quoted(address)}:".replace("%", "%%") + "%s" for address in columns)
        self._form = f'{{"index":%d,"row":{{{cells}}}}}'
        self._row_count, self._surplus_cells = 0, False

    def found(self, line_bytes: int) -> RowsFound:
        """What the rows read so far have shown; `line_bytes` is what they take as JSON Lines."""
        return RowsFound(self._row_count, line_bytes, self._csv_input.blank_lines, self._surplus_cells)

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        records = self._csv_input.records()
        next(records)  # the header
        width, form, cells_in_use, fit = self._width, self._form, self._cells_in_use, self._fitness.fit_characters
        # Lines as short as this may be of rows that are empty, or blank but for a few characters.
        short = len(form % (limits.MOST_ITEMS, *['""'] * len(self._columns))) + _BLANKS
        for index, record in enumerate(islice(records, self._most_rows), start=1):
            self._row_count = index
            cells = record.cells
            line = form % (index, *map(quoted, cells_in_use(cells))) if len(cells) == width else ""
            if not short < len(line) <= fit:
                line = self._judge(index, record, line)
            yield line, record
        if not self._is_trial and next(records, None):
            raise BatchTooLarge(self._too_many())

    def _too_many(self) -> str:
        if self._cap is None:
            return f"The CSV has more than {limits.MOST_ITEMS:,} rows, the most that a Distributed Map takes. Split the file."
        return (
            f"The CSV has more than {self._cap:,} rows, the most that this stack runs in one batch (parameter MostRows). Split "
            f"the file, run the first rows with max_rows {self._cap}, or ask whoever deploys the stack for a higher MostRows."
        )

    def _judge(self, index: int, record: Record, line: str) -> str:
        self._surplus_cells |= len(record.cells) > self._width
        problem = self._fitness.problem(record, line)
        if problem is None:
            return line
        error, message = problem
        if self._unfit_ends and error != EMPTY_ROW:
            raise InvalidCsv(f"Row {index}: {message} Nothing was run, as continue_on_error is false.")
        return f'{{"index":{index},"row":{{}},"problem":{{"error":{quoted(error)},"message":{quoted(message)}}}}}'


def _picker(positions: Sequence[int]) -> Callable[[list[str]], Sequence[str]]:
    if len(positions) > 1:
        return itemgetter(*positions)
    return lambda cells: [cells[position] for position in positions]


def json_lines(lines: Iterable[str]) -> bytes:
    """The lines as a part of a file of JSON Lines."""
    text = "".join(f"{line}\n" for line in lines)
    if not text.isascii():
        for separator, escaped in _LINE_SEPARATORS.items():
            text = text.replace(separator, escaped)
    return text.encode()
