"""Generated text that a spreadsheet, or a program that reads a CSV in its own way, would run."""

import json
import re
import time
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from batch_processor.csv_file.cell import render
from batch_processor.csv_file.formula import may_have_force, neutraliser

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
ANYTHING = st.text(
    st.sampled_from(SIGNS + LINE_ENDS + ",;|\t\"' \xa0\u200b\ufeff\0[]{}:15.ex*") | st.characters(), max_size=24
)
neutralise = neutraliser()


def splits(text: str, delimiter: str) -> list[str]:
    """The cells that programs make of a cell which they split at the delimiter, at lines, and perhaps at quotes."""
    lines = re.split(f"[{LINE_ENDS}]", text)
    by_delimiter = [cell for line in lines for cell in line.split(delimiter)]
    by_all = re.split(f'[{LINE_ENDS},;|\t"{re.escape(delimiter)}]', text)
    return [*lines, *by_delimiter, *text.split('"'), *by_all]


def is_run(cell: str) -> bool:
    """Whether the cell, stripped of whatever may be stripped, begins a formula that is more than a number."""
    stripped = cell.lstrip('" \t\0\u200b\ufeff\xa0' + LINE_ENDS)
    if not stripped or stripped[0] not in SIGNS:
        return False
    return not re.fullmatch(
        r'[+\-\uff0b\uff0d]\d+(\.\d+)?([eE][+-]?\d+)?[]}"\s\0\u200b\ufeff]*[,;|\t]?[\s\0\u200b\ufeff]*', stripped
    )


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd",
        "-2+3",
        "@SUM(A1)",
        "-",
        "+1 (555) 0100",
        "-1;2",
        "+1\n",
        "--1",
        "\uff1d1+1",
        "\uff0bcmd",
        "\uff20SUM(A1)",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("start", ["\t", "\r", "\n", "\0"])
def test_what_a_spreadsheet_may_strip_is_defused_before_it_and_behind_it(start: str) -> None:
    assert neutralise(f"{start}text") == f"'{start}text"
    assert neutralise(f"{start}=1") == f"'{start}'=1"


@pytest.mark.parametrize("blank", [" ", "\xa0", "\u3000", "\u200b", "\ufeff", '"', ' "', "\x01"])
def test_blanks_and_quotes_before_a_sign_hide_nothing(blank: str) -> None:
    assert neutralise(f"{blank}=1") == f"{blank}'=1"
    assert neutralise(f"a,{blank}=1") == f"a,{blank}'=1"


@pytest.mark.parametrize("separator", [",", ";", "|", "\t", "\n", "\r\n", '"', '","', '";"', "\u2028"])
@pytest.mark.parametrize("sign", SIGNS)
def test_sign_that_begins_a_cell_within_the_cell_is_defused(separator: str, sign: str) -> None:
    assert neutralise(f"x{separator}{sign}cmd|' /C calc'!A0") == f"x{separator}'{sign}cmd|' /C calc'!A0"


def test_the_delimiter_of_the_output_is_one_of_them() -> None:
    assert neutralise("a^=1 b =1") == "a^=1 b =1"
    assert neutraliser("^")("a^=1 b =1") == "a^'=1 b =1"
    assert neutraliser(" ")("a^=1 b =1") == "a^=1 b '=1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a=1",
        "'=1",
        "-5",
        "+4930123456",
        "-1.5",
        "+1e5",
        "-2.5E-10",
        "-1E+5",
        "a - b",
        "well-known",
        "ada@example.org",
    ],
)
def test_harmless_text_and_numbers_stay_as_they_are(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "1, -5, +4930123456",
        "x\n-5\n-6",
        "a;-5;b",
        '["x", -5]',
        "[[1, -2], [3, -4.5e-3]]",
        '{"a": -1, "list": [2, -3], "phone": "+4930123456"}',
        '["a", "-5", "+49"]',
        "[\n  -5,\n  -6\n]",
    ],
)
def test_numbers_within_a_cell_stay_as_they_are(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize(
    ("text", "neutral"),
    [
        ("x,-1\t*cmd|' /C calc'!A0", "x,'-1\t*cmd|' /C calc'!A0"),
        ("x,-1;*cmd", "x,'-1;*cmd"),
        ('x,"-5"\t*cmd', 'x,"\'-5"\t*cmd'),
        ("-5\n*cmd", "'-5\n*cmd"),
        ('"-5"*cmd', '"\'-5"*cmd'),
        ("x\n-5;*cmd", "x\n'-5;*cmd"),
        # A line separator is no line's end to spreadsheets.
        ("x;-5\u2028*cmd", "x;'-5\u2028*cmd"),
        ("x;-5\v*cmd", "x;'-5\v*cmd"),
    ],
)
def test_number_that_goes_on_as_a_formula_is_none(text: str, neutral: str) -> None:
    # What splits at one delimiter does not split at another: of "-1<TAB>*cmd" it makes one cell.
    assert neutralise(text) == neutral


@pytest.mark.parametrize("separator", [";", "|", "\t", "\u2028"])
def test_number_that_goes_on_as_a_formula_in_the_next_cell_is_none(separator: str) -> None:
    # In the file `5;+5,1*cmd|' /C calc'!A0` are two cells, and to who splits at semicolons the second one is a formula.
    assert neutralise(f"5{separator}+5") == f"5{separator}'+5"
    assert neutraliser(";")("5,+5") == "5,'+5"


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [('"a";-5', ","), ("1, 2;-5", ","), ("x\n1;-5", ","), ("1;-5", ";"), ("[1,-5]", ";"), ('{"a":[1,-5]}', ";")],
)
def test_number_that_the_next_cell_cannot_join_stays_as_it_is(text: str, delimiter: str) -> None:
    """A quote stands between them in the file, or a bracket that nothing opened."""
    assert neutraliser(delimiter)(text) == text


