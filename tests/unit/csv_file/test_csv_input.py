import codecs
import csv
import functools
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.csv_file.checked_bytes import LONGEST_LINE_BYTES
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.detection import DELIMITERS
from batch_processor.csv_file.dialect import Dialect
from batch_processor.csv_file.encodings import detect_encoding
from batch_processor.csv_file.records import LONGEST_CELL
from batch_processor.errors import InvalidCsv
from tests.unit.plans import ENCODINGS, cells_of, csv_of, tables

MEBIBYTE = 1024 * 1024


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_each_kind_of_line_end_separates_records(line_end: str) -> None:
    assert cells_of(csv_of(line_end.join(["a,b", "1,2", "3,4", ""]))) == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_last_line_needs_no_line_end() -> None:
    assert cells_of(csv_of("a,b\n1,2")) == [["a", "b"], ["1", "2"]]


def test_quotes_hold_line_ends_delimiters_and_quotes() -> None:
    assert cells_of(csv_of('a,b\r\n"x\r\ny\nz\rw,""q""",2\r\n')) == [["a", "b"], ['x\r\ny\nz\rw,"q"', "2"]]


def test_cells_keep_padding_backslashes_and_nul() -> None:
    assert cells_of(csv_of(' a ,\\n,"\0"\n007,1.10,1e5\n')) == [[" a ", "\\n", "\0"], ["007", "1.10", "1e5"]]


def test_empty_cells_are_kept_and_missing_ones_are_not_made_up() -> None:
    assert cells_of(csv_of('a,b,c\n,"",\n1\n')) == [["a", "b", "c"], ["", "", ""], ["1"]]


def test_quote_within_an_unquoted_cell_is_a_character() -> None:
    assert cells_of(csv_of('a,b\n5" pipe,x"\n')) == [["a", "b"], ['5" pipe', 'x"']]


def test_cell_of_megabytes_comes_through() -> None:
    cell = f"{'x' * 63}\n" * (2 * MEBIBYTE // 64)
    assert cells_of(csv_of(f'a,b\n"{cell}",2\n'))[1] == [cell, "2"]


def test_blank_lines_are_counted_and_no_records() -> None:
    csv_input = csv_of("\na,b\n\n1,2\n\r\n")
    assert cells_of(csv_input) == [["a", "b"], ["1", "2"]]
    assert csv_input.blank_lines == 3


def test_quoted_empty_cell_alone_on_its_line_is_a_row() -> None:
    assert cells_of(csv_of('a\n""\n')) == [["a"], [""]]


def test_file_can_be_read_again() -> None:
    csv_input = csv_of("a,b\n\n1,2\n")
    assert cells_of(csv_input) == cells_of(csv_input)
    assert csv_input.blank_lines == 1


@pytest.mark.parametrize("content", [b"", b"\n\r\n\n", codecs.BOM_UTF8])
def test_file_without_any_cell_has_no_records(content: bytes) -> None:
    assert cells_of(csv_of(content, detect_encoding(content, "auto"))) == []


def test_header_alone_is_one_record() -> None:
    assert cells_of(csv_of("a,b\n")) == [["a", "b"]]


def test_records_know_the_line_they_start_on() -> None:
    assert [record.line for record in csv_of('a,b\n"1\n2\r\n3",\n\n4,\r5,\n').records()] == [1, 2, 6, 7]


def test_quote_that_is_never_closed_is_refused_with_the_line_it_opens_on() -> None:
    with pytest.raises(InvalidCsv, match=r"^Line 3: a quoted cell is opened and never closed; close it"):
        cells_of(csv_of('a,b\n1,2\n3,"4\n5,6\n7,8\n'))


def test_cell_that_would_take_the_rest_of_a_large_file_is_refused() -> None:
    longest = f"{'x' * 63}\n" * (LONGEST_CELL // 64)
    assert cells_of(csv_of(f'a\n"{longest}"\n'))[1] == [longest]
    with pytest.raises(InvalidCsv) as caught:
        cells_of(csv_of(f'a\n1\n"{longest}2'))
    assert str(caught.value) == (
        "Line 3: a cell has more than 16,777,216 characters; if it is opened by a quote, close it with one."
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_line_that_does_not_end_is_refused_before_memory_does(encoding: str) -> None:
    read: list[int] = []

    class Endless(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            read.append(len(buffer))
            buffer[:] = ("a,b\n" if len(read) == 1 else "abcd").encode(encoding) * (
                len(buffer) // len("abcd".encode(encoding))
            )
            return len(buffer)

    with pytest.raises(
        InvalidCsv, match=r"^Line \d+: it has more than 16,777,216 bytes and no line end; is the file a CSV"
    ):
        cells_of(CsvInput(Endless, encoding, Dialect()))
    assert sum(read) < 3 * LONGEST_LINE_BYTES


def test_text_after_a_closing_quote_is_refused() -> None:
    with pytest.raises(InvalidCsv, match=r"^Line 2: a closing quote is followed by more text; double the quotes"):
        cells_of(csv_of('a,b\n"1"x,2\n'))


def test_undecodable_bytes_are_refused_with_line_column_and_the_way_out() -> None:
    with pytest.raises(InvalidCsv) as caught:
        cells_of(csv_of(b"name,city\r\nx,y\r\nAna,M\xfcnchen\r\n"))
    assert str(caught.value) == (
        "Line 3, column 6: the bytes fc are not utf-8. "
        "Save the file as UTF-8, or declare in csv_format.encoding how it was saved. Which one it is shows in line 3 at its "
        'first character beyond ASCII: "cp1252" reads ü, "cp1251" reads ь or "mac_roman" reads ¸. '
        "If none of them is right, it has to be UTF-8."
    )


def test_undecodable_bytes_in_the_middle_of_a_large_file_are_located() -> None:
    rows = b"0123456789,abcdefgh\n" * 60_000
    with pytest.raises(InvalidCsv, match=r"^Line 60001, column 3: the bytes ff are not utf-8\."):
        cells_of(csv_of(rows + b"ab\xff\n" + rows))


def test_declared_delimiter_may_be_any_character() -> None:
    assert cells_of(csv_of("a§b\n1,5§2\n", delimiter="§")) == [["a", "b"], ["1,5", "2"]]


@given(
    st.data(),
    st.sampled_from(ENCODINGS),
    st.sampled_from([*DELIMITERS, "§", " "]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([False, True]),
)
def test_any_table_written_as_csv_comes_back_cell_for_cell(
    data: st.DataObject, encoding: str, delimiter: str, line_end: str, quote_all: bool
) -> None:
    table = data.draw(tables(encoding))
    # The csv module leaves a lone \r or \n unquoted where it is not the line end; RFC 4180 quotes both.
    broken_lines = any("\r" in cell or "\n" in cell for row in table for cell in row)
    text = io.StringIO(newline="")
    writer = functools.partial(csv.writer, text, delimiter=delimiter, lineterminator=line_end)
    (writer(quoting=csv.QUOTE_ALL) if quote_all or broken_lines else writer()).writerows(table)
    assert cells_of(csv_of(text.getvalue(), encoding, delimiter)) == table
