"""AggregateResults at the end of a large batch: the parts joined to one output."""

import csv
import io
import itertools
import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.contract import RowResult
from batch_processor.errors import BatchProcessorError, RowCountMismatch, SourceUnavailable, StorageUnavailable
from batch_processor.handlers.aggregate_results import handle
from batch_processor.output import parts
from batch_processor.results.stored_row import partition
from tests.functional.account import DATA, RESULTS, answering, get, keys, open_uploads, put
from tests.functional.batches import as_json, put_batch
from tests.functional.large_batches import LargeBatch, table_of
from tests.functional.s3_calls import calls_of
from tests.unit.plans import failure, make_loaded, success

HEADER = "name,email,category,score,_status,_error_message,_timestamp,_execution_time_ms\r\n"
MEBIBYTE = 1024 * 1024


def content(rows: int) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([("name", "email"), *((f"n{row}", f"ä{row}\n@x.org") for row in range(1, rows + 1))])
    return text.getvalue().encode()


def results_of(rows: int) -> list[RowResult]:
    return [failure(r, "Busy", f"no {r % 3}") if r % 4 == 0 else success(r, "=c", str(r)) for r in range(1, rows + 1)]


def test_parts_are_joined_in_order_under_one_header() -> None:
    batch = LargeBatch(content(5))
    for first, last in ((4, 5), (1, 2), (3, 3)):
        batch.finish(first, last)
    summary = batch.join()
    assert batch.output() == HEADER.encode() + batch.part(1, 2) + batch.part(3, 3) + batch.part(4, 5)
    assert (summary["status"], summary["row_count"], summary["rows_succeeded"]) == ("SUCCEEDED", 5, 5)
    assert (summary["map_mode"], summary["storage_mode"], summary["row_batches"]) == ("distributed", "dynamodb", 3)
    store = batch.loaded["storage"]
    keys = [partition(store, 1), partition(store, 5)]
    assert [summary["results"][key] for key in ("first_batch_id", "last_batch_id")] == keys
    assert summary["results"]["partition_rows"] == store["partition_rows"]
    assert json.loads(get(summary["summary_location"].partition("results/")[2], RESULTS)) == summary


def test_large_batch_comes_out_byte_for_byte_like_a_small_one_of_the_same_rows() -> None:
    batch = LargeBatch(content(50))
    results = results_of(50)
    for first, last in ((1, 17), (18, 18), (19, 50)):
        batch.finish(first, last, results[first - 1 : last])
    large = batch.join()
    plan = put_batch(content(50), output={"key": "outputs/small.csv"})
    small = handle(as_json({"plan": plan, "loaded": make_loaded(50), "results": results}), None)
    assert batch.output() == get("outputs/small.csv", RESULTS)
    alike = ("status", "row_count", "rows_succeeded", "rows_failed", "rows_timed_out", "errors")
    assert {name: large[name] for name in alike} == {name: small[name] for name in alike}


def test_rows_of_a_row_batch_that_left_no_part_come_from_the_table_or_were_not_run() -> None:
    batch = LargeBatch(content(6))
    batch.finish(3, 4)
    batch.store(success(2, "billing", "2"))
    batch.store(success(6, "billing", "6"))
    summary = batch.join()
    assert [row[2:5] for row in table_of(batch.output())[1:]] == [
        ["", "", "NOT_RUN"],
        ["billing", "2", "SUCCESS"],
        ["billing", "3", "SUCCESS"],
        ["billing", "4", "SUCCESS"],
        ["", "", "NOT_RUN"],
        ["billing", "6", "SUCCESS"],
    ]
    assert [row[0] for row in table_of(batch.output())[1:]] == [f"n{row}" for row in range(1, 7)]
    assert (summary["rows_not_run"], summary["errors"], summary["status"]) == (2, [], "COMPLETED_WITH_ERRORS")


def test_batch_all_of_whose_row_batches_failed_comes_out_all_the_same() -> None:
    batch = LargeBatch(content(3))
    assert (batch.join()["rows_not_run"], batch.join()["row_batches"]) == (3, 0)
    assert [row[0] for row in table_of(batch.output())] == ["name", "n1", "n2", "n3"]


def test_header_alone_gives_an_output_of_a_header() -> None:
    batch = LargeBatch(b"name,email\n")
    assert batch.join()["row_count"] == 0
    assert batch.output().decode() == HEADER


