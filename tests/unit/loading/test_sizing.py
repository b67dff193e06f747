import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor import limits
from batch_processor.contract import Loaded
from batch_processor.errors import BatchTooLarge
from batch_processor.loading.row_lines import RowsFound
from batch_processor.loading.sizing import distributed_loaded, inline_loaded, most_line_bytes
from tests.unit.plans import STORE, make_plan

DAY = 24 * 3600
KIBIBYTE = 1024
# So short that a million rows are done in time.
QUICK = {"max_concurrency": 1_000, "timeout_seconds": 60, "max_delay_seconds": 60}
EARLIER = {"batch": "evening", "only_failed": False}


def inline(row_count: int, **sections: Any) -> Loaded:
    return inline_loaded(make_plan(**sections), RowsFound(row_count, row_count * 30))


def distributed(row_count: int, row_bytes: int = 160, **sections: Any) -> Loaded:
    plan = make_plan(**{"execution": QUICK, **sections})
    return distributed_loaded(plan, RowsFound(row_count, row_count * row_bytes))


def test_inline_batch_has_its_concurrency_in_one_execution() -> None:
    loaded = inline_loaded(make_plan(), RowsFound(3, 90, blank_lines=1, surplus_cells=True))
    assert loaded == {
        "row_count": 3,
        "blank_lines": 1,
        "surplus_cells": True,
        "map_mode": "inline",
        "map_mode_reason": "3 rows fit one execution",
        "rows_at_once": 10,
        "row_batches_at_once": 1,
        "storage": STORE,
        "result_bytes": loaded["result_bytes"],
        "message_bytes": 2_000,
    }
    assert inline(3, execution={"max_concurrency": 200})["rows_at_once"] == 40


@pytest.mark.parametrize(
    ("row_count", "mode", "expected"),
    [
        (15, "auto", "inline"),
        (16, "auto", "dynamodb"),
        (400, "auto", "dynamodb"),
        (400, "inline", "inline"),
        (1, "dynamodb", "dynamodb"),
    ],
)
def test_answers_are_kept_in_the_payload_only_if_they_surely_fit(row_count: int, mode: str, expected: str) -> None:
    assert inline(row_count, storage={"mode": mode})["storage"]["mode"] == expected


def test_rows_that_are_resumed_are_kept_where_the_others_are() -> None:
    assert inline(3, earlier=EARLIER)["storage"]["mode"] == "dynamodb"
    assert inline(3, earlier=EARLIER, storage={"mode": "inline"})["storage"]["mode"] == "inline"


@pytest.mark.parametrize("load", [inline, distributed])
def test_rows_belong_to_their_batch_and_what_made_them_and_expire_by_its_start(load: Any) -> None:
    storage = {"since": "2026-11-22T06:00:00Z", "batch_id": "triage#morning", "fingerprint": "f" * 32}
    store = load(100, earlier=EARLIER, storage=storage, batch={"started_at": storage["since"]})["storage"]
    assert {name: store[name] for name in (*storage, "as_of")} == {**storage, "as_of": storage["since"]}


def test_inline_batch_keeps_its_rows_in_one_partition() -> None:
    assert "partition_rows" not in inline(200, max_rows=200, storage={"mode": "dynamodb"})["storage"]


def test_distributed_batch_keeps_its_rows_in_a_partition_for_each_row_batch() -> None:
    loaded = distributed(100_000)
    assert loaded["storage"] == {**STORE, "mode": "dynamodb", "partition_rows": loaded["fan_out"]["batch_rows"]}


def test_distributed_batch_knows_where_its_rows_are() -> None:
    loaded = distributed(1_000_000)
    assert loaded["fan_out"] == {
        "bucket": "data",
        "rows_key": "work/night-1a2b3c4d/rows.jsonl",
        "batch_rows": limits.most_batch_rows("agent", 3) // 2 * 2,  # two full rounds
        "batch_bytes": loaded["fan_out"]["batch_bytes"],
    }
    assert (loaded["map_mode"], loaded["row_batches_at_once"], loaded["rows_at_once"]) == ("distributed", 33, 30)
    assert loaded["map_mode_reason"] == "1,000,000 rows; an execution's history holds 418 of them inline"


@given(
    st.integers(1, 100_000),
    st.integers(1, 10_000),
    st.integers(1, 10),
    st.sampled_from(["agent", "tool"]),
    st.integers(20, 100_000),
)
def test_row_batches_fit_their_execution_and_spread_over_the_concurrency(
    row_count: int, max_concurrency: int, attempts: int, target_type: str, row_bytes: int
) -> None:
    execution = {"max_concurrency": max_concurrency, "max_attempts": attempts, "timeout_seconds": 1}
    loaded = distributed(
        row_count, row_bytes, target={"type": target_type}, execution={**execution, "max_delay_seconds": 1}
    )
    rows, at_once = loaded["fan_out"]["batch_rows"], loaded["row_batches_at_once"]
    assert loaded["rows_at_once"] <= rows <= limits.most_batch_rows(target_type, attempts)
    assert rows == 1 or rows * row_bytes <= loaded["fan_out"]["batch_bytes"]
    assert 0.95 * max_concurrency <= loaded["rows_at_once"] * at_once <= max_concurrency
    assert rows % loaded["rows_at_once"] == 0
    assert rows <= max(loaded["rows_at_once"], math.ceil(row_count / (4 * at_once)))


