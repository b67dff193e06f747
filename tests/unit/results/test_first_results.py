"""Rows that have the input of an earlier one get that row's result."""

from collections.abc import Iterable, Iterator, Sequence

import pytest

from batch_processor.contract import RowResult
from batch_processor.results import first_results
from batch_processor.results.first_results import is_unsettled, shared, with_duplicates
from batch_processor.results.precedence import NO_RESULT
from batch_processor.results.tally import Tally
from tests.unit.plans import failure, success


class Table:
    """Answers that are elsewhere, and which of them were looked for."""

    def __init__(self, *results: RowResult) -> None:
        self._results = {result["index"]: result for result in results}
        self.asked: list[list[int]] = []

    def find(self, indexes: Sequence[int]) -> Iterator[RowResult]:
        self.asked.append(list(indexes))
        return (self._results[index] for index in indexes if index in self._results)


def missing(index: int) -> RowResult:
    return {**NO_RESULT, "index": index}


def told(results: Iterable[RowResult]) -> list[tuple[int, str, str]]:
    return [(result["index"], result["status"], "".join(result.get("cells", []))) for result in results]


def test_result_is_shared_with_nothing_paid_and_no_time_taken() -> None:
    first: RowResult = {**success(3, "a", "b"), "calls": 2, "usage": [5, 6], "spilled": True}
    assert shared(first, 9) == {
        "index": 9, "status": "SUCCESS", "calls": 0, "ms": 0, "duplicate_of": 3, "cells": ["a", "b"], "at": first["at"],
    }  # fmt: skip
    assert shared({**failure(3, "Busy", "no"), "unread": "1"}, 9)["message"] == "no"
    assert "unread" not in shared({**failure(3, "Busy", "no"), "unread": "1"}, 9)


def test_results_at_hand_are_taken_before_any_is_looked_for() -> None:
    table = Table()
    results = [success(1, "a"), missing(2), missing(3)]
    assert told(with_duplicates(results, [0, 1, 1], table.find)) == [(index, "SUCCESS", "a") for index in (1, 2, 3)]
    assert table.asked == []


def test_own_success_stands_and_own_failure_gives_way_to_an_answer_or_a_newer_failure() -> None:
    results = [
        success(1, "a"),
        success(2, "own"),
        failure(3, "Old", "x"),
        failure(4, "E", "new"),
        failure(5, "Old", "x"),
    ]
    found = list(with_duplicates(results, [0, 1, 1, 0, 4], Table().find))
    assert told(found)[:3] == [(1, "SUCCESS", "a"), (2, "SUCCESS", "own"), (3, "SUCCESS", "a")]
    assert found[4]["error"] == "E"


def test_row_whose_first_one_has_no_result_keeps_what_it_has() -> None:
    results = [missing(1), missing(2), failure(3, "Old", "x")]
    found = list(with_duplicates(results, [0, 1, 1], Table().find))
    assert [(row["status"], row.get("error")) for row in found] == [
        ("NOT_RUN", "RowNotProcessed"), ("NOT_RUN", "RowNotProcessed"), ("FAILED", "Old"),
    ]  # fmt: skip
    assert [is_unsettled(row, first) for row, first in zip(found, [0, 1, 1], strict=True)] == [False, True, True]


def test_what_is_not_at_hand_is_looked_for_once_for_many_rows() -> None:
    table = Table(success(1, "a"), success(2, "b"))
    firsts = [1, 2] * 500
    found = with_duplicates((missing(index) for index in range(3, 1_003)), firsts, table.find)
    assert [result["cells"] for result in found] == [["a"], ["b"]] * 500
    assert table.asked == [[1, 2]]


def test_what_is_known_is_kept_within_bounds_and_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_results, "_MOST_CHARACTERS", 2_000)
    table = Table(*(success(index, "x" * 1_000) for index in range(1, 301)))
    firsts = [*range(1, 301), *range(1, 301)]
    found = list(with_duplicates((missing(index) for index in range(301, 901)), firsts, table.find))
    assert [result["duplicate_of"] for result in found] == firsts
    assert [len(asked) for asked in table.asked] == [100] * 6


def test_tally_counts_them_by_themselves() -> None:
    tally = Tally(columns=("a",))
    first: RowResult = {**success(1, "x"), "usage": [3, 4]}
    rows: list[RowResult] = [
        first,
        shared(first, 2),
        shared(failure(3, "Busy", "no"), 4),
        {**success(5, "y"), "cached": True},
    ]
    for result in rows:
        tally.count(result)
    assert tally.statuses == {"SUCCESS": 3, "FAILED": 1}
    assert (tally.duplicates, tally.cached) == ({"SUCCESS": 1, "FAILED": 1}, 1)
    assert tally.paid == {"rows": 1, "calls": 1, "extractions": 1, "input_tokens": 3, "output_tokens": 4}
    assert (tally.timed_rows, tally.milliseconds) == (1, 1_200)
    both = Tally(columns=("a",))
    both.add(tally.as_json())
    both.add(tally.as_json())
    assert (both.duplicates, both.cached) == ({"SUCCESS": 2, "FAILED": 2}, 2)
