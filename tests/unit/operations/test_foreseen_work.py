"""What a batch that is to come would cost in either tier."""

from dataclasses import replace
from typing import Any

import pytest

from batch_processor.cost.express import LONGEST_MS, OVERHEAD_MS, child_ms, gb_seconds
from batch_processor.cost.model import usage_of
from batch_processor.cost.prices import cost_of
from batch_processor.loading.row_lines import RowsFound
from batch_processor.operations.foreseen import Foreseen, Rows
from batch_processor.operations.foreseen_work import bounds, tiers, work_of
from batch_processor.output.counting import expected_cost
from tests.unit.plans import make_loaded, make_plan

TOOL: dict[str, Any] = {
    "type": "tool",
    "name": "lookup",
    "arn": "arn:aws:lambda:eu-west-1:123456789012:function:lookup",
}


def foreseen(rows: int, tier: str, batch_rows: int, *, row_bytes: int = 100, **sections: Any) -> Foreseen:
    loaded = make_loaded(rows, map_mode="distributed", tier=tier, rows_at_once=40, row_batches_at_once=5)
    loaded["storage"] = {**loaded["storage"], "mode": "dynamodb"}
    loaded["fan_out"] = {"bucket": "data", "rows_key": "rows", "batch_rows": batch_rows, "batch_bytes": 200_000}
    found = RowsFound(row_count=rows, blank_lines=0, surplus_cells=False, line_bytes=rows * row_bytes)
    return Foreseen(make_plan(**{"target": TOOL, **sections}), loaded, Rows(found), False, 500)


def usd(work: Any) -> float:
    return cost_of(usage_of(work))["usd"]


def test_express_batch_is_foreseen_with_its_children_and_beside_the_standard_tier() -> None:
    batch = foreseen(10_000, "express", 400)
    work = work_of(batch, None)
    assert (work.is_express, work.row_batches, work.transitions) == (True, 25, 0)
    assert work.express_ms == 25 * child_ms(400, 40, 0.5)
    standard, express = tiers(batch, work, None)
    assert express == work
    assert usd(standard) / usd(work) > 20


def test_batch_of_fewer_rows_than_a_child_takes_is_expected_to_take_as_long_as_they_do() -> None:
    """Before it runs, and when its rows are known, when nobody tells how long an agent takes."""
    batch = foreseen(120, "express", 400, target={**TOOL, "type": "agent", "express": True})
    before = replace(batch, expected_ms=None)
    seconds = gb_seconds(child_ms(120, 40, 10.0))
    assert work_of(before, None).express_ms == child_ms(120, 40, 10.0)
    expected = expected_cost(batch.plan, batch.loaded, [])
    assert expected
    assert expected["usage"]["express_gb_second"] == pytest.approx(seconds, abs=1e-3)


def test_standard_batch_of_a_tool_is_told_with_what_the_express_tier_would_cost() -> None:
    batch = foreseen(10_000, "standard", 68)
    work = work_of(batch, None)
    standard, express = tiers(batch, work, None)
    assert standard == work
    assert express
    assert usd(express) < usd(work) / 20


@pytest.mark.parametrize(
    "sections",
    [
        {"target": {**TOOL, "type": "agent"}},
        {"target": {**TOOL, "runs": "state_machine"}},
        {"target": {**TOOL, "idempotent": False}},
        {"execution": {"continue_on_error": False}},
    ],
)
def test_what_can_never_run_in_express_children_is_told_no_price_of_them(sections: dict[str, Any]) -> None:
    batch = foreseen(10_000, "standard", 68, **sections)
    assert tiers(batch, work_of(batch, None), None)[1] is None


def test_express_agent_is_told_it() -> None:
    batch = foreseen(10_000, "standard", 68, target={**TOOL, "type": "agent", "express": True})
    assert tiers(batch, work_of(batch, None), None)[1]


def test_items_of_more_than_a_kilobyte_take_more_units() -> None:
    narrow, wide = (work_of(foreseen(100, "express", 100, row_bytes=size), None) for size in (100, 2_000))
    assert (narrow.item_units, wide.item_units) == (1, 3)


def test_least_and_most_hold_the_expected_and_no_child_takes_longer_than_it_may() -> None:
    batch = foreseen(10_000, "express", 400)
    work = work_of(batch, None)
    low, high = bounds(batch, work, None, 0.0)
    assert usd(low) < usd(work) < usd(high)
    assert high.express_ms == 25 * LONGEST_MS
    # Nobody has told how long a call takes, so that the least is of calls that take no time.
    assert bounds(replace(batch, expected_ms=None), work, None, 0.0)[0].express_ms == 25 * OVERHEAD_MS / 2
    assert bounds(batch, replace(work, is_express=False, express_ms=0), None, 0.0)[1].express_ms == 0
