import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.csv_file.source import SAMPLE_BYTES
from batch_processor.errors import InvalidCsv
from tests.unit.csv_file.files import opened, read

SWALLOWED = r"^Line {line}: a quoted cell goes on over line {over}, which .*\"none\".*\"double\"\.$"


def refused(content: str, line: int, over: int) -> None:
    with pytest.raises(InvalidCsv, match=SWALLOWED.format(line=line, over=over)):
        read(content)


@pytest.mark.parametrize(
    ("content", "line", "over"),
    [
        ('no,note,by\n1,"low battery,kim\n2,ok,lee\n3,bent 9",joe\n', 2, 3),
        ('no,note,by\n1,"low battery,kim\n2,bent",joe\n', 2, 3),
        ('no,note\n1,"low\n2,bent"\n', 2, 3),
        ('no,"note\n1,low\n2,bent"\n3,x\n', 1, 2),
        ('no,note\n1,"low\nbent",kim\n', 2, 3),
        ('no;note;by\r\n1;"low;kim\r\n2;ok;lee\r\n3;bent 9";joe\r\n', 2, 3),
        ('no,data\n1,"x,y\n3,4"\n', 2, 3),
    ],
)
def test_quote_that_may_have_swallowed_rows_is_refused_with_the_line(content: str, line: int, over: int) -> None:
    refused(content, line, over)


@pytest.mark.parametrize(
    "cell",
    [
        "3 Mill Lane,\nBath, UK",
        "Dear all, hello\nthe price is 2,500 crowns\nbye, then",
        '<p class="x">Hi, you</p>\n<ul>\n<li>a, b</li>\n</ul>',
        "def f(a,\n    b):\n    return g(a,b)",
        "first\n\nsecond",
    ],
)
def test_cell_of_several_lines_is_read_where_none_of_them_is_a_row(cell: str) -> None:
    quoted = cell.replace('"', '""')
    assert read(f'no,text\n1,"{quoted}"\n2,x\n') == [["no", "text"], ["1", cell], ["2", "x"]]


def test_name_of_a_column_may_have_several_lines() -> None:
    assert read('no,"price,\nin crowns",by\n1,2,x\n')[0] == ["no", "price,\nin crowns", "by"]


def test_declared_quotes_are_not_doubted() -> None:
    assert read('no,data\n1,"x,y\n3,4"\n', quote='"') == [["no", "data"], ["1", "x,y\n3,4"]]


def test_following_either_advice_reads_the_file() -> None:
    content = 'no,note,by\n1,"low,kim\n2,ok,lee\n3,bent 9",joe\n'
    assert len(read(content, quote="")) == 4
    assert len(read(content, quote='"')) == 2


@pytest.mark.parametrize(
    "content",
    [
        'text\n"one,\nand the same"\nx\n',
        'text\n"one\n\ntwo"\nx\n',
        'text\n"say ""one""\ntwo"\nx\n',
        '"text"\n"one\ntwo"\nx\n',
        'text\n"one\ntwo"\n"three, four"\n',
    ],
)
def test_quotes_of_a_single_column_are_believed_where_something_shows_that_they_are_meant(content: str) -> None:
    assert len(read(content)) == 3
    assert "\n" in read(content)[1][0]


def test_quotes_of_a_single_column_are_refused_where_nothing_shows_it() -> None:
    refused('text\nA bell.\n"A knock.\nA door 7"\nSilence.\n', 3, 4)


WORDS = st.sampled_from(["red", "7", "a b", "blue 9", "x-y", "Ü"])


@given(st.data(), st.sampled_from([",", ";", "\t", "|"]), st.integers(1, 5), st.integers(2, 8))
def test_no_stray_quote_swallows_a_row(data: st.DataObject, delimiter: str, width: int, count: int) -> None:
    rows = data.draw(st.lists(st.lists(WORDS, min_size=width, max_size=width), min_size=count, max_size=count))
    first, last = sorted(data.draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True)))
    opening, closing = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, width - 1))
    rows[first][opening] = f'"{rows[first][opening]}'
    rows[last][closing] = f'{rows[last][closing]}"'
    lines = [[f"c{position}" for position in range(width)], *rows]
    with contextlib.suppress(InvalidCsv):
        assert read("".join(f"{delimiter.join(line)}\n" for line in lines)) == lines


def test_quotes_of_a_tab_file_that_are_plainly_characters_are_read_as_such() -> None:
    content = 'no\tnote\tby\n1\t"low battery\tkim\n2\tok\tlee\n3\tbent 9"\tjoe\n'
    assert read(content) == [line.split("\t") for line in content.splitlines()]
    assert opened(content).dialect.quote == ""


def test_tab_file_that_quotes_in_earnest_is_refused_for_a_quote_that_is_not_closed() -> None:
    with pytest.raises(
        InvalidCsv, match=r'^Line 3: a quoted cell is opened and never closed.*csv_format\.quote to "none"'
    ):
        read('no\tnote\n1\t"a ""b"" c"\n2\t"oops\n3\tx\n')


def test_line_without_quotes_is_no_row_of_a_file_that_quotes_all_cells() -> None:
    content = '"no";"text";"by"\n"1";"a;b\nc;d;e\nf";"kim"\n"2";"";"lee"\n'
    assert read(content)[1] == ["1", "a;b\nc;d;e\nf", "kim"]
    with pytest.raises(InvalidCsv, match=r"^Line 2: a quoted cell goes on over line 3"):
        read(content.replace('"2"', "2"))


@pytest.mark.parametrize("quote", ['""', '\\"'])
def test_cell_that_the_samples_end_cuts_is_no_doubt(quote: str) -> None:
    rows = [["no", "text"], *([str(number), f'a "b", c{number}\nd\n\ne'] for number in range(20_000))]
    content = "".join(f'{no},"{text.replace(chr(34), quote)}"\n' for no, text in rows)
    assert len(content) > SAMPLE_BYTES
    assert read(content) == rows


def test_one_wrong_quote_does_not_make_characters_of_all_others() -> None:
    content = 'no\ttext\n1\t"a"\n2\t"5"" wide"\n3\t"b""\n4\t"c"\n'.replace('""', '"', 1)
    with pytest.raises(InvalidCsv, match=r"^Line 3: a closing quote is followed by more text"):
        read(content)
    assert read(content.replace('"a"', "a"))[2] == ["2", '"5" wide"']
