import codecs
import csv
import functools
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.csv_file.csv_input import (
    DELIMITERS,
    LONGEST_CELL,
    LONGEST_LINE_BYTES,
    SAMPLE_BYTES,
    CsvInput,
    detect_delimiter,
    detect_encoding,
    locate_undecodable,
)
from batch_processor.errors import InvalidCsv
from tests.unit.plans import ENCODINGS, cells_of, csv_of, tables

MEBIBYTE = 1024 * 1024


class Trickle(io.RawIOBase):
    """Bytes that come few at a time, so that every chunk ends somewhere else."""

    def __init__(self, content: bytes, at_a_time: int) -> None:
        self._content = io.BytesIO(content)
        self._at_a_time = at_a_time

    def read(self, size: int = -1, /) -> bytes:
        return self._content.read(self._at_a_time)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_each_kind_of_line_end_separates_records(line_end: str) -> None:
    assert cells_of(csv_of(line_end.join(["a,b", "1,2", "3,4", ""]))) == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_last_line_needs_no_line_end() -> None:
    assert cells_of(csv_of("a,b\n1,2")) == [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("a,ü\n1,€\n".encode(), "utf-8"),
        ("a,ü\n1,€\n".encode("utf-8-sig"), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + "a,ü\n1,€\n".encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + "a,ü\n1,€\n".encode("utf-16-be"), "utf-16"),
    ],
)
def test_encoding_is_detected_by_its_mark(content: bytes, encoding: str) -> None:
    assert detect_encoding(content, "auto") == encoding
    assert cells_of(csv_of(content, encoding)) == [["a", "ü"], ["1", "€"]]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16-le", "utf-16-be"])
def test_encoding_without_a_mark_is_as_declared(encoding: str) -> None:
    content = "name\nJürgen\n".encode(encoding)
    assert detect_encoding(content, encoding) == encoding
    assert cells_of(csv_of(content, encoding)) == [["name"], ["Jürgen"]]


def test_a_mark_outweighs_the_declaration() -> None:
    assert detect_encoding(codecs.BOM_UTF8 + b"a", "cp1252") == "utf-8-sig"


@pytest.mark.parametrize("mark", [codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE])
@pytest.mark.parametrize("declared", ["auto", "utf-8", "utf-16"])
def test_utf_32_is_refused_whatever_is_declared(mark: bytes, declared: str) -> None:
    encoding = "utf-32-le" if mark == codecs.BOM_UTF32_LE else "utf-32-be"
    with pytest.raises(InvalidCsv, match=r"^The file is UTF-32, which is not supported\. Save it as UTF-8\.$"):
        detect_encoding(mark + "a,b\n".encode(encoding), declared)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-8"])
def test_utf_16_without_a_mark_is_refused_as_its_byte_order_would_be_a_guess(encoding: str) -> None:
    with pytest.raises(
        InvalidCsv, match=r"no byte order mark\. Declare csv_format\.encoding as utf-16-le or utf-16-be"
    ):
        detect_encoding("a,b\n1,2\n".encode(encoding), "utf-16")


def test_empty_file_needs_no_mark() -> None:
    assert detect_encoding(b"", "utf-16") == "utf-16"
    assert cells_of(csv_of(b"", "utf-16")) == []


def test_quotes_hold_line_ends_delimiters_and_quotes() -> None:
    assert cells_of(csv_of('a,b\r\n"x\r\ny\nz\rw,""q""",2\r\n')) == [["a", "b"], ['x\r\ny\nz\rw,"q"', "2"]]


def test_cells_keep_padding_backslashes_and_nul() -> None:
    assert cells_of(csv_of(' a ,\\n,"\0"\n007,1.10,1e5\n')) == [[" a ", "\\n", "\0"], ["007", "1.10", "1e5"]]


def test_empty_cells_are_kept_and_missing_ones_are_not_made_up() -> None:
    assert cells_of(csv_of('a,b,c\n,"",\n1\n')) == [["a", "b", "c"], ["", "", ""], ["1"]]


