import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor import limits
from batch_processor.contract import Plan
from batch_processor.errors import BatchTooLarge, InvalidCsv
from batch_processor.loading.row_fitness import RowFitness
from batch_processor.loading.row_lines import RowLines, RowsFound, json_lines
from tests.unit.plans import ENCODINGS, PAD_ADDS, csv_of, make_plan, tables


def lines_of(content: str, plan: Plan) -> RowLines:
    return RowLines(csv_of(content), plan, RowFitness(plan))


def rows_of(content: str, **sections: Any) -> list[Any]:
    return [json.loads(line) for line, _ in lines_of(content, make_plan(**sections))]


def found(content: str, **sections: Any) -> RowsFound:
    lines = lines_of(content, make_plan(**sections))
    return lines.found(sum(len(line) + 1 for line, _ in lines))


def test_row_is_a_compact_line_beside_its_record() -> None:
    [(line, record)] = lines_of('name,email\n"An\na","a\n""@x.org"\n', make_plan())
    assert line == '{"index":1,"row":{"email":"a\\n\\"@x.org"}}'
    assert record == (2, ["An\na", 'a\n"@x.org'])


def test_header_alone_has_no_rows() -> None:
    assert rows_of("name,email\n") == []
    assert found("name,email\n") == RowsFound(0, 0)


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ({}, {}),
        ({"email": 1}, {"email": "b"}),
        ({"email": 1, "name": 0}, {"email": "b", "name": "a"}),
        ({'50 %s "off"': 0, "column_2": 1}, {'50 %s "off"': "a", "column_2": "b"}),
    ],
)
def test_row_has_the_cells_in_use_by_address(columns: dict[str, int], row: dict[str, str]) -> None:
    assert rows_of("name,email\na,b\n", input={"fields": [], "columns": columns}) == [{"index": 1, "row": row}]


@given(st.data(), st.sampled_from(ENCODINGS))
def test_any_cell_comes_through_a_line(data: st.DataObject, encoding: str) -> None:
    header, *rows = data.draw(tables(encoding))
    columns = {f"c{position}": position for position in range(len(header))}
    plan = make_plan(source={"width": len(header)}, input={"fields": [], "columns": columns})
    content = "\r\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [header, *rows])
    lines = RowLines(csv_of(content, encoding), plan, RowFitness(plan))
    text = json_lines(line for line, _ in lines)
    assert [json.loads(line)["row"] for line in text.decode().splitlines()] == [
        dict(zip(columns, row, strict=True)) if "".join(row).strip() else {} for row in rows
    ]


def test_row_that_is_empty_says_so_and_ends_no_batch() -> None:
    rows = rows_of("name,email\n,\n , \nBo,\n", execution={"continue_on_error": False})
    assert [row.get("problem") for row in rows] == [
        {"error": "EmptyRow", "message": f"Line {line}: all cells are empty, so there is nothing to send."}
        for line in (2, 3)
    ] + [None]


def test_line_separators_are_escaped_as_some_readers_end_lines_there() -> None:
    assert json_lines(['"a\u2028b\u2029c\u0085é"', "1"]).decode() == '"a\\u2028b\\u2029c\\u0085é"\n1\n'


def test_unfit_row_says_why_and_the_next_ones_go_on() -> None:
    rows = rows_of('name,email\n"An\na",a@x.org\nBo\nCy,c@x.org\n')
    problem = {
        "error": "RaggedRow",
        "message": f"Line 4 has 1 cell, the header has 2{PAD_ADDS}",
    }
    assert rows[1:] == [{"index": 2, "row": {}, "problem": problem}, {"index": 3, "row": {"email": "c@x.org"}}]


def test_problem_may_name_a_column_in_quotes() -> None:
    mapping = {"fields": [], "columns": {'say "x"': 0}, "required": ['say "x"']}
    [row] = rows_of("name,email\n,b\n", input=mapping)
    assert row["problem"]["message"].startswith("Line 2, column 'say \"x\"': the cell is empty")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("name,email\na,b\n\n\nc,d\n\n", (2, 3, False)),
        ("name,email\na,b,c\n", (1, 0, True)),
        ("name,email\na\n", (1, 0, False)),
    ],
)
def test_rows_blank_lines_and_surplus_are_found(content: str, expected: tuple[int, int, bool]) -> None:
    seen = found(content)
    assert (seen.row_count, seen.blank_lines, seen.surplus_cells) == expected


def test_trial_has_the_first_rows_and_looks_no_further() -> None:
    content = 'name,email\na,b\nc,d\ne,f\n"never closed'
    assert [row["index"] for row in rows_of(content, max_rows=2)] == [1, 2]
    assert found(content, max_rows=2).row_count == 2
    assert found("name,email\na,b\n", max_rows=2).row_count == 1


def test_unfit_row_ends_the_batch_where_errors_do() -> None:
    with pytest.raises(InvalidCsv) as caught:
        rows_of("name,email\nAna,a@x.org\nBo\n", execution={"continue_on_error": False})
    assert str(caught.value) == (
        'Row 2: Line 3 has 1 cell, the header has 2; csv_format.ragged "pad" would add empty ones. '
        "Nothing was run, as continue_on_error is false."
    )


def test_more_rows_than_a_distributed_map_takes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_ITEMS", 2)
    assert len(rows_of("name,email\na,b\nc,d\n")) == 2
    with pytest.raises(BatchTooLarge, match=r"^The CSV has more than 2 rows, the most that a Distributed Map takes\."):
        rows_of("name,email\na,b\nc,d\ne,f\n")
