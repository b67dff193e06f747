import json
import re
from contextlib import suppress
from typing import Any

import jsonpath_rfc9535
import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.document.json_path import MISSING, follow
from batch_processor.document.singular_query import SINGULAR_QUERY_PATTERN, parse_singular_query

STEPS = st.lists(st.one_of(st.text(max_size=5), st.integers(-9, 9)), max_size=5)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("query", "steps"),
    [
        ("$", ()),
        ("$.a.b", ("a", "b")),
        ("$['first name'][\"x\"]", ("first name", "x")),
        ("$.items[0][-1]", ("items", 0, -1)),
        ("$.é", ("é",)),
        ("$['it\\'s']['\\u00e9']", ("it's", "é")),
        ("$ .a [0]", ("a", 0)),
    ],
)
def test_names_and_indexes_become_steps(query: str, steps: tuple[str | int, ...]) -> None:
    assert parse_singular_query(query) == steps


@pytest.mark.parametrize(
    ("query", "segment", "kind"),
    [
        ("$.a[*].b", "[*]", "a wildcard"),
        ("$.a.*.b", ".*", "a wildcard"),
        ("$..a.b", "..a", "a descendant segment"),
        ("$.a..[0]", "..[0]", "a descendant segment"),
        ("$.a..*", "..*", "a descendant segment"),
        ("$.a[1:3].b", "[1:3]", "a slice"),
        ("$.a[?@.b > 1].c", "[?@.b > 1]", "a filter"),
        ("$['a', 'b'].c", "['a', 'b']", "a union"),
        ("$.a[0,1]", "[0,1]", "a union"),
    ],
)
def test_segment_that_may_give_several_values_is_named(query: str, segment: str, kind: str) -> None:
    with pytest.raises(ValueError, match="may give several values") as caught:
        parse_singular_query(query)
    assert f'the segment "{segment}", {kind},' in str(caught.value)


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("", "at character 1"),
        ("a.b", "expected '$', found 'a' at character 1"),
        ("$.", "at character 3"),
        ("$.a-b", "at character 4"),
        ("$.a[", "unbalanced brackets"),
        ("$[01]", "leading zero"),
        ("$[9007199254740993]", "index out of range"),
        ("$.a ", "whitespace"),
        (f"$.{'a' * 200}-", "…"),
    ],
)
def test_text_that_is_no_path_is_refused_with_the_place(query: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"JSONPath") as caught:
        parse_singular_query(query)
    assert fault in str(caught.value)


@given(STEPS, JSON)
def test_steps_find_what_the_library_finds(steps: list[str | int], value: Any) -> None:
    query = "$" + "".join(f"[{_literal(step)}]" for step in steps)
    node = jsonpath_rfc9535.find_one(query, value)
    assert parse_singular_query(query) == tuple(steps)
    assert follow(steps, value) == (MISSING if node is None else node.value)


@given(st.text(alphabet="$.[]'\"*:,?@-01ab \\", max_size=12))
def test_anything_else_is_a_value_error(text: str) -> None:
    with suppress(ValueError):
        parse_singular_query(text)


@given(STEPS)
def test_pattern_for_json_schema_lets_every_singular_query_through(steps: list[str | int]) -> None:
    assert re.search(SINGULAR_QUERY_PATTERN, "$" + "".join(f"[{_literal(step)}]" for step in steps))


def _literal(step: str | int) -> str:
    return json.dumps(step)


def test_query_that_nests_deeper_than_python_goes_is_refused() -> None:
    # Other tools in the process may have raised the recursion limit; then it is refused as the filter that it is.
    with pytest.raises(ValueError, match=r"nested too deeply|a filter"):
        parse_singular_query(f"$[?{'(' * 3000}@.a{')' * 3000}]")
