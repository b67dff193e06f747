"""ExtractStructuredOutput at the end of an Express child's round: answers that the machine has stored become rows."""

import json
import time
from typing import Any

import pytest

from batch_processor import settings
from batch_processor.aws.client import client
from batch_processor.batch.batches_table import find
from batch_processor.errors import StackUpdated, StorageUnavailable
from batch_processor.handlers import extract_structured_output, load_csv_data
from batch_processor.output import row_batch
from batch_processor.results import raw_table, results_table
from batch_processor.results.stored_row import unreadable_item
from tests.functional.account import DATA, get, keys
from tests.functional.batches import Context, as_json
from tests.functional.express_batches import AT, ExpressBatch, said
from tests.functional.large_batches import table_of
from tests.functional.tables import BATCHES, TABLE, failures_of, items, throttling
from tests.unit.plans import failure, success

CONTENT = b"name,email\n" + b"".join(b"n%d,%d@x.org\n" % (row, row) for row in range(1, 61))


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> str:
    url: str = client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", url)
    settings.forget()
    return url


def letters(url: str) -> list[Any]:
    """The letters that were sent since the last look, by row."""
    found = []
    while answer := client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in answer]
    return sorted(found, key=lambda letter: letter["row"])


def left(batch: ExpressBatch, first: int, last: int) -> Any:
    return json.loads(get(f"{batch.plan['work']['prefix']}unfinished/{first:010}-{last:010}.json"))


def shown(batch: ExpressBatch, first: int, last: int) -> list[list[str]]:
    """Category, score, status and reason of each row in the part."""
    return [row[2:6] for row in table_of(batch.part(first, last))]


def stored(index: int) -> dict[str, Any]:
    return next(item for (_, row), item in items().items() if row == f"row_{index:010}")


def test_answers_that_the_machine_has_stored_become_the_childs_part() -> None:
    batch = ExpressBatch(CONTENT)
    report = batch.extract(1, 30, [batch.answer(row, said(f"c{row}", row)) for row in range(1, 31)])
    assert report == {
        "status": "PART_WRITTEN", "first": 1, "last": 30, "again": [], "left": 0, "rows_total": 30, "rows_succeeded": 30,
        "rows_failed": 0, "rows_timed_out": 0, "rows_skipped": 0, "rows_not_run": 0,
    }  # fmt: skip
    assert batch.part(1, 30).decode().splitlines()[6] == f"n7,7@x.org,c7,7,SUCCESS,,{AT},120"
    paid = batch.tally(1, 30)["paid"]
    assert {"rows": 30, "calls": 30, "extractions": 30}.items() <= paid.items()
    assert (paid["express_ran"], paid["express_calls"], paid["express_children"]) == (30, 30, 1)
    assert 200 <= paid["express_ms"] <= 60_000
    assert paid["express_ms"] % 100 == 0
    assert not [key for key in keys(DATA) if "/unfinished/" in key]


def test_row_that_was_read_is_stored_as_any_other_row_is() -> None:
    batch = ExpressBatch(CONTENT, storage={"mode": "dynamodb", "fingerprint": "5ca1ab1e", "compress": False})
    answer = {**said("billing"), "usage": {"input_tokens": 7, "output_tokens": 5}}
    batch.extract(1, 1, [batch.answer(1, answer, attempt=2)])
    item = stored(1)
    assert item.pop("batch_id")["S"].startswith("triage#night#")
    assert item == {
        "row_id": {"S": "row_0000000001"},
        "status": {"S": "SUCCESS"},
        "timestamp": {"S": AT},
        "ttl": {"N": "1796000000"},
        "since": {"S": "2026-11-21T09:34:44.123Z"},
        "fingerprint": {"S": "5ca1ab1e"},
        "execution_time_ms": {"N": "120"},
        "calls": {"N": "2"},
        "usage": {"L": [{"N": "7"}, {"N": "5"}]},
        "input_data": {"S": '{"contact": "1@x.org"}'},
        "output_data": {"S": '{"category": "billing", "score": "3"}'},
    }


