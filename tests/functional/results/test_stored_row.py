"""Which of the rows in the table count, and which replace which."""

import pytest

from batch_processor.contract import RowStore
from batch_processor.results import results_table
from batch_processor.results.results_table import answered, put_failures, put_success
from tests.functional.conftest import NOW
from tests.functional.results.stored_rows import (
    A_DAY_LATER,
    AT,
    EXPIRED,
    NAMES,
    STORE,
    WORK,
    fail,
    found,
    indexes,
    put,
    rows,
    succeeded,
)
from tests.functional.tables import failures_of, items
from tests.unit.plans import failure, output_of


def put_late(index: int, *cells: str, store: RowStore = STORE, at: str = AT) -> None:
    put_success(store, WORK, index, NAMES, list(cells), None, at, 5)


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
    assert list(answered(STORE, output_of(NAMES), rows(1, 9))) == [(1, "SUCCESS", ""), (2, "FAILED", "")]
    fail(1)
    assert indexes(found()) == [1, 2]
    assert found()[0] == succeeded(1, "old", "1")
    assert found(store={**STORE, "as_of": "2026-11-21T09:40:00Z"}) == []


def test_rows_of_an_earlier_batch_of_the_same_name_are_not_taken_for_this_one_s() -> None:
    put(1, "theirs", "1")
    fail(2)
    assert found(store=A_DAY_LATER) == []
    assert list(answered(A_DAY_LATER, output_of(NAMES), rows(1, 9))) == []


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
    assert list(answered(STORE, output_of(NAMES), rows(1, 9))) == [(1, "FAILED", "2-5ca1ab1e")]


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
