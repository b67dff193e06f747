"""The customer scorer's scores can be checked by hand, and what it does not know lowers its confidence."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_cells import Unreadable, read_date, read_number
from customer_score import Profile, score
from score_customer import NothingToScore, handler
from tests.examples.function_agents import validator_of

VALIDATOR = validator_of("customer_scorer")


def rate(last: str = "2026-10-01", orders: str = "5", spent: str = "300", as_of: str = "2026-10-31") -> dict[str, Any]:
    event = {"last_purchase_date": last, "order_count": orders, "total_spent": spent, "as_of": as_of}
    answer = handler(event, None)
    VALIDATOR.validate(answer)
    return answer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1250.5", 1250.5), ("1,250.50", 1250.5), ("1.250,50", 1250.5), ("€ 12,50", 12.5), ("12 EUR", 12.0),
        ("1\u00a0250", 1250.0), ("1,250,000", 1250000.0), ("1.250.000", 1250000.0), ("0", 0.0),
    ],
)  # fmt: skip
def test_number_is_read_as_people_write_it(text: str, number: float) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize("text", ["1,250", "1.250", "-3", "nan", "1e3", "many", "12,345", "=1+1", "1,2,3", "٣"])
def test_number_that_could_be_two_is_none(text: str) -> None:
    with pytest.raises(Unreadable, match=r"one way only"):
        read_number(text)


def test_date_with_the_day_first_only_where_dots_say_so() -> None:
    assert read_date("31.10.2026") == read_date("2026-10-31") == read_date("2026-10-31T23:59:00Z") == date(2026, 10, 31)
    for text in ("03/04/2026", "31.13.2026", "yesterday"):
        with pytest.raises(Unreadable):
            read_date(text)


@pytest.mark.parametrize(
    ("figures", "points", "total", "segment"),
    [
        (("2026-10-01", "20", "5000"), [5, 5, 5], 100, "champion"),
        (("2026-09-30", "5", "249"), [4, 3, 2], 51, "loyal"),
        (("2026-10-31", "1", "49.99"), [5, 1, 1], 35, "promising"),
        (("2026-05-04", "1", "1"), [3, 1, 1], 18, "occasional"),
        (("2025-10-31", "12", "1000"), [2, 4, 4], 58, "at_risk"),
        (("2020-01-01", "0", "0"), [1, 1, 1], 0, "dormant"),
    ],
)  # fmt: skip
def test_score_is_the_weighted_mean_of_the_points(
    figures: tuple[str, str, str], points: list[int], total: int, segment: str
) -> None:
    answer = rate(*figures)
    assert [answer[f"{name}_points"] for name in ("recency", "frequency", "monetary")] == points
    assert (answer["score"], answer["segment"], answer["score_confidence"]) == (total, segment, 1)


def test_what_cannot_be_read_is_left_out_and_told() -> None:
    answer = rate(last="2027-01-01", orders="many")
    assert (answer["score_confidence"], answer["segment"], answer["recency_points"]) == (0.3, "unknown", None)
    assert answer["reasons"][3:] == [
        "last_purchase_date: 2027-01-01 is after 2026-10-31",
        "order_count: 'many' is not a number that can be read in one way only, as 1250.50 is",
    ]


def test_row_without_any_figure_fails_with_what_was_wrong() -> None:
    with pytest.raises(NothingToScore, match="no last purchase"):
        rate("", "", "")
    with pytest.raises(NothingToScore, match="'many' is not a number"):
        rate("", "many", "")


@given(st.integers(0, 5000), st.floats(0, 1e6), st.floats(0, 1e7))
def test_more_and_later_purchases_never_score_less(days: int, orders: float, spent: float) -> None:
    def at(profile: Profile) -> int:
        return score(profile.points)

    base = at(Profile(days, orders, spent))
    assert 0 <= base <= at(Profile(days // 2, orders, spent)) <= 100
    assert base <= at(Profile(days, orders * 2 + 1, spent))
    assert base <= at(Profile(days, orders, spent * 2 + 1))
