"""How the rows of an Express batch are cut, and what keeps its children within their five minutes."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor import limits
from batch_processor.contract import Loaded
from batch_processor.contract.stored_answer import unless_answered
from batch_processor.errors import BatchTooLarge
from batch_processor.loading.row_lines import RowsFound
from batch_processor.loading.sizing import distributed_loaded
from tests.unit.plans import make_plan

TOOL = {"type": "tool", "idempotent": True}


def express(row_count: int, row_bytes: int = 160, **execution: Any) -> Loaded:
    plan = make_plan(target=TOOL, execution={"max_delay_seconds": 1, **execution}, storage={"fingerprint": "f" * 32})
    return distributed_loaded(plan, RowsFound(row_count, row_count * row_bytes))


def test_a_large_batch_of_a_quick_tool_has_full_children() -> None:
    loaded = express(1_000_000, timeout_seconds=10, max_concurrency=1_000)
    fan_out = loaded["fan_out"]
    assert (loaded["tier"], fan_out["batch_rows"], loaded["storage"]["partition_rows"]) == ("express", 400, 400)
    assert (loaded["row_batches_at_once"], loaded["rows_at_once"]) == (25, 40)
    assert fan_out["express"] == {
        "attempt_seconds": 10,
        "last_start_ms": 230_000,
        "extracted_by_ms": 280_000,
        "carried_bytes": fan_out["express"]["carried_bytes"],
        "unless_answered": unless_answered(loaded["storage"]),
    }


@given(
    st.integers(1, 100_000),
    st.integers(1, 10_000),
    st.integers(1, limits.MOST_EXPRESS_ATTEMPT_SECONDS),
    st.integers(20, 100_000),
)
def test_every_row_of_a_child_surely_gets_an_attempt_and_never_more_run_at_once(
    row_count: int, max_concurrency: int, timeout_seconds: int, row_bytes: int
) -> None:
    loaded = express(
        row_count, row_bytes, timeout_seconds=timeout_seconds, max_concurrency=max_concurrency, max_attempts=1
    )
    rows, at_once, bounds = loaded["fan_out"]["batch_rows"], loaded["rows_at_once"], loaded["fan_out"]["express"]
    rounds = math.ceil(rows / at_once)
    # The last round begins after all others have taken their time.
    assert (rounds - 1) * bounds["attempt_seconds"] * 1000 <= bounds["last_start_ms"]
    assert bounds["last_start_ms"] + bounds["attempt_seconds"] * 1000 == 240_000 < bounds["extracted_by_ms"] < 300_000
    assert 0.95 * max_concurrency <= loaded["row_batches_at_once"] * at_once <= max_concurrency or rows < at_once
    assert at_once <= limits.INLINE_CONCURRENCY
    assert 1 <= rows <= limits.MOST_EXPRESS_ROWS
    assert rows * row_bytes <= loaded["fan_out"]["batch_bytes"]


def test_forty_million_rows_are_one_batch_of_a_quick_tool() -> None:
    assert express(40_000_000, row_bytes=200, timeout_seconds=10, max_concurrency=4_000)["fan_out"]["batch_rows"] == 400


def test_more_children_than_can_be_joined_are_refused_with_what_helps() -> None:
    with pytest.raises(BatchTooLarge, match=r"Express children of 2 rows.*Lower timeout_seconds"):
        express(10_000_000, timeout_seconds=240, max_concurrency=4)


def test_a_standard_batch_says_its_tier_and_has_no_bounds() -> None:
    loaded = distributed_loaded(make_plan(execution={"max_delay_seconds": 1}), RowsFound(2_000, 60_000))
    assert loaded["tier"] == "standard"
    assert "STANDARD" in loaded["tier_reason"]
    assert "express" not in loaded["fan_out"]
