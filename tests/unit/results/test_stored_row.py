"""A row's result as an item of the table and back."""

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch_processor.contract import EarlierRows, RowResult, RowStore
from batch_processor.results.stored_row import (
    FAILURE_KEYS,
    Item,
    Paid,
    counts,
    failure_item,
    fits,
    index_of,
    may_be_taken,
    partition,
    partitions,
    result_of,
    row_id,
    success_item,
    with_output,
    with_reference,
)
from tests.unit import plans
from tests.unit.plans import failure

NOW = 1_795_253_684
AT = "2026-11-21T09:35:00.000Z"
STORE: RowStore = {**plans.STORE, "mode": "dynamodb", "compress": False}
NAMES = ["category", "score"]
ITEM_LIMIT_BYTES = 400 * 1024

cells_text = st.text(st.characters(exclude_categories=["Cs"]))  # no lone surrogates: they never get into a cell
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
    max_leaves=8,
)


def store(**options: Any) -> RowStore:
    return {**STORE, **options}  # type: ignore[typeddict-item]


def success(
    cells: list[str], *, names: list[str] = NAMES, where: RowStore = STORE, row_input: Any = None, index: int = 7
) -> Item:
    return success_item(where, index, names, cells, row_input, AT, 1_200, NOW)


def size_of(item: Item) -> int:
    """As DynamoDB counts strings and binaries; a number is never more than its digits."""
    values = (next(iter(value.values())) for value in item.values())
    return sum(map(len, map(str.encode, item))) + sum(len(v if isinstance(v, bytes) else v.encode()) for v in values)


def text_of(value: dict[str, Any]) -> str:
    return gzip.decompress(value["B"]).decode() if "B" in value else value["S"]


# --- Keys --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "expected"), [(1, "triage#night#1"), (500, "triage#night#1"), (501, "triage#night#501")]
)
def test_partition_is_named_after_its_first_row(index: int, expected: str) -> None:
    assert partition(store(partition_rows=500), index) == expected


def test_rows_that_are_not_spread_are_all_in_one_partition() -> None:
    assert {partition(STORE, index) for index in (1, 2, 1_000_000)} == {"triage#night"}


@given(st.integers(1, 300), st.integers(0, 300), st.none() | st.integers(1, 40))
def test_partitions_of_rows_are_those_of_each_row_in_order(first: int, count: int, size: int | None) -> None:
    where = STORE if size is None else store(partition_rows=size)
    of_each = [partition(where, index) for index in range(first, first + count)]
    assert list(partitions(where, {"first": first, "last": first + count - 1})) == list(dict.fromkeys(of_each))


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_row_ids_sort_as_rows_do_and_name_them(one: int, other: int) -> None:
    assert (row_id(one) < row_id(other)) is (one < other)
    assert index_of(row_id(one)) == one


# --- Successes ---------------------------------------------------------------------------------------------------


def test_success_has_the_attributes_that_queries_rely_on() -> None:
    assert success(["billing", "3"], row_input={"ticket": "Charged twice – refund"}) == {
        "batch_id": {"S": "triage#night"},
        "row_id": {"S": "row_0000000007"},
        "status": {"S": "SUCCESS"},
        "input_data": {"S": '{"ticket": "Charged twice – refund"}'},
        "output_data": {"S": '{"category": "billing", "score": "3"}'},
        "timestamp": {"S": AT},
        "execution_time_ms": {"N": "1200"},
        "ttl": {"N": str(NOW + 604_800)},
    }


def test_success_whose_time_nobody_knows_has_that_of_its_storing() -> None:
    item = success_item(STORE, 7, NAMES, ["a", "b"], None, None, None, NOW)
    assert result_of(item, NAMES) == {
        "index": 7, "status": "SUCCESS", "cells": ["a", "b"], "at": "2026-11-21T09:34:44Z"
    }  # fmt: skip


