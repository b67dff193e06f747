from typing import get_args

import pytest

from batch_processor.errors import BatchProcessorError
from batch_processor.operations.failures.advice import advice_on, advice_on_batch
from batch_processor.operations.failures.grouping import MOST_GROUPS, OTHERS, Group, grouped, summed_up
from batch_processor.operations.failures.row_numbers import page_of, ranges_of
from batch_processor.operations.failures.stored_failures import FailedRow
from batch_processor.results.causes import Cause


def failed(row: int, error: str, message: str) -> FailedRow:
    return FailedRow(row, "FAILED", error, message)


def test_companies_of_the_specification_come_out_as_their_three_reasons() -> None:
    rows = [failed(n, "ToolFailed", f"https://c{n}.example answered 404 NotFound") for n in range(1, 9)]
    rows += [
        failed(n, "ToolFailed", f'Unable to identify company "C {n}" from the name provided') for n in range(20, 25)
    ]
    rows += [failed(n, "States.Timeout", f"Execution timeout: no answer within {n} s") for n in (31, 30)]
    groups = grouped(rows)
    assert [group.count for group in groups] == [8, 5, 2]
    assert [group.first_rows for group in groups] == [[1, 2, 3, 4, 5], [20, 21, 22, 23, 24], [30, 31]]
    assert groups[1].example == 'Unable to identify company "C 20" from the name provided'
    assert groups[2].cause == "timeout"


def test_groups_are_twelve_at_most_and_no_row_is_lost() -> None:
    words = [
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "zeta",
        "eta",
        "theta",
        "iota",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
    ]
    rows = [failed(n, "ToolFailed", f"{words[n % 14]} {words[n // 14]}") for n in range(100)]
    groups = grouped(rows)
    assert len(groups) == MOST_GROUPS
    assert sum(group.count for group in groups) == 100
    assert [group.error for group in groups].count(OTHERS) == 1


def test_thousands_of_reasons_take_little_memory_and_are_all_counted() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    rows = (
        failed(n, "ToolFailed", f"{letters[n % 26]}x{letters[n // 26 % 26]}y{letters[n // 676]}") for n in range(3_000)
    )
    assert sum(group.count for group in grouped(rows)) == 3_000


def test_first_rows_and_example_are_of_the_first_whatever_the_order() -> None:
    group = Group("timeout", "States.Timeout")
    for row, message in ((9, "nine"), (3, "three"), (7, "seven")):
        group.add(row, message)
    assert (group.first_rows, group.example, group.count) == ([3, 7, 9], "three", 3)


def test_few_groups_stay_as_they_are() -> None:
    groups = [Group("timeout", "a", 1), Group("denied", "b", 3)]
    assert [group.error for group in summed_up(groups)] == ["b", "a"]


@pytest.mark.parametrize("cause", get_args(Cause))
def test_every_cause_has_a_reason_and_something_to_do(cause: Cause) -> None:
    advice = advice_on(cause)
    assert advice.probable_reason.endswith(".")
    assert advice.what_to_do.endswith(".")


def test_errors_that_end_batches_are_told_apart() -> None:
    assert "stopped" in advice_on_batch("", "ABORTED").probable_reason
    assert "configuration" in advice_on_batch("InvalidConfiguration", "FAILED").probable_reason
    assert advice_on_batch("NeverHeardOf", "FAILED").what_to_do.startswith("See the message")


@pytest.mark.parametrize(
    ("text", "ranges"), [("5", [(5, 5)]), ("5-20", [(5, 20)]), ("11 - 13, 5,9", [(5, 5), (9, 9), (11, 13)])]
)
def test_rows_are_asked_for_by_number(text: str, ranges: list[tuple[int, int]]) -> None:
    assert ranges_of(text) == ranges


@pytest.mark.parametrize("text", ["", "0", "7-3", "two", "1,,2", "-4"])
def test_what_names_no_rows_is_refused(text: str) -> None:
    with pytest.raises(BatchProcessorError, match="names no rows"):
        ranges_of(text)


def test_pages_of_rows_go_on_where_the_last_ended_and_name_each_row_once() -> None:
    ranges = ranges_of("1-4,3-6,9")
    assert page_of(ranges, 1, 100, 5) == [1, 2, 3, 4, 5]
    assert page_of(ranges, 6, 100, 5) == [6, 9]
    assert page_of(ranges, 1, 2, 5) == [1, 2]