def test_failure_that_the_machine_has_stored_keeps_its_reason_and_gets_a_letter(queue: str) -> None:
    batch = ExpressBatch(CONTENT)
    results = [
        batch.answer(1, said("billing")),
        batch.fail(2, "Busy", "no capacity", attempt=3),
        batch.fail(3, "States.Timeout", "Execution timeout after 30 s"),
        {"index": 4, "status": "SKIPPED", "error": "EmptyRow", "message": "empty", "at": AT},
    ]
    report = batch.extract(1, 4, results)
    counts = {name: report[f"rows_{name}"] for name in ("succeeded", "failed", "timed_out", "skipped")}
    assert counts == {"succeeded": 1, "failed": 2, "timed_out": 1, "skipped": 1}
    assert [row[2:] for row in shown(batch, 1, 4)] == [
        ["SUCCESS", ""],
        ["FAILED", "Busy: no capacity"],
        ["TIMEOUT", "Execution timeout after 30 s"],
        ["SKIPPED", "EmptyRow: empty"],
    ]
    busy, late = letters(queue)
    assert busy == {
        "batch": batch.plan["batch"], "source": batch.plan["source"]["uri"], "target": batch.plan["target"], "row": 2,
        "input": {"contact": "2@x.org"}, "attempts": 3, "unread": {}, "error": "Busy", "reason": "no capacity",
        "cause": '{"errorMessage": "no capacity"}',
    }  # fmt: skip
    assert (late["row"], late["error"]) == (3, "States.Timeout")


def test_answer_that_cannot_be_read_is_asked_for_again_and_the_next_one_taken(queue: str) -> None:
    batch = ExpressBatch(CONTENT)
    first = [batch.answer(1, said("billing")), batch.answer(2, {"no": "output"})]
    report = batch.extract(1, 2, first)
    assert (report["status"], report["again"], report["left"]) == ("ROWS_LEFT", [{"index": 2, "attempt": 2}], 0)
    assert (left(batch, 1, 2)["rows"], left(batch, 1, 2)["told"]) == ([{"index": 2, "attempt": 2}], [])
    assert (stored(2)["status"], "answer" in stored(2)) == ({"S": "FAILED"}, True)
    report = batch.extract(1, 2, [*first, batch.answer(2, said("sales"), attempt=2)])
    assert (report["status"], report["rows_succeeded"]) == ("PART_WRITTEN", 2)
    assert shown(batch, 1, 2) == [["billing", "3", "SUCCESS", ""], ["sales", "3", "SUCCESS", ""]]
    assert batch.tally(1, 2)["paid"]["calls"] == 3
    assert left(batch, 1, 2)["rows"] == []
    assert (letters(queue), failures_of("triage#night")) == ([], [])


def test_row_that_began_at_a_later_attempt_goes_on_behind_that_one() -> None:
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 3})
    first = batch.answer(1, "nothing", first_attempt=2)
    assert batch.extract(1, 1, [first])["again"] == [{"index": 1, "attempt": 3}]
    last = batch.answer(1, "nothing", attempt=2, first_attempt=2)
    assert batch.extract(1, 1, [first, last])["rows_failed"] == 1
    assert batch.tally(1, 1)["paid"]["calls"] == 2


def test_answer_that_no_attempt_makes_readable_fails_its_row_and_stays(queue: str) -> None:
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 2})
    given = [batch.answer(1, {"no": 'out"put'})]
    batch.extract(1, 1, given)
    given.append(batch.answer(1, {"no": "output"}, attempt=2))
    report = batch.extract(1, 1, given)
    assert (report["status"], report["rows_failed"]) == ("PART_WRITTEN", 1)
    assert shown(batch, 1, 1)[0][3].startswith("StructuredOutputMissing: Agent did not return structured output")
    [letter] = letters(queue)
    assert (letter["row"], letter["attempts"], letter["unread"]) == (1, 2, {})
    assert json.loads(stored(1)["answer"]["S"]) == {"answer": {"no": "output"}}
    assert [item["row_id"]["S"] for item in failures_of("triage#night")] == ["row_0000000001"]


def test_rules_that_cannot_be_used_are_no_reason_to_ask_again(queue: str) -> None:
    batch = ExpressBatch(CONTENT, output={"schema": {"type": "nonsense"}})
    assert batch.extract(1, 1, [batch.answer(1, said("x"))])["rows_failed"] == 1
    [letter] = letters(queue)
    assert (letter["error"], letter["unread"]) == ("AnswerSchemaInvalid", {"answer": said("x")})


