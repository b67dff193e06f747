import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.results.reasons import LISTED, Reasons


def reasons(*messages: str, error: str = "E") -> Reasons:
    counted = Reasons()
    for row, message in enumerate(messages, start=1):
        counted.count(error, message, row)
    return counted


def test_reasons_are_listed_by_frequency_with_the_first_row_of_each() -> None:
    counted = Reasons()
    for row, error in ((1, "Rare"), (2, "Busy"), (4, "Busy")):
        counted.count(error, "m", row)
    assert counted.listed() == [
        {"error": "Busy", "message": "m", "count": 2, "first_row": 2},
        {"error": "Rare", "message": "m", "count": 1, "first_row": 1},
    ]


@pytest.mark.parametrize(
    "form",
    [
        "Line {} has 2 cells, the header has 3.",
        "customer 'c-{}' is unknown",
        'no field "f{}" there',
        "request 7f{}c0de-11 was refused",
        "arn:aws:states:eu-west-1:123456789012:execution:x:n-{} has ended",
        "s3://bucket/key/{} is missing",
        "ann{}@example.org bounced",
        "after 1.{} s",
        "„Straße {}“ fehlt",
        "2026-11-30T10:00:{}Z is over",
    ],
)
def test_particulars_make_no_other_reason(form: str) -> None:
    counted = reasons(*(form.format(number) for number in range(10, 60)))
    assert counted.listed() == [{"error": "E", "message": form.format(10), "count": 50, "first_row": 1}]


def test_number_of_a_noun_makes_no_other_reason() -> None:
    assert len(reasons("Line 3 has 1 cell, the header has 4.", "Line 5 has 2 cells, the header has 4.").listed()) == 1


def test_apostrophe_is_no_quote() -> None:
    assert len(reasons("it isn't there, and won't be", "it isn't open, and won't be").listed()) == 2


def test_words_that_differ_are_reasons_of_their_own_while_there_are_few() -> None:
    found = reasons("/name: is required", "/score: is required", "/name: is required").listed()
    assert [entry["count"] for entry in found] == [2, 1]


def test_too_many_reasons_of_mostly_the_same_words_are_one() -> None:
    names = [f"{first}{last}" for first in "ABCDEFGH" for last in ("na", "li", "ko", "mu")]
    found = reasons(*(f"There is no account for {name} in this Region" for name in names), "quite another one").listed()
    assert [entry["count"] for entry in found] == [32, 1]
    assert found[0]["message"] == "There is no account for Ana in this Region"


def test_what_is_still_too_many_is_summed_up() -> None:
    words = [f"{a}{b}" for a in "abcdef" for b in "uvwxyz"]
    found = reasons(*words).listed()
    assert len(found) == LISTED
    assert sum(entry["count"] for entry in found) == len(words)
    assert found[-1] == {
        "error": "Others",
        "message": "17 other reasons, in row 20: E: dv",
        "count": 17,
        "first_row": 20,
    }


def test_rows_that_each_fail_with_words_of_their_own_take_no_more_memory_and_are_all_counted() -> None:
    counted = Reasons()
    for row in range(1, 5_001):
        word = "".join(chr(ord("a") + int(digit)) for digit in str(row))
        counted.count(f"E{row % 7}", "often" if row % 3 == 0 else word, row)
    assert len(list(counted)) <= 400
    assert sum(entry["count"] for entry in counted) == 5_000
    assert sum(entry["count"] for entry in counted.listed()) == 5_000
    assert {entry["message"] for entry in counted.listed()[:7]} <= {"often", "(various)"}


def test_errors_that_all_have_names_of_their_own_are_summed_up_without_them() -> None:
    counted = Reasons()
    for row in range(1, 2_001):
        counted.count("E" + "".join(chr(ord("a") + int(digit)) for digit in str(row)), "m", row)
    assert len(list(counted)) <= 400
    assert sum(entry["count"] for entry in counted) == 2_000


@given(st.lists(st.tuples(st.sampled_from("AB"), st.text(max_size=12)), max_size=60), st.integers(0, 60))
def test_no_failure_is_lost_however_the_rows_are_cut_into_parts(failures: list[Any], cut: int) -> None:
    def counted(start: int, end: int) -> Reasons:
        found = Reasons()
        for row, (error, message) in list(enumerate(failures, start=1))[start:end]:
            found.count(error, message, row)
        return found

    total = Reasons()
    for part in (counted(0, cut), counted(cut, 60)):
        for entry in json.loads(json.dumps(list(part))):
            total.count(entry["error"], entry["message"], entry["first_row"], entry["count"])
    assert list(total) == list(counted(0, 60))
    assert sum(entry["count"] for entry in total.listed()) == len(failures)
