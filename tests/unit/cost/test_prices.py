"""What usage costs, and how that is told."""

import pytest

from batch_processor.cost.prices import Price, cost_of, cost_text, price_list

BY_CALL: Price = {"per_call_usd": 0.002}
BY_TOKEN: Price = {"input_per_million_usd": 3.0, "output_per_million_usd": 15.0}


def test_aws_and_the_target_are_told_apart_and_add_up() -> None:
    cost = cost_of({"state_transition": 4_000, "target_call": 1_000}, BY_CALL)
    assert (cost["orchestration_usd"], cost["target_usd"], cost["usd"]) == (0.1, 2.0, 2.1)
    assert cost["priced_on"] == price_list().date
    assert cost["usage"] == {"state_transition": 4_000, "target_call": 1_000}


def test_tokens_cost_what_either_kind_does() -> None:
    cost = cost_of({"target_call": 1, "input_tokens": 2_000_000, "output_tokens": 100_000}, BY_TOKEN)
    assert cost["target_usd"] == 7.5


@pytest.mark.parametrize("price", [None, BY_TOKEN])
def test_without_a_price_or_without_tokens_nobody_knows_what_the_target_asks(price: Price | None) -> None:
    cost = cost_of({"state_transition": 4_000, "target_call": 1_000}, price)
    assert "target_usd" not in cost
    assert cost["usd"] == cost["orchestration_usd"] == 0.1


def test_a_price_by_the_token_of_no_call_is_nothing() -> None:
    assert cost_of({"state_transition": 10}, BY_TOKEN)["target_usd"] == 0


def test_a_target_that_is_known_to_cost_nothing_costs_nothing() -> None:
    assert cost_of({"target_call": 5}, {"per_call_usd": 0})["target_usd"] == 0


def test_money_has_six_digits_and_what_is_none_is_left_out() -> None:
    cost = cost_of({"state_transition": 1 / 3, "s3_put": 0})
    assert cost["usd"] == 0.000008
    assert cost["usage"] == {"state_transition": 0.3333}


@pytest.mark.parametrize(
    ("usage", "price", "text"),
    [
        (
            {"state_transition": 4_000},
            None,
            "The batch cost $0.10 on AWS by prices of DATE, without its target, whose price is not known.",
        ),
        (
            {"state_transition": 40},
            None,
            "The batch cost $0.0010 on AWS by prices of DATE, without its target, whose price is not known.",
        ),
        (
            {"state_transition": 4_000_000, "target_call": 1_000_000},
            BY_CALL,
            "The batch cost $2,100.00: $100.00 on AWS, $2,000.00 for its target, by prices of DATE.",
        ),
    ],
)
def test_a_sentence_tells_it(usage: dict[str, float], price: Price | None, text: str) -> None:
    assert cost_text(cost_of(usage, price)) == text.replace("DATE", price_list().date)  # type: ignore[arg-type]