def test_rows_that_there_was_no_time_for_are_left_with_their_attempt() -> None:
    batch = ExpressBatch(CONTENT)
    results = [
        batch.answer(1, said("billing")),
        {"index": 2, "left": True, "attempt": 3, "calls": 1},  # an earlier batch has made the first one
        {"index": 3, "status": "SKIPPED", "error": "EmptyRow", "message": "empty", "at": AT},
    ]
    report = batch.extract(1, 4, results)
    assert (report["status"], report["left"], report["rows_succeeded"]) == ("ROWS_LEFT", 2, 1)
    # Row 3 is told to be empty again; of row 4 nobody has told anything.
    rows = [{"index": 2, "attempt": 3}, {"index": 3, "attempt": 1}, {"index": 4, "attempt": 1}]
    assert left(batch, 1, 4)["rows"] == rows
    assert left(batch, 1, 4)["calls"] == 1
    assert 0 < left(batch, 1, 4)["ms"] < 60_000
    assert batch.part_key(1, 4) not in keys(DATA)
    assert stored(1)["status"] == {"S": "SUCCESS"}


def test_unreadable_answer_is_left_where_no_call_may_begin_any_more() -> None:
    batch = ExpressBatch(CONTENT)
    report = batch.extract(1, 1, [batch.answer(1, "nothing")], began=230)
    assert (report["again"], report["left"]) == ([], 1)
    assert left(batch, 1, 1)["rows"] == [{"index": 1, "attempt": 2}]
    assert left(batch, 1, 1)["calls"] == 1
    assert 230_000 <= left(batch, 1, 1)["ms"] < 240_000


@pytest.mark.parametrize(("began", "context"), [(270, None), (0, Context(19.0))])
def test_answers_that_are_not_read_in_time_stay_and_are_read_by_the_standard_pass(began: float, context: Any) -> None:
    batch = ExpressBatch(CONTENT)
    results = [batch.answer(row, said(f"c{row}")) for row in (1, 2)]
    assert batch.extract(1, 2, results, began=began, context=context)["left"] == 2
    assert stored(1)["status"] == {"S": "ANSWERED"}
    assert left(batch, 1, 2)["calls"] == 0  # they are counted when they are read
    batch.loaded["fan_out"]["is_rest"] = True
    batch.finish(1, 2, [])
    assert shown(batch, 1, 2) == [["c1", "3", "SUCCESS", ""], ["c2", "3", "SUCCESS", ""]]
    assert {item["status"]["S"] for item in items().values()} == {"SUCCESS"}


def test_time_that_is_over_in_the_middle_keeps_what_was_read() -> None:
    batch = ExpressBatch(CONTENT)
    results = [batch.answer(row, said(f"c{row}")) for row in range(1, 11)]
    report = batch.extract(1, 10, results, context=Context(25, passing=1))
    assert 0 < report["rows_succeeded"] < 10
    assert report["left"] == 10 - report["rows_succeeded"]
    assert (stored(1)["status"], stored(10)["status"]) == ({"S": "SUCCESS"}, {"S": "ANSWERED"})


def test_answer_that_the_table_did_not_take_comes_with_the_result() -> None:
    batch = ExpressBatch(CONTENT)
    carried = {"index": 1, "answer": said("billing"), "attempt": 2, "at": AT, "ms": 9}
    assert batch.extract(1, 1, [carried])["rows_succeeded"] == 1
    assert shown(batch, 1, 1) == [["billing", "3", "SUCCESS", ""]]
    assert (stored(1)["status"], stored(1)["calls"]) == ({"S": "SUCCESS"}, {"N": "2"})


def test_carried_answer_that_cannot_be_read_is_asked_for_again_and_then_fails(queue: str) -> None:
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 2})
    carried = {"index": 1, "answer": 5, "attempt": 1, "at": AT, "ms": 9}
    assert batch.extract(1, 1, [carried])["again"] == [{"index": 1, "attempt": 2}]
    assert batch.extract(1, 1, [carried, {**carried, "attempt": 2}])["rows_failed"] == 1
    assert stored(1)["status"] == {"S": "FAILED"}
    assert [letter["attempts"] for letter in letters(queue)] == [2]