def test_lists_in_markdown_are_defused_line_by_line() -> None:
    assert neutralise("Two things:\n- one\n- two") == "Two things:\n'- one\n'- two"


@given(
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
)
def test_no_number_is_changed(number: float | Decimal) -> None:
    assert neutralise(render(number)) == render(number)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text("abc é1.:"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc_1"), inner, max_size=4),
)


@given(JSON)
def test_json_without_signs_in_its_texts_is_not_changed(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert neutralise(text) == text


@given(ANYTHING, st.sampled_from(",;|\t^"))
@example('x";"-5",*c', ",")
@example(",-1\t*c", ",")
@example('"-5"\n*c', ",")
def test_no_way_of_splitting_finds_a_formula(text: str, delimiter: str) -> None:
    assert not [cell for cell in splits(neutraliser(delimiter)(text), delimiter) if is_run(cell)]


@given(ANYTHING)
def test_nothing_is_taken_away_and_only_apostrophes_are_added(text: str) -> None:
    neutral, position = neutralise(text), 0
    for character in neutral:
        if position < len(text) and character == text[position]:
            position += 1
        else:
            assert character == "'"
    assert position == len(text)


@given(ANYTHING.filter(lambda text: not text.startswith(("\t", "\r", "\n", "\0"))))
def test_what_is_neutral_stays_so(text: str) -> None:
    assert neutralise(neutralise(text)) == neutralise(text)


LARGE = 300_000


@pytest.mark.parametrize(
    "piece",
    ["\t", '"', ",", ", ", " ", ",-", ",-1", ',"-5"', '" ', '"-5', ",-5]]]]x", "=", "\u200b", ',"', "-1,"],
)
def test_a_large_cell_of_whatever_takes_the_time_of_one_pass(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece)) + "=-5"
        started = time.process_time()
        neutralise(text)
        return time.process_time() - started

    # Ten times the text takes some ten times as long, and not a hundred.
    assert seconds(LARGE) < 40 * max(min(seconds(LARGE // 10) for _ in range(3)), 0.001)


def test_all_blanks_and_all_that_shows_nothing_is_blank_or_ends_a_line() -> None:
    invisible = [
        character
        for character in map(chr, range(0x110000))
        if unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cf") or character.isspace()
    ]
    # Which Unicode has among letters and marks, or that are pictures of nothing.
    invisible += "\u034f\u115f\u1160\u17b4\u17b5\u180b\u2800\u3164\ufe0f\uffa0\U000e0100"
    assert [character for character in invisible if neutralise(f"a,{character}=1") != f"a,{character}'=1"] == []


@given(st.lists(ANYTHING, max_size=3), st.sampled_from(",;|\t:"))
@example(["a", "=1"], ",")
def test_text_without_force_is_never_changed(cells: list[str], delimiter: str) -> None:
    changed = [cell for cell in cells if neutraliser(delimiter)(cell) != cell]
    assert not changed or may_have_force("".join(cells))


@pytest.mark.parametrize(
    ("text", "expected"), [("billing é 0.97, 日本", False), ("a-b", True), ("日＝", True), ("a\nb", True)]
)
def test_text_that_has_no_sign_has_no_force(text: str, expected: bool) -> None:
    assert may_have_force(text) is expected


def test_text_without_signs_needs_no_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(re, "compile", pytest.fail)

    assert neutraliser.__wrapped__("|")("Billing; 12 €, on 3 March") == "Billing; 12 €, on 3 March"
