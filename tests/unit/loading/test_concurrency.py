import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.limits import INLINE_CONCURRENCY
from batch_processor.loading.concurrency import Concurrency, split


@given(st.integers(1, 10_000), st.integers(1, 120))
def test_split_is_what_the_user_gets_and_never_more(max_concurrency: int, most_batch_rows: int) -> None:
    row_batches, rows = split(max_concurrency, most_batch_rows)
    assert max_concurrency * 0.95 <= row_batches * rows <= max_concurrency
    assert 1 <= rows <= min(INLINE_CONCURRENCY, most_batch_rows)
    assert row_batches >= min(max_concurrency, 4)


@given(st.integers(1, 10_000), st.integers(1, 120))
def test_no_larger_row_batch_would_do(max_concurrency: int, most_batch_rows: int) -> None:
    _, rows = split(max_concurrency, most_batch_rows)
    for more in range(rows + 1, min(INLINE_CONCURRENCY, most_batch_rows) + 1):
        row_batches = max_concurrency // more
        in_full_rounds = math.ceil(most_batch_rows / more) == math.ceil(most_batch_rows / INLINE_CONCURRENCY)
        full = most_batch_rows % more == 0
        assert (
            row_batches < min(max_concurrency, 4)
            or row_batches * more < max_concurrency * 0.95
            or not (in_full_rounds and full)
        )


@pytest.mark.parametrize(
    ("max_concurrency", "most_batch_rows", "expected"),
    [
        (1, 66, Concurrency(1, 1)),
        (3, 66, Concurrency(3, 1)),
        (10, 66, Concurrency(5, 2)),
        (40, 66, Concurrency(4, 10)),
        (1_000, 40, Concurrency(25, 40)),
        (1_000, 66, Concurrency(30, 33)),
        (10_000, 99, Concurrency(303, 33)),
        (10_000, 1, Concurrency(10_000, 1)),
        (100, 7, Concurrency(14, 7)),
    ],
)
def test_split_of_a_number(max_concurrency: int, most_batch_rows: int, expected: Concurrency) -> None:
    assert split(max_concurrency, most_batch_rows) == expected