def test_failure_that_the_table_did_not_take_is_stored(queue: str) -> None:
    batch = ExpressBatch(CONTENT)
    result = failure(1, "AnswerNotStored", "The target answered")
    assert batch.extract(1, 1, [result])["rows_failed"] == 1
    assert stored(1)["error_message"] == {"S": "AnswerNotStored: The target answered"}
    assert [letter["error"] for letter in letters(queue)] == ["AnswerNotStored"]


def test_answer_of_a_repetition_counts_more_than_a_failure(queue: str) -> None:
    """A child ran twice: in one the row was answered, in the other it failed, and the table was not to be reached."""
    batch = ExpressBatch(CONTENT)
    batch.answer(1, said("billing"))
    assert batch.extract(1, 1, [failure(1, "Busy", "no")])["rows_succeeded"] == 1
    assert letters(queue) == []


def test_answer_that_comes_while_a_failure_is_stored_counts_more(monkeypatch: pytest.MonkeyPatch, queue: str) -> None:
    batch = ExpressBatch(CONTENT)
    own_items = raw_table.own_items

    def looked(*args: Any) -> Any:
        found = own_items(*args)
        batch.answer(1, said("billing"))
        return found

    monkeypatch.setattr(raw_table, "own_items", looked)
    report = batch.extract(1, 1, [failure(1, "Busy", "no")])
    assert (report["rows_succeeded"], report["rows_failed"]) == (1, 0)
    assert shown(batch, 1, 1) == [["billing", "3", "SUCCESS", ""]]
    assert letters(queue) == []


