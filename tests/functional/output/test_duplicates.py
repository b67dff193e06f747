"""Rows that have the input of an earlier one: they are not asked for, and come out with its result."""

import json
from typing import Any

import pytest

from batch_processor.batch.work_folder import unsettled_key
from batch_processor.contract import RowRange
from batch_processor.handlers import aggregate_results, load_csv_data
from batch_processor.loading import first_rows
from batch_processor.loading.unfinished_rows import collect
from batch_processor.operations.failures.stored_rows import stored_rows
from batch_processor.output import letters, publishing, row_batch
from batch_processor.output.express_rows import RoundClock, end_round
from batch_processor.results.failure import Failure
from tests.functional.account import DATA, RESULTS, get, keys
from tests.functional.batches import as_json, put_batch
from tests.functional.express_batches import AT, ExpressBatch, said
from tests.functional.large_batches import LargeBatch, table_of
from tests.functional.s3_calls import calls_of
from tests.functional.tables import TABLE, failures_of, items
from tests.unit.plans import NO_DEADLINE, failure, success

# Rows 3, 4, 6 and 7 have the address of an earlier one; the names differ, and are not sent.
CONTENT = b"name,email\nA,x\nB,y\nC,x\nD,y\nE,z\nF,x\nG,z\n"
ASKED = [1, 2, 5]
ONCE: dict[str, Any] = {"deduplicate": True}


def large(content: bytes = CONTENT, **sections: Any) -> LargeBatch:
    return LargeBatch(content, **{**ONCE, **sections})


def statuses(content: bytes) -> list[tuple[str, ...]]:
    """(name, category, status, ms) of each row of a CSV with a header."""
    return [(row[0], row[2], row[4], row[7]) for row in table_of(content)[1:]]


def test_only_first_rows_are_fanned_out_and_the_others_are_counted() -> None:
    batch = large()
    fan_out = batch.loaded["fan_out"]
    assert [json.loads(line)["index"] for line in get(fan_out["rows_key"]).splitlines()] == ASKED
    assert (batch.loaded["row_count"], batch.loaded["duplicates"]) == (7, 4)
    assert get(f"{batch.plan['work']['prefix']}duplicates.index") == b"".join(
        first.to_bytes(4, "little") for first in (0, 0, 1, 2, 0, 1, 5)
    )


def test_batch_without_duplicates_is_as_any_other() -> None:
    batch = large(b"name,email\nA,x\nB,y\n")
    assert "duplicates" not in batch.loaded
    assert batch.loaded["fan_out"]["rows_key"].endswith("/rows.jsonl")
    assert not any(key.endswith("duplicates.index") for key in keys(DATA))


def test_row_batch_settles_the_duplicates_among_and_behind_its_rows() -> None:
    batch = large()
    report = batch.finish(1, 5, [success(index, f"c{index}", "1") for index in ASKED])
    assert (report["status"], report["first"], report["last"]) == ("PART_WRITTEN", 1, 7)
    assert [row[2] for row in table_of(batch.part(1, 7))] == ["c1", "c2", "c1", "c2", "c5", "c1", "c5"]
    tally = batch.tally(1, 7)
    assert (tally["statuses"], tally["duplicates"]) == ({"SUCCESS": 7}, {"SUCCESS": 4})
    assert (tally["paid"], tally["timed_rows"]) == ({"rows": 3, "calls": 3, "extractions": 3}, 3)


def test_each_row_comes_out_once_with_the_answer_of_its_first_one() -> None:
    batch = large()
    batch.finish(5, 5, [success(5, "c5", "1")])  # row 6 waits for row 1
    batch.finish(1, 2, [success(1, "c1", "1"), success(2, "c2", "1")])
    summary = batch.join()
    assert statuses(batch.output()) == [
        ("A", "c1", "SUCCESS", "1200"),
        ("B", "c2", "SUCCESS", "1200"),
        ("C", "c1", "SUCCESS", "0"),
        ("D", "c2", "SUCCESS", "0"),
        ("E", "c5", "SUCCESS", "1200"),
        ("F", "c1", "SUCCESS", "0"),
        ("G", "c5", "SUCCESS", "0"),
    ]
    assert (summary["status"], summary["rows_total"], summary["rows_deduplicated"]) == ("SUCCEEDED", 7, 4)
    assert (summary["row_batches"], summary["cost"]["usage"]["target_call"]) == (2, 3)
    assert "4 rows have the same input as an earlier row" in summary["status_text"]


