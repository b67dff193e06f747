"""Results of rows kept in the table, on moto."""

import json
import threading
import tracemalloc
from collections.abc import Iterable
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws import read_ahead
from batch_processor.aws.client import client
from batch_processor.contract import Location, RowRange, RowResult, RowStore
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable
from batch_processor.results import results_table
from batch_processor.results.results_table import answered, put_failures, put_success, results
from batch_processor.settings import MissingSetting
from tests.functional.account import DATA, get, keys
from tests.functional.conftest import NOW
from tests.functional.tables import TABLE, counting, failures_of, items
from tests.unit import plans
from tests.unit.plans import failure

STORE: RowStore = {**plans.STORE, "mode": "dynamodb", "compress": False}
SPREAD: RowStore = {**STORE, "partition_rows": 10}
# What is stored in them was over, or was another batch's, when a run on STORE began.
EXPIRED: RowStore = {**STORE, "ttl_seconds": -60}
A_DAY_LATER: RowStore = {**STORE, "since": "2026-11-22T09:34:44Z", "as_of": "2026-11-22T09:34:44Z"}
WORK: Location = {"bucket": DATA, "prefix": "work/night-1a2b3c4d/"}
NAMES = ["category", "score"]
AT = "2026-11-21T09:35:00.000Z"


def put(index: int, *cells: str, store: RowStore = STORE, names: list[str] = NAMES, row_input: Any = None) -> None:
    put_success(store, WORK, index, names, list(cells), row_input, AT, 5)


def put_late(index: int, *cells: str, store: RowStore = STORE, at: str = AT) -> None:
    put_success(store, WORK, index, NAMES, list(cells), None, at, 5)


def fail(*indexes: int, store: RowStore = STORE, message: str = "no", at: str = "2026-11-21T09:35:01Z") -> None:
    put_failures(store, [{**failure(index, "Refused", message), "at": at} for index in indexes])


def succeeded(index: int, *cells: str) -> RowResult:
    return {"index": index, "status": "SUCCESS", "cells": list(cells), "at": AT, "ms": 5}


def rows(first: int, last: int) -> RowRange:
    return {"first": first, "last": last}


def found(first: int = 1, last: int = 1_000, store: RowStore = STORE, names: list[str] = NAMES) -> list[RowResult]:
    return list(results(store, names, rows(first, last)))


def indexes(found: Iterable[RowResult]) -> list[int]:
    return [result["index"] for result in found]


# --- Rows come back ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compress", [False, True])
def test_results_come_back_by_index_whatever_they_are_and_whenever_they_were_stored(compress: bool) -> None:
    store: RowStore = {**STORE, "compress": compress}
    fail(4, store=store)
    for index in (11, 2, 100):
        put(index, f"row {index} – é\0𝄞", "" if index == 2 else "x" * 6_000, store=store)
    assert found(store=store) == [
        succeeded(2, "row 2 – é\0𝄞", ""),
        failure(4, "Refused", "no"),
        succeeded(11, "row 11 – é\0𝄞", "x" * 6_000),
        succeeded(100, "row 100 – é\0𝄞", "x" * 6_000),
    ]


def test_rows_spread_over_partitions_come_in_one_order() -> None:
    for index in (31, 5, 10, 11, 25):
        put(index, f"row {index}", "", store=SPREAD)
    assert {batch for batch, _ in items()} == {
        "triage#night#1",
        "triage#night#11",
        "triage#night#21",
        "triage#night#31",
    }
    assert indexes(found(store=SPREAD)) == [5, 10, 11, 25, 31]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(1, 4, []), (5, 5, [5]), (6, 24, [10, 11]), (10, 31, [10, 11, 25, 31]), (32, 99, []), (1, 0, [])],
)
@pytest.mark.parametrize("store", [STORE, SPREAD])
def test_only_the_rows_asked_for_come(first: int, last: int, expected: list[int], store: RowStore) -> None:
    for index in (5, 10, 11, 25, 31):
        put(index, "x", "", store=store)
    assert indexes(found(first, last, store)) == expected


def test_only_the_partitions_of_the_rows_are_asked() -> None:
    with counting("Query") as queries:
        found(15, 35, SPREAD)
    asked = [query["ExpressionAttributeValues"][":batch"]["S"] for query in queries]
    assert sorted(asked) == ["triage#night#11", "triage#night#21", "triage#night#31"]
    assert all(query["ConsistentRead"] for query in queries)


