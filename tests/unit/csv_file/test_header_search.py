import pytest

from batch_processor.csv_file.detection import Sample
from batch_processor.csv_file.dialect import Dialect
from batch_processor.csv_file.header_search import told_elsewhere

GUESSED = Dialect(delimiter_guessed=True)


def told(text: str, *names: str, dialect: Dialect = GUESSED) -> str:
    return told_elsewhere(names, Sample(text, complete=True), dialect)


def test_header_that_stands_below_is_told_with_the_setting() -> None:
    text = "made by,kim\nfor,lee\nno,name\n1,x\n"
    assert told(text, "name", "no") == (
        "; line 3 has all that are missing: if that is the header, set csv_format.header_line to 3"
    )


def test_header_below_with_another_delimiter_is_found_too() -> None:
    text = "made by,kim\nno;name\n"
    assert told(text, "name").endswith("set csv_format.header_line to 2")
    assert told(text, "name", dialect=Dialect()).endswith('to 2, and csv_format.delimiter to "semicolon"')


def test_header_between_other_delimiters_is_told() -> None:
    assert told("no name\n1 x\n", "name") == (
        '; line 1 has it between other delimiters: set csv_format.delimiter to " "'
    )


def test_guessed_delimiter_is_told_where_the_columns_are_nowhere() -> None:
    assert told("no,name\n1,x\n", "mail") == ' (guessed delimiter: "comma"; csv_format.delimiter declares another)'
    assert told("no,name\n1,x\n", "mail", dialect=Dialect()) == ""


@pytest.mark.parametrize(
    ("line", "between"), [("no::name", '"::"'), ("no~|~name~|~by", '"~|~"'), ("no   name", "several blanks")]
)
def test_columns_between_what_is_no_delimiter_are_told_without_a_setting(line: str, between: str) -> None:
    found = told(f"{line}\n", "name")
    assert found.startswith(f"; line 1 has it between {between}, ")
    assert "csv_format" not in found


def test_line_that_is_quoted_as_a_whole_is_told() -> None:
    assert told('"no,""name"""\n"1,x"\n', "name") == (
        "; line 1 has it, quoted as a whole: write the file without the quotes around its lines"
    )


def test_header_below_is_found_also_with_blanks_around_its_names() -> None:
    assert told("-----\n| no | name |\n", "name").endswith("set csv_format.header_line to 2")