def test_a_part_comes_with_its_tally_in_one_request() -> None:
    batch = LargeBatch(content(6))
    for first in (1, 3, 5):
        batch.finish(first, first + 1)
    with calls_of("GetObject") as read, calls_of("HeadObject") as headed:
        batch.join()
    parts_read = [call["Key"] for call in read if "/parts/" in call["Key"]]
    assert sorted(parts_read) == [batch.part_key(first, first + 1) for first in (1, 3, 5)]
    assert not [call for call in headed if "/parts/" in call["Key"]]


def test_part_that_no_tally_came_with_is_none() -> None:
    batch = LargeBatch(content(4))
    batch.finish(1, 2)
    batch.finish(3, 4)
    put(batch.part_key(3, 4), b"half a part")
    summary = batch.join()
    assert (summary["rows_succeeded"], summary["row_batches"]) == (4, 1)
    assert [row[3] for row in table_of(batch.output())[1:]] == ["1", "2", "3", "4"]


def test_part_whose_tally_is_of_other_rows_is_none() -> None:
    batch = LargeBatch(content(4))
    batch.finish(1, 2)
    batch.finish(3, 4)
    other = client("s3").head_object(Bucket=DATA, Key=batch.part_key(1, 2))["Metadata"]["tally"].replace("2", "1")
    key = batch.part_key(3, 4)
    client("s3").put_object(Bucket=DATA, Key=key, Body=batch.part(3, 4), Metadata={"tally": other})
    assert (batch.join()["row_batches"], batch.join()["rows_succeeded"]) == (1, 4)


