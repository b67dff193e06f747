"""Original rows whose lines are copied come out as those do whose cells are read and written anew."""

import csv
import io
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch_processor.contract import RowRange, RowResult
from batch_processor.csv_file.records import Record
from batch_processor.errors import RowCountMismatch
from batch_processor.output.enriched_csv import EnrichedCsv
from batch_processor.results.tally import Tally
from tests.unit.plans import failure, make_loaded, make_plan, success

COLUMNS = ["category", "score"]
HOSTILE = st.text(
    st.sampled_from(",;\"\r\n\t\0\\'= +-@é日😀\ufeff\x85\u2028")
    | st.characters(exclude_categories=["Cs"], max_codepoint=0x2FF),
    max_size=6,
)
# Most rows have as many cells as the header; others have fewer or more.
ROWS = st.lists(
    st.lists(HOSTILE, min_size=3, max_size=3) | st.lists(HOSTILE, min_size=1, max_size=5), min_size=1, max_size=8
)
OUTPUTS = st.fixed_dictionaries({"escape_formulas": st.booleans(), "add_metadata": st.booleans()})


@st.composite
def results(draw: st.DrawFn, index: int) -> RowResult:
    """A result of any kind, of a row with that index."""
    answered = success(index, draw(HOSTILE), draw(HOSTILE))
    kinds: list[RowResult] = [
        answered,
        {**answered, "calls": draw(st.integers(0, 3)), "usage": [draw(st.integers(0, 9)), 2]},
        {"index": index, "status": "SUCCESS", "cells": ["", ""], "at": "2020-01-01T00:00:00Z"},
        failure(index, draw(st.sampled_from(["Busy", "RaggedRow", ""])), draw(HOSTILE)),
        {"index": index, "status": "SKIPPED", "error": "EmptyRow", "message": "Line 2"},
    ]
    return draw(st.sampled_from(kinds))


def written(rows: list[list[str]], some: list[RowResult], *, copied: bool, begun: str = "", **output: Any) -> Any:
    """The text and the tally of the rows."""
    plan = make_plan(source={"width": 3}, output=output)
    sink, tally = io.StringIO(newline=""), Tally(begun, tuple(COLUMNS))
    surplus = any(len(cells) > 3 for cells in rows)
    enriched = EnrichedCsv(sink, plan, make_loaded(len(rows), surplus_cells=surplus), tally)
    wanted = RowRange(first=1, last=len(rows))
    if copied:
        assert enriched.copies_lines
        enriched.write_lines(map(line_of, rows), some, wanted)
    else:
        enriched.write_rows([Record(0, cells) for cells in rows], some, wanted)
    return sink.getvalue(), tally.as_json()


def line_of(cells: list[str]) -> str:
    """The row as loading keeps it, without its line end."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n")


@given(st.data(), ROWS, OUTPUTS, st.sampled_from(["", "2026-01-01T00:00:00Z"]))
def test_copied_lines_are_those_of_cells_read_and_written(
    data: st.DataObject, rows: list[list[str]], output: Any, begun: str
) -> None:
    some = [data.draw(results(index)) for index in range(1, len(rows) + 1)]
    assert written(rows, some, copied=True, begun=begun, **output) == written(
        rows, some, copied=False, begun=begun, **output
    )


@given(ROWS)
@example([['a "b", c', "x\r\ny", "1,5"], ["", "", ""]])
def test_copied_lines_have_the_original_cells(rows: list[list[str]]) -> None:
    text, _ = written(rows, [success(number, "x", "y") for number in range(1, len(rows) + 1)], copied=True)
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert [row[:3] for row in table] == [(cells + [""] * 3)[:3] for cells in rows]


def test_more_rows_than_are_written_at_a_time_come_out_in_order() -> None:
    rows = [[f"{number}", "a,b", "é" * (number % 3)] for number in range(1, 257)]
    some = [failure(n, "Busy", "no") if n % 50 == 0 else success(n, f"c{n}", "-1" * (n % 2)) for n in range(1, 257)]
    assert written(rows, some, copied=True) == written(rows, some, copied=False)


@pytest.mark.parametrize("surplus", [-1, 1])
def test_other_lines_than_were_loaded_are_no_part(surplus: int) -> None:
    enriched = EnrichedCsv(io.StringIO(), make_plan(source={"width": 2}), make_loaded(3), Tally())
    lines = ["a,b"] * (3 + surplus)
    with pytest.raises(
        RowCountMismatch, match=rf"^The input had 3 rows when it was loaded; now it has {3 + surplus}\."
    ):
        enriched.write_lines(lines, [success(n, "x", "y") for n in (1, 2, 3)], RowRange(first=1, last=3))


@pytest.mark.parametrize(
    ("width", "output"),
    [
        (1, {}),
        (2, {"include_original": False}),
        (2, {"csv": {"delimiter": ";", "bom": False}}),
        (2, {"columns": [], "add_metadata": False}),
    ],
)
def test_lines_are_not_copied_where_the_output_has_them_otherwise(width: int, output: Any) -> None:
    plan = make_plan(source={"width": width}, output=output)
    assert not EnrichedCsv(io.StringIO(), plan, make_loaded(1), Tally()).copies_lines
