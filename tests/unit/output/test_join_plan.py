"""Which rows one invocation joins."""

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor import limits
from batch_processor.contract import RowRange
from batch_processor.output.join_plan import load_of, ranges
from batch_processor.output.pieces import Part, Piece, row_count

NOW = datetime(2026, 11, 21, tzinfo=UTC)
MEBIBYTE = 1024 * 1024
GIGABYTE = 10**9


def pieces(*sizes: int | None, rows: int = 100) -> list[Piece]:
    """A piece of `rows` rows for each: a part of that size, or none."""
    found: list[Piece] = []
    for number, size in enumerate(sizes):
        of_rows = RowRange(first=number * rows + 1, last=(number + 1) * rows)
        found.append(of_rows if size is None else Part(of_rows, f"parts/{number}", "e", size, NOW))
    return found


def test_answers_of_40_kb_for_100_000_rows_are_joined_by_one_invocation() -> None:
    """Parts of 80 rows, 3.2 MB each: all of them are read, and sent again."""
    load = load_of(pieces(*[80 * 40_500] * 1_250, rows=80))
    assert load.size_bytes > 4 * GIGABYTE
    assert 0.2 < load.shares < 0.5


def test_20_gb_in_small_parts_are_not() -> None:
    assert load_of(pieces(*[4_000_000] * 5_000)).shares > 1


def test_most_row_batches_are_if_they_have_no_bytes() -> None:
    assert 0.99 < load_of(pieces(0)).shares * limits.MOST_ROW_BATCHES <= 1


def test_what_s3_copies_costs_next_to_nothing_and_what_is_read_its_way_through_the_function() -> None:
    copied, read = (load_of(pieces(size)).part_seconds / size for size in (100 * MEBIBYTE, 9 * MEBIBYTE))
    assert read > 20 * copied


def test_more_than_the_upload_has_parts_of_the_least_size_for_is_not_joined_at_once() -> None:
    # Though S3 would copy it in a moment: the parts it is copied in would be larger than those it is made of.
    load = load_of(pieces(*[50 * MEBIBYTE] * 500))
    assert load.part_seconds < 60
    assert load.shares > 1


def test_largest_output_is_copied_in_time() -> None:
    seconds = limits.MOST_OUTPUT_BYTES / limits.COPIED_BYTES_A_SECOND
    assert seconds < limits.JOIN_SECONDS


def test_ranges_are_of_about_the_same_load() -> None:
    found = pieces(*[4_000_000] * 12_000)
    cut = list(ranges(found, load_of(found).shares))
    assert [row_count(rows) for rows in cut] == [400_000] * 3


def test_rows_that_no_part_has_are_cut_too() -> None:
    found: list[Piece] = [RowRange(first=1, last=1_000_000)]
    cut = list(ranges(found, load_of(found).shares))
    assert len(cut) == 5
    assert max(row_count(rows) for rows in cut) * limits.MISSING_ROW_SECONDS <= 1.1 * limits.JOIN_SECONDS
    assert (cut[0]["first"], cut[-1]["last"]) == (1, 1_000_000)


SIZES = st.sampled_from([None, 0, 4_000_000, 9 * MEBIBYTE, 200 * MEBIBYTE])


@given(st.lists(SIZES, min_size=1, max_size=300), st.sampled_from([1, 100, 100_000]))
def test_ranges_have_each_row_once_and_one_invocation_joins_each(sizes: list[int | None], rows: int) -> None:
    found = pieces(*sizes, rows=rows)
    load = load_of(found)
    cut = list(ranges(found, load.shares))
    assert (cut[0]["first"], cut[-1]["last"]) == (1, rows * len(sizes))
    assert all(before["last"] + 1 == after["first"] for before, after in pairwise(cut))
    assert len(cut) <= max(math.ceil(load.shares), 1)
    for one in cut:
        within = [piece for piece in found if isinstance(piece, Part) and _has(one, piece.rows["first"])]
        assert all(_has(one, part.rows["last"]) for part in within), "a part is in one range, as a whole"
        assert load_of(within).shares < 1.1


def _has(rows: RowRange, index: int) -> bool:
    return rows["first"] <= index <= rows["last"]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_as_many_ranges_as_shares(count: int) -> None:
    found = pieces(*[4_000_000] * (4_000 * count))
    assert len(list(ranges(found, load_of(found).shares))) == count
