from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from batch_processor.contract import RowResult
from batch_processor.cost.prices import cost_text
from batch_processor.loading.tier import UNDECLARED
from batch_processor.output.counting import batch_cost, express_would_save
from batch_processor.output.summary import summarize, summary_key
from batch_processor.results.tally import Tally
from tests.unit.plans import PLAN, STORE, failure, make_loaded, make_plan, success

FINISHED = datetime(2026, 11, 21, 9, 35, 44, 623_000, tzinfo=UTC)


def tally_of(*results: RowResult) -> Tally:
    tally = Tally()
    for result in results:
        tally.count(result)
    return tally


def test_summary_says_all_about_the_batch() -> None:
    tally = tally_of(success(1), failure(2, "Busy", "no"), failure(3, "States.Timeout", "late", timeout=True))
    assert summarize(PLAN, make_loaded(3, blank_lines=2), tally, FINISHED) == {
        "status": "COMPLETED_WITH_ERRORS",
        "batch": "night",
        "csv_location": "s3://results/outputs/people-20261121T093444Z-night.csv",
        "summary_location": "s3://results/outputs/people-20261121T093444Z-night.summary.json",
        "status_text": "1 of 3 rows succeeded, 2 failed (1 timed out).",
        "row_count": 3,
        "rows_total": 3,
        "rows_succeeded": 1,
        "rows_failed": 2,
        "rows_timed_out": 1,
        "rows_skipped": 0,
        "rows_not_run": 0,
        "rows_empty": 0,
        "unfilled_columns": [],
        "errors": [
            {"error": "Busy", "count": 1, "first_row": 2},
            {"error": "States.Timeout", "count": 1, "first_row": 3},
        ],
        "execution_time_ms": 60_500,
        "started_at": "2026-11-21T09:34:44.123Z",
        "finished_at": "2026-11-21T09:35:44.623Z",
        "source": {
            "uri": "s3://data/inputs/people.csv",
            "etag": '"5d41402abc4b2a76b9719d911017c592"',
            "size_bytes": 27,
            "encoding": "utf-8",
            "delimiter": ",",
        },
        "target": PLAN["target"],
        "max_attempts": 3,
        "blank_lines_skipped": 2,
        "map_mode": "inline",
        "map_mode_reason": "3 rows fit one execution",
        "storage_mode": "inline",
        "causes": {"target_error": 1, "timeout": 1},
        "mean_row_ms": 1_000,
        "cost": batch_cost(PLAN, make_loaded(3), tally),
        "cost_text": cost_text(batch_cost(PLAN, make_loaded(3), tally)),
        "execution_arn": PLAN["batch"]["id"],
    }


def test_summary_quotes_the_words_of_failures_only_where_the_configuration_asks_for_it() -> None:
    plan, tally = make_plan(output={"quote_errors": True}), tally_of(failure(1, "Busy", "no room for Jane Doe"))
    quoted = [{"error": "Busy", "message": "no room for Jane Doe", "count": 1, "first_row": 1}]
    assert summarize(plan, make_loaded(1), tally, FINISHED)["errors"] == quoted
    assert "Jane" not in str(summarize(PLAN, make_loaded(1), tally, FINISHED))


def test_summary_names_the_version_of_the_source() -> None:
    plan = make_plan(source={"version_id": "v1"})
    assert summarize(plan, make_loaded(0), Tally(), FINISHED)["source"]["version_id"] == "v1"


def test_status_is_what_the_rows_tell_unless_the_batch_did_not_get_to_its_end() -> None:
    tally = tally_of(success(1), failure(2, "E", "m"))
    assert summarize(PLAN, make_loaded(2), tally, FINISHED)["status"] == "COMPLETED_WITH_ERRORS"
    assert summarize(PLAN, make_loaded(2), tally, FINISHED, "PARTIAL")["status"] == "PARTIAL"


def test_status_text_tells_what_was_not_sent_and_what_came_back_empty() -> None:
    tally = Tally(columns=("category", "score"))
    skipped: RowResult = {"index": 3, "status": "SKIPPED", "error": "EmptyRow", "message": "m"}
    later: RowResult = {"index": 4, "status": "NOT_RUN", "error": "RowNotProcessed", "message": "m"}
    for result in (success(1, "billing", ""), success(2, "", ""), skipped, later):
        tally.count(result)
    summary = summarize(PLAN, make_loaded(4), tally, FINISHED)
    assert summary["status_text"] == (
        "2 of 4 rows succeeded, 1 skipped (nothing to send), 1 not run. "
        "1 row that succeeded has no value in any new column. No row has a value in score."
    )
    assert (summary["rows_empty"], summary["unfilled_columns"]) == (1, ["score"])