def test_part_is_not_written_while_a_row_of_it_waits_for_another_row_batch() -> None:
    batch = large()
    for _ in range(2):  # as one that is called again
        report = batch.finish(5, 5, [success(5, "c5", "1")])
        assert (report["status"], report["rows_total"]) == ("PART_LEFT", 1)
    assert not any("/parts/" in key for key in keys(DATA))
    assert json.loads(get(unsettled_key(batch.plan["work"], RowRange(first=5, last=7))))["statuses"] == {"SUCCESS": 1}
    # Once the other one has ended, it can be: whatever calls it again makes a part.
    batch.finish(1, 2, [success(1, "c1", "1"), success(2, "c2", "1")])
    assert batch.finish(5, 5, [success(5, "c5", "1")])["status"] == "PART_WRITTEN"


def test_first_rows_are_looked_for_once_however_many_wait_for_them() -> None:
    batch = large(b"name,email\nA,x\nB,y\n" + b"C,x\n" * 500 + b"D,z\n" + b"E,x\nF,y\n" * 300)
    batch.finish(1, 2, [success(1, "c1", "1"), success(2, "c2", "1")])
    with calls_of("BatchGetItem", "dynamodb") as asked:
        batch.finish(503, 503, [success(503, "c", "1")])
    assert len(asked) == 1
    assert batch.join()["rows_succeeded"] == 1103


def test_duplicates_of_a_failed_row_have_its_reason_and_no_item_of_their_own() -> None:
    batch = large()
    batch.finish(1, 5, [failure(1, "Busy", "no capacity"), success(2, "c2", "1"), success(5, "c5", "1")])
    rows = table_of(batch.part(1, 7))
    assert [(row[4], row[5]) for row in rows if row[1] == "x"] == [("FAILED", "Busy: no capacity")] * 3
    assert [item["row_id"]["S"] for item in failures_of("triage#night")] == ["row_0000000001"]
    assert sorted(row for _, row in items()) == [f"row_000000000{row}" for row in ASKED]
    summary = batch.join()
    assert (summary["rows_failed"], summary["causes"], summary["cost"]["usage"]["sqs_request"]) == (
        3, {"target_error": 3}, 1,
    )  # fmt: skip


def test_rows_of_a_row_batch_that_failed_leave_their_duplicates_to_the_others() -> None:
    batch = large()
    batch.finish(1, 2, [success(1, "c1", "1"), success(2, "c2", "1")])
    lost = Failure("TIMED_OUT", "States.Timeout", "too late")
    row_batch.salvage(batch.plan, batch.row_batch(5, 5), [], lost)
    batch.join()
    assert [(name, status) for name, _, status, _ in statuses(batch.output())][4:] == [
        ("E", "NOT_RUN"),
        ("F", "SUCCESS"),
        ("G", "NOT_RUN"),
    ]


def load(plan: Any, **given: Any) -> Any:
    return as_json(load_csv_data.handle(as_json({"plan": plan, "given": given}), None))


@pytest.mark.parametrize("mode", ["inline", "dynamodb"])
def test_inline_batch_asks_once_too(mode: str) -> None:
    plan = put_batch(CONTENT, storage={"mode": mode}, **ONCE)
    answer = load(plan)
    assert [row["index"] for row in answer["rows"]] == ASKED
    results = [success(1, "c1", "1"), failure(2, "Busy", "no"), success(5, "c5", "1")]
    event = {"plan": plan, "loaded": answer["loaded"], "results": results}
    summary = aggregate_results.handle(as_json(event), None)
    assert [(row[1], row[2]) for row in statuses(get(plan["output"]["key"], RESULTS))] == [
        ("c1", "SUCCESS"), ("", "FAILED"), ("c1", "SUCCESS"), ("", "FAILED"),
        ("c5", "SUCCESS"), ("c1", "SUCCESS"), ("c5", "SUCCESS"),
    ]  # fmt: skip
    assert (summary["rows_total"], summary["rows_deduplicated"], summary["rows_failed"]) == (7, 4, 2)


def test_batch_that_resumes_one_asks_for_no_duplicate_of_it() -> None:
    before = large()
    before.finish(1, 2, [success(1, "c1", "1"), failure(2, "Busy", "no")])
    plan = resuming(before, only_failed=False)
    answer = load(plan)
    assert [row["index"] for row in answer["rows"]] == [2, 5]
    rows = ended(plan, answer["loaded"], [success(2, "new", "1"), success(5, "c5", "1")])
    assert rows == [(cell, "SUCCESS") for cell in ("c1", "new", "c1", "new", "c5", "c1", "c5")]


def test_answer_of_its_own_stands_where_a_row_has_one() -> None:
    """Of a batch that this one resumes, and that asked for each row."""
    batch = large()
    batch.store(success(3, "own", "9"))
    batch.finish(1, 5, [success(index, f"c{index}", "1") for index in ASKED])
    assert [row[2] for row in table_of(batch.part(1, 7))] == ["c1", "c2", "own", "c2", "c5", "c1", "c5"]


