"""Splits a batch's concurrency between row batches at once and rows at once in each of them."""

import math
from typing import NamedTuple

from batch_processor.limits import INLINE_CONCURRENCY

# One slow row must not hold up all others.
_LEAST_ROW_BATCHES = 4
# An Express child costs nothing to speak of per row if it has many, and slow rows it leaves.
_LEAST_CHILDREN = 2
_LEAST_USE = 0.95


class Concurrency(NamedTuple):
    """Row batches at once, and rows at once in each; the product is how many rows run at once."""

    row_batches_at_once: int
    rows_at_once: int


def split(max_concurrency: int, most_batch_rows: int) -> Concurrency:
    """The split with the fewest row batches that uses at least 95 % of `max_concurrency`, and never more than all.

    A row batch's rows run in full rounds: of 66 rows, 40 at once, a third of the places would be idle half of the time.
    """
    rounds = math.ceil(most_batch_rows / INLINE_CONCURRENCY)
    return _split(max_concurrency, most_batch_rows // rounds, _LEAST_ROW_BATCHES)


def split_express(max_concurrency: int, most_rows: int) -> Concurrency:
    """As `split`, of Express children of up to `most_rows` rows: of these as few, with as many rows at once, as possible."""
    return _split(max_concurrency, min(INLINE_CONCURRENCY, most_rows), _LEAST_CHILDREN)


def _split(max_concurrency: int, most_rows_at_once: int, least_batches: int) -> Concurrency:
    largest = min(most_rows_at_once, max_concurrency // min(max_concurrency, least_batches))
    splits = (Concurrency(max_concurrency // rows, rows) for rows in range(largest, 0, -1))
    return next(candidate for candidate in splits if math.prod(candidate) >= _LEAST_USE * max_concurrency)