def test_answer_that_comes_while_another_one_is_found_unreadable_counts_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs of the child have answers of the same moment, and an extraction that was cut off reads the first one again."""
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 1})
    own_items = raw_table.own_items

    def looked(*args: Any) -> Any:
        found = own_items(*args)
        raw_table.put_unreadable(args[0], [unreadable_item(found[1], args[0], "StructuredOutputMissing", "none")])
        batch.answer(1, said("billing"))
        return found

    unreadable = batch.answer(1, {"no": "output"})
    monkeypatch.setattr(raw_table, "own_items", looked)
    report = batch.extract(1, 1, [unreadable])
    assert (report["rows_succeeded"], report["rows_failed"]) == (1, 0)
    assert shown(batch, 1, 1) == [["billing", "3", "SUCCESS", ""]]


def test_answer_that_another_one_came_before_counts_if_that_cannot_be_read() -> None:
    """Two runs of a child at once: the answer of the second was refused, and goes along with its row."""
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 1})
    batch.answer(1, {"no": "output"})
    second = batch.answer(1, said("billing"))
    assert second["answer"] == said("billing")
    assert batch.extract(1, 1, [second])["rows_succeeded"] == 1
    assert shown(batch, 1, 1) == [["billing", "3", "SUCCESS", ""]]
    assert stored(1)["status"] == {"S": "SUCCESS"}


def test_child_that_runs_twice_comes_to_the_same_and_is_counted_once() -> None:
    batch = ExpressBatch(CONTENT)
    results = [batch.answer(row, said(f"c{row}")) for row in (1, 2)]
    first = batch.extract(1, 2, results)
    part, before = batch.part(1, 2), items()
    for row in (1, 2):
        batch.answer(row, said("later"))  # the first one stands
    assert batch.extract(1, 2, results) == first
    assert (batch.part(1, 2), items()) == (part, before)
    record = find(BATCHES, batch.plan["batch"]["key"])
    assert record
    assert record["rows_succeeded"] == 2


def test_repeated_round_sends_no_letter_twice(queue: str) -> None:
    batch = ExpressBatch(CONTENT)
    results = [batch.fail(1, "Busy", "no"), {"index": 2, "left": True, "attempt": 1}]
    for _ in range(2):
        batch.extract(1, 2, results)
    assert [letter["row"] for letter in letters(queue)] == [1]
    results = [*results, batch.answer(2, said("x"))]
    for _ in range(2):
        assert batch.extract(1, 2, results)["status"] == "PART_WRITTEN"
    assert letters(queue) == []


def test_round_that_is_cut_off_before_its_part_ends_the_same_the_next_time(
    monkeypatch: pytest.MonkeyPatch, queue: str
) -> None:
    batch = ExpressBatch(CONTENT)
    results = [batch.answer(1, said("billing")), batch.fail(2, "Busy", "no")]

    def cut_off(*_: Any) -> None:
        raise StorageUnavailable("S3 throttles")

    with monkeypatch.context() as patch:
        patch.setattr(row_batch, "write_part", cut_off)
        with pytest.raises(StorageUnavailable):
            batch.extract(1, 2, results)
    assert stored(1)["status"] == {"S": "SUCCESS"}
    assert batch.extract(1, 2, results)["rows_succeeded"] == 1
    assert shown(batch, 1, 2) == [["billing", "3", "SUCCESS", ""], ["", "", "FAILED", "Busy: no"]]
    # Nobody knows whether the first was read: it is sent once more.
    assert {letter["row"] for letter in letters(queue)} == {2}


def test_items_that_dynamodb_leaves_are_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    batch = ExpressBatch(CONTENT)
    write, sizes = client("dynamodb").batch_write_item, []

    def some(RequestItems: Any) -> Any:  # noqa: N803
        asked = RequestItems[TABLE]
        sizes.append(len(asked))
        taken, left_over = asked[: len(asked) // 2 + 1], asked[len(asked) // 2 + 1 :]
        write(RequestItems={TABLE: taken})
        return {"UnprocessedItems": {TABLE: left_over} if left_over else {}}

    monkeypatch.setattr(client("dynamodb"), "batch_write_item", some)
    batch.extract(1, 60, [batch.answer(row, said(f"c{row}")) for row in range(1, 61)])
    assert max(sizes) == 25
    assert {item["status"]["S"] for item in items().values()} == {"SUCCESS"}
    assert len(items()) == 60


def test_table_that_takes_nothing_for_now_is_worth_another_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = ExpressBatch(CONTENT)
    results = [batch.answer(1, said("billing"))]
    with throttling("BatchWriteItem"), pytest.raises(StorageUnavailable):
        batch.extract(1, 1, results)
    assert batch.extract(1, 1, results)["rows_succeeded"] == 1


@pytest.mark.parametrize("compress", [False, True])
def test_answer_of_300_kb_takes_the_place_of_the_raw_one(compress: bool) -> None:
    batch = ExpressBatch(CONTENT, storage={"mode": "dynamodb", "fingerprint": "5ca1ab1e", "compress": compress})
    large = "\x01ü" * 37_500 + "\x01"  # each \x01 takes six characters of JSON
    results = [batch.answer(1, said(large), input_data={"S": json.dumps({"contact": "x" * 90_000})})]
    assert batch.extract(1, 1, results)["rows_succeeded"] == 1
    assert table_of(batch.part(1, 1))[0][2] == large
    [found] = results_table.results(batch.loaded["storage"], batch.plan["output"], {"first": 1, "last": 1})
    assert found["cells"][0] == large
    assert ("B" in stored(1)["output_data"]) is compress
    assert "answer" not in stored(1)


def test_letter_that_the_queue_does_not_take_is_told_in_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/none")
    settings.forget()
    batch = ExpressBatch(CONTENT)
    assert batch.extract(1, 1, [batch.fail(1, "Busy", "no")])["status"] == "PART_WRITTEN"
    assert shown(batch, 1, 1)[0][3] == "Busy: The dead letter queue did not take the row (BatchProcessorError). no"


def rows_to_run(batch: ExpressBatch, *rows: int, is_rest: bool = False) -> list[tuple[int, int]]:
    """(row, attempt) of what is left for a child that runs once more, or in the Standard pass."""
    if is_rest:
        batch.loaded["fan_out"]["is_rest"] = True
    given = {"rows": [{"index": row, "row": {"email": f"{row}@x.org"}} for row in rows], "loaded": batch.loaded}
    answer = load_csv_data.handle(as_json({"plan": batch.plan, "given": given}), None)
    return [(row["index"], row.get("attempt", 1)) for row in answer["rows"]]


def test_answer_to_an_attempt_of_a_child_that_runs_once_more_takes_the_place_of_one_that_cannot_be_read() -> None:
    """The child died before anybody read the first."""
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 2})
    batch.answer(1, {"no": "output"})
    assert rows_to_run(batch, 1) == [(1, 2)]
    results = [batch.answer(1, said("billing"), first_attempt=2)]
    assert batch.extract(1, 1, results)["rows_succeeded"] == 1


def test_child_that_runs_once_more_calls_no_row_that_has_failed_for_good_and_tells_of_it(queue: str) -> None:
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 2})
    batch.fail(1, "Busy", "no", attempt=2)
    batch.answer(2, {"no": "output"}, attempt=2)
    batch.answer(3, said("billing"))
    assert rows_to_run(batch, 1, 2, 3, 4) == [(4, 1)]
    assert letters(queue) == []
    report = batch.extract(1, 4, [batch.answer(4, said("sales"))])
    assert (report["status"], report["rows_failed"], report["rows_succeeded"]) == ("PART_WRITTEN", 2, 2)
    assert [(letter["row"], letter["attempts"]) for letter in letters(queue)] == [(1, 2), (2, 2)]


def test_standard_pass_calls_no_row_that_has_failed_for_good_and_tells_of_it(queue: str) -> None:
    """Behind a child that died, and one that had no time to read the last answer that its row could get."""
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 2})
    batch.fail(1, "Busy", "no capacity", attempt=2)
    batch.answer(2, {"no": "output"}, attempt=2)
    batch.answer(3, {"no": "output"})
    batch.answer(4, said("billing"))
    assert rows_to_run(batch, 1, 2, 3, 4, 5, is_rest=True) == [(3, 2), (5, 1)]
    told = [(letter["row"], letter["attempts"], letter["error"], letter["input"]) for letter in letters(queue)]
    assert told == [
        (1, 2, "Busy", {"contact": "1@x.org"}), (2, 2, "StructuredOutputMissing", {"contact": "2@x.org"})
    ]  # fmt: skip
    report = batch.finish(1, 5, [success(3, "c3", "1"), success(5, "c5", "1")])
    assert (report["rows_failed"], report["rows_succeeded"]) == (2, 3)
    assert [row[2] for row in shown(batch, 1, 5)] == ["FAILED", "FAILED", "SUCCESS", "SUCCESS", "SUCCESS"]
    assert batch.tally(1, 5)["paid"]["calls"] == 7


def test_another_build_reads_nothing() -> None:
    batch = ExpressBatch(CONTENT)
    batch.plan["contract"] = 1
    with pytest.raises(StackUpdated):
        batch.extract(1, 1, [batch.answer(1, said("x"))])
    assert stored(1)["status"] == {"S": "ANSWERED"}


def test_modules_of_children_are_not_loaded_for_one_row() -> None:
    assert not {"end_round", "row_batch"} & vars(extract_structured_output).keys()


def test_answer_that_the_table_did_not_take_is_not_lost_with_whoever_should_read_it(queue: str) -> None:
    """The function finds that the table takes nothing still, and its child dies of that; the table is there again later."""
    batch = ExpressBatch(CONTENT, execution={"max_attempts": 2})
    results = [
        {"index": 1, "answer": said("billing"), "attempt": 2, "at": AT, "ms": 9},
        {"index": 2, "answer": {"no": "output"}, "attempt": 1, "at": AT, "ms": 9},
        {"index": 3, "answer": 5, "attempt": 2, "at": AT, "ms": 9},
    ]
    with throttling("PutItem"), pytest.raises(StorageUnavailable):
        batch.extract(1, 4, results)
    assert items() == {}
    batch.loaded = collected(batch)
    assert rows_to_run(batch, 1, 2, 3, 4, is_rest=True) == [(2, 2), (4, 1)]
    assert stored(1)["calls"] == {"N": "2"}
    assert [letter["row"] for letter in letters(queue)] == [3]
    report = batch.finish(1, 4, [success(2, "c2", "1"), success(4, "c4", "1")])
    assert (report["rows_succeeded"], report["rows_failed"]) == (3, 1)
    assert shown(batch, 1, 4)[0] == ["billing", "3", "SUCCESS", ""]


def collected(batch: ExpressBatch) -> Any:
    """What CollectUnfinishedRows decides."""
    given = {"unfinished": True, "loaded": batch.loaded}
    return load_csv_data.handle(as_json({"plan": batch.plan, "given": given}), None)["loaded"]
