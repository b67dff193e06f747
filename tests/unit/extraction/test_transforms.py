from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.extraction.transforms import TRANSFORMS, TextFields, parse_text, transform_named
from tests.unit.extraction.answers import TEXT

SECRET = "ssn 6789"


def transformed(name: str, value: Any) -> Any:
    transform = transform_named(name)
    assert transform
    return transform(value)


@pytest.mark.parametrize(
    ("name", "value", "made"),
    [
        ("to_text", 5, "5"),
        ("to_text", True, "true"),
        ("to_text", {"a": "ä"}, '{"a": "ä"}'),
        ("to_number", " 67.50 ", 67.5),
        ("to_number", "80", 80),
        ("to_number", "-1e3", -1000.0),
        ("to_number", 5, 5),
        ("to_number", "12345678901234567890", 12345678901234567890),
        ("first_number", "about 67.5 Mbps, or 70", 67.5),
        ("first_number", "-3 degrees", -3),
        ("first_number", 7, 7),
        ("first_number", "1,067.5 Mbps", 1067.5),
        ("first_number", "-1,234,567", -1_234_567),
        ("first_number", "about 1.5e3, or so", 1500.0),
        ("first_number", "67, or 70", 67),
        ("first_number", "v2.", 2),
        ("to_integer", "7", 7),
        ("to_integer", 7.0, 7),
        ("to_boolean", " Yes ", True),
        ("to_boolean", 0, False),
        ("to_boolean", False, False),
        ("to_date", "2026-11-21T09:34:44Z", "2026-11-21"),
        ("to_date", " 20261121 ", "2026-11-21"),
        ("trim", "  a b\n", "a b"),
        ("collapse_spaces", " a \n\t b ", "a b"),
        ("lower", "ÄB", "äb"),
        ("upper", "äb", "ÄB"),
        ("first_line", "\n a \nb", "a"),
        ("last_line", "a\n b \n\n", "b"),
        ("first_line", "", ""),
        ("last_line", " ", ""),
        ("parse_json", '[{"a": 1}]', [{"a": 1}]),
        ("parse_json", '"a"', "a"),
        ("parse_json", {"a": 1}, {"a": 1}),
        ("extract_exchange", TEXT, "WHITEHALL"),
        ("extract_download_speed", TEXT, "50-330 Mbps"),
    ],
)
def test_value_is_transformed(name: str, value: Any, made: Any) -> None:
    assert transformed(name, value) == made
    assert type(transformed(name, value)) is type(made)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, SECRET) for name in ("to_number", "to_integer", "to_boolean", "to_date", "parse_text", "parse_json")),
        ("to_number", True),
        ("to_number", None),
        ("to_number", "1" * 400),
        ("to_number", float("inf")),
        ("to_integer", "6789.5"),
        ("first_number", "no digits"),
        ("first_number", "1.067,5 Mbps"),
        ("first_number", "1_000"),
        ("first_number", "12,34"),
        ("first_number", "10.0.0.1"),
        ("to_date", "21.11.2026"),
        ("parse_text", ""),
        ("extract_exchange", "Cabinet: 6789"),
    ],
)
def test_value_that_cannot_be_transformed_is_told_without_it(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"\w") as caught:
        transformed(name, value)
    assert "6789" not in str(caught.value)


@pytest.mark.parametrize("name", ["to_numbr", "", "extract_", "extract_--", "parse"])
def test_unknown_transform_is_none(name: str) -> None:
    assert transform_named(name) is None


def test_text_with_labels_becomes_fields() -> None:
    lines = ["Result for you (https://example.com):", "- **Exchange:** WHITEHALL\r", " * Download Speed : 50 : 330", ""]
    text = "\n".join([*lines, "9:30: no", "Bare:", "Exchange: 2"])
    assert parse_text(text) == {"exchange": "WHITEHALL", "download_speed": "50 : 330"}


def test_text_that_is_a_json_object_has_its_fields() -> None:
    assert parse_text('{"Exchange": "WHITEHALL"}') == {"Exchange": "WHITEHALL"}
    assert parse_text({"a": 1}) == {"a": 1}


@pytest.mark.parametrize("field", ["download_speed", "downloadSpeed", "Download Speed", "DOWNLOAD-SPEED"])
def test_field_is_found_by_its_label_however_it_is_written(field: str) -> None:
    assert parse_text(TEXT).named(field) == "50-330 Mbps"


def test_missing_label_is_told_with_the_field() -> None:
    with pytest.raises(ValueError, match=r"^the text has no line that begins with 'upload' and a colon$"):
        TextFields({"a": 1}).named("upload")


def test_sentence_is_no_label() -> None:
    text = f"{'This is a long sentence that goes on and on ' * 2}: x\nSpeed: 5"
    assert parse_text(text) == {"speed": "5"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(name=st.sampled_from([*TRANSFORMS, "extract_a"]), value=JSON)
def test_any_value_is_transformed_or_refused(name: str, value: Any) -> None:
    with suppress(ValueError):
        transformed(name, value)
