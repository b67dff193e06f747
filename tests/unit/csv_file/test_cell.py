import json
import math
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.csv_file.cell import render, render_column
from batch_processor.document.json_value import kind, without_lone_surrogates
from batch_processor.errors import StructuredOutputInvalid


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        ("", ""),
        (" 007 ", " 007 "),
        ("null", "null"),
        (0, "0"),
        (12345678901234567890123, "12345678901234567890123"),
        (1.5, "1.5"),
        (-0.0, "-0.0"),
        ([], "[]"),
        ({"a": [1, None, True, "é"]}, '{"a": [1, null, true, "é"]}'),
        ("日本\n𝄞", "日本\n𝄞"),
    ],
)
def test_json_value_becomes_text(value: Any, cell: str) -> None:
    assert render(value) == cell


@pytest.mark.parametrize(
    ("value", "type_name", "cell"),
    [
        ("x", "string", "x"),
        (1.10, "string", "1.1"),
        (True, "string", "true"),
        (["a"], "string", '["a"]'),
        (3, "number", "3"),
        (" 1.10 ", "number", "1.10"),
        ("12345678901234567890123", "number", "12345678901234567890123"),
        ("-2e3", "integer", "-2000"),
        ("7.0", "integer", "7"),
        (7.0, "integer", "7"),
        ("12345678901234567890123", "integer", "12345678901234567890123"),
        (False, "boolean", "false"),
        (" True ", "boolean", "true"),
        ("FALSE", "boolean", "false"),
        ({"a": 1}, "json_string", '{"a": 1}'),
        ("x", "json_string", '"x"'),
        (None, "json_string", "null"),
        (None, "number", ""),
        (None, "boolean", ""),
    ],
)
def test_value_is_coerced_to_the_type(value: Any, type_name: str, cell: str) -> None:
    assert render(value, type_name=type_name) == cell


@pytest.mark.parametrize(
    ("value", "type_name", "number_format", "cell"),
    [
        ("3.14159", "number", "%.2f", "3.14"),
        (5, "integer", "%05d", "00005"),
        ("x", "string", "<%s>", "<x>"),
        (12345678901234567890123, "integer", "%d", "12345678901234567890123"),
        (0.5, None, "%.1f", "0.5"),
        (True, None, "%.1f", "true"),
        ("0.5", None, "%.1f", "0.5"),
        (None, "number", "%.2f", ""),
    ],
)
def test_format_applies_to_values_of_the_type(value: Any, type_name: str | None, number_format: str, cell: str) -> None:
    assert render(value, type_name=type_name, number_format=number_format) == cell


@pytest.mark.parametrize(
    ("value", "type_name", "fault"),
    [
        ("high", "number", "expected a number, got a string of 4 characters"),
        ("", "number", "expected a number, got a string of 0 characters"),
        (True, "number", "expected a number, got true or false"),
        (["1"], "number", "expected a number, got an array"),
        ({"a": 1}, "number", "expected a number, got an object"),
        ("NaN", "number", "expected a number, got a string of 3 characters"),
        ("sNaN", "number", "expected a number, got a string of 4 characters"),
        ("Infinity", "number", "expected a number, got a string of 8 characters"),
        ("1e999999999", "number", "expected a number, got a string of 11 characters"),
        ("1e999999999", "integer", "expected a number, got a string of 11 characters"),
        (1.5, "integer", "expected an integer, got a number"),
        ("1e-999999999", "integer", "expected an integer, got a string of 12 characters"),
        ("yes", "boolean", "expected true or false, got a string of 3 characters"),
        (1, "boolean", "expected true or false, got a number"),
        ("é" * 80, "boolean", "expected true or false, got a string of 80 characters"),
    ],
)
def test_value_that_does_not_fit_its_type_names_the_column(value: Any, type_name: str, fault: str) -> None:
    with pytest.raises(StructuredOutputInvalid) as caught:
        render_column("risk", value, type_name=type_name, number_format=None)
    assert str(caught.value) == f"Column 'risk': {fault}."


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("", "a string of 0 characters"),
        ("José Núñez", "a string of 10 characters"),
        ({}, "an object"),
        ([1], "an array"),
        (True, "true or false"),
        (None, "null"),
        (7, "a number"),
        (0.5, "a number"),
        (Decimal("1.5"), "a number"),
    ],
)
def test_kind_of_a_value_is_told(value: Any, name: str) -> None:
    assert kind(value) == name


@given(JSON_VALUES)
def test_kind_tells_nothing_of_a_value_but_a_strings_length(value: Any) -> None:
    told = kind(value)
    assert told == (kind("x" * len(value)) if isinstance(value, str) else told)
    assert re.fullmatch(
        r"a string of \d+ characters|an object|an array|true or false|null|a number( beyond those that JSON has)?", told
    )


@given(JSON_VALUES, st.sampled_from(["number", "integer", "boolean"]))
def test_message_about_a_value_has_nothing_of_it(value: Any, type_name: str) -> None:
    marked = {"ssn 123-45-6789": [value, "ssn 123-45-6789"]} if not isinstance(value, str) else f"ssn 6789 {value}"
    with pytest.raises(StructuredOutputInvalid) as caught:
        render_column("risk", marked, type_name=type_name, number_format=None)
    assert "6789" not in str(caught.value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_float_that_is_no_integer_at_all_does_not_fit(value: float) -> None:
    with pytest.raises(
        StructuredOutputInvalid, match="Column 'risk': expected a number, got a number beyond those that JSON has"
    ):
        render_column("risk", value, type_name="integer", number_format=None)


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert render_column("c", "a\ud83db\ude00", type_name=None, number_format=None) == "a\ufffdb\ufffd"
    assert render_column("c", {"k": "\ud83d"}, type_name=None, number_format=None) == '{"k": "\ufffd"}'


def test_two_halves_of_a_pair_become_the_character() -> None:
    assert without_lone_surrogates("\ud83d\ude00 \U0001f600") == "\U0001f600 \U0001f600"


@given(st.text(st.characters()))
def test_text_without_lone_surrogates_can_be_written_and_keeps_the_rest(text: str) -> None:
    clean = without_lone_surrogates(text)
    clean.encode()
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert clean == text


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_number_is_read_as_it_was_given(number: float) -> None:
    assert json.loads(render(number)) == number


@pytest.mark.parametrize("value", [math.inf, math.nan, [math.inf], {"a": -math.inf}])
def test_number_that_json_does_not_have_is_no_cell(value: Any) -> None:
    for type_name in (None, "json_string", "string"):
        with pytest.raises(
            StructuredOutputInvalid, match="Column 'risk': there is a number beyond those that JSON has"
        ):
            render_column("risk", value, type_name=type_name, number_format=None)


@pytest.mark.parametrize(
    "number_format", ["%.2f", "%f", "%+.1f", "% .0f", "%-30.2f|", "%030.2f", "100%% of %30.3f m", "%d", "%.3e"]
)
def test_format_keeps_the_digits_of_large_numbers(number_format: str) -> None:
    small, large = 9007199254740991, 9007199254740993
    written = render(large, number_format=number_format)
    # As printf writes the one before, which floats still have.
    assert written == (number_format % small).replace(str(small), str(large))
    assert render(Decimal("12345678901234567.891"), number_format="%.2f") == "12345678901234567.89"


def test_numbers_within_json_keep_their_digits() -> None:
    value = {"a": [Decimal("0.12345678901234567890"), True, None], "b": 123456789012345678901}
    assert render(value) == '{"a": [0.12345678901234567890, true, null], "b": 123456789012345678901}'
