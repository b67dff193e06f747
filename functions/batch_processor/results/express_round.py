"""Decides what became of the rows that an Express child has run, by the table and by what the machine has told of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from batch_processor.contract import Loaded, Plan, RowResult
from batch_processor.loading.first_rows import first_rows
from batch_processor.results import results_table
from batch_processor.results.precedence import answer_gone, no_result
from batch_processor.results.raw_answer import Reading, answer_in, attempt_of, is_raw, read_raw, read_result
from batch_processor.results.stored_row import Item, read_item, unreadable_item

# What the machine tells of a row, by its index: {} more where the table has it, {left, attempt, calls}, {answer, attempt, at, ms}
# of an answer that the table did not take, or the RowResult of a row that was skipped or whose failure the table did not take.
Told = Mapping[int, Mapping[str, Any]]


@dataclass(slots=True)
class Round:
    """Reads the rows' ends into these.

    `ended` has the results of rows that have their end, `failed_now` those of them that are failures of this batch. `again`
    and `left` have the attempts that are next: of rows whose answer could not be read, and of all others without an end. `calls`
    has by row the calls made for them, but for those whose answer is in the table and will be counted by whoever reads it.
    `read` and `unreadable` are the items to be stored in place of those with raw answers. `carried` are answers, and `failed`
    failures, that the table lacks. `unread` has answers that nobody has tried to ask for again, though no rule has read them.
    """

    plan: Plan
    loaded: Loaded
    items: dict[int, Item]
    ended: dict[int, RowResult] = field(default_factory=dict)
    failed_now: set[int] = field(default_factory=set)
    again: dict[int, int] = field(default_factory=dict)
    left: dict[int, int] = field(default_factory=dict)
    calls: dict[int, int] = field(default_factory=dict)
    read: list[Item] = field(default_factory=list)
    unreadable: list[Item] = field(default_factory=list)
    carried: list[Reading] = field(default_factory=list)
    failed: list[RowResult] = field(default_factory=list)
    unread: dict[int, Any] = field(default_factory=dict)
    _names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._names = [column["name"] for column in self.plan["output"]["columns"]]

    def take_all(self, told: Told, is_over: Callable[[], bool]) -> None:
        """Takes in all rows; those whose answers are not read when time `is_over` are left."""
        unknown = []
        for index in self._asked():
            item, of_row = self.items.get(index), told.get(index)
            if item is not None:
                self._take_stored(index, item, of_row or {}, is_over)
            elif of_row is not None:
                self._take_told(index, of_row)
            else:
                unknown.append(index)
        if unknown:
            self._look_for(unknown)

    def take_stored(self, rows: Iterable[int]) -> None:
        """Takes in those of the rows that the table has: `failed_now` are those that have failed for good then."""
        for index in rows:
            if item := self.items.get(index):
                self._take_stored(index, item, {}, lambda: False)

    def _asked(self) -> Iterable[int]:
        """The rows of the range that are the child's: those that have an earlier one's input are nobody's."""
        rows = self.loaded["row_batch"]
        every = range(rows["first"], rows["last"] + 1)
        if not self.loaded.get("duplicates"):
            return every
        firsts = first_rows(self.plan["work"], rows)
        return [index for index, first in zip(every, firsts, strict=True) if not first]

    def _take_stored(self, index: int, item: Item, told: Mapping[str, Any], is_over: Callable[[], bool]) -> None:
        if not is_raw(item):
            stored = results_table.result_in(item, self._names)
            if stored and (stored["status"] == "SUCCESS" or not told.keys() - {"index"}):
                self._end(stored)
            else:
                self._take_told(index, told)
            return
        attempt = attempt_of(item)
        if is_over():
            self.left[index] = attempt + 1
            return
        reading = read_raw(item, self.plan["output"])
        result, store = reading.result, self.loaded["storage"]
        if result["status"] == "SUCCESS":
            self.read.append(read_item(item, store, self._names, result["cells"], reading.method, result.get("usage")))
            self._end(result)
            return
        marked = unreadable_item(item, store, result["error"], result["message"])
        if marked != item:
            self.unreadable.append(marked)
        if told.keys() - {"index"}:  # of a later attempt
            self._take_told(index, told)
        else:
            self._judge(reading, attempt, answer_in(item))

    def _take_told(self, index: int, told: Mapping[str, Any]) -> None:
        if told.get("left"):
            self.left[index] = told["attempt"]
            # A child of a build before told only of the attempt.
            self.calls[index] = told.get("calls", told["attempt"] - 1)
        elif "answer" in told:
            self._take_carried(index, told)
        elif "status" in told:
            result: Any = dict(told)
            self._end(result)
            if index in self.failed_now:
                self.failed.append(result)
        else:
            gone = answer_gone(index)
            self._end(gone)
            self.failed.append(gone)

    def _take_carried(self, index: int, told: Mapping[str, Any]) -> None:
        known = {name: told[name] for name in ("at", "ms") if name in told}
        calls = {"calls": told["attempt"]} if told["attempt"] != 1 else {}
        reading = read_result({"index": index, **known, **calls}, told["answer"], self.plan["output"])
        if reading.result["status"] == "SUCCESS":
            self.carried.append(reading)
            self._end(reading.result)
            return
        self._judge(reading, told["attempt"], told["answer"])
        item = self.items.get(index, {})
        # An answer to the same attempt that could not be read either stays in the table.
        if index in self.ended and not (is_raw(item) and attempt_of(item) >= told["attempt"]):
            self.failed.append(reading.result)

    def _judge(self, reading: Reading, attempt: int, answer: Any) -> None:
        """Another attempt, where one is left and could help; else the row has failed."""
        index = reading.result["index"]
        if reading.helps_again and attempt < self.plan["execution"]["max_attempts"]:
            self.again[index], self.calls[index] = attempt + 1, reading.result.get("calls", 1)
            return
        if not reading.helps_again:
            self.unread[index] = answer
        self._end(reading.result)

    def _end(self, result: RowResult) -> None:
        self.ended[result["index"]] = result
        if result["status"] in ("FAILED", "TIMEOUT"):
            self.failed_now.add(result["index"])

    def _look_for(self, unknown: list[int]) -> None:
        """Rows that nothing was told of were left out as they had been answered; or whoever should have told was cut off."""
        rows = self.loaded["row_batch"]
        earlier = self.plan["earlier"]["rows"] if "earlier" in self.plan else []
        found = (
            {
                result["index"]: result
                for result in results_table.results(self.loaded["storage"], self.plan["output"], rows, earlier)
            }
            if earlier
            else {}
        )
        only_failed = self.plan.get("earlier", {}).get("only_failed", False)
        for index in unknown:
            if index in found:
                self.ended[index] = found[index]
            elif only_failed:  # it never ran, and such rows are not wanted
                self.ended[index] = {**no_result(self.loaded), "index": index}
            else:
                self.left[index] = 1

    def unread_of(self, index: int) -> dict[str, Any]:
        """{answer} of a row that has failed as its answer could not be read for no fault of the answer's; else {}."""
        return {"answer": self.unread[index]} if index in self.unread else {}

    @property
    def calls_without_end(self) -> int:
        """The calls that were made for rows that have no end yet."""
        return sum(count for index, count in self.calls.items() if index in self.left or index in self.again)

    def leave_all(self) -> None:
        """Leaves the rows that would be run again."""
        self.left |= self.again
        self.again = {}

    def replace(self, index: int, stored: RowResult) -> None:
        """Takes a row's end that was stored meanwhile, by a repetition of the child, in place of what this one has of it."""
        self.again.pop(index, None)
        self.left.pop(index, None)
        self.failed_now.discard(index)
        self._end(stored)


def attempts_of(result: RowResult) -> int:
    """How many attempts a failed row took; none is told of one that was not called."""
    return max(result.get("calls", 1), 1)
