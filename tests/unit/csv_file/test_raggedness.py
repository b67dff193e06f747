from typing import Literal

import pytest

from batch_processor.errors import InvalidCsv
from tests.unit.csv_file.files import read


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "a,b\n1,2,\n3,4,\n",
            r"Line 2: it has 3 cells, the header has 2, .*all end in delimiters .*ragged to \"pad\"",
        ),
        ("a,b,c\n1\n1,2\n", r"Line 2: it has 1 cell, the header has 3, .* csv_format\.ragged to \"pad\""),
        ("a,b\nx,1,2\ny,3,4\n", r"Line 2: it has 3 cells, the header has 2, .* Give the header a name for each column"),
    ],
)
def test_rows_that_are_all_ragged_in_one_way_are_refused_once(content: str, told: str) -> None:
    with pytest.raises(InvalidCsv, match=f"^{told}"):
        read(content)


@pytest.mark.parametrize("content", ["a,b\n1,2,\n3,4,\n", "a,b,c\n1\n1,2\n"])
def test_following_the_advice_reads_them(content: str) -> None:
    table = read(content, ragged="pad")
    assert len({len(row) for row in table}) == 1


@pytest.mark.parametrize("content", ["a,b\n1\n", "a,b\n1\n2,3\n", "a,b\n1\n2,3,4\n"])
def test_rows_that_are_not_all_ragged_alike_are_left_to_fail_by_themselves(content: str) -> None:
    assert read(content) == [line.split(",") for line in content.splitlines()]


def test_padding_adds_and_drops_empty_cells_only() -> None:
    assert read("a,b\n1\n2,3,,\n4,5,6\n", ragged="pad") == [["a", "b"], ["1", ""], ["2", "3"], ["4", "5", "6"]]


@pytest.mark.parametrize(("row", "advice"), [("1", '; csv_format.ragged "pad" would add empty ones'), ("1,2,3", "")])
def test_first_ragged_row_is_refused_where_that_is_wanted(row: str, advice: str) -> None:
    mode: Literal["refuse"] = "refuse"
    with pytest.raises(InvalidCsv) as caught:
        read(f"a,b\n1,2\n{row}\n", ragged=mode, delimiter=",")
    cells = "1 cell" if row == "1" else "3 cells"
    assert str(caught.value) == f"Line 3: it has {cells}, the header has 2, and such rows are refused{advice}."


@pytest.mark.parametrize("rows", ["One\nTwo, three\n", "One,\nTwo,\n"])
@pytest.mark.parametrize("ragged", ["fail", "pad", "refuse"])
def test_commas_of_a_file_of_one_column_are_not_guessed_to_be_delimiters(rows: str, ragged: str) -> None:
    with pytest.raises(InvalidCsv, match=r'nothing shows that "comma" separates cells.*delimiter to a char.*as "tab"'):
        read(f"text\n{rows}", ragged=ragged)
    assert read(f"text\n{rows}", ragged=ragged, delimiter="\t")[1:] == [[row] for row in rows.splitlines()]
