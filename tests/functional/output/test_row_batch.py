"""AggregateResults in a row batch: its part of the output."""

import json
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.errors import StorageUnavailable
from batch_processor.handlers.aggregate_results import handle
from batch_processor.output import row_batch
from batch_processor.results.failure import Failure
from tests.functional.account import DATA, RESULTS, answering, get, keys, open_uploads
from tests.functional.large_batches import LargeBatch, table_of
from tests.functional.s3_calls import calls_of
from tests.functional.tables import TABLE, failures_of, items
from tests.unit.plans import failure, success

CONTENT = 'name,email\r\nAna,a@x.org\r\n007,\r\nÇa,ç@x.org\r\n"a\nb",d@x.org\r\nEve,e@x.org\r\n'.encode()


def test_part_has_the_rows_of_its_row_batch_without_a_header() -> None:
    batch = LargeBatch(CONTENT)
    results = [success(2, "billing", "3"), failure(3, "Busy", "no capacity"), success(4, "sales", "=1")]
    report = batch.finish(2, 4, results)
    assert report == {
        "status": "PART_WRITTEN", "first": 2, "last": 4, "rows_total": 3, "rows_succeeded": 2, "rows_failed": 1,
        "rows_timed_out": 0, "rows_skipped": 0, "rows_not_run": 0,
    }  # fmt: skip
    assert batch.part(2, 4).decode() == (
        "007,,billing,3,SUCCESS,,2026-11-21T09:35:00Z,1200\r\n"
        "Ça,ç@x.org,,,FAILED,Busy: no capacity,2026-11-21T09:35:01Z,900\r\n"
        '"a\nb",d@x.org,sales,\'=1,SUCCESS,,2026-11-21T09:35:00Z,1200\r\n'
    )
    assert keys(RESULTS) == []


def test_tally_comes_with_the_part_and_says_what_became_of_its_rows() -> None:
    batch = LargeBatch(CONTENT)
    with calls_of("PutObject") as written, calls_of("HeadObject") as headed:
        batch.finish(1, 3, [success(1, "a", "b"), failure(3, "Busy", "no")])
    assert [call["Key"] for call in written] == [batch.part_key(1, 3)]
    # Before it is written, and not after that.
    assert [call["Key"] for call in headed].count(batch.part_key(1, 3)) == 1
    found = batch.tally(1, 3)
    assert found["statuses"] == {"SUCCESS": 1, "FAILED": 1, "NOT_RUN": 1}
    assert [(error["error"], error["first_row"]) for error in found["errors"]] == [("Busy", 3)]


def test_tally_too_large_to_come_with_the_part_is_beside_it() -> None:
    batch = LargeBatch(CONTENT)
    batch.finish(1, 3, [success(1, "a", "b"), failure(3, "Busy", "no" * 1_000)])
    found = json.loads(get(batch.tally_key(1, 3)))
    assert found["statuses"] == {"SUCCESS": 1, "FAILED": 1, "NOT_RUN": 1}
    assert found["part"] == client("s3").head_object(Bucket=DATA, Key=batch.part_key(1, 3))["ETag"]


def test_failures_are_stored_and_rows_without_a_result_are_not() -> None:
    batch = LargeBatch(CONTENT)
    batch.finish(1, 4, [success(1, "a", "b"), failure(2, "Busy", "no"), failure(3, "E", "late", timeout=True)])
    failed = failures_of("triage#night")
    assert [(item["row_id"]["S"], item["status"]["S"]) for item in failed] == [
        ("row_0000000002", "FAILED"),
        ("row_0000000003", "TIMEOUT"),
    ]
    assert sorted(row for _, row in items()) == [f"row_000000000{row}" for row in (1, 2, 3)]


def test_answer_in_the_table_counts_more_than_a_failure_in_the_payload() -> None:
    """The row was answered, and the function that had stored it was lost before it could say so."""
    batch = LargeBatch(CONTENT)
    batch.store(success(2, "billing", "3"))
    report = batch.finish(1, 2, [success(1, "a", "b"), failure(2, "Lambda.Unknown", "no")])
    assert report["rows_succeeded"] == 2
    assert table_of(batch.part(1, 2))[1][2:5] == ["billing", "3", "SUCCESS"]
    assert failures_of("triage#night") == []