@pytest.mark.parametrize("started_at", ["2026-11-21T09:34:44Z", "2026-11-21T09:34:44.000000001Z"])
def test_start_is_read_with_any_precision(started_at: str) -> None:
    plan = make_plan(batch={"started_at": started_at})
    assert summarize(plan, make_loaded(0), Tally(), FINISHED)["execution_time_ms"] == 60_623


def test_summary_of_a_trial_says_how_many_rows_it_was_of() -> None:
    assert summarize(make_plan(max_rows=5), make_loaded(5), Tally(), FINISHED)["max_rows"] == 5


def test_summary_of_a_resumed_batch_names_the_earlier_one_and_the_rows_taken_over() -> None:
    plan = make_plan(earlier={"batch": "evening", "only_failed": False})
    summary = summarize(plan, make_loaded(5), Tally(taken_over=4), FINISHED)
    assert (summary["resumed_from"], summary["rows_taken_over"]) == ("evening", 4)


def test_summary_of_a_large_batch_counts_its_row_batches() -> None:
    loaded = make_loaded(5, map_mode="distributed", storage={"mode": "dynamodb"})
    summary = summarize(PLAN, loaded, Tally(row_batches=2), FINISHED)
    assert (summary["map_mode"], summary["storage_mode"], summary["row_batches"]) == ("distributed", "dynamodb", 2)


SAVED: dict[str, Any] = {"map_mode": "distributed", "storage": {**STORE, "mode": "dynamodb", "partition_rows": 68}}


def large_tally() -> Tally:
    """100,000 rows that were answered in a second each."""
    return Tally(
        statuses=Counter(SUCCESS=100_000),
        paid=Counter(rows=100_000, calls=100_000, extractions=100_000),
        timed_rows=100_000,
        milliseconds=100_000_000,
        row_batches=1_471,
    )


def test_summary_says_what_express_would_have_saved_where_only_the_promise_was_missing() -> None:
    loaded = make_loaded(100_000, tier="standard", tier_reason=UNDECLARED, **SAVED)
    summary = summarize(PLAN, loaded, large_tally(), FINISHED)
    assert (summary["execution_tier"], summary["execution_tier_reason"]) == ("standard", UNDECLARED)
    assert summary["express_would_save_usd"] == express_would_save(PLAN, loaded, large_tally()) > 1
    assert "idempotent: true" in summary["execution_tier_reason"]
    # A mail has these words.
    assert f" less: {UNDECLARED}." in summary["cost_text"]


@pytest.mark.parametrize(
    ("tier", "reason"),
    [("standard", f"{UNDECLARED}; continue_on_error is false"), ("express", "execution_tier is express")],
)
def test_summary_says_the_tier_alone_where_nothing_would_have_been_saved(tier: str, reason: str) -> None:
    summary = summarize(PLAN, make_loaded(100_000, tier=tier, tier_reason=reason, **SAVED), large_tally(), FINISHED)
    assert (summary["execution_tier"], summary["execution_tier_reason"]) == (tier, reason)
    assert "express_would_save_usd" not in summary
    assert "Express" not in summary["cost_text"]


def test_summary_counts_the_calls_that_express_children_made_for_rows_that_they_left() -> None:
    loaded = make_loaded(100_000, tier="express", tier_reason="execution_tier is express", **SAVED)
    fan_out: Any = {"left_by": {"children": 2, "calls": 300, "ms": 400_000}}
    usages = [
        summarize(PLAN, {**loaded, **more}, large_tally(), FINISHED)["cost"]["usage"]  # type: ignore[typeddict-item]
        for more in ({}, {"fan_out": fan_out})
    ]
    assert [usage["target_call"] for usage in usages] == [100_000, 100_300]
    assert usages[0]["state_transition"] == usages[1]["state_transition"]
    # Of two children the time is known now, which was less than five minutes each.
    assert usages[0]["express_gb_second"] - usages[1]["express_gb_second"] == pytest.approx((600 - 400) / 16)


def test_summary_of_an_inline_batch_has_no_tier() -> None:
    assert "execution_tier" not in summarize(PLAN, make_loaded(1), tally_of(success(1, "a", "1")), FINISHED)


def test_summary_lies_beside_the_csv() -> None:
    assert summary_key("a/b.csv") == "a/b.summary.json"
