from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.contract import RowRange
from batch_processor.errors import RowCountMismatch
from batch_processor.output import pieces as output_pieces
from batch_processor.output.pieces import Part, Piece, row_count

BEGIN = datetime(2026, 11, 21, 9, 35, tzinfo=UTC)


def part(first: int, last: int, minutes: int = 0) -> Part:
    """A part that was written so many minutes after the first ones."""
    return Part(
        RowRange(first=first, last=last), f"parts/{first}-{last}.csv", "e", 9, BEGIN + timedelta(0, 60 * minutes)
    )


def pieces(parts: Iterable[Part], batch_rows: int) -> list[Piece]:
    """As S3 lists the parts: by name, and so by the first row."""
    by_name = sorted(parts, key=lambda one: (one.rows["first"], one.rows["last"]))
    return list(output_pieces.pieces(by_name, RowRange(first=1, last=batch_rows)))


def ranges(found: Iterable[Piece]) -> list[tuple[int, int, str]]:
    """First row, last row, and whether a part has them."""
    rows = [(piece.rows, "part") if isinstance(piece, Part) else (piece, "gap") for piece in found]
    return [(row["first"], row["last"], kind) for row, kind in rows]


def test_parts_that_tile_the_rows_are_all_of_them_in_order() -> None:
    assert ranges(pieces([part(4, 6), part(7, 7), part(1, 3)], 7)) == [(1, 3, "part"), (4, 6, "part"), (7, 7, "part")]


def test_rows_that_no_part_has_are_missing() -> None:
    assert ranges(pieces([part(3, 4), part(7, 8)], 10)) == [
        (1, 2, "gap"), (3, 4, "part"), (5, 6, "gap"), (7, 8, "part"), (9, 10, "gap"),
    ]  # fmt: skip


def test_batch_without_parts_is_missing_as_a_whole() -> None:
    assert ranges(pieces([], 3)) == [(1, 3, "gap")]


def test_batch_without_rows_has_no_pieces() -> None:
    assert pieces([], 0) == []


def test_of_parts_that_overlap_the_last_one_written_stands() -> None:
    assert ranges(pieces([part(1, 6), part(4, 6, 1)], 6)) == [(1, 3, "gap"), (4, 6, "part")]
    assert ranges(pieces([part(1, 6, 2), part(4, 6, 1)], 6)) == [(1, 6, "part")]


def test_row_batches_that_were_all_cut_anew_leave_nothing_of_the_first_ones() -> None:
    first = [part(1, 4), part(5, 8), part(9, 10)]
    again = [part(1, 3, 1), part(4, 6, 2), part(7, 10, 1)]
    assert ranges(pieces([*first, *again], 10)) == [(1, 3, "part"), (4, 6, "part"), (7, 10, "part")]


def test_parts_are_not_waited_for_until_all_are_there() -> None:
    """A million rows have 15,000 parts."""

    def listed() -> Iterator[Part]:
        yield part(1, 3)
        yield part(4, 6)
        pytest.fail("nothing asked for so many")

    found = output_pieces.pieces(listed(), RowRange(first=1, last=9))
    assert ranges([next(found)]) == [(1, 3, "part")]


@pytest.mark.parametrize(("first", "last"), [(0, 2), (5, 4), (9, 11), (11, 12)])
def test_part_of_rows_that_the_batch_does_not_have_is_no_output(first: int, last: int) -> None:
    with pytest.raises(RowCountMismatch) as caught:
        pieces([part(1, 2), part(first, last)], 10)
    assert str(caught.value) == (
        f"parts/{first}-{last}.csv has the rows {first} to {last}, but the batch has the rows 1 to 10. "
        "No output was written."
    )


@st.composite
def tilings(draw: st.DrawFn) -> tuple[int, list[Part]]:
    """The rows of a batch cut several times, each time with some parts lost; some parts come twice."""
    rows = draw(st.integers(1, 60))
    found: list[Part] = []
    for minutes in draw(st.lists(st.integers(0, 3), min_size=1, max_size=3)):
        cuts = sorted({0, rows, *draw(st.lists(st.integers(1, rows), max_size=8))})
        found += [part(first + 1, last, minutes) for first, last in pairwise(cuts)]
    kept = draw(st.lists(st.sampled_from(found), max_size=len(found) + 2))
    return rows, draw(st.permutations(kept))


@given(tilings())
def test_each_row_comes_once_whatever_was_lost_cut_anew_or_repeated(batch: tuple[int, list[Part]]) -> None:
    rows, parts = batch
    found = pieces(parts, rows)
    indexes = [index for first, last, _ in ranges(found) for index in range(first, last + 1)]
    assert indexes == list(range(1, rows + 1))
    assert {piece.key for piece in found if isinstance(piece, Part)} <= {piece.key for piece in parts}


@given(tilings())
def test_part_that_no_later_one_overlaps_is_never_dropped(batch: tuple[int, list[Part]]) -> None:
    rows, parts = batch
    newest = max(parts, key=lambda one: (one.written_at, one.key), default=None)
    assert newest is None or newest in pieces(parts, rows)


@given(st.integers(1, 30), st.integers(-3, 3), st.lists(st.integers(-2, 40), min_size=2, max_size=8))
def test_ranges_at_random_give_each_row_once_or_an_error(rows: int, shift: int, ends: list[int]) -> None:
    parts = [part(first, first + abs(shift), index) for index, first in enumerate(ends)]
    try:
        found = pieces(parts, rows)
    except RowCountMismatch:
        assert any(not 1 <= one.rows["first"] <= one.rows["last"] <= rows for one in parts)
    else:
        assert [i for first, last, _ in ranges(found) for i in range(first, last + 1)] == list(range(1, rows + 1))


def test_range_counts_both_its_ends() -> None:
    assert (row_count({"first": 3, "last": 3}), row_count({"first": 1, "last": 0})) == (1, 0)
