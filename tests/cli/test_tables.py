"""Tables at every width, with whatever cells may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from batchctl.tables import Column, facts, table

COLUMNS = (Column("name", 4), Column("count", align="right"), Column("what it is", 6))
ROWS = [["alpha", 7, "a short one"], ["beta", 1_000, "one that is a good deal longer than the other one"]]


def test_wide_enough_shows_everything() -> None:
    assert table(COLUMNS, ROWS, 100).splitlines() == [
        "name   count  what it is",
        "alpha      7  a short one",
        "beta    1000  one that is a good deal longer than the other one",
    ]


def test_widest_column_gives_way_with_a_mark() -> None:
    lines = table(COLUMNS, ROWS, 30).splitlines()
    assert lines[2] == "beta    1000  one that is a g…"
    assert max(map(len, lines)) <= 30


def test_narrow_terminal_gets_cards() -> None:
    assert table(COLUMNS, ROWS[:1], 14).splitlines() == [
        "name        alpha",
        "count       7",
        "what it is  a short",
        "            one",
    ]


def test_column_in_which_nothing_stands_is_left_out() -> None:
    assert table(COLUMNS, [["a", 1, ""]], 80).splitlines() == ["name  count", "a         1"]


HOSTILE = "\x1b[2J\x1b]0;t\x07‮abc\nnext\r\x9b1m\u2028"


@pytest.mark.parametrize("width", [10, 40, 80, 10_000])
def test_nothing_that_steers_a_terminal_gets_through(width: int) -> None:
    for shown in (table(COLUMNS, [[HOSTILE, 1, HOSTILE]], width), facts({"cell": HOSTILE}, width)):
        assert not set(shown) & set("\x1b\x07\r\x9b\u202e\u2028")


def test_wide_characters_are_counted_as_wide() -> None:
    lines = table([Column("a", 2), Column("b")], [["名前名前", "x"], ["ab", "y"]], 40).splitlines()
    assert len({cell_len(line) for line in lines[1:]}) == 1


@given(st.lists(st.lists(st.text(max_size=30), min_size=3, max_size=3), max_size=4), st.integers(20, 120))
def test_no_line_is_longer_than_the_terminal(rows: list[list[str]], width: int) -> None:
    columns = [Column(name, 3) for name in ("one", "two", "three")]
    assert all(cell_len(line) <= max(width, 25) for line in table(columns, rows, width).splitlines())
