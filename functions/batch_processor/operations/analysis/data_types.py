"""Finds out what all cells of a column could be taken for without losing anything."""

from collections.abc import Callable, Iterable

from batch_processor.operations.analysis import cell_kinds as kinds
from batch_processor.operations.analysis.number_formats import formats_of

_TESTS: dict[str, Callable[[str], bool]] = {
    "integer": kinds.is_integer,
    "number": kinds.is_number,
    "json": kinds.is_json,
    "time": kinds.is_time,
}


class PossibleTypes:
    """The types that no cell so far speaks against, and the formats in which all of them are dates."""

    def __init__(self) -> None:
        self._tests = dict(_TESTS)
        self._dates: set[str] | None = None
        self._datetimes: set[str] | None = None
        self._numbers: set[str] | None = None
        self._words: set[str] | None = set()

    def add(self, cells: Iterable[str]) -> None:
        """Takes notice of cells that are not empty."""
        cells = list(cells)
        self._tests = {name: test for name, test in self._tests.items() if all(map(test, cells))}
        self._dates = _common(self._dates, cells, kinds.date_formats)
        self._datetimes = _common(self._datetimes, cells, kinds.datetime_formats)
        self._numbers = _common(self._numbers, cells, formats_of)
        if self._words is not None:
            self._words |= {cell.strip().lower() for cell in cells}
            if kinds.truth_of(self._words) is None and len(self._words) > 1:
                self._words = None

    @property
    def truth(self) -> set[str] | None:
        """The words for true and false, if the cells are nothing else."""
        return kinds.truth_of(self._words) if self._words else None

    @property
    def dates(self) -> frozenset[str]:
        """The formats in which all cells are days; more than one if day and month could be either."""
        return frozenset(self._dates or ())

    @property
    def datetimes(self) -> frozenset[str]:
        """The same of cells that have a time, too."""
        return frozenset(self._datetimes or ())

    @property
    def numbers(self) -> frozenset[str]:
        """The ways of writing numbers that all cells have; two if the decimal mark could be either."""
        return frozenset(self._numbers or ())

    def may_be(self, name: str) -> bool:
        """Whether all cells are of that type."""
        return name in self._tests


def _common(known: set[str] | None, cells: list[str], formats: Callable[[str], tuple[str, ...]]) -> set[str] | None:
    for cell in cells:
        if known is not None and not known:
            break
        found = set(formats(cell))
        known = found if known is None else known & found
    return known
