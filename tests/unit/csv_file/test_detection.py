import csv
import io

import pytest

from batch_processor.csv_file.detection import DELIMITERS, detect_delimiter
from batch_processor.csv_file.source import SAMPLE_BYTES
from batch_processor.errors import InvalidCsv
from tests.unit.csv_file.files import read


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_delimiter_is_the_one_that_splits_evenly(delimiter: str) -> None:
    rows = [["id", "amount", "text"], ["1", "2,50", "a; b"], ["2", "3,75", "c | d\te"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert detect_delimiter(text.getvalue()) == delimiter


def test_evenness_outweighs_the_width_of_the_header() -> None:
    assert detect_delimiter("last, first, title;age\nA;1\nB;2\n") == ";"


@pytest.mark.parametrize("content", ["", "\n", "text\nhello, world\nfine\n"])
def test_delimiter_is_a_comma_where_the_header_is_not_split(content: str) -> None:
    assert detect_delimiter(content) == ","


def test_delimiter_is_found_beside_a_cell_of_hundreds_of_kilobytes() -> None:
    content = 'a;b\n1;"' + "x, " * SAMPLE_BYTES
    assert detect_delimiter(content[:SAMPLE_BYTES]) == ";"


def test_delimiter_is_judged_by_the_first_records() -> None:
    assert detect_delimiter("a;b\n" * 60 + "1,2,3\n" * 600) == ";"


@pytest.mark.parametrize(("delimiter", "told"), [("||", "||"), ("\t\t", r"\t\t"), (";;", ";;")])
def test_delimiter_of_two_characters_is_refused(delimiter: str, told: str) -> None:
    content = "".join(
        f"{delimiter.join(cells)}\n" for cells in (["no", "text", "by"], ["1", "a", "kim"], ["2", "", "lee"])
    )
    with pytest.raises(InvalidCsv) as caught:
        read(content)
    assert str(caught.value).startswith(
        f'Line 1: cells seem to be separated by "{told}", and a delimiter is one character.'
    )
    assert read(content, delimiter=delimiter[0])[1] == ["1", "", "a", "", "kim"]


@pytest.mark.parametrize("content", ["no,,by\n1,x,kim\n", "no,,\n1,,\n2,,\n", "no,,by\n", "no,,by\n1,,kim\n"])
def test_empty_columns_are_columns(content: str) -> None:
    assert len(read(content)[0]) == 3
