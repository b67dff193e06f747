import pytest

from batch_processor.cost.prices import PriceList
from benchmarks.cost_model import Fit, fitted
from benchmarks.histories import Usage

EXTRACT = "extract_structured_output"


def usage(rows: int, row_batches: int, extract_ms: float = 1.0) -> Usage:
    """Of a made-up batch: 4 transitions a row, 8 a row batch, 10 a batch."""
    return {
        "target_call": rows,
        "row_batch": row_batches,
        "state_transition": 4 * rows + 8 * row_batches + 10,
        "lambda_request": rows,
        f"invocations of {EXTRACT}": rows,
        f"GB-s of {EXTRACT}": rows * extract_ms,
        "lambda_gb_second": rows * extract_ms,
    }


@pytest.fixture
def distributed() -> Fit:
    return fitted(usage(40, 4), usage(160, 4), usage(160, 12))


def test_counts_are_told_apart_by_row_row_batch_and_batch(distributed: Fit) -> None:
    parts = distributed.row, distributed.row_batch, distributed.batch
    assert [part["state_transition"] for part in parts] == [4, 8, 10]


def test_sizes_may_be_in_other_numbers_of_row_batches() -> None:
    fit = fitted(usage(40, 3), usage(160, 8), usage(160, 2))
    assert [part["state_transition"] for part in (fit.row, fit.row_batch, fit.batch)] == pytest.approx([4, 8, 10])


def test_third_batch_may_be_of_another_size() -> None:
    fit = fitted(usage(40, 5), usage(160, 20), usage(800, 8))
    assert [part["state_transition"] for part in (fit.row, fit.row_batch, fit.batch)] == pytest.approx([4, 8, 10])


def test_extraction_of_an_express_child_takes_longer_the_more_rows_it_has() -> None:
    def express(rows: int, children: int) -> Usage:
        return {
            "target_call": rows,
            "row_batch": children,
            "express_request": children,
            "lambda_request": children,
            f"invocations of {EXTRACT}": children,
            f"GB-s of {EXTRACT}": 0.001 * rows + 0.2 * children,
        }

    fit = fitted(express(40, 5), express(160, 20), express(800, 8))
    assert fit.usage(1_000_000, 2_500)["lambda_gb_second"] == pytest.approx(1_500)


def test_larger_batch_follows_from_small_ones(distributed: Fit) -> None:
    assert distributed.usage(1_000_000, 13_889) == pytest.approx(usage(1_000_000, 13_889))


def test_inline_batch_has_no_row_batches() -> None:
    inline = fitted(usage(40, 0), usage(160, 0), None)
    assert not inline.row_batch.get("state_transition")
    assert inline.usage(1_000, 0)["state_transition"] == 4_010


def test_slow_start_of_a_small_batch_makes_no_row_cheaper_than_nothing() -> None:
    fit = fitted(usage(40, 0, extract_ms=100), usage(160, 0, extract_ms=1), None)
    assert fit.row["lambda_gb_second"] == pytest.approx(1)


def test_whatever_has_a_price_costs_something() -> None:
    prices = PriceList()
    dollars = prices.dollars(dict.fromkeys(prices.names, 1_000_000.0))
    assert dollars.keys() == set(prices.names)
    assert min(dollars.values()) > 0


def test_a_million_transitions_cost_25_dollars_and_what_has_no_price_nothing() -> None:
    assert PriceList().dollars({"state_transition": 1e6, "target_call": 1e6}) == {"state_transition": 25}