@given(st.lists(cells_text, min_size=2, max_size=2), anything, st.booleans())
@example(["\0", ""], None, True)
@example(["𝄞😀" * 51_200, "é\r\n\0"], {"ticket": "\ud800"}, True)
@example(["\0" * 60_000, "=1+1"], ["\udfff"], False)
def test_any_cells_come_back(cells: list[str], row_input: Any, compress: bool) -> None:
    item = success(cells, where=store(compress=compress), row_input=row_input)
    assert result_of(item, NAMES) == {"index": 7, "status": "SUCCESS", "cells": cells, "at": AT, "ms": 1_200}
    if "input_data" in item:
        assert json.loads(text_of(item["input_data"])) == row_input
    json.dumps(item, default=repr, ensure_ascii=False).encode()  # UTF-8 can have it


@given(st.lists(st.text(st.characters(), min_size=1), min_size=1, unique=True))
def test_any_column_names_are_found_again(names: list[str]) -> None:
    cells = [str(number) for number in range(len(names))]
    found = result_of(success(cells, names=names), names)
    assert found
    assert found["cells"] == cells


def test_cells_come_in_the_order_of_the_columns_asked_for() -> None:
    item = success(["billing", "3", "x"], names=["category", "score", "note"])
    found = result_of(item, ["note", "category"])
    assert found
    assert found["cells"] == ["x", "billing"]


@pytest.mark.parametrize("names", [["category", "priority"], ["Score"]])
def test_success_without_one_of_the_columns_is_no_result(names: list[str]) -> None:
    assert result_of(success(["billing", "3"]), names) is None


def test_success_without_an_answer_is_no_result() -> None:
    item = success(["billing", "3"])
    del item["output_data"]
    assert result_of(item, NAMES) is None


