"""Gathers what the cells of a column tell while the rows go by; what is kept does not grow with the file."""

from collections.abc import Sequence

from batch_processor.operations.analysis.data_types import PossibleTypes

# So many different cells are told apart exactly, and so many are kept to be looked at.
MOST_DISTINCT = 10_000
_MOST_DISTINCT_CHARACTERS = 2_000_000
MOST_KEPT, _LONGEST_KEPT = 1_000, 4_000
_LONGEST_EXAMPLE = 80
_EXAMPLES = 3


class Column:
    """A column: its cells in number, and of some of them the text."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells = self.empty_cells = self.longest = 0
        self.types = PossibleTypes()
        self.kept: list[str] = []
        self.distinct_is_exact = True
        self._seen: set[str] = set()
        self._seen_characters = 0
        self._stride, self._skipped = 1, 0

    @property
    def distinct(self) -> int:
        """How many different cells there are, at least."""
        return len(self._seen)

    @property
    def filled(self) -> int:
        """How many cells are not empty."""
        return self.cells - self.empty_cells

    @property
    def values(self) -> frozenset[str]:
        """The different cells, as far as they are told apart."""
        return frozenset(self._seen)

    @property
    def mean_words(self) -> float:
        """How many words a cell has on average."""
        return sum(len(cell.split()) for cell in self.kept) / len(self.kept) if self.kept else 0.0

    @property
    def examples(self) -> list[str]:
        """The first different cells, long ones cut with a mark."""
        shown = list(dict.fromkeys(self.kept))[:_EXAMPLES]
        return [cell if len(cell) <= _LONGEST_EXAMPLE else f"{cell[:_LONGEST_EXAMPLE]}…" for cell in shown]

    def add(self, cells: Sequence[str]) -> None:
        """Takes notice of the cells of some rows."""
        different = set(cells)
        filled = {cell for cell in different if cell.strip()}
        self.cells += len(cells)
        self.empty_cells += sum(map(cells.count, different - filled)) if different != filled else 0
        self.longest = max(self.longest, max(map(len, different), default=0))
        self.types.add(filled - self._seen)
        self._keep([cell for cell in cells if cell in filled])
        self._tell_apart(filled)

    def _keep(self, filled: list[str]) -> None:
        """Every cell at first, later every second, fourth and so on: spread evenly over all that was read."""
        self.kept += [cell[:_LONGEST_KEPT] for cell in filled[(-self._skipped) % self._stride :: self._stride]]
        self._skipped += len(filled)
        while len(self.kept) >= 2 * MOST_KEPT:
            self.kept, self._stride = self.kept[::2], self._stride * 2

    def _tell_apart(self, filled: set[str]) -> None:
        if not self.distinct_is_exact:
            return
        new = filled - self._seen
        self._seen_characters += sum(map(len, new))
        self._seen |= new
        self.distinct_is_exact = len(self._seen) <= MOST_DISTINCT and self._seen_characters <= _MOST_DISTINCT_CHARACTERS
