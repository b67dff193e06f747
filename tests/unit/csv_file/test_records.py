import contextlib
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.errors import InvalidCsv
from tests.unit.csv_file.files import opened, read

OTHER = "outside of quotes there is a line break of another kind"


@pytest.mark.parametrize(
    ("content", "line"),
    [("a,b\r\n1,2\r\n3,x\ry\r\n", 3), ("a,b\n1,x\ry\n", 2), ("a,b\r\n1,2\r\n3,4\n5,6\n", 3), ("a,b\r1,2\r3,x\ny\r", 3)],
)
def test_line_break_of_another_kind_is_refused_unless_any_kind_ends_a_row(content: str, line: int) -> None:
    with pytest.raises(InvalidCsv, match=rf"^Line {line}: {OTHER}.*csv_format\.line_end to \"any\"\.$"):
        read(content)
    assert read(content, line_end="any")[0] == ["a", "b"]


def test_rows_that_end_in_cr_lf_are_rows_of_a_file_of_lf_too() -> None:
    assert read("a,b\n1,2\r\n3,4\r\n") == [["a", "b"], ["1", "2"], ["3", "4"]]


def test_lines_that_end_twice_are_refused() -> None:
    with pytest.raises(InvalidCsv, match=r"^Line 1: it ends in two carriage returns and a line feed"):
        read("a,b\r\r\n1,2\r\r\n")


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    content = 'a,b\r\n1,"x\ny\rz"\r\n2,"u\r\nv"\r\n3,w\r\n'
    assert [record.line for record in opened(content).records()] == [1, 2, 5, 7]


@pytest.mark.parametrize("end", ["\x1a", "\r\n\x1a", "\r\n\x1a\x1a\x1a"])
def test_end_mark_of_dos_is_no_row(end: str) -> None:
    assert read(f"a,b\r\n1,2{end}") == [["a", "b"], ["1", "2"]]


def test_end_mark_elsewhere_is_a_character() -> None:
    assert read("a,b\n\x1a,2\n")[1] == ["\x1a", "2"]


def test_blank_line_between_rows_of_one_column_is_an_empty_cell() -> None:
    csv_input = opened("a\n\n1\n\n\n2\n\n\n")
    assert list(csv_input.records())[1:] == [(2, [""]), (3, ["1"]), (4, [""]), (5, [""]), (6, ["2"])]
    assert csv_input.blank_lines == 2


def test_header_may_stand_below_other_lines() -> None:
    content = "made by,kim\n\nno;text\n1;x\n"
    assert list(opened(content, header_line=3).records()) == [(3, ["no", "text"]), (4, ["1", "x"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("hint", ["sep=;", '"sep=;"', "SEP=;", "sep=;;"])
def test_line_that_names_the_delimiter_is_not_the_header(encoding: str, hint: str) -> None:
    csv_input = opened(f"{hint}\r\nno;a,b\r\n1;x,y\r\n".encode(encoding))
    assert list(csv_input.records()) == [(2, ["no", "a,b"]), (3, ["1", "x,y"])]


def test_line_that_names_another_delimiter_than_is_declared_is_refused() -> None:
    with pytest.raises(InvalidCsv, match=r'^Line 1 says .* "semicolon", csv_format\.delimiter says "comma"'):
        read("sep=;\na;b\n", delimiter=",")


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"]), max_size=8), min_size=3, max_size=3
        ),
        min_size=2,
        max_size=6,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_a_writer_wrote_is_read_as_it_was_or_refused(rows: list[list[str]], delimiter: str, line_end: str) -> None:
    table = [["first", "second", "third"], *rows]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(table)
    with contextlib.suppress(InvalidCsv):
        assert read(text.getvalue(), delimiter=delimiter) == table


PIECES = st.sampled_from(
    [
        *(
            b"a,b\n",
            b"1,2\n",
            b"1;2\r\n",
            b'"',
            b'"x"',
            b'""',
            b"'",
            b"\\",
            b"\r",
            b"\n",
            b"\0",
            b"\x1a",
            b"\t",
            b" ",
            b"\\N",
        ),
        *(b"\x1b$B", b"\xff\xfe", b"\xc3", b"\xc3\xa9", b"\x92", b"\xed\xa0\xbd", b"\xef\xbb\xbf", b"\xc2\x92"),
        *(b"sep=;\n", b"{", b"<a>", b"PK\x03\x04"),
    ]
)


@given(
    st.lists(PIECES, max_size=12).map(b"".join),
    st.sampled_from([
        {}, {"quote": ""}, {"quote": "'"}, {"escape": "backslash"}, {"quote": "", "escape": "backslash"}, {"ragged": "pad"},
        {"ragged": "refuse"}, {"line_end": "any"}, {"line_end": "cr"}, {"header_line": 3}, {"encoding": "cp1252"},
        {"encoding": "shift_jis"}, {"encoding": "utf-16"}, {"encoding_certain": True}, {"delimiter": ", "},
    ]),
)  # fmt: skip
def test_whatever_the_bytes_are_they_are_read_or_refused(content: bytes, csv_format: dict[str, object]) -> None:
    # Nothing but the project's own error may come of it.
    with contextlib.suppress(InvalidCsv):
        assert all(map(len, read(content, **csv_format)))