def test_quote_within_an_unquoted_cell_is_a_character() -> None:
    assert cells_of(csv_of('a,b\n5" pipe,x"\n')) == [["a", "b"], ['5" pipe', 'x"']]


def test_cell_of_megabytes_comes_through() -> None:
    cell = "x\n" * MEBIBYTE
    assert cells_of(csv_of(f'a,b\n"{cell}",2\n'))[1] == [cell, "2"]


def test_blank_lines_are_counted_and_no_records() -> None:
    csv_input = csv_of("\na,b\n\n1,2\n\r\n")
    assert cells_of(csv_input) == [["a", "b"], ["1", "2"]]
    assert csv_input.blank_lines == 3


def test_quoted_empty_cell_alone_on_its_line_is_a_row() -> None:
    assert cells_of(csv_of('a\n""\n')) == [["a"], [""]]


def test_file_can_be_read_again() -> None:
    csv_input = csv_of("a\n\n1\n")
    assert cells_of(csv_input) == cells_of(csv_input)
    assert csv_input.blank_lines == 1


@pytest.mark.parametrize("content", [b"", b"\n\r\n\n", codecs.BOM_UTF8])
def test_file_without_any_cell_has_no_records(content: bytes) -> None:
    assert cells_of(csv_of(content, detect_encoding(content, "auto"))) == []


def test_header_alone_is_one_record() -> None:
    assert cells_of(csv_of("a,b\n")) == [["a", "b"]]


def test_records_know_the_line_they_start_on() -> None:
    assert [record.line for record in csv_of('a\n"1\n2\r\n3"\n\n4\r5\n').records()] == [1, 2, 6, 7]


def test_quote_that_is_never_closed_is_refused_with_the_line_it_opens_on() -> None:
    with pytest.raises(InvalidCsv, match=r"^Line 3: a quoted cell is opened and never closed; close it"):
        cells_of(csv_of('a,b\n1,2\n3,"4\n5,6\n7,8\n'))