def end_child(batch: LargeBatch, first: int, last: int, *rows: int) -> Any:
    """Ends an Express child whose rows were all answered."""
    for row in rows:
        batch.store(success(row, f"c{row}", "1"))
    loaded: Any = {**batch.row_batch(first, last), "tier": "express"}
    return end_round(
        batch.plan, loaded, [{"index": row} for row in rows], RoundClock(lambda: False, lambda: True, lambda: 1000)
    )


def test_express_child_has_no_duplicates_and_settles_them() -> None:
    batch = large()
    report = end_child(batch, 1, 5, *ASKED)
    assert (report["status"], report["left"], report["again"], report["last"]) == ("PART_WRITTEN", 0, [], 7)
    assert [row[2] for row in table_of(batch.part(1, 7))] == ["c1", "c2", "c1", "c2", "c5", "c1", "c5"]


def test_standard_pass_runs_first_rows_alone_and_none_of_a_child_that_waits() -> None:
    batch = large()
    report = end_child(batch, 5, 5, 5)
    assert (report["status"], report["left"], report["again"]) == ("PART_LEFT", 0, [])
    loaded = collect(batch.plan, batch.loaded, NO_DEADLINE)
    rest = [json.loads(line) for line in get(loaded["fan_out"]["rows_key"]).splitlines()]
    assert [(row_batch["first"], row_batch["last"]) for row_batch in rest] == [(1, 4)]
    assert [row["index"] for row in rest[0]["rows"]] == [1, 2]


def test_row_with_nothing_to_send_is_skipped_also_where_its_row_batch_waits_for_another() -> None:
    batch = large(b"name,email\nA,x\nB,\nC,x\n")
    skipped: Any = {"index": 2, "status": "SKIPPED", "error": "EmptyRow", "message": "Line 3", "at": AT}
    for _ in range(2):  # as one that is called again
        assert batch.finish(2, 2, [skipped])["status"] == "PART_LEFT"
    batch.finish(1, 1, [success(1, "c1", "1")])
    summary = batch.join()
    assert table_of(batch.output())[2][2:7] == ["", "", "SKIPPED", "EmptyRow: Line 3", AT]
    assert (summary["status"], summary["rows_skipped"], summary["rows_not_run"]) == ("SUCCEEDED", 1, 0)
    assert failures_of("triage#night") == []


def express(content: bytes) -> ExpressBatch:
    return ExpressBatch(content, **ONCE)


def test_nothing_is_left_of_a_child_that_ran_rows_again_and_then_ended() -> None:
    batch = express(b"name,email\nA,1\nB,2\nC,2\nD,4\n")
    first = [batch.answer(1, said("a")), batch.answer(2, "nothing")]
    assert batch.extract(1, 2, first)["again"] == [{"index": 2, "attempt": 2}]
    # Row 3 follows, so that the part has another range than what the first round left.
    report = batch.extract(1, 2, [*first, batch.answer(2, said("b"), attempt=2)])
    assert (report["status"], report["last"]) == ("PART_WRITTEN", 3)
    batch.extract(4, 4, [batch.answer(4, said("d"))])
    assert "is_rest" not in collect(batch.plan, batch.loaded, NO_DEADLINE)["fan_out"]