def test_answer_that_the_table_has_no_more_is_no_success() -> None:
    batch = LargeBatch(CONTENT)
    stored = batch.store(success(1, "a", "b"))
    [(batch_id, row_id)] = items()
    client("dynamodb").delete_item(TableName=TABLE, Key={"batch_id": {"S": batch_id}, "row_id": {"S": row_id}})
    report = handle({"plan": batch.plan, "loaded": batch.row_batch(1, 1), "results": [stored]}, None)
    assert report["rows_failed"] == 1
    assert table_of(batch.part(1, 1))[0][5].startswith("StoredAnswerMissing: ")


def test_repeated_invocation_replaces_the_part() -> None:
    batch = LargeBatch(CONTENT)
    batch.finish(1, 2, [failure(1, "Busy", "no"), failure(2, "Busy", "no")])
    batch.finish(1, 2)
    assert [row[4] for row in table_of(batch.part(1, 2))] == ["SUCCESS", "SUCCESS"]
    assert batch.tally(1, 2)["statuses"] == {"SUCCESS": 2}


def test_answer_of_an_earlier_batch_of_the_same_name_is_no_success() -> None:
    batch = LargeBatch(CONTENT)
    batch.store({**success(1, "old", "1"), "at": "2026-08-20T09:00:00.000Z"})
    report = handle({"plan": batch.plan, "loaded": batch.row_batch(1, 1), "results": [failure(1, "Busy", "no")]}, None)
    assert report["rows_failed"] == 1
    [item] = items().values()
    assert (item["status"]["S"], item["error_message"]["S"]) == ("FAILED", "Busy: no")


def test_part_of_a_resumed_batch_has_the_answers_of_the_earlier_one() -> None:
    batch = LargeBatch(CONTENT, storage={"mode": "dynamodb", "since": "2026-11-20T08:59:00.000Z"})
    earlier = {**success(1, "old", "1"), "at": "2026-11-20T09:00:00.000Z"}
    batch.store(earlier)  # type: ignore[arg-type]
    resumed: Any = {**batch.plan, "earlier": {"batch": "evening", "only_failed": False, "rows": [], "runs": []}}
    batch.plan = resumed
    batch.finish(1, 2, [success(2, "new", "2")])
    assert [row[2] for row in table_of(batch.part(1, 2))] == ["old", "new"]
    assert batch.tally(1, 2)["taken_over"] == 1


def test_surplus_cells_are_kept_where_any_row_of_the_batch_has_some() -> None:
    batch = LargeBatch(b"name,email\nAna,a@x.org\nBo,b@x.org,more\n")
    batch.finish(1, 1)
    batch.finish(2, 2, [failure(2, "RaggedRow", "3 cells")])
    assert [table_of(batch.part(row, row))[0][-1] for row in (1, 2)] == ["", '["more"]']


def test_part_of_many_bytes_is_written_whole() -> None:
    cell = "y" * 900_000
    batch = LargeBatch(b"name,email\n" + f"x,{cell}\n".encode() * 12)
    batch.finish(1, 12)
    assert [row[1] == cell for row in table_of(batch.part(1, 12))] == [True] * 12
    assert open_uploads(DATA) == []


def test_answers_of_a_row_batch_that_failed_are_stored_though_its_part_cannot_be_written() -> None:
    batch = LargeBatch(CONTENT)
    gone = Failure(status="FAILED", error="States.Timeout", cause="")
    with answering("PutObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        row_batch.salvage(batch.plan, batch.row_batch(1, 2), [success(1, "billing", "1")], gone)
    assert [row for _, row in sorted(items())] == ["row_0000000001"]
    assert not [key for key in keys(DATA) if "/parts/" in key]


def test_part_that_cannot_be_written_is_worth_another_attempt_and_leaves_none() -> None:
    batch = LargeBatch(CONTENT)
    with answering("PutObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        batch.finish(1, 2)
    assert not [key for key in keys(DATA) if "/parts/" in key]