def test_cell_that_would_take_the_rest_of_a_large_file_is_refused() -> None:
    longest = "x\n" * (LONGEST_CELL // 2)
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
        cells_of(CsvInput(Endless, encoding, ","))
    assert sum(read) < 2 * LONGEST_LINE_BYTES


def test_text_after_a_closing_quote_is_refused() -> None:
    with pytest.raises(InvalidCsv, match=r"^Line 2: a closing quote is followed by more text; double the quotes"):
        cells_of(csv_of('a,b\n"1"x,2\n'))


def test_undecodable_bytes_are_refused_with_line_column_and_the_way_out() -> None:
    with pytest.raises(InvalidCsv) as caught:
        cells_of(csv_of(b"name,city\r\nx,y\r\nAna,M\xfcnchen\r\n"))
    assert str(caught.value) == (
        "Line 3, column 6: the bytes fc are not utf-8. "
        "Save the file as UTF-8, or declare its encoding in csv_format.encoding (for example cp1252)."
    )


def test_undecodable_bytes_in_the_middle_of_a_large_file_are_located() -> None:
    rows = b"0123456789,abcdefgh\n" * 60_000
    with pytest.raises(InvalidCsv, match=r"^Line 60001, column 3: the bytes ff are not utf-8\."):
        cells_of(csv_of(rows + b"ab\xff\n" + rows))


@pytest.mark.parametrize(
    ("content", "encoding", "place"),
    [
        (b"\xff", "utf-8", (1, 1)),
        ("é€𝄞".encode() + b"\xe2\x82", "utf-8", (1, 4)),
        (b"a\n\xe2\x82,\n", "utf-8", (2, 1)),
        (b"a\rb\r\nc\n\xc3", "utf-8", (4, 1)),
        (b"a\r\n\n\xff", "utf-8", (3, 1)),
        (codecs.BOM_UTF8 + b"a,b\nxyz,\xff\n", "utf-8-sig", (2, 5)),
        (codecs.BOM_UTF8 + b"\xff", "utf-8-sig", (1, 1)),
        (b"ab\x81", "cp1252", (1, 3)),
        ("a\nbc".encode("utf-16") + b"\x00\xd8" + "d".encode("utf-16-le"), "utf-16", (2, 3)),
        ("a\nbc".encode("utf-16") + b"\x00", "utf-16", (2, 3)),
        ("a\r\nb".encode("utf-16-be") + b"\xdc\x00", "utf-16-be", (2, 2)),
    ],
)
def test_undecodable_bytes_are_located_in_characters(content: bytes, encoding: str, place: tuple[int, int]) -> None:
    assert locate_undecodable(io.BytesIO(content), encoding) == place  # type: ignore[arg-type]
    assert locate_undecodable(Trickle(content, 1), encoding) == place


def test_decodable_file_ends_where_nothing_was_found() -> None:
    assert locate_undecodable(io.BytesIO(b"a\nbc"), "utf-8") == (2, 3)  # type: ignore[arg-type]


def naive_place(content: bytes, encoding: str) -> tuple[int, int] | None:
    """Decodes all at once; line ends are normalised, so that counting is trivial."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError as exc:
        text = content[: exc.start].decode(encoding)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return len(lines), len(lines[-1]) + 1
    return None


@given(
    st.lists(
        st.one_of(
            st.text("aé€𝄞\r\n,", min_size=1, max_size=6).map(str.encode),
            st.sampled_from([b"\xff", b"\xc3", b"\xe2\x82", b"\xf0\x9d\x84", b"\x81", b"\xd8", b"\r", b"\n"]),
        ),
        max_size=8,
    ).map(b"".join),
    st.sampled_from(["utf-8", "cp1252", "utf-16-le", "utf-16-be"]),
    st.integers(1, 7),
)
def test_place_is_that_of_a_naive_search(content: bytes, encoding: str, at_a_time: int) -> None:
    expected = naive_place(content, encoding)
    if expected:
        assert locate_undecodable(Trickle(content, at_a_time), encoding) == expected


@given(st.binary(max_size=20), st.integers(1, 7))
def test_place_behind_a_mark_does_not_count_the_mark(content: bytes, at_a_time: int) -> None:
    expected = naive_place(content, "utf-8")
    if expected:
        assert locate_undecodable(Trickle(codecs.BOM_UTF8 + content, at_a_time), "utf-8-sig") == expected


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_delimiter_is_the_one_that_splits_evenly(delimiter: str) -> None:
    rows = [["id", "amount", "text"], ["1", "2,50", "a; b"], ["2", "3,75", "c | d\te"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert detect_delimiter(text.getvalue().encode(), "utf-8") == delimiter


def test_evenness_outweighs_the_width_of_the_header() -> None:
    assert detect_delimiter(b"last, first, title;age\nA;1\nB;2\n", "utf-8") == ";"


@pytest.mark.parametrize("content", [b"", b"\n", b"text\nhello, world\nfine\n"])
def test_delimiter_is_a_comma_where_the_header_is_not_split(content: bytes) -> None:
    assert detect_delimiter(content, "utf-8") == ","


def test_delimiter_is_found_in_utf_16_and_beside_undecodable_bytes() -> None:
    assert detect_delimiter("a;b\n1,5;2\n".encode("utf-16"), "utf-16") == ";"
    assert detect_delimiter(b"a;b\n\xff;2\n", "utf-8") == ";"


def test_delimiter_is_found_beside_a_cell_of_hundreds_of_kilobytes() -> None:
    content = b'a;b\n1;"' + b"x, " * SAMPLE_BYTES
    assert detect_delimiter(content[:SAMPLE_BYTES], "utf-8") == ";"


def test_delimiter_is_judged_by_the_first_records() -> None:
    assert detect_delimiter(b"a;b\n" * 60 + b"1,2,3\n" * 600, "utf-8") == ";"


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
