"""Answers that the machine has stored and no function has read: whoever reads results reads them."""

from typing import Any

import pytest

from batch_processor.contract import LoadedRow, Plan
from batch_processor.contract.stored_answer import ANSWERED
from batch_processor.handlers import load_csv_data
from batch_processor.operations.failures.stored_rows import answered_rows, stored_rows
from batch_processor.results.precedence import no_result
from batch_processor.results.results_table import answered, put_failures, put_success, results
from tests.functional.batches import as_json
from tests.functional.express_batches import AT, ExpressBatch, said
from tests.functional.large_batches import table_of
from tests.functional.tables import TABLE, counting, items
from tests.unit.plans import failure, success

CONTENT = b"name,email\n" + b"".join(b"n%d,%d@x.org\n" % (row, row) for row in range(1, 7))


@pytest.fixture
def batch() -> ExpressBatch:
    return ExpressBatch(CONTENT)


def found(batch: ExpressBatch, earlier: Any = (), store: Any = None) -> list[tuple[int, str, str | int]]:
    store = store or batch.loaded["storage"]
    return list(answered(store, batch.plan["output"], {"first": 1, "last": 6}, earlier))


def shelf_of(batch: ExpressBatch) -> dict[str, Any]:
    """What a batch that resumes this one takes of it."""
    store = batch.loaded["storage"]
    names = ("batch_id", "since", "ttl_seconds", "partition_rows")
    return {**{name: store[name] for name in names}, "fingerprints": ["5ca1ab1e"]}  # type: ignore[literal-required]


def of_other(batch: ExpressBatch) -> dict[str, Any]:
    """Where a batch that resumes this one keeps its rows: in partitions of another size."""
    return {**batch.loaded["storage"], "batch_id": "triage#morning", "partition_rows": 4}


def remaining(batch: ExpressBatch, plan: Plan | None = None) -> list[LoadedRow]:
    rows = [{"index": row, "row": {"email": f"{row}@x.org"}} for row in range(1, 7)]
    given = {"rows": rows, "loaded": batch.loaded}
    answer: Any = load_csv_data.handle(as_json({"plan": plan or batch.plan, "given": given}), None)
    return list(answer["rows"])


def test_raw_answer_is_a_success_with_its_cells(batch: ExpressBatch) -> None:
    batch.answer(2, {**said("billing"), "usage": {"input_tokens": 7, "output_tokens": 5}}, attempt=2)
    [result] = results(batch.loaded["storage"], batch.plan["output"], {"first": 1, "last": 6})
    assert result == {
        "index": 2, "status": "SUCCESS", "cells": ["billing", "3"], "at": AT, "ms": 120, "calls": 2, "usage": [7, 5]
    }  # fmt: skip


def test_raw_answer_that_cannot_be_read_has_failed_at_its_attempt(batch: ExpressBatch) -> None:
    batch.answer(1, {"no": "output"})
    batch.answer(2, {"no": "output"}, attempt=2)
    # The child began at another attempt than the first.
    batch.answer(3, {"no": "output"}, attempt=2, first_attempt=3)
    assert found(batch) == [(1, "FAILED", 1), (2, "FAILED", 2), (3, "FAILED", 4)]


def test_batch_that_resumes_another_takes_its_raw_answers(batch: ExpressBatch) -> None:
    batch.answer(1, said("billing"))
    batch.answer(5, {"no": "output"})
    assert found(batch, [shelf_of(batch)], of_other(batch)) == [(1, "SUCCESS", ""), (5, "FAILED", "")]


def test_answer_that_other_rules_can_read_is_not_bought_again(batch: ExpressBatch) -> None:
    """It had failed, with the rules that the batch had; the batch that resumes it has others."""
    batch.answer(1, "billing", attempt=3)
    assert batch.extract(1, 1, [{"index": 1}], began=230)["rows_failed"] == 1
    assert found(batch, [shelf_of(batch)], of_other(batch)) == [(1, "FAILED", "")]
    batch.plan["output"] = {**batch.plan["output"], "columns": [{"name": "category", "legacy": True, "source": []}]}
    [result] = results(of_other(batch), batch.plan["output"], {"first": 1, "last": 6}, [shelf_of(batch)])  # type: ignore[arg-type, list-item]
    assert (result["status"], result["cells"]) == ("SUCCESS", ["billing"])


def test_rows_with_readable_answers_are_not_called_again_and_others_at_their_next_attempt(batch: ExpressBatch) -> None:
    batch.plan["execution"]["max_attempts"] = 3
    batch.answer(1, said("billing"))
    batch.answer(2, {"no": "output"})
    batch.answer(3, {"no": "output"}, attempt=3)
    assert [(row["index"], row.get("attempt", 1)) for row in remaining(batch)] == [(2, 2), (4, 1), (5, 1), (6, 1)]