@pytest.mark.parametrize("name", ["night", "n" * 80])
@pytest.mark.parametrize("columns", [2, 1_500])
def test_row_batches_fit_every_payload_that_carries_them(name: str, columns: int) -> None:
    plan = make_plan(
        batch={"name": name, "key": f"{name[:25]}-{'1a2b3c4d' * 4}"},
        storage={"batch_id": f"{'t' * 80}#{name}"},
        work={"bucket": "b" * 63, "prefix": f"work/{name[:25]}-{'1a2b3c4d' * 4}/"},
        input={"columns": {f"column {n}": n for n in range(columns)}},
        execution={**QUICK, "max_concurrency": 10_000, "max_attempts": 1},
        target={"type": "tool"},
        earlier=EARLIER,
    )
    loaded = distributed_loaded(plan, RowsFound(10**7 // 2, 10**9))
    fan_out = loaded["fan_out"]
    rows = [f'{{"index":{index}}}' for index in range(10**8 - fan_out["batch_rows"], 10**8)]
    rows[0] = rows[0] + "x" * (fan_out["batch_bytes"] - len(",".join(rows)) - 2)
    items = len(",".join(rows)) + 2
    assert items == fan_out["batch_bytes"]
    machine = f"arn:aws:states:eu-west-1:123456789012:stateMachine:{'m' * 80}"
    child = {"BatchInput": {"machine": machine, "plan": plan, "loaded": loaded}, "Items": ""}
    nested = {"plan": plan, "loaded": loaded, "rows": "", "again": True}
    again = {"FunctionName": machine, "Payload": {"plan": plan, "given": {"rows": "", "loaded": loaded}}}
    for payload in (child, nested, again):
        assert size(payload) + items < limits.PAYLOAD_BYTES
    returned = {"loaded": {**loaded, "row_batch": {"first": 10**8, "last": 10**8}}, "envelope": "x" * 1_500}
    assert size(returned) + items + len(rows) * len(',"run":"-1a2b3c4d"') < limits.PAYLOAD_BYTES


def size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode())


def test_plan_that_leaves_rows_no_room_is_refused() -> None:
    assert most_line_bytes(make_plan()) > 200 * KIBIBYTE
    assert most_line_bytes(make_plan(input={"constants": {"guide": "x" * 115 * KIBIBYTE}})) > 4 * KIBIBYTE
    with pytest.raises(
        BatchTooLarge, match=r"^The plan takes 12\d,\d+ bytes, and each row batch gets it beside its rows"
    ):
        most_line_bytes(make_plan(input={"constants": {"guide": "x" * 118 * KIBIBYTE}}))


def test_more_than_a_distributed_map_reads_is_refused() -> None:
    assert distributed(1_000_000, 10_000)["row_count"] == 1_000_000
    with pytest.raises(
        BatchTooLarge, match=r"^The mapped cells take 10,001,000,000 bytes as JSON; .* 10,000,000,000\."
    ):
        distributed(1_000_000, 10_001)


def test_more_row_batches_than_can_be_joined_in_time_are_refused() -> None:
    most = limits.MOST_ROW_BATCHES * distributed(10**6)["fan_out"]["batch_rows"]
    assert distributed(most)["row_count"] == most == 12_840_000
    with pytest.raises(BatchTooLarge) as caught:
        distributed(most + 1)
    assert str(caught.value) == (
        "12,840,001 rows make 214,001 row batches of 60 rows; the output of at most 214,000 is surely joined in time. "
        "Lower max_attempts (fewer attempts make larger row batches), or split the file."
    )
    assert distributed(most + 1, execution={**QUICK, "max_attempts": 1})["row_count"] == most + 1


def test_empty_batch_can_be_distributed() -> None:
    assert distributed(0, map_mode="distributed")["fan_out"]["batch_rows"] == 30


def lasting(seconds: int, *, at_a_time: int = 1, attempts: int = 1, delay: int = 0) -> dict[str, Any]:
    return {
        "timeout_seconds": seconds,
        "max_concurrency": at_a_time,
        "max_attempts": attempts,
        "max_delay_seconds": delay,
    }


def test_a_batch_may_take_30_days() -> None:
    assert limits.LONGEST_BATCH_SECONDS == 30 * DAY


@pytest.mark.parametrize(
    ("row_count", "execution", "over"),
    [
        (1, lasting(30 * DAY), lasting(30 * DAY + 1)),
        (30, lasting(DAY), lasting(DAY + 1)),
        (30, lasting(DAY - 5, delay=5), lasting(DAY - 5, delay=6)),
        (10, lasting(DAY, attempts=3), lasting(DAY + 1, attempts=3)),
        (300, lasting(DAY, at_a_time=10), lasting(DAY, at_a_time=9)),
        (291, lasting(DAY, at_a_time=10), lasting(DAY + 1, at_a_time=10)),  # a round that is not full takes as long
    ],
)
def test_batch_that_could_outlast_its_execution_is_refused(
    row_count: int, execution: dict[str, Any], over: dict[str, Any]
) -> None:
    assert inline(row_count, execution=execution)["row_count"] == row_count
    with pytest.raises(BatchTooLarge):
        inline(row_count, execution=over)


def test_large_batch_may_outlast_its_execution_but_no_row_batch_may() -> None:
    # 32 rows at a time, three rounds in a row batch of 96.
    assert distributed(1_000_000, execution=lasting(10 * DAY, at_a_time=1_000))["fan_out"]["batch_rows"] == 96
    with pytest.raises(BatchTooLarge, match=r"^96 rows, 32 at a time"):
        distributed(1_000_000, execution=lasting(10 * DAY + 1, at_a_time=1_000))


def test_batch_that_takes_too_long_is_told_with_what_would_help() -> None:
    with pytest.raises(BatchTooLarge) as caught:
        inline(100, execution=lasting(30 * DAY, at_a_time=40, attempts=2))
    assert str(caught.value) == (
        "100 rows, 40 at a time, 2 attempt(s) of up to 2,592,000 s each could take 180 days; a batch may take 30. "
        "Lower timeout_seconds, or raise max_concurrency."
    )
