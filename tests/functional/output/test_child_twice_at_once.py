"""Two runs of one Express child at once, in all orders with up to two switches: an answer that was paid for is in the part."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from batch_processor import settings
from batch_processor.aws.client import client
from batch_processor.batch import recording
from batch_processor.contract import RowRange
from batch_processor.output import part_tally
from batch_processor.results import results_table
from tests.functional.express_batches import AT, ExpressBatch, said
from tests.functional.interleaving import calls_in_turn, in_orders_of_two_switches
from tests.functional.large_batches import table_of
from tests.functional.tables import TABLE

ROWS = 120
CONTENT = b"name,email\n" + b"".join(b"n%d,%d@x.org\n" % (row, row) for row in range(1, ROWS + 1))

# What a call of a row comes to in one of the runs, by the attempt; the table does not take what is carried.
ANSWER, CARRIED, UNREADABLE, FAILS, LEFT = "answer", "carried", "unreadable", "fails", "left"
Row = Sequence[str]


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> None:
    url = client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", url)
    settings.forget()
    # Which counts for the watchers alone.
    monkeypatch.setattr(recording, "row_batch_ended", lambda *_: None)


class Child:
    """A run of a child whose rows come to what is told of each, in this run."""

    def __init__(self, batch: ExpressBatch, first: int, rows: Sequence[Row]) -> None:
        self._batch, self._first, self._rows = batch, first, rows
        self.paid = set[int]()

    def run(self) -> None:
        last = self._first + len(self._rows) - 1
        again = {self._first + place: 1 for place in range(len(self._rows))}
        results = list[Mapping[str, Any]]()
        while again:
            results += [self._call(row, attempt) for row, attempt in again.items()]
            report = self._batch.extract(self._first, last, results)
            again = {row["index"]: row["attempt"] for row in report["again"]}

    def _call(self, row: int, attempt: int) -> Mapping[str, Any]:
        comes_to = self._rows[row - self._first][attempt - 1]
        if comes_to in (ANSWER, CARRIED):
            self.paid.add(row)
        match comes_to:
            case "answer":
                return self._batch.answer(row, said("billing"), attempt=attempt)
            case "carried":
                return {"index": row, "answer": said("billing"), "attempt": attempt, "at": AT, "ms": 9}
            case "unreadable":
                return self._batch.answer(row, {"no": "output"}, attempt=attempt)
            case "fails":
                return self._batch.fail(row, "Busy", "no", attempt=attempt)
        return {"index": row, "left": True, "attempt": attempt, "calls": attempt - 1}


SITUATIONS: dict[str, tuple[Sequence[Row], Sequence[Row]]] = {
    "one fails": ([[ANSWER]], [[FAILS]]),
    "one fails, and the table takes that alone": ([[CARRIED]], [[FAILS]]),
    "one cannot be read": ([[UNREADABLE, UNREADABLE]], [[ANSWER]]),
    "another row is left": ([[ANSWER], [LEFT]], [[FAILS], [FAILS]]),
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("situation", SITUATIONS)
def test_answer_is_in_the_part_in_whichever_order_the_runs_of_a_child_come(situation: str, turned: bool) -> None:
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 2})
    of_both = SITUATIONS[situation][::-1] if turned else SITUATIONS[situation]
    size = len(of_both[0])
    children = dict[int, list[Child]]()

    def run(which: int, time: int) -> None:
        child = Child(batch, 1 + time * size, of_both[which])
        children.setdefault(time, []).append(child)
        child.run()

    def check(time: int, order: tuple[int, int]) -> None:
        rows = RowRange(first=1 + time * size, last=(time + 1) * size)
        paid = set[int]().union(*(child.paid for child in children[time]))
        table = results_table.results(batch.loaded["storage"], batch.plan["output"], rows)
        answered = {result["index"] for result in table if result["status"] == "SUCCESS"}
        assert paid <= answered, order
        # Without a part the Standard pass finds them in the table.
        if part_tally.standing(batch.plan["work"], rows):
            part = table_of(batch.part(rows["first"], rows["last"]))
            assert paid <= {index for index, row in enumerate(part, rows["first"]) if row[4] == "SUCCESS"}, order

    with calls_in_turn(_matters):
        assert in_orders_of_two_switches(lambda time: run(0, time), lambda time: run(1, time), check) * size <= ROWS


def _matters(operation: str, arguments: Any) -> bool:
    """What is written, and what is read of the table of rows: the rest is read right behind that, or nobody changes it."""
    return operation == "PutObject" or TABLE in (arguments.get("TableName"), *arguments.get("RequestItems", ()))
