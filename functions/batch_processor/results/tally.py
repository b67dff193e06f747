"""Counts what became of rows, in memory that does not grow with them; the tallies of parts add up."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TypedDict

from batch_processor.contract import Plan, RowResult
from batch_processor.document.json_value import without_lone_surrogates

_ERRORS_LISTED = 20
# Each row may fail for a reason of its own: beyond the most, only the most frequent reasons are kept.
_MOST_REASONS, _REASONS_KEPT = 2_000, 1_000

Reason = tuple[str, str]


class CountedError(TypedDict):
    """A reason of failures, how many rows it befell, and the first of them."""

    error: str
    message: str
    count: int
    first_row: int


class TallyDocument(TypedDict):
    """A tally as JSON."""

    statuses: dict[str, int]
    errors: list[CountedError]
    timed_rows: int
    milliseconds: int
    taken_over: int


@dataclass(slots=True)
class Tally:
    """Rows by status, failures by reason with the first row of each, and the time that rows took.

    A success older than `begun` was taken over from the batch that this one resumes; "" if it resumes none.
    """

    begun: str = ""
    statuses: Counter[str] = field(default_factory=Counter)
    failures: Counter[Reason] = field(default_factory=Counter)
    first_rows: dict[Reason, int] = field(default_factory=dict)
    timed_rows: int = 0
    milliseconds: int = 0
    taken_over: int = 0
    row_batches: int = 0

    @property
    def row_count(self) -> int:
        return self.statuses.total()

    @property
    def counts(self) -> dict[str, int]:
        """Rows by status, in the words of summaries and reports."""
        return {
            "rows_succeeded": self.statuses["SUCCESS"],
            "rows_failed": self.statuses["FAILED"],
            "rows_timed_out": self.statuses["TIMEOUT"],
        }

    def count(self, result: RowResult) -> None:
        """Counts one row."""
        status = result["status"]
        self.statuses[status] += 1
        if status != "SUCCESS":
            self._blame(result.get("error", ""), result.get("message", ""), 1, result["index"])
        elif self.begun and result.get("at", self.begun) < self.begun:
            self.taken_over += 1
        if "ms" in result:
            self.timed_rows += 1
            self.milliseconds += result["ms"]

    def add(self, document: TallyDocument) -> None:
        """Adds the tally of a row batch."""
        self.row_batches += 1
        self.statuses.update(document["statuses"])
        for counted in document["errors"]:
            self._blame(counted["error"], counted["message"], counted["count"], counted["first_row"])
        self.timed_rows += document["timed_rows"]
        self.milliseconds += document["milliseconds"]
        self.taken_over += document["taken_over"]

    def as_json(self) -> TallyDocument:
        """The tally in the form that `add` takes."""
        return {
            "statuses": dict(self.statuses),
            "errors": list(map(self._counted, self._most_frequent())),
            "timed_rows": self.timed_rows,
            "milliseconds": self.milliseconds,
            "taken_over": self.taken_over,
        }

    def errors(self) -> list[CountedError]:
        """The most frequent failures, each with its count and the first row it befell."""
        return list(map(self._counted, self._most_frequent()[:_ERRORS_LISTED]))

    def _blame(self, error: str, message: str, count: int, row: int) -> None:
        reason = (error, without_lone_surrogates(message))
        self.failures[reason] += count
        self.first_rows[reason] = min(row, self.first_rows.get(reason, row))
        if len(self.failures) > _MOST_REASONS:
            self._forget_the_rarest()

    def _forget_the_rarest(self) -> None:
        kept = self._most_frequent()[:_REASONS_KEPT]
        self.failures = Counter({reason: self.failures[reason] for reason in kept})
        self.first_rows = {reason: self.first_rows[reason] for reason in kept}

    def _most_frequent(self) -> list[Reason]:
        return sorted(self.failures, key=lambda reason: (-self.failures[reason], self.first_rows[reason]))

    def _counted(self, reason: Reason) -> CountedError:
        error, message = reason
        return {
            "error": error,
            "message": message,
            "count": self.failures[reason],
            "first_row": self.first_rows[reason],
        }


def tally_of(plan: Plan) -> Tally:
    """The empty tally of the plan's batch."""
    return Tally(begun=plan["batch"]["started_at"] if "earlier" in plan else "")
