import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.map_run import json_values
from batch_processor.map_run.json_values import read_array, read_lines

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


class Trickling(io.StringIO):
    """A text that comes a few characters at a time, whatever is asked for."""

    def __init__(self, text: str, at_a_time: int) -> None:
        super().__init__(text, newline="")
        self._at_a_time = at_a_time

    def read(self, size: int | None = -1, /) -> str:
        return super().read(self._at_a_time)


@given(st.lists(VALUES, max_size=5), st.integers(1, 7), st.sampled_from([None, 1]), st.booleans())
def test_array_comes_value_by_value_wherever_it_is_cut(
    values: list[Any], at_a_time: int, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    assert list(read_array(Trickling(f" {text}\n", at_a_time))) == values


@given(st.lists(VALUES, max_size=5), st.integers(1, 7))
def test_lines_come_value_by_value_wherever_they_are_cut(values: list[Any], at_a_time: int) -> None:
    text = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
    assert list(read_lines(Trickling(text, at_a_time))) == values


def test_last_line_needs_no_end() -> None:
    assert list(read_lines(io.StringIO('{"a": 1}\n12'))) == [{"a": 1}, 12]


def test_first_values_come_before_the_last_is_read() -> None:
    text = Trickling('[{"a": 1}, {"a": 2}, oops', 12)
    values = read_array(text)
    assert next(values) == {"a": 1}
    assert text.tell() < 20


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "expected '\\[' at character 1"),
        ("{}", "expected '\\[' at character 1"),
        ("[1 2]", "expected ',' or ']' at character 4"),
        ("[1,]", "expected a JSON value at character 4"),
        ("[,1]", "expected a JSON value at character 2"),
        ("[1", "expected ',' or ']' at character 3"),
        ('[1, {"a" 2}]', "expected a JSON value at character 10"),
        ("[1]]", "expected nothing behind the array at character 4"),
        ("[Infinity]", "Infinity is not JSON"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("at_a_time", [1, 3, 1_000_000])
def test_what_is_no_array_is_refused_with_the_place(text: str, fault: str, at_a_time: int) -> None:
    with pytest.raises(ValueError, match=fault):
        list(read_array(Trickling(text, at_a_time if len(text) < 1000 else len(text))))


def test_value_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_values, "_LONGEST_VALUE", 1_000)
    monkeypatch.setattr(json_values, "_CHUNK_CHARACTERS", 100)
    text = io.StringIO('["' + "x" * 10_000)
    with pytest.raises(ValueError, match="expected a value of at most 1,000 characters at character 2"):
        list(read_array(text))
    assert text.tell() < 3_000