def test_partitions_are_asked_many_at_a_time() -> None:
    """All of these queries wait until so many are under way."""
    together = threading.Barrier(8, timeout=20)

    def wait(**_: Any) -> None:
        together.wait()

    put(75, "x", "", store=SPREAD)
    events = client("dynamodb").meta.events
    events.register("before-parameter-build.dynamodb.Query", wait)
    try:
        assert indexes(found(1, 80, SPREAD)) == [75]
    finally:
        events.unregister("before-parameter-build.dynamodb.Query", wait)


def test_rows_of_other_batches_are_not_seen() -> None:
    put(1, "other", "", store={**STORE, "batch_id": "triage#day"})
    put(2, "other", "", store={**STORE, "batch_id": "triage#nightly"})
    assert found() == []


def test_more_rows_than_a_page_has_all_come_once() -> None:
    for index in range(1, 31):
        put(index, "x" * 100_000, str(index), row_input={"ticket": "y" * 1_000})
    with counting("Query") as queries:
        come = found()
    assert [(result["index"], result["cells"][1]) for result in come] == [(n, str(n)) for n in range(1, 31)]
    assert len(queries) > 2


def test_memory_does_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_ahead, "_BYTES_AHEAD", results_table._PAGE_BYTES)
    for index in range(1, 41):
        put(index, "x" * 200_000, "", store=SPREAD)

    def most_bytes(last: int) -> int:
        tracemalloc.start()
        try:
            for _ in results(SPREAD, NAMES, rows(1, last)):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    most_bytes(10)  # what is loaded only once
    assert most_bytes(40) < 1.5 * most_bytes(20)


def test_first_row_is_there_before_the_last_page_is_read() -> None:
    for index in range(1, 13):
        put(index, "x" * 100_000, "")
    with counting("Query") as queries:
        first = next(results(STORE, NAMES, rows(1, 30)))
    assert (first["index"], len(queries)) == (1, 1)


def test_repeated_success_replaces_the_first() -> None:
    put(7, "first", "1")
    put(7, "second", "2")
    assert found() == [succeeded(7, "second", "2")]


def test_target_s_input_is_stored_and_not_read_back() -> None:
    put(7, "billing", "3", row_input={"ticket": "refund"})
    [item] = items().values()
    assert json.loads(item["input_data"]["S"]) == {"ticket": "refund"}
    with counting("Query") as queries:
        found()
    assert "input_data" not in queries[0]["ExpressionAttributeNames"].values()


# --- What does not count -----------------------------------------------------------------------------------------


def test_expired_rows_are_left_out_though_the_table_still_has_them() -> None:
    put(1, "old", "", store=EXPIRED)
    fail(2, store=EXPIRED)
    put(3, "new", "")
    assert len(items()) == 3
    assert indexes(found()) == [3]


def test_rows_that_expire_while_they_are_run_are_there_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    put(1, "old", "1", store={**STORE, "ttl_seconds": 60})
    fail(2, store={**STORE, "ttl_seconds": 60})
    monkeypatch.setattr(results_table, "_now", lambda: int(NOW.timestamp()) + 3_600)
    assert list(answered(STORE, NAMES, rows(1, 9))) == [(1, "SUCCESS", ""), (2, "FAILED", "")]
    fail(1)
    assert indexes(found()) == [1, 2]
    assert found()[0] == succeeded(1, "old", "1")
    assert found(store={**STORE, "as_of": "2026-11-21T09:40:00Z"}) == []


def test_rows_of_an_earlier_batch_of_the_same_name_are_not_taken_for_this_one_s() -> None:
    put(1, "theirs", "1")
    fail(2)
    assert found(store=A_DAY_LATER) == []
    assert list(answered(A_DAY_LATER, NAMES, rows(1, 9))) == []


def test_failure_replaces_a_success_of_an_earlier_batch_of_the_same_name() -> None:
    put(1, "theirs", "1")
    put_failures(A_DAY_LATER, [{**failure(1, "Refused", "no"), "at": "2026-11-22T09:35:00Z"}])
    assert [(result["index"], result["status"]) for result in found(store=A_DAY_LATER)] == [(1, "FAILED")]


def test_rows_of_the_batch_that_is_resumed_are_this_one_s() -> None:
    put(1, "earlier", "1")
    assert found(store={**STORE, "as_of": A_DAY_LATER["as_of"]}) == [succeeded(1, "earlier", "1")]


def test_success_without_all_columns_does_not_count() -> None:
    put(1, "billing", names=["category"])
    put(2, "billing", "3")
    assert indexes(found()) == [2]
    assert indexes(found(names=["category"])) == [1, 2]