def test_standard_pass_without_a_row_to_run_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of very many duplicates in a row, the last ones have no part before the join."""
    monkeypatch.setattr(first_rows, "_MOST_FOLLOWING", 3)
    batch = express(b"name,email\n" + b"A,x\n" * 10)
    assert batch.extract(1, 1, [batch.answer(1, said("a"))])["last"] == 4
    batch.loaded = collect(batch.plan, batch.loaded, NO_DEADLINE)
    assert "is_rest" not in batch.loaded["fan_out"]
    assert batch.join()["rows_succeeded"] == 10


@pytest.mark.parametrize("waits", [False, True])
def test_child_that_is_ended_again_sends_no_letter_again(monkeypatch: pytest.MonkeyPatch, waits: bool) -> None:
    sent: list[int] = []

    def send(_: Any, letters_of_child: Any) -> dict[int, str]:
        sent.extend(letter.row for letter in letters_of_child)
        return {}

    monkeypatch.setattr(letters, "send", send)
    batch = express(b"name,email\nA,1\nB,2\nC,2\nD,1\n")
    first, rows = (
        (2, [batch.fail(2, "Busy", "no")]) if waits else (1, [batch.answer(1, said("a")), batch.fail(2, "Busy", "no")])
    )
    reports = [batch.extract(first, 2, rows)["status"] for _ in range(2)]
    assert (reports, sent) == (["PART_LEFT" if waits else "PART_WRITTEN"] * 2, [2])


def resuming(before: LargeBatch, *, only_failed: bool) -> Any:
    """The plan of a small batch that goes on with one."""
    store = before.loaded["storage"]
    shelf = {name: store[name] for name in ("batch_id", "since", "ttl_seconds", "partition_rows")}
    rows: list[Any] = [{**shelf, "fingerprints": [], "unmarked": True}]
    earlier = {"batch": "night", "only_failed": only_failed, "rows": rows, "runs": []}
    sections: dict[str, Any] = {"batch": {"name": "day", "key": "day-1"}, "work": {"prefix": "work/day-1/"}}
    storage = {"mode": "dynamodb", "batch_id": "triage#day"}
    return put_batch(CONTENT, storage=storage, earlier=earlier, **sections, **ONCE)


def ended(plan: Any, loaded: Any, results: Any) -> list[tuple[str, str]]:
    """(category, status) of each row once the batch has ended."""
    aggregate_results.handle(as_json({"plan": plan, "loaded": loaded, "results": results}), None)
    return [(row[1], row[2]) for row in statuses(get(plan["output"]["key"], RESULTS))]


def test_rerun_of_failed_rows_asks_for_the_first_one_and_all_have_its_answer() -> None:
    before = large()
    before.finish(1, 5, [failure(1, "Busy", "no"), success(2, "c2", "1"), success(5, "c5", "1")])
    plan = resuming(before, only_failed=True)
    answer = load(plan)
    assert [row["index"] for row in answer["rows"]] == [1]
    rows = ended(plan, answer["loaded"], [success(1, "now", "1")])
    assert rows == [(cell, "SUCCESS") for cell in ("now", "c2", "now", "c2", "c5", "now", "c5")]


def test_whole_batch_after_a_trial_takes_its_answers_for_all_rows_of_their_inputs() -> None:
    trial = large(max_rows=3)
    assert trial.loaded["duplicates"] == 1
    trial.finish(1, 2, [success(1, "c1", "1"), success(2, "c2", "1")])
    plan = resuming(trial, only_failed=False)
    answer = load(plan)
    assert [row["index"] for row in answer["rows"]] == [5]
    rows = ended(plan, answer["loaded"], [success(5, "c5", "1")])
    assert rows == [(cell, "SUCCESS") for cell in ("c1", "c2", "c1", "c2", "c5", "c1", "c5")]


def test_partial_output_of_a_batch_that_failed_has_the_answers_of_duplicates_too() -> None:
    plan = put_batch(CONTENT, **ONCE)
    loaded = load(plan)["loaded"]
    results = [success(1, "c1", "1"), failure(2, "Busy", "no")]
    stopped = Failure("ABORTED", "Operator", "stopped")
    summary = publishing.publish_partial(publishing.partial(plan), loaded, results, stopped, NO_DEADLINE)
    found = statuses(get(publishing.partial(plan)["output"]["key"], publishing.partial(plan)["output"]["bucket"]))
    assert [(row[1], row[2]) for row in found] == [
        ("c1", "SUCCESS"), ("", "FAILED"), ("c1", "SUCCESS"), ("", "FAILED"),
        ("", "NOT_RUN"), ("c1", "SUCCESS"), ("", "NOT_RUN"),
    ]  # fmt: skip
    assert (summary["rows_succeeded"], summary["rows_failed"], summary["rows_not_run"]) == (3, 2, 2)


def test_rows_that_are_asked_for_by_number_are_told_with_the_first_ones_answer() -> None:
    batch = large()
    batch.finish(1, 5, [success(1, "c1", "1"), failure(2, "Busy", "no"), success(5, "c5", "1")])
    found = stored_rows(TABLE, batch.plan, batch.loaded, [2, 4, 6, 7])
    assert {row: (item["row_id"]["S"], item["status"]["S"]) for row, item in found.items()} == {
        2: ("row_0000000002", "FAILED"),
        4: ("row_0000000004", "FAILED"),
        6: ("row_0000000006", "SUCCESS"),
        7: ("row_0000000007", "SUCCESS"),
    }
    assert json.loads(found[6]["output_data"]["S"]) == {"category": "c1", "score": "1"}
    assert (found[6]["execution_time_ms"], found[2]["execution_time_ms"]) == ({"N": "0"}, {"N": "900"})


def test_first_rows_that_lie_far_apart_are_read_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_rows, "_READ_AT_ONCE", 2)
    work = large().plan["work"]
    assert first_rows.first_rows_among(work, [1, 3, 4, 7]) == {3: 1, 4: 2, 7: 5}
