import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.watch.bar import FAILED, IN_FLIGHT, OPEN, Counts, cells


@pytest.mark.parametrize(
    ("counts", "bar"),
    [
        (Counts(None, 0, 0, 0), "░░░░░░░░░░"),
        (Counts(0, 0, 0, 0), "░░░░░░░░░░"),
        (Counts(10, 0, 0, 0), "░░░░░░░░░░"),
        (Counts(10, 5, 0, 2), "█████▒▒░░░"),
        (Counts(10, 10, 0, 0), "██████████"),
        (Counts(10, 0, 10, 0), "xxxxxxxxxx"),
        (Counts(100_000, 99_999, 1, 0), "█████████x"),
        (Counts(100_000, 50_000, 1, 10), "█████x▒░░░"),
        (Counts(3, 2, 1, 0), "███████xxx"),
        (Counts(1_000, 0, 999, 1), "xxxxxxxxx▒"),
    ],
)
def test_rows_are_told_apart_without_colour(counts: Counts, bar: str) -> None:
    assert cells(counts, 10) == bar


@given(st.integers(1, 10**6), st.data(), st.integers(2, 200))
def test_bar_is_as_wide_as_it_is_to_be_and_hides_no_failure(total: int, data: st.DataObject, width: int) -> None:
    answered = data.draw(st.integers(0, total))
    failed = data.draw(st.integers(0, total - answered))
    in_flight = data.draw(st.integers(0, total - answered - failed))
    bar = cells(Counts(total, answered, failed, in_flight), width)
    assert len(bar) == width
    assert (FAILED in bar) == bool(failed)
    assert (IN_FLIGHT in bar) == bool(in_flight)
    if answered + failed == total:
        assert OPEN not in bar
