"""Results of rows kept in the table, on moto."""

import json
import threading
import tracemalloc
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws import read_ahead
from batch_processor.aws.client import client
from batch_processor.contract import RowStore
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable
from batch_processor.results import results_table
from batch_processor.results.results_table import answered, put_failures, results
from batch_processor.settings import MissingSetting
from tests.functional.results.stored_rows import NAMES, SPREAD, STORE, fail, found, indexes, put, rows, succeeded
from tests.functional.tables import TABLE, counting, failures_of, items
from tests.unit.plans import failure, output_of


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
            for _ in results(SPREAD, output_of(NAMES), rows(1, last)):
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
        first = next(results(STORE, output_of(NAMES), rows(1, 30)))
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


def test_answered_tells_successes_from_failures() -> None:
    put(1, "billing", "3")
    put(2, "billing", names=["category"])
    fail(3)
    put_failures(STORE, [failure(4, "States.Timeout", "too late", timeout=True)])
    told = [(1, "SUCCESS", ""), (3, "FAILED", ""), (4, "TIMEOUT", "")]
    assert list(answered(STORE, output_of(NAMES), rows(1, 10))) == told


def test_answered_tells_where_an_answer_is_that_nobody_could_read_until_the_row_fails_otherwise() -> None:
    put_failures(STORE, [{**failure(4, "StorageUnavailable", "S3 failed"), "unread": "2-5ca1ab1e"}])
    assert list(answered(STORE, output_of(NAMES), rows(1, 9))) == [(4, "FAILED", "2-5ca1ab1e")]
    fail(4)
    assert list(answered(STORE, output_of(NAMES), rows(1, 9))) == [(4, "FAILED", "")]


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


def test_row_that_failed_twice_is_stored_once() -> None:
    fail(7, 7)
    assert indexes(found()) == [7]


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
