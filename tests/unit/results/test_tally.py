import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.contract import RowResult
from batch_processor.results.tally import Tally, tally_of
from tests.unit.plans import PLAN, failure, make_plan, success


def counted(*results: RowResult, begun: str = "") -> Tally:
    tally = Tally(begun)
    for result in results:
        tally.count(result)
    return tally


def added(*tallies: Tally) -> Tally:
    """The sum, as it comes out of JSON."""
    total = Tally()
    for tally in tallies:
        total.add(json.loads(json.dumps(tally.as_json())))
    return total


def test_rows_are_counted_by_status() -> None:
    tally = counted(
        success(1),
        failure(2, "Busy", "no"),
        failure(3, "States.Timeout", "late", timeout=True),
        success(4),
        {"index": 5, "status": "SKIPPED", "error": "EmptyRow", "message": "Line 6"},
        {"index": 6, "status": "NOT_RUN", "error": "RowNotProcessed", "message": "later"},
    )
    assert tally.row_count == 6
    assert tally.counts == {
        "rows_total": 6,
        "rows_succeeded": 2,
        "rows_failed": 2,
        "rows_timed_out": 1,
        "rows_skipped": 1,
        "rows_not_run": 1,
    }
    assert [error["error"] for error in tally.errors()] == ["Busy", "States.Timeout"]


@pytest.mark.parametrize(
    ("statuses", "status"),
    [
        ([], "SUCCEEDED"),
        (["SUCCESS"], "SUCCEEDED"),
        (["SUCCESS", "SKIPPED"], "SUCCEEDED"),
        (["SKIPPED", "SKIPPED"], "SUCCEEDED"),
        (["SUCCESS", "FAILED"], "COMPLETED_WITH_ERRORS"),
        (["SUCCESS", "NOT_RUN"], "COMPLETED_WITH_ERRORS"),
        (["FAILED", "TIMEOUT"], "ALL_ROWS_FAILED"),
        (["TIMEOUT", "SKIPPED"], "ALL_ROWS_FAILED"),
        (["FAILED", "NOT_RUN"], "ALL_ROWS_FAILED"),
    ],
)
def test_rows_tell_the_status_of_the_batch(statuses: Any, status: str) -> None:
    results: list[RowResult] = [{"index": row, "status": of_row} for row, of_row in enumerate(statuses, start=1)]
    tally = counted(*results)
    assert tally.batch_status == status


def test_answers_without_any_value_and_columns_that_no_row_fills_are_told() -> None:
    tally = Tally(columns=("a", "b", "c"))
    for result in (success(1, "", "", ""), success(2, "x", "", ""), failure(3, "E", "m"), success(4, "", "y", "")):
        tally.count(result)
    assert (tally.empty_rows, tally.unfilled_columns) == (1, ["c"])
    total = Tally(columns=("a", "b", "c"))
    for part in ([success(1, "", "", "z")], [failure(2, "E", "m")], [success(3, "x", "", "")]):
        of_part = Tally(columns=("a", "b", "c"))
        for result in part:
            of_part.count(result)
        total.add(json.loads(json.dumps(of_part.as_json())))
    assert (total.empty_rows, total.unfilled_columns) == (0, ["b"])


def test_columns_are_not_called_empty_where_no_row_was_answered_or_an_older_part_does_not_say() -> None:
    assert Tally(columns=("a",)).unfilled_columns == []
    total, older = Tally(columns=("a",)), counted(success(1, "")).as_json()
    del older["unfilled"], older["empty_rows"]
    total.add(older)
    assert (total.empty_rows, total.unfilled_columns) == (0, [])


def test_errors_are_listed_by_frequency_with_the_first_row_of_each() -> None:
    tally = counted(failure(1, "Rare", "m"), failure(2, "Busy", "m"), success(3), failure(4, "Busy", "m"))
    assert tally.errors() == [
        {"error": "Busy", "message": "m", "count": 2, "first_row": 2},
        {"error": "Rare", "message": "m", "count": 1, "first_row": 1},
    ]


def test_half_a_surrogate_pair_in_a_message_does_not_keep_it_from_being_written() -> None:
    errors = counted(failure(1, "E", "cut \ud83d")).errors()
    assert json.dumps(errors, ensure_ascii=False).encode()
    assert errors[0]["message"] == "cut \ufffd"


def test_failure_without_words_is_counted() -> None:
    assert counted({"index": 1, "status": "FAILED"}).errors() == [
        {"error": "", "message": "", "count": 1, "first_row": 1}
    ]


def test_time_is_that_of_the_rows_that_have_one() -> None:
    tally = counted(success(1), failure(2, "E", "m"), {"index": 3, "status": "FAILED"})
    assert (tally.timed_rows, tally.milliseconds) == (2, 2_100)


def test_success_from_before_a_resumed_batch_began_was_taken_over() -> None:
    earlier: RowResult = {"index": 1, "status": "SUCCESS", "cells": [], "at": "2026-11-20T09:35:00.000Z"}
    old_failure: Any = {**failure(2, "E", "m"), "at": "2026-11-20T09:35:00.000Z"}
    results = [earlier, old_failure, success(3), {"index": 4, "status": "SUCCESS", "cells": []}]
    assert counted(*results, begun=PLAN["batch"]["started_at"]).taken_over == 1
    assert counted(*results).taken_over == 0


def test_only_a_batch_that_resumes_another_takes_rows_over() -> None:
    assert tally_of(PLAN).begun == ""
    assert tally_of(make_plan(earlier={"batch": "evening", "only_failed": False})).begun == PLAN["batch"]["started_at"]


RESULTS = st.lists(
    st.one_of(st.none(), st.tuples(st.sampled_from("ABC"), st.sampled_from("xy"), st.booleans())), max_size=30
)


@given(RESULTS, st.lists(st.integers(0, 30)))
def test_tallies_of_parts_add_up_to_the_tally_of_the_whole(outcomes: list[Any], cuts: list[int]) -> None:
    results = [
        failure(row, outcome[0], outcome[1], timeout=outcome[2]) if outcome else success(row)
        for row, outcome in enumerate(outcomes, start=1)
    ]
    bounds = sorted({0, len(results), *(cut for cut in cuts if cut < len(results))})
    total = added(*(counted(*results[start:end]) for start, end in pairwise(bounds)))
    whole = counted(*results)
    assert (total.statuses, total.errors()) == (whole.statuses, whole.errors())
    assert (total.timed_rows, total.milliseconds) == (whole.timed_rows, whole.milliseconds)
    assert total.row_batches == len(bounds) - 1
