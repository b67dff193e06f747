"""What rows cost in the Express tier: AWS's own example, the promise per million rows, and what a tally tells of both tiers."""

import math
from dataclasses import replace

import pytest

from batch_processor import limits
from batch_processor.contract import RowResult
from batch_processor.cost import express
from batch_processor.cost.counted import in_tiers, work_of
from batch_processor.cost.model import Work, usage_of
from batch_processor.cost.prices import cost_of
from batch_processor.cost.tiers import express_saves_usd, in_express, in_standard
from batch_processor.results.tally import Tally

MILLION = 1_000_000
# With an answer at once, as three attempts make row batches.
STANDARD = in_standard(Work(rows=MILLION, called=MILLION, calls=MILLION, extractions=MILLION), batch_rows=68)


def usd(work: Work) -> float:
    return cost_of(usage_of(work))["orchestration_usd"]


def test_memory_is_billed_as_in_the_example_of_the_price_page() -> None:
    # 50 MB + 50 KB + 400 steps of 32 KB are 62.85 MB, billed as 64.
    assert express.billed_mb(50 * 1024, 32 * 1024, 400) == 64
    assert express.billed_mb(50 * 1024, 40 * 1024, 400) == 128


def test_a_child_is_billed_for_the_least_memory_whatever_its_rows_carry() -> None:
    assert (express.PAYLOAD_BYTES, express.ROWS_AT_ONCE) == (limits.PAYLOAD_BYTES, limits.INLINE_CONCURRENCY)
    assert express.CHILD_MB == 64


def test_durations_are_rounded_up() -> None:
    assert [express.billed_ms(ms) for ms in (0, 1, 100, 100.5)] == [0, 100, 100, 200]
    assert express.gb_seconds(16_000) == 1


@pytest.mark.parametrize("seconds", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("child_rows", [120, 400])
def test_a_million_rows_of_tools_cost_less_than_two_dollars(seconds: float, child_rows: int) -> None:
    assert usd(in_express(STANDARD, seconds, 1_000, child_rows)) < 2


def test_a_million_rows_of_express_agents_cost_less_than_three_dollars() -> None:
    # An attempt of up to a minute leaves a child four rounds.
    assert usd(in_express(STANDARD, 30, 1_000, child_rows=160)) < 3


def test_a_million_rows_of_agents_cost_less_than_eighty_dollars() -> None:
    assert 76 < usd(in_standard(STANDARD, batch_rows=60)) < 80


def test_items_of_several_kilobytes_take_as_many_units_more() -> None:
    narrow, wide = (usage_of(in_express(replace(STANDARD, item_units=units), 1, 40)) for units in (1, 3))
    assert wide["dynamodb_write_unit"] - narrow["dynamodb_write_unit"] == 2 * 2 * MILLION


@pytest.mark.parametrize(("attempts", "units"), [(1, 3), (2, 7), (3, 11)])
def test_each_answer_that_cannot_be_read_is_written_too(attempts: int, units: int) -> None:
    calls = 10 * attempts
    unread = Work(rows=10, called=10, calls=calls, extractions=calls, failed=10, is_stored=True, is_express=True)
    assert unread.item_writes == 10 * units
    assert replace(unread, is_express=False).item_writes == 10 * 2


def test_a_child_takes_no_transition_and_the_batch_two_more() -> None:
    small = Work(rows=10, called=10, calls=10, extractions=10, is_distributed=True, is_stored=True)
    usage = usage_of(replace(small, is_express=True, row_batches=1))
    assert usage["state_transition"] == usage_of(Work())["state_transition"] + 2
    assert usage["express_request"] == 1


def test_what_the_express_tier_would_save_is_the_difference() -> None:
    saved = express_saves_usd(STANDARD, 1, 1_000)
    assert saved == pytest.approx(usd(STANDARD) - usd(in_express(STANDARD, 1, 1_000)))
    assert saved > 75


def test_what_is_dearer_in_the_express_tier_saves_nothing() -> None:
    assert express_saves_usd(in_express(STANDARD, 1, 40), 250, 1) == 0


def test_a_tally_tells_what_ran_in_a_child_and_what_it_left() -> None:
    tally = Tally(is_express=True, left={3, 4})
    tally.count(RowResult(index=1, status="SUCCESS", cells=["a"], ms=10, at="2026-12-01T00:00:00Z"))
    tally.count(RowResult(index=2, status="FAILED", error="ToolError", message="m", calls=3))
    tally.count(RowResult(index=3, status="SUCCESS", cells=["a"], calls=2))
    tally.count(RowResult(index=4, status="NOT_RUN"))
    tally.count(RowResult(index=5, status="SKIPPED"))
    tally.express_child(1_234)
    whole = work_of(tally.statuses, tally.paid, 0, row_batches=1)
    child, rest = in_tiers(whole, tally.paid)
    assert (child.rows, child.called, child.calls, child.failed, child.skipped) == (3, 2, 4, 1, 1)
    assert (child.row_batches, child.express_ms) == (1, 1_300)
    assert (rest.rows, rest.calls, rest.failed, rest.row_batches) == (1, 2, 0, 0)
    assert usage_of(child)["target_call"] + usage_of(rest)["target_call"] == 6


def test_children_that_told_no_time_are_taken_to_have_had_all_of_it() -> None:
    paid = {"rows": 800, "calls": 800, "express_children": 2, "express_ms": 4_000, "express_ran": 800}
    child, rest = in_tiers(work_of({"SUCCESS": 1_000}, paid, 0, row_batches=5), paid, children=3)
    assert (child.row_batches, child.express_ms) == (3, 4_000 + express.LONGEST_MS)
    assert (rest.rows, rest.row_batches) == (200, 3)


def test_children_that_left_rows_are_paid_for_the_time_and_the_calls_that_they_told() -> None:
    paid = {"rows": 1_000, "calls": 1_000, "express_children": 2, "express_ms": 4_000, "express_ran": 800}
    paid |= {"express_rows": 800, "express_calls": 800}
    whole = work_of({"SUCCESS": 1_000}, paid, 0, row_batches=5)
    child, rest = in_tiers(whole, paid, children=4, left_by={"children": 1, "calls": 300, "ms": 250_000})
    assert (child.row_batches, child.express_ms) == (4, 254_000 + express.LONGEST_MS)
    assert (child.calls, rest.calls, rest.called) == (1_100, 200, 200)
    # No row batch has made the 300, so their transitions are not counted: two for each of 200 rows, as nothing was read.
    assert rest.transitions == 2 * 200


def test_the_last_child_takes_as_long_as_its_own_rows() -> None:
    full, last = express.child_ms(400, 40, 10), express.child_ms(50, 40, 10)
    assert express.children_ms(1_250, 400, 40, 10) == 3 * full + last
    assert express.children_ms(400, 400, 40, 10) == full
    assert express.children_ms(0, 400, 40, 10) == 0


def test_a_child_takes_full_rounds_and_five_minutes_at_most() -> None:
    assert express.child_ms(81, 40, 1) == 3_000 + express.OVERHEAD_MS
    assert express.child_ms(400, 40, 60) == express.LONGEST_MS
    assert math.isclose(express.gb_seconds(express.LONGEST_MS), 18.75)
