import pytest

from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.dialect import OWN, Dialect, delimiter_name, dialect_of
from batch_processor.errors import InvalidCsv
from tests.unit.csv_file.files import opened, read
from tests.unit.plans import make_plan


def test_plan_carries_what_is_not_plain_and_gives_it_back() -> None:
    dialect = Dialect(";", quote="'", header_line=3, ragged="pad")
    assert dialect.as_planned() == {"quote": "'", "header_line": 3, "ragged": "pad"}
    source = make_plan(source={"delimiter": ";", "dialect": dialect.as_planned()})["source"]
    assert dialect_of(source) == dialect
    assert dialect_of(make_plan()["source"]) == Dialect()


def test_own_files_are_as_rfc_4180_has_them_and_not_doubted() -> None:
    assert (OWN.delimiter, OWN.quote, OWN.escape, OWN.line_end) == (",", '"', "doubled", "\r\n")
    assert OWN.quote_certain
    assert OWN.encoding_certain


@pytest.mark.parametrize(
    ("delimiter", "name"), [("\t", '"tab"'), (",", '"comma"'), ("^", '"^"'), ("\x01", '"\\u0001"')]
)
def test_delimiter_is_told_as_a_configuration_says_it(delimiter: str, name: str) -> None:
    assert delimiter_name(delimiter) == name


def test_quotes_behind_backslashes_are_detected_and_other_backslashes_stay() -> None:
    content = 'no,text,by\n1,"a \\"b\\", c",kim\n2,"C:\\new\\\\",lee\n3,d\\e,joe\n'
    assert opened(content).dialect.escape == "backslash"
    assert read(content)[1:] == [["1", 'a "b", c', "kim"], ["2", "C:\\new\\", "lee"], ["3", "d\\e", "joe"]]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_escapes_of_database_texts_are_read_where_they_are_declared(line_end: str) -> None:
    content = line_end.join([r"no|text|by", r"1|a\nb\tc|\N", r"2|d\|e\\|x\N", f"3|f\\{line_end}g|", ""])
    assert read(content, delimiter="|", quote="", escape="backslash") == [
        ["no", "text", "by"],
        ["1", "a\nb\tc", ""],
        ["2", "d|e\\", "xN"],
        ["3", f"f{line_end}g", ""],
    ]


def test_backslashes_are_characters_where_nothing_else_is_said_or_shown() -> None:
    assert read("no\ttext\n1\ta\\tb\n2\t\\N\n")[1:] == [["1", "a\\tb"], ["2", "\\N"]]


@pytest.mark.parametrize("content", ["no,text\n1,'a, b'\n2,'c'\n", "'no','text'\n'1','a'\n"])
def test_single_quotes_are_refused_until_they_are_declared(content: str) -> None:
    with pytest.raises(InvalidCsv, match=r'csv_format\.quote to "single"; .* set it to "double"'):
        read(content)
    assert read(content, quote="'")[1][1] in ("a, b", "a")
    assert read(content, quote='"')[1][1].startswith("'a")


def test_apostrophes_are_no_quotes() -> None:
    assert read("no,text\n1,it's\n2,O'Hara\n")[1:] == [["1", "it's"], ["2", "O'Hara"]]


def test_blank_before_a_quote_is_refused_until_it_belongs_to_the_delimiter() -> None:
    content = 'no, text, by\n1, "a, b", kim\n'
    with pytest.raises(InvalidCsv, match=r'^Line 2: a quote stands behind a delimiter and a blank.*delimiter to ", "'):
        read(content)
    assert read(content, delimiter=", ") == [["no", "text", "by"], ["1", "a, b", "kim"]]


def test_what_is_said_of_a_format_is_nothing_but_detection() -> None:
    assert CsvFormat() == CsvFormat("auto", "auto", "auto", "auto", "auto", None, "fail", encoding_certain=False)


@pytest.mark.parametrize(
    "csv_format",
    [{"delimiter": ";", "quote": ";"}, {"delimiter": "\\", "escape": "backslash"}, {"quote": ","}, {"delimiter": "  "}],
)
def test_one_character_is_not_two_things(csv_format: dict[str, str]) -> None:
    with pytest.raises(InvalidCsv, match="csv_format makes one character two things"):
        read("a,b\n1,2\n", **csv_format)


@pytest.mark.parametrize("escape", ["doubled", "backslash", "none"])
@pytest.mark.parametrize("cell", ['"a "b" c"', '"a" b', '"a"b"'])
def test_text_behind_a_closing_quote_is_refused_whatever_the_escape_is(escape: str, cell: str) -> None:
    with pytest.raises(InvalidCsv, match=r"^Line 2: a closing quote is followed by more text"):
        read(f"no,text\n1,{cell}\n", escape=escape)


def test_doubled_quotes_are_refused_where_nothing_stands_for_a_quote() -> None:
    content = 'no,text,by\n1,"",""\n2,5"" wide,kim\n3,"a ""b""",lee\n'
    with pytest.raises(InvalidCsv, match=r"^Line 3: a closing quote is followed by more text"):
        read(content, escape="none")
    assert read('no,text,by\n1,"",""\n"2","a, b",kim\n', escape="none")[1:] == [["1", "", ""], ["2", "a, b", "kim"]]


@pytest.mark.parametrize("quote", ["`", "~", "|", "^"])
def test_other_characters_that_seem_to_quote_are_refused_until_they_are_declared(quote: str) -> None:
    content = f'no,text\n1,{quote}a 5" b, c\nd{quote}\n2,e\n'
    with pytest.raises(InvalidCsv, match="seem to be quoted by") as caught:
        read(content)
    assert f'csv_format.quote to "{quote}"' in str(caught.value)
    assert read(content, quote=quote)[1:] == [["1", 'a 5" b, c\nd'], ["2", "e"]]


def test_characters_that_quote_nothing_are_not_taken_for_quotes() -> None:
    assert read('no\ttext\n1\tit\'s 6\' 5"\n2\t"Big" one\n')[1:] == [["1", "it's 6' 5\""], ["2", '"Big" one']]


@pytest.mark.parametrize("cell", ["a\\\tb", "a\\\nb"])
def test_backslashes_before_what_parts_cells_are_refused_until_it_is_said_what_they_are(cell: str) -> None:
    content = f"no\ttext\n1\t{cell}\n2\tc\n"
    with pytest.raises(
        InvalidCsv, match=r'quote to "none" and csv_format.escape to "backslash"; .* csv_format.quote to "double"'
    ):
        read(content)
    assert read(content, quote="", escape="backslash")[1:] == [["1", cell.replace("\\", "")], ["2", "c"]]
    assert cell[:2] in read(content, quote='"')[1]
