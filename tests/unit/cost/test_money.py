"""How dollars are told."""

import pytest

from batch_processor.cost.money import money


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (0, "$0"), (0.0, "$0"), (1.834, "$1.83"), (12345.6, "$12,345.60"), (0.5, "$0.50"), (0.023, "$0.02"), (0.01, "$0.01"),
        (0.0099, "$0.0099"), (0.0042, "$0.0042"), (0.00231, "$0.0023"), (0.000041, "$0.000041"), (0.000001, "$0.0000010"),
    ],
)  # fmt: skip
def test_cents_and_below_them_two_digits_that_say_something(usd: float, text: str) -> None:
    assert money(usd) == text
