"""Which rows have the input of an earlier one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.contract import LoadedRow
from batch_processor.loading import duplicates
from batch_processor.loading.duplicates import RowInputs, first_rows_of, packed, unpacked
from batch_processor.loading.row_fitness import RowFitness
from batch_processor.loading.row_lines import RowLines
from tests.unit.plans import csv_of, make_plan

CELLS = st.lists(st.sampled_from(["a", "A", " a", "1", "1.0", "é", "e\u0301", '"', "\u2028", "x,y", ""]), max_size=40)


def found_of(lines: list[str]) -> tuple[int, list[int]]:
    """How many rows are duplicates, and for each row its first one."""
    with RowInputs() as inputs:
        for line in lines:
            inputs.add(line)
        count = inputs.find()
        return count, [first for firsts in inputs.first_rows() for first in firsts]


def lines_of(cells: list[str]) -> list[str]:
    """The rows of a CSV with these cells in the column that is mapped, as loading makes them."""
    quoted = [cell.replace('"', '""') for cell in cells]
    content = "name,email\n" + "".join(f'{number},"{cell}"\n' for number, cell in enumerate(quoted))
    plan = make_plan()
    return [line for line, _ in RowLines(csv_of(content), plan, RowFitness(plan))]


def first_by_hand(cells: list[str]) -> list[int]:
    """The same, found by comparing each with all before it."""
    return [0 if (first := cells.index(cell) + 1) == number else first for number, cell in enumerate(cells, start=1)]


@given(CELLS)
def test_row_is_a_duplicate_of_the_first_one_with_exactly_its_mapped_cells(cells: list[str]) -> None:
    count, firsts = found_of(lines_of(cells))
    assert firsts == first_by_hand(cells)
    assert count == sum(map(bool, firsts))


@given(CELLS)
def test_rows_at_hand_are_compared_alike(cells: list[str]) -> None:
    rows = [LoadedRow(index=index, row={"email": cell}) for index, cell in enumerate(cells, start=1)]
    assert list(first_rows_of(rows)) == first_by_hand(cells)


def test_rows_that_are_not_sent_are_no_duplicates_of_each_other() -> None:
    plan = make_plan(input={"required": ["email"]})
    lines = [line for line, _ in RowLines(csv_of("name,email\na,\nb,\nc\nd\n,x\n"), plan, RowFitness(plan))]
    assert found_of(lines) == (0, [0] * 5)


def test_cells_do_not_run_into_each_other() -> None:
    rows = ['{"index":1,"row":{"a":"x","b":"yz"}}', '{"index":2,"row":{"a":"xy","b":"z"}}']
    assert found_of(rows) == (0, [0, 0])


def test_ranges_of_rows_adjoin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(duplicates, "_RANGE_ROWS", 3)
    assert found_of(lines_of(["a", "b", "a", "b", "a", "c", "c"])) == (4, [0, 0, 1, 2, 1, 0, 6])
    assert found_of(lines_of(["a", "a", "a"])) == (2, [0, 1, 1])


def test_index_comes_back_as_it_was_written() -> None:
    entries = duplicates.zeros(3)
    entries[1] = 2**32 - 1
    assert packed(entries) == b"\0\0\0\0\xff\xff\xff\xff\0\0\0\0"
    assert unpacked(packed(entries)) == entries
