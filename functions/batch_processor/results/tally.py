"""Counts what became of rows, in memory that does not grow with them; the tallies of parts add up."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NotRequired, TypedDict

from batch_processor.contract import FAILURES, Output, Plan, RowResult
from batch_processor.cost.counted import EXPRESS
from batch_processor.cost.express import billed_ms
from batch_processor.results.causes import UNFIT, UNREADABLE, cause_of
from batch_processor.results.named_errors import NamedError, named_errors
from batch_processor.results.reasons import CountedError, Reasons

_NO_CELLS: list[str] = []
BatchStatus = Literal["SUCCEEDED", "COMPLETED_WITH_ERRORS", "ALL_ROWS_FAILED", "PARTIAL", "FAILED"]


class TallyDocument(TypedDict):
    """A tally as JSON."""

    statuses: dict[str, int]
    errors: list[CountedError]
    timed_rows: int
    milliseconds: int
    taken_over: int
    row_batches: NotRequired[int]
    empty_rows: NotRequired[int]
    unfilled: NotRequired[list[str]]
    causes: NotRequired[dict[str, int]]
    paid: NotRequired[dict[str, int]]
    duplicates: NotRequired[dict[str, int]]
    cached: NotRequired[int]


@dataclass(slots=True)
class Tally:
    """Rows by status, failures by reason, the time that rows took, and what of the answers was empty.

    A success older than `begun` was taken over from the batch that this one resumes; "" if it resumes none.
    `empty_rows` counts answered rows whose every new cell is empty, `unfilled` has the new `columns` that are empty in
    all rows that were answered. `causes` counts failures by the vocabulary of causes.py, and `paid` what this batch itself has
    paid for: `rows` it has called the target for, the `calls`, the `extractions` of answers, and tokens that answers tell of.
    Rows that were not asked for are `duplicates` of earlier ones, by status, or have a `cached` answer of an earlier batch.
    With `is_express` rows ran in an Express child, all but those `left` by it: of these `paid` has the same counts once more,
    under names that begin with "express_", and besides how many `ran`, `failed` and were `skipped`.
    """

    begun: str = ""
    columns: tuple[str, ...] = ()
    is_express: bool = False
    left: Collection[int] = ()
    statuses: Counter[str] = field(default_factory=Counter)
    reasons: Reasons = field(default_factory=Reasons)
    timed_rows: int = 0
    milliseconds: int = 0
    taken_over: int = 0
    row_batches: int = 0
    empty_rows: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    duplicates: Counter[str] = field(default_factory=Counter)
    cached: int = 0
    unfilled: set[str] = field(init=False)

    def __post_init__(self) -> None:
        self.unfilled = set(self.columns)

    @property
    def row_count(self) -> int:
        return self.statuses.total()

    @property
    def counts(self) -> dict[str, int]:
        """Rows by status, in the words of summaries, metrics and messages.

        The total is that of succeeded, failed, skipped and not run; rows that timed out have failed.
        """
        return {
            "rows_total": self.row_count,
            "rows_succeeded": self.statuses["SUCCESS"],
            "rows_failed": sum(self.statuses[status] for status in FAILURES),
            "rows_timed_out": self.statuses["TIMEOUT"],
            "rows_skipped": self.statuses["SKIPPED"],
            "rows_not_run": self.statuses["NOT_RUN"],
        }

    @property
    def batch_status(self) -> BatchStatus:
        """The status of a batch that got to its end."""
        counts = self.counts
        if counts["rows_failed"] and not counts["rows_succeeded"]:
            return "ALL_ROWS_FAILED"
        return "COMPLETED_WITH_ERRORS" if counts["rows_failed"] or counts["rows_not_run"] else "SUCCEEDED"

    def count(self, result: RowResult) -> None:
        """Counts one row."""
        status = result["status"]
        self.statuses[status] += 1
        is_duplicate, is_cached = "duplicate_of" in result, result.get("cached", False)
        is_unasked = is_duplicate or is_cached
        is_earlier = not is_unasked and bool(self.begun) and result.get("at", self.begun) < self.begun
        self.cached += is_cached
        if is_duplicate:
            self.duplicates[status] += 1
        if status == "SUCCESS":
            self.taken_over += is_earlier
            self._look_at(result.get("cells") or [])
        elif status in FAILURES:
            error, message = result.get("error", ""), result.get("message", "")
            self.reasons.count(error, message, result["index"])
            self.causes[cause_of(error, message)] += 1
        if status in ("SUCCESS", *FAILURES) and not is_earlier and not is_unasked:
            self._count_paid(result)
        if (
            self.is_express
            and not is_earlier
            and not is_unasked
            and status != "NOT_RUN"
            and result["index"] not in self.left
        ):
            self._count_in_express(result)
        if "ms" in result and not is_unasked:
            self.timed_rows += 1
            self.milliseconds += result["ms"]

    def express_child(self, milliseconds: int) -> None:
        """Counts the Express child itself, which ran for so long, up to the end of its extraction."""
        self.paid.update({EXPRESS + "children": 1, EXPRESS + "ms": billed_ms(milliseconds)})

    def _count_in_express(self, result: RowResult) -> None:
        calls, extractions = _calls_of(result)
        self._pay_in_express(
            ran=1,
            failed=result["status"] in FAILURES,
            skipped=result["status"] == "SKIPPED",
            rows=bool(calls),
            calls=calls,
            extractions=extractions,
        )

    def count_all(self, results: Sequence[RowResult]) -> None:
        """Counts rows as `count` does one by one; answered ones, which are most, together."""
        answered = [] if self.begun else [result for result in results if _was_asked_and_answered(result)]
        if len(answered) < len(results):
            for result in results:
                if self.begun or not _was_asked_and_answered(result):
                    self.count(result)
        if answered:
            self._count_answered(answered)

    def _count_answered(self, answered: Sequence[RowResult]) -> None:
        """Counts rows that were answered, all by this batch itself."""
        self.statuses["SUCCESS"] += len(answered)
        rows = [result.get("cells", _NO_CELLS) for result in answered]
        for cells in filter(any, rows):
            if not self.unfilled:
                break
            self._look_for_unfilled(cells)
        self.empty_rows += (len(rows) - sum(map(any, rows))) if self.columns else 0
        times = [result["ms"] for result in answered if "ms" in result]
        self.timed_rows += len(times)
        self.milliseconds += sum(times)
        calls = [result.get("calls", 1) for result in answered]
        usage = [result["usage"] for result in answered if "usage" in result]
        self._pay(
            rows=sum(map(bool, calls)),
            calls=sum(calls),
            extractions=len(answered),
            input_tokens=sum(count for count, _ in usage),
            output_tokens=sum(count for _, count in usage),
        )
        if self.is_express:
            left = self.left
            calls = [result.get("calls", 1) for result in answered if result["index"] not in left]
            self._pay_in_express(
                ran=len(calls),
                rows=sum(map(bool, calls)),
                calls=sum(calls),
                extractions=len(calls),
                failed=0,
                skipped=0,
            )

    def _pay(self, **counts: int) -> None:
        for name, count in counts.items():
            self.paid[name] += count

    def _pay_in_express(self, **counts: int) -> None:
        for name, count in counts.items():
            self.paid[EXPRESS + name] += count

    def _count_paid(self, result: RowResult) -> None:
        calls, extractions = _calls_of(result)
        tokens = result.get("usage", (0, 0))
        self._pay(
            rows=bool(calls),
            calls=calls,
            extractions=extractions,
            input_tokens=tokens[0],
            output_tokens=tokens[1],
        )

    def _look_at(self, cells: list[str]) -> None:
        if not any(cells):
            self.empty_rows += bool(self.columns)
        elif self.unfilled:
            self._look_for_unfilled(cells)

    def _look_for_unfilled(self, cells: list[str]) -> None:
        self.unfilled.difference_update(name for name, cell in zip(self.columns, cells, strict=True) if cell)

    def add(self, document: TallyDocument) -> None:
        """Adds the tally of a row batch, or of several."""
        self.row_batches += document.get("row_batches", 1)
        _add(self.statuses, document["statuses"])
        for counted in document["errors"]:
            self.reasons.count(counted["error"], counted["message"], counted["first_row"], counted["count"])
        self.timed_rows += document["timed_rows"]
        self.milliseconds += document["milliseconds"]
        self.taken_over += document["taken_over"]
        # A part that was written before these were counted says nothing of them.
        self.empty_rows += document.get("empty_rows", 0)
        self.unfilled.intersection_update(document.get("unfilled", ()))
        _add(self.causes, document.get("causes", {}))
        _add(self.paid, document.get("paid", {}))
        _add(self.duplicates, document.get("duplicates", {}))
        self.cached += document.get("cached", 0)

    def add_unsettled(self, document: TallyDocument) -> None:
        """Adds a row batch whose rows are counted themselves: what only its tally tells is what ran in an Express child."""
        self.row_batches += 1
        paid = document.get("paid", {})
        _add(self.paid, {name: count for name, count in paid.items() if name.startswith(EXPRESS)})

    def as_json(self) -> TallyDocument:
        """The tally in the form that `add` takes."""
        document: TallyDocument = {
            "statuses": dict(self.statuses),
            "errors": list(self.reasons),
            "timed_rows": self.timed_rows,
            "milliseconds": self.milliseconds,
            "taken_over": self.taken_over,
            "empty_rows": self.empty_rows,
            "unfilled": [name for name in self.columns if name in self.unfilled],
            "causes": dict(self.causes),
            "paid": {name: count for name, count in self.paid.items() if count},
        }
        if self.duplicates:
            document["duplicates"] = dict(self.duplicates)
        if self.cached:
            document["cached"] = self.cached
        return document

    @property
    def unfilled_columns(self) -> list[str]:
        """The new columns that no answered row filled, in their order; none where no row was answered."""
        return [name for name in self.columns if name in self.unfilled] if self.statuses["SUCCESS"] else []

    def errors(self) -> list[CountedError]:
        """The reasons of all failures, the most frequent first, each with its count and the first row it befell."""
        return self.reasons.listed()

    def named_errors(self) -> list[NamedError]:
        """The same by the names of errors alone, without the words of any, which may quote cells."""
        return named_errors(self.reasons)


def _add(counter: Counter[str], counts: Mapping[str, int]) -> None:
    # Without what Counter.update does to find out what it is given: there is a tally for each of up to 200,000 row batches.
    for name, count in counts.items():
        counter[name] += count


def tally_of(plan: Plan, *, is_express: bool = False, left: Collection[int] = ()) -> Tally:
    """The empty tally of the plan's batch, or of a part of it.

    With `is_express` its rows ran in an Express child, but for those `left` by it, by their indexes.
    """
    begun = plan["batch"]["started_at"] if "earlier" in plan else ""
    return Tally(begun, columns_of(plan["output"]), is_express, left)


def _was_asked_and_answered(result: RowResult) -> bool:
    return result["status"] == "SUCCESS" and "duplicate_of" not in result and not result.get("cached")


def _calls_of(result: RowResult) -> tuple[int, int]:
    """How often the target was called for a row that ran, and how many answers were read, or tried to be.

    An answer that could not be read was tried to be at each attempt; which of a success's failed there, nobody knows.
    """
    status, error = result["status"], result.get("error")
    if status not in ("SUCCESS", *FAILURES):
        return 0, 0
    calls = result.get("calls", 0 if error in UNFIT else 1)
    return calls, 1 if status == "SUCCESS" else calls if error in UNREADABLE else 0


def columns_of(output: Output) -> tuple[str, ...]:
    """The names of the new columns."""
    return tuple(column["name"] for column in output["columns"])