def test_row_that_was_left_at_a_later_attempt_goes_on_with_that_one(batch: ExpressBatch) -> None:
    """Its first answer could not be read, and the second attempt failed when there was no time for the third."""
    batch.plan["execution"]["max_attempts"] = 3
    batch.answer(1, {"no": "output"})
    for attempt in (2, 3):
        left = {"index": 1, "row": {"email": "1@x.org"}, "attempt": attempt}
        answer = load_csv_data.handle(
            as_json({"plan": batch.plan, "given": {"rows": [left], "loaded": batch.loaded}}), None
        )
        assert [(row["attempt"], row["first_attempt"]) for row in answer["rows"]] == [(attempt, 1)]


def test_agent_whose_executions_can_be_found_is_asked_for_the_answer_itself(batch: ExpressBatch) -> None:
    batch.loaded["tier"] = "standard"  # Express children have no such agents
    put_failures(batch.loaded["storage"], [{**failure(2, "StorageUnavailable", "S3 failed"), "unread": "1"}])
    plan: Any = {**batch.plan, "target": {**batch.plan["target"], "type": "agent"}}
    assert remaining(batch, plan)[1]["attempt"] == 1
    # Of an Express agent it is lost: it is asked once more, by the same name.
    plan["target"]["express"] = True
    assert remaining(batch, plan)[1]["attempt"] == 1


def test_rows_of_children_that_died_come_from_the_table_or_may_have_been_called(batch: ExpressBatch) -> None:
    batch.answer(1, said("billing"))
    batch.fail(2, "Busy", "no capacity")
    batch.answer(3, {"no": "output"})
    summary = batch.join()
    shown = [row[2:6] for row in table_of(batch.output())[1:]]
    assert shown[:2] == [["billing", "3", "SUCCESS", ""], ["", "", "FAILED", "Busy: no capacity"]]
    assert shown[2][2:] == ["FAILED", shown[2][3]]
    assert shown[2][3].startswith("StructuredOutputMissing: ")
    assert {tuple(row[2:]) for row in shown[3:]} == {
        (
            "NOT_RUN",
            f"RowNotProcessed: {no_result(batch.loaded)['message']}",
        )
    }
    assert "may have been called" in shown[3][3]
    counts = {name: summary[f"rows_{name}"] for name in ("succeeded", "failed", "not_run")}
    assert counts == {"succeeded": 1, "failed": 2, "not_run": 3}


def test_whoever_asks_for_rows_sees_what_their_answers_say(batch: ExpressBatch) -> None:
    batch.answer(1, said("billing"))
    batch.answer(2, {"no": "output"})
    shown = stored_rows(TABLE, batch.plan, batch.loaded, [1, 2, 3])
    assert shown.keys() == {1, 2}
    assert (shown[1]["status"], shown[1]["output_data"]) == (
        {"S": "SUCCESS"},
        {"S": '{"category": "billing", "score": "3"}'},
    )
    assert "answer" not in shown[1]
    assert shown[2]["status"] == {"S": "FAILED"}
    assert shown[2]["error_message"]["S"].startswith("StructuredOutputMissing: Agent did not")
    store = batch.loaded["storage"]
    assert answered_rows(TABLE, store, store["as_of"], [1, 2, 3], batch.plan["output"]) == {1}


def test_failure_takes_no_raw_answers_place_and_a_success_does(batch: ExpressBatch) -> None:
    batch.answer(1, said("billing"))
    store, names = batch.loaded["storage"], ["category", "score"]
    assert put_failures(store, [{**failure(1, "Busy", "no"), "at": "2026-11-21T10:00:00Z"}]) == [1]
    [item] = items().values()
    assert item["status"] == {"S": ANSWERED}
    put_success(store, batch.plan["work"], 1, names, ["sales", "1"], None, "2026-11-21T10:00:00Z", 5)
    assert found(batch) == [(1, "SUCCESS", "")]


@pytest.mark.parametrize(("others", "is_read"), [([], False), ([failure(3, "Busy", "no")], True), (None, True)])
def test_table_is_not_read_where_all_cells_are_at_hand(batch: ExpressBatch, others: Any, is_read: bool) -> None:
    rows = [{**batch.store(success(row, "a", "b")), "cells": ["a", "b"]} for row in (1, 2)]
    with counting("Query") as asked:
        batch.finish_with(1, 2 if others == [] else 3, [*rows, *(others or [])])
    assert bool(asked) is is_read
