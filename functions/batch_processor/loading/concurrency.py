"""Splits a batch's concurrency between row batches at once and rows at once in each of them."""

import math
from typing import NamedTuple

from batch_processor.limits import INLINE_CONCURRENCY

# One slow row must not hold up all others.
_LEAST_ROW_BATCHES = 4
_LEAST_USE = 0.95


class Concurrency(NamedTuple):
    """The product is the number of rows at once."""

    row_batches_at_once: int
    rows_at_once: int


def split(max_concurrency: int, most_batch_rows: int) -> Concurrency:
    """As few row batches at once as make at least 95 % of `max_concurrency`, and never more than it.

    A row batch's rows run in full rounds: of 66 rows, 40 at once, a third of the places would be idle half of the time.
    """
    rounds = math.ceil(most_batch_rows / INLINE_CONCURRENCY)
    largest = min(most_batch_rows // rounds, max_concurrency // min(max_concurrency, _LEAST_ROW_BATCHES))
    splits = (Concurrency(max_concurrency // rows, rows) for rows in range(largest, 0, -1))
    return next(found for found in splits if math.prod(found) >= _LEAST_USE * max_concurrency)