@pytest.mark.parametrize("spoilt", ["no tally", "tally of other bytes", "tally of other rows"])
def test_part_that_was_not_finished_is_none(spoilt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The function was stopped between the two writes; the rows themselves are in the table."""
    monkeypatch.setattr(s3, "_MOST_METADATA_BYTES", 10)
    batch = LargeBatch(content(4))
    batch.finish(1, 2)
    batch.finish(3, 4)
    document = json.loads(get(batch.tally_key(3, 4)))
    if spoilt == "no tally":
        client("s3").delete_object(Bucket=DATA, Key=batch.tally_key(3, 4))
    elif spoilt == "tally of other bytes":
        put(batch.part_key(3, 4), b"half a part")
    else:
        put(batch.tally_key(3, 4), json.dumps(document | {"statuses": {"SUCCESS": 1}}).encode())
    summary = batch.join()
    assert (summary["rows_succeeded"], summary["row_batches"]) == (4, 1)
    assert [row[3] for row in table_of(batch.output())[1:]] == ["1", "2", "3", "4"]


def test_row_batches_that_overlap_give_each_row_once() -> None:
    batch = LargeBatch(content(6))
    for first, last in ((1, 3), (4, 6), (2, 5)):
        batch.finish(first, last)
    assert batch.join()["rows_succeeded"] == 6
    assert [row[3] for row in table_of(batch.output())[1:]] == [str(row) for row in range(1, 7)]


def test_part_of_rows_that_the_batch_does_not_have_is_no_output() -> None:
    batch = LargeBatch(content(2))
    batch.finish(1, 2)
    put(batch.part_key(3, 3), b"n3,x,,,SUCCESS,,,\r\n")
    with pytest.raises(RowCountMismatch, match="the batch has the rows 1 to 2"):
        batch.join()
    assert keys(RESULTS) == []


def test_repeated_invocation_returns_the_same_summary_and_writes_nothing() -> None:
    batch = LargeBatch(content(3))
    batch.finish(1, 3)
    first = batch.join()
    with calls_of("PutObject") as written, calls_of("ListObjectsV2") as listed:
        assert batch.join() == first
    assert (written, listed) == ([], [])


def test_summary_that_is_missing_is_written_by_the_next_attempt() -> None:
    batch = LargeBatch(content(3))
    batch.finish(1, 3)
    first, output = batch.join(), batch.output()
    client("s3").delete_object(Bucket=RESULTS, Key=batch.plan["output"]["key"].replace(".csv", ".summary.json"))
    second = batch.join()
    assert {**first, "finished_at": "", "execution_time_ms": 0} == {**second, "finished_at": "", "execution_time_ms": 0}
    assert batch.output() == output


def test_output_of_another_batch_is_never_overwritten() -> None:
    batch = LargeBatch(content(3))
    batch.finish(1, 3)
    put(batch.plan["output"]["key"], b"theirs", RESULTS)
    with pytest.raises(BatchProcessorError, match="another object has this name, and nothing is overwritten"):
        batch.join()
    assert batch.output() == b"theirs"


def test_listing_that_is_throttled_for_a_while_is_not_noticed() -> None:
    batch = LargeBatch(content(3))
    batch.finish(1, 3)
    with answering("ListObjectsV2", 503, "SlowDown", times=5) as refused:
        assert batch.join()["rows_succeeded"] == 3
    assert len(refused) == 5


def test_listing_that_stays_throttled_is_worth_another_attempt() -> None:
    batch = LargeBatch(content(3))
    batch.finish(1, 3)
    with (
        answering("ListObjectsV2", 503, "SlowDown"),
        pytest.raises(StorageUnavailable, match=r"Listing s3://data/work"),
    ):
        batch.join()
    assert keys(RESULTS) == []


def test_parts_are_found_over_all_pages_of_the_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    def few(params: dict[str, Any], **_: Any) -> None:
        params["MaxKeys"] = 3

    batch = LargeBatch(content(9))
    for row in range(1, 10):
        batch.finish(row, row)
    events = client("s3").meta.events
    events.register("before-parameter-build.s3.ListObjectsV2", few)
    with calls_of("ListObjectsV2") as listed:
        assert batch.join()["row_batches"] == 9
    events.unregister("before-parameter-build.s3.ListObjectsV2", few)
    assert len(listed) == 2 * 3, "once for the size, once for the rows"


def once_joined(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Has something happen when the parts have been listed to be joined; before that they are listed to be weighed."""
    found: Callable[..., Any] = parts.found_pieces
    calls = itertools.count()

    def then_happens(*arguments: Any) -> Any:
        pieces = list(found(*arguments))
        if next(calls) == 1:
            happens()
        return pieces

    monkeypatch.setattr(parts, "found_pieces", then_happens)


def test_parts_that_are_gone_while_they_are_joined_leave_no_output(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = LargeBatch(content(4))
    batch.finish(1, 2)
    batch.finish(3, 4)
    once_joined(monkeypatch, lambda: client("s3").delete_object(Bucket=DATA, Key=batch.part_key(3, 4)))
    with pytest.raises(SourceUnavailable, match="0000000003-0000000004"):
        batch.join()
    assert (keys(RESULTS), open_uploads(RESULTS)) == ([], [])


def test_part_that_is_written_anew_while_parts_are_joined_is_worth_another_attempt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = LargeBatch(content(4))
    batch.finish(1, 2)
    batch.finish(3, 4)
    once_joined(monkeypatch, lambda: put(batch.part_key(3, 4), b"anew"))
    with pytest.raises(StorageUnavailable, match=r"0000000003-0000000004\.csv was written anew while it was read"):
        batch.join()
    assert (keys(RESULTS), open_uploads(RESULTS)) == ([], [])


NUMBERS = itertools.count()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_each_row_comes_out_once_however_the_row_batches_were_cut(data: st.DataObject) -> None:
    rows, name = data.draw(st.integers(1, 12)), f"batch-{next(NUMBERS)}"
    batch = LargeBatch(
        content(rows),
        output={"key": f"outputs/{name}.csv"},
        work={"prefix": f"work/{name}/"},
        storage={"mode": "dynamodb", "batch_id": f"triage#{name}"},
    )
    results, finished = results_of(rows), set()
    for _ in range(data.draw(st.integers(1, 2))):
        cuts = sorted({0, rows, *data.draw(st.lists(st.integers(1, rows), max_size=4))})
        for first, last in data.draw(st.lists(st.sampled_from(list(pairwise(cuts))), unique=True)):
            batch.finish(first + 1, last, results[first:last])
            finished |= set(range(first, last))
    batch.join()
    written = table_of(batch.output())[1:]
    assert [row[0] for row in written] == [f"n{row}" for row in range(1, rows + 1)]
    assert [row[4] for row in written] == [
        result["status"] if row in finished else "NOT_RUN" for row, result in enumerate(results)
    ]