@pytest.mark.parametrize(("length", "kind"), [(4 * 1024, "S"), (4 * 1024 + 1, "B")])
def test_only_data_beyond_4_kib_is_compressed(length: int, kind: str) -> None:
    text = "ü" * ((length - len('{"c": ""}')) // 2) + "x" * ((length - len('{"c": ""}')) % 2)
    item = success([text], names=["c"], where=store(compress=True), row_input={"c": text})
    assert set(item["output_data"]) == set(item["input_data"]) == {kind}


def test_compressed_data_is_gzip_and_smaller() -> None:
    item = success(["x" * 100_000, ""], where=store(compress=True), row_input={"ticket": "y" * 100_000})
    assert json.loads(gzip.decompress(item["output_data"]["B"])) == {"category": "x" * 100_000, "score": ""}
    assert json.loads(gzip.decompress(item["input_data"]["B"])) == {"ticket": "y" * 100_000}
    assert size_of(item) < 2_000


def test_nothing_is_compressed_unless_it_is_asked_for() -> None:
    item = success(["x" * 100_000, ""], row_input={"ticket": "y" * 100_000})
    assert set(item["output_data"]) == set(item["input_data"]) == {"S"}


# --- Size --------------------------------------------------------------------------------------------------------


@given(st.integers(0, 399_000), st.integers(0, 500_000), st.booleans())
@example(199_000, 199_000, False)
@example(200_000, 200_000, False)
def test_item_with_room_for_the_answer_fits_whatever_the_input(answer: int, given: int, compress: bool) -> None:
    noise = random.Random(1).randbytes(answer // 2).hex()
    item = success([noise, ""], where=store(compress=compress), row_input={"ticket": "é" * (given // 2)})
    assert fits(item)
    assert size_of(item) <= ITEM_LIMIT_BYTES
    assert "output_data" in item


@pytest.mark.parametrize(
    ("given", "compress", "kept"), [(199_000, False, True), (201_000, False, False), (201_000, True, True)]
)
def test_input_is_left_out_if_there_is_no_room_for_both(given: int, compress: bool, kept: bool) -> None:
    item = success(["x" * 200_000, ""], where=store(compress=compress), row_input={"ticket": "x" * given})
    assert ("input_data" in item) is kept
    assert "output_data" in item


@pytest.mark.parametrize("character", ["x", "ü", "𝄞"])
def test_bytes_count_and_not_characters(character: str) -> None:
    def item_of(size: int) -> Item:
        return success([character * (size // len(character.encode())), ""])

    assert fits(item_of(395_000))
    assert not fits(item_of(405_000))


def test_names_count_too() -> None:
    fitting = success(["x" * 399_000, ""])
    assert fits(fitting)
    assert not fits({**fitting, "n" * 1_000: {"S": ""}})


def test_answer_beyond_the_limit_is_referred_to() -> None:
    item = success(["x" * 500_000, "3"], row_input={"ticket": "short"})
    assert not fits(item)
    referring = with_reference(item, "s3://data/work/night/answers/7.json")
    assert fits(referring)
    assert "output_data" not in referring
    assert referring["output_ref"] == {"S": "s3://data/work/night/answers/7.json"}


def test_reference_that_was_followed_gives_the_cells() -> None:
    referring = with_reference(success(["x", "3"]), "s3://data/work/night/answers/7.json")
    found = result_of(with_output(referring, '{"score": "3", "category": "x"}'), NAMES)
    assert found
    assert found["cells"] == ["x", "3"]


# --- Failures ----------------------------------------------------------------------------------------------------


def test_failures_of_a_large_batch_are_spread_over_the_keys_of_the_index() -> None:
    """An outage fails many rows at once, and one key takes 1,000 writes a second."""
    spread = store(partition_rows=500)
    keys = [
        failure_item(spread, failure(index, "E", "no"), NOW)["failed_batch"]["S"] for index in range(1, 20_000, 250)
    ]
    assert keys[:4] == ["triage#night#0", "triage#night#0", "triage#night#1", "triage#night#1"]
    assert set(keys) == {f"triage#night#{number}" for number in range(FAILURE_KEYS)}
    assert failure_item(STORE, failure(7, "E", "no"), NOW)["failed_batch"] == {"S": "triage#night"}


def test_failure_has_its_reason_and_is_in_the_index() -> None:
    item = failure_item(store(partition_rows=500), failure(501, "States.TaskFailed", "no such order"), NOW)
    assert item == {
        "batch_id": {"S": "triage#night#501"},
        "row_id": {"S": "row_0000000501"},
        "status": {"S": "FAILED"},
        "error_message": {"S": "States.TaskFailed: no such order"},
        "failed_batch": {"S": "triage#night#1"},
        "timestamp": {"S": "2026-11-21T09:35:01Z"},
        "execution_time_ms": {"N": "900"},
        "ttl": {"N": str(NOW + 604_800)},
    }


def test_success_is_not_in_the_index_of_failures() -> None:
    assert "failed_batch" not in success(["a", "b"])


@pytest.mark.parametrize("timeout", [False, True])
@given(st.text(st.characters(exclude_characters=":", codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8")))
def test_failure_comes_back(timeout: bool, error: str, message: str) -> None:
    result = failure(7, error, message, timeout=timeout)
    assert result_of(failure_item(STORE, result, NOW), NAMES) == result


def test_failure_says_which_execution_has_the_answer_that_nobody_could_read() -> None:
    result: RowResult = {**failure(7, "StorageUnavailable", "S3 failed"), "unread": "2-5ca1ab1e"}
    item = failure_item(STORE, result, NOW)
    assert item["answered_by"] == {"S": "2-5ca1ab1e"}
    assert result_of(item, NAMES) == result


def test_failure_without_an_answer_names_no_execution() -> None:
    assert "answered_by" not in failure_item(STORE, {**failure(7, "Refused", "no"), "unread": ""}, NOW)


def test_failure_that_says_nothing_comes_back() -> None:
    bare: RowResult = {"index": 7, "status": "FAILED"}
    found = {**bare, "error": "", "message": "", "at": "2026-11-21T09:34:44Z"}
    assert result_of(failure_item(STORE, bare, NOW), NAMES) == found


def test_reason_with_half_a_surrogate_pair_can_be_stored() -> None:
    item = failure_item(STORE, failure(7, "Refused", "half \ud83d of it"), NOW)
    assert item["error_message"]["S"].encode() == "Refused: half � of it".encode()


# --- Time --------------------------------------------------------------------------------------------------------


def iso(seconds: int) -> str:
    return datetime.fromtimestamp(NOW + seconds, UTC).isoformat()


ITEMS = [success(["a", "b"]), failure_item(STORE, failure(7, "Refused", "no"), NOW)]


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize(("seconds", "over"), [(604_799, False), (604_800, True), (604_801, True)])
def test_item_whose_time_was_over_when_the_run_began_does_not_count(item: Item, seconds: int, over: bool) -> None:
    assert counts(item, STORE, iso(seconds)) is not over


def test_item_that_somebody_keeps_for_good_does_not_expire() -> None:
    item = success(["a", "b"])
    del item["ttl"]
    assert counts(item, STORE, iso(10**9))


@pytest.mark.parametrize("item", ITEMS)
def test_item_from_before_the_batch_does_not_count_where_it_does_not_say_whose_it_is(item: Item) -> None:
    written = datetime.fromisoformat(item["timestamp"]["S"])
    for minutes, ours in ((0, True), (5, True), (5.001, False), (60 * 24 * 90, False)):
        began = written + timedelta(minutes=minutes)
        assert counts(item, store(since=began.isoformat()), STORE["as_of"]) is ours


@pytest.mark.parametrize("clock_behind_seconds", [0, 1, 299])
def test_item_of_a_clock_that_is_behind_counts(clock_behind_seconds: int) -> None:
    """Step Functions says when the batch began, and Lambda when its first row was answered."""
    at = (datetime.fromisoformat(STORE["since"]) - timedelta(seconds=clock_behind_seconds)).isoformat()
    assert counts(success_item(STORE, 7, NAMES, ["a", "b"], None, at, 5, NOW), STORE, STORE["as_of"])


def test_item_that_does_not_say_when_is_nobody_s() -> None:
    item = success(["a", "b"])
    del item["timestamp"]
    assert not counts(item, STORE, STORE["as_of"])


@pytest.mark.parametrize("at", ["2026-10-01T00:00:00Z", AT])
def test_item_belongs_to_the_batch_whose_beginning_it_names_whenever_it_was_answered(at: str) -> None:
    """Of an earlier run's history come answers that are older than the batch that stores them."""
    marked = store(fingerprint="f" * 32)
    for item in (
        success_item(marked, 7, NAMES, ["a", "b"], None, at, 5, NOW),
        failure_item(marked, {**failure(7, "Refused", "no"), "at": at}, NOW),
    ):
        assert counts(item, STORE, STORE["as_of"])
        assert not counts(item, store(since="2026-11-20T00:00:00Z"), STORE["as_of"])


# --- Rows of other batches ---------------------------------------------------------------------------------------


def test_row_carries_the_fingerprint_of_what_made_it() -> None:
    marked = store(fingerprint="f" * 32)
    for item in (success(["a", "b"], where=marked), failure_item(marked, failure(7, "Refused", "no"), NOW)):
        assert item["fingerprint"] == {"S": "f" * 32}


@pytest.mark.parametrize("unmarked", [False, True])
def test_row_is_taken_by_its_fingerprint_or_without_one_if_its_batch_gave_none(unmarked: bool) -> None:
    shelf: EarlierRows = {
        "batch_id": "triage#night", "since": STORE["since"], "ttl_seconds": 60, "fingerprints": ["a" * 32, "b" * 32],
    }  # fmt: skip
    shelf = {**shelf, "unmarked": True} if unmarked else shelf
    for digest, taken in (("a", True), ("b", True), ("c", False)):
        assert may_be_taken(success(["x", "1"], where=store(fingerprint=digest * 32)), shelf) is taken
    assert may_be_taken(success(["x", "1"]), shelf) is unmarked


@pytest.mark.parametrize("paid", [{}, {"calls": 3}, {"usage": [1438, 231]}, {"calls": 2, "usage": [0, 0]}])
@pytest.mark.parametrize("row_input", [None, {"contact": "a@x.org"}])
def test_answer_keeps_what_was_paid_for_it_with_its_input_and_without(paid: Paid, row_input: Any) -> None:
    item = success_item(STORE, 1, ["a"], ["b"], row_input, None, 10, 1_800_000_000, None, paid)
    assert fits(item)
    assert ("input_data" in item) == (row_input is not None)
    result: Any = result_of(item, ["a"])
    assert {name: result[name] for name in ("calls", "usage") if name in result} == paid