def test_answered_tells_successes_from_failures() -> None:
    put(1, "billing", "3")
    put(2, "billing", names=["category"])
    fail(3)
    put_failures(STORE, [failure(4, "States.Timeout", "too late", timeout=True)])
    told = [(1, "SUCCESS", ""), (3, "FAILED", ""), (4, "TIMEOUT", "")]
    assert list(answered(STORE, NAMES, rows(1, 10))) == told


def test_answered_tells_where_an_answer_is_that_nobody_could_read_until_the_row_fails_otherwise() -> None:
    put_failures(STORE, [{**failure(4, "StorageUnavailable", "S3 failed"), "unread": "2-5ca1ab1e"}])
    assert list(answered(STORE, NAMES, rows(1, 9))) == [(4, "FAILED", "2-5ca1ab1e")]
    fail(4)
    assert list(answered(STORE, NAMES, rows(1, 9))) == [(4, "FAILED", "")]


# --- Too large for an item ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["x", "ü", "😀"])
def test_row_that_just_fits_is_stored_whole(character: str) -> None:
    cell = character * (399_000 // len(character.encode()))
    put(7, cell, "3", row_input={"ticket": "y" * 100_000})
    [item] = items().values()
    assert not item.keys() & {"input_data", "output_ref"}
    assert found() == [succeeded(7, cell, "3")]


def test_answer_beyond_an_item_goes_to_the_work_folder() -> None:
    put(7, "😀" * 150_000, "3", row_input={"ticket": "short"})
    [item] = items().values()
    assert item["output_ref"] == {"S": f"s3://{DATA}/work/night-1a2b3c4d/answers/7.json"}
    assert json.loads(get("work/night-1a2b3c4d/answers/7.json")) == {"category": "😀" * 150_000, "score": "3"}
    assert found() == [succeeded(7, "😀" * 150_000, "3")]


def test_large_answer_that_compresses_well_stays_in_the_table() -> None:
    put(7, "x" * 1_000_000, "", store={**STORE, "compress": True}, row_input={"ticket": "y" * 1_000_000})
    assert keys(DATA) == []
    assert found() == [succeeded(7, "x" * 1_000_000, "")]


def test_answer_in_the_work_folder_has_its_columns_looked_at_too() -> None:
    put(7, "x" * 500_000, names=["category"])
    assert found() == []
    assert list(answered(STORE, ["category"], rows(1, 9))) == [(7, "SUCCESS", "")]


def test_large_answers_are_fetched_one_by_one() -> None:
    put(1, "x" * 500_000, "")
    put(2, "x" * 500_000, "")
    come = results(STORE, NAMES, rows(1, 2))
    next(come)
    client("s3").delete_object(Bucket=DATA, Key="work/night-1a2b3c4d/answers/2.json")
    assert next(come)["status"] == "FAILED"


def test_large_answer_that_is_gone_is_no_success_and_the_other_rows_come() -> None:
    put(1, "x" * 500_000, "")
    put(2, "x", "")
    client("s3").delete_object(Bucket=DATA, Key="work/night-1a2b3c4d/answers/1.json")
    lost, other = found()
    assert (lost["index"], lost["status"], lost["error"]) == (1, "FAILED", "SourceUnavailable")
    assert f"s3://{DATA}/work/night-1a2b3c4d/answers/1.json" in lost["message"]
    assert other == succeeded(2, "x", "")


def test_large_answer_that_is_gone_with_its_row_is_nothing() -> None:
    put(1, "x" * 500_000, "", store=EXPIRED)
    client("s3").delete_object(Bucket=DATA, Key="work/night-1a2b3c4d/answers/1.json")
    assert found() == []


# --- Failures ----------------------------------------------------------------------------------------------------


def test_index_has_the_failures_of_all_partitions_and_nothing_else() -> None:
    for index in (1, 12, 23):
        put(index, "x", "", store=SPREAD)
    fail(25, 2, 11, store=SPREAD)
    put_failures(SPREAD, [failure(30, "States.Timeout", "too late", timeout=True)])
    fail(3, store={**STORE, "batch_id": "triage#day"})
    listed = [(item["row_id"]["S"], item["status"]["S"]) for item in failures_of("triage#night")]
    assert listed == [
        ("row_0000000002", "FAILED"),
        ("row_0000000011", "FAILED"),
        ("row_0000000025", "FAILED"),
        ("row_0000000030", "TIMEOUT"),
    ]


def test_row_that_succeeds_after_all_is_in_the_index_no_more() -> None:
    fail(7)
    put(7, "billing", "3")
    assert failures_of("triage#night") == []
    assert found() == [succeeded(7, "billing", "3")]


def test_failure_never_replaces_a_success_whichever_columns_it_has() -> None:
    put(1, "billing", "3")
    put(2, "billing", names=["category"])
    fail(1, 2, 3)
    assert indexes(found(names=["category"])) == [1, 2, 3]
    assert [result["status"] for result in found(names=["category"])] == ["SUCCESS", "SUCCESS", "FAILED"]


def test_failure_replaces_a_failure_and_an_expired_success() -> None:
    fail(1, message="first")
    put(2, "old", "", store=EXPIRED)
    fail(1, 2, message="second")
    assert found() == [failure(1, "Refused", "second"), failure(2, "Refused", "second")]


def test_failure_that_comes_late_does_not_replace_a_newer_one() -> None:
    """An event may tell of a stopped batch when the batch that resumes it has failed with the same row."""
    put_failures(STORE, [{**failure(1, "StorageUnavailable", "S3 failed"), "unread": "2-5ca1ab1e"}])
    fail(1, at="2026-11-21T09:35:00.999Z")
    assert list(answered(STORE, NAMES, rows(1, 9))) == [(1, "FAILED", "2-5ca1ab1e")]


def test_row_that_failed_twice_is_stored_once() -> None:
    fail(7, 7)
    assert indexes(found()) == [7]


# --- Answers that come late -------------------------------------------------------------------------------------------


def test_answer_that_comes_late_is_stored_where_there_is_none() -> None:
    fail(2, at="2026-11-21T23:59:59Z")
    put(3, "expired", "1", store=EXPIRED)
    for index in (1, 2, 3):
        put_late(index, "late", "3")
    assert found() == [succeeded(index, "late", "3") for index in (1, 2, 3)]
    assert failures_of("triage#night") == []


def test_answer_that_comes_late_replaces_that_of_an_earlier_batch_of_the_same_name() -> None:
    put(1, "theirs", "1")
    at = "2026-11-22T09:35:00.000Z"
    put_late(1, "late", "3", store=A_DAY_LATER, at=at)
    assert found(store=A_DAY_LATER) == [{**succeeded(1, "late", "3"), "at": at}]


def test_answer_that_comes_late_replaces_an_older_one_and_no_newer_one() -> None:
    """Of a batch with other columns than the one that it resumes, both are in the table."""
    put(1, "billing", "3")
    put_late(1, "older", "1", at="2026-11-21T09:34:59.999Z")
    assert found() == [succeeded(1, "billing", "3")]
    put_late(1, "newer", "2", at="2026-11-21T09:35:00.001Z")
    assert [result["cells"] for result in found()] == [["newer", "2"]]


# --- Throttling --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ProvisionedThroughputExceededException", 400),
        ("ThrottlingException", 400),
        ("RequestLimitExceeded", 400),
        ("InternalServerError", 500),
    ],
)
def test_table_that_does_not_take_a_row_for_now_is_worth_another_attempt(code: str, status: int) -> None:
    with Stubber(client("dynamodb")) as stubbed:
        stubbed.add_client_error("put_item", code, http_status_code=status)
        with pytest.raises(StorageUnavailable, match=f"Storing row 7 in the table {TABLE}: .*{code}"):
            put(7, "x", "")
        stubbed.add_client_error("query", code, http_status_code=status)
        with pytest.raises(StorageUnavailable, match=f"Reading rows 1 to 9 of triage#night from the table {TABLE}"):
            found(1, 9)
        stubbed.add_client_error("put_item", code, http_status_code=status)
        with pytest.raises(StorageUnavailable, match=f"Storing row 1 in the table {TABLE}: .*{code}"):
            fail(1)


def test_large_answer_that_s3_does_not_give_for_now_is_not_told_to_be_lost() -> None:
    put(1, "x" * 500_000, "")
    with Stubber(client("s3")) as stubbed:
        stubbed.add_client_error("get_object", "SlowDown", http_status_code=503)
        with pytest.raises(StorageUnavailable):
            found()


# --- Setup -------------------------------------------------------------------------------------------------------


def test_missing_table_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESULTS_TABLE", "batch_processor_resluts")
    with pytest.raises(BatchProcessorError, match="in the table batch_processor_resluts: there is no such resource"):
        put(7, "x", "")


def test_missing_permission_says_who_may_not_do_what() -> None:
    said = "User: extract is not authorized to perform: dynamodb:PutItem"
    with Stubber(client("dynamodb")) as stubbed:
        stubbed.add_client_error("put_item", "AccessDeniedException", said, http_status_code=400)
        with pytest.raises(SourceUnavailable, match=rf"access denied\. .*role: {said}"):
            put(7, "x", "")


def test_function_without_the_table_s_name_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RESULTS_TABLE")
    with pytest.raises(MissingSetting, match="RESULTS_TABLE"):
        found()
