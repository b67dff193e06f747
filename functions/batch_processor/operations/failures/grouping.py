"""Groups failed rows by why they failed: by cause and error, and within these by their words, but for numbers and quotes."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from batch_processor.operations.failures.stored_failures import FailedRow
from batch_processor.results.causes import Cause, cause_of
from batch_processor.results.reasons import words_in_common

MOST_GROUPS = 12
FIRST_ROWS = 5
# Each row may fail in words of its own.
_MOST_KEPT = 500
OTHERS = "(others)"


@dataclass(slots=True)
class Group:
    """Failed rows of one reason; `example` is what the first of them says."""

    cause: Cause
    error: str
    count: int = 0
    first_rows: list[int] = field(default_factory=list)
    example: str = ""

    def add(self, row: int, message: str, count: int = 1) -> None:
        """Takes in rows, of which this is the first."""
        if not self.first_rows or row < self.first_rows[0]:
            self.example = message or self.example
        self.count += count
        self.first_rows = sorted({*self.first_rows, row})[:FIRST_ROWS]

    def join(self, other: "Group") -> None:
        """Takes in the rows of another group."""
        if other.first_rows and (not self.first_rows or other.first_rows[0] < self.first_rows[0]):
            self.example = other.example
        self.count += other.count
        self.first_rows = sorted({*self.first_rows, *other.first_rows})[:FIRST_ROWS]


_Key = tuple[str, str, tuple[str, ...]]


def grouped(failed: Iterable[FailedRow]) -> list[Group]:
    """The groups, the largest first; beyond MOST_GROUPS those of one cause are one, named `(others)`."""
    groups: dict[_Key, Group] = {}
    for row in failed:
        cause = cause_of(row.error, row.message)
        key: _Key = (cause, row.error, words_in_common(row.message))
        if key not in groups and len(groups) >= _MOST_KEPT:
            key = (cause, OTHERS, ())
        groups.setdefault(key, Group(cause, key[1])).add(row.row, row.message)
    return summed_up(list(groups.values()))


def summed_up(groups: list[Group]) -> list[Group]:
    """At most MOST_GROUPS groups, unless there are more causes; no row is lost."""
    ranked = sorted(groups, key=_rank)
    if len(ranked) <= MOST_GROUPS:
        return ranked
    causes = {group.cause for group in ranked}
    kept = ranked[: max(MOST_GROUPS - len(causes), 0)]
    others: dict[Cause, Group] = {}
    for group in ranked[len(kept) :]:
        others.setdefault(group.cause, Group(group.cause, OTHERS)).join(group)
    return sorted([*kept, *others.values()], key=_rank)


def _rank(group: Group) -> tuple[int, int]:
    return -group.count, group.first_rows[0] if group.first_rows else 0
