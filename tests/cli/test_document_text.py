"""What is told of JSON and YAML that a parser would take without a word, or fail on."""

import datetime
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.document_text import beyond_json, read_json, read_yaml

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(JSON, st.sampled_from([None, 2]))
def test_document_without_faults_is_read_as_it_is(document: Any, indent: int | None) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    assert read_json(text) == document


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "it is not JSON: Expecting property name"),
        ('{"a": 1, "a": 2}', '"a" is given twice in one object, at line 1, column 2 and at line 1, column 10'),
        ('{"b": [{}, {\n"a" : "a:",\n "\\u0061":{}}]}', "at line 2, column 1 and at line 3, column 2"),
        ("[" * 101 + "]" * 101, None),
        ("[" * 102 + "]" * 102, "it is nested deeper than 100 levels; make it flatter"),
        ('{"a":' * 9_000 + "1" + "}" * 9_000, "it is nested deeper than 100 levels"),
        ("[" * 100_000 + "]" * 100_000, "it is nested deeper than 100 levels"),
    ],
)
def test_json_that_cannot_be_used_is_told(text: str, told: str | None) -> None:
    if told is None:
        read_json(text)
        return
    with pytest.raises(ValueError, match="^.*" + told):
        read_json(text)


def test_all_repeated_keys_are_told_and_equal_ones_of_other_objects_are_none() -> None:
    assert read_json('[{"a": {"a": "\\"a\\": {"}}, {"a": 1}]') == [{"a": {"a": '"a": {'}}, {"a": 1}]
    with pytest.raises(ValueError, match=r'"b" is given twice.*; "a" is given twice.*: keep one of each'):
        read_json('{"a": 1, "b": {"b": 1, "b": 2}, "a": 3}')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [", "it is not YAML: "),
        ("a: \x00", "it is not YAML: "),
        ("a: 1\n---\nb: 1", "it is not YAML: "),
        ("a: 1\nb:\n- c: 1\n  c: 2\n", '"c" is given twice in one object, at line 3, column 3 and at line 4, column 3'),
        ("[\n" * 20_000 + "]" * 20_000, "it is nested deeper than 100 levels"),  # on one line PyYAML takes seconds
        ("&a [*a, *a]", "it is nested deeper than 100 levels"),
        ("a: 2026-13-45", "as which it is read, month must be in 1..12; write it in quotes"),
        ("a: !!bool maybe", "as which it is read; write it in quotes"),
    ],
)
def test_yaml_that_cannot_be_used_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_yaml(text)


def test_yaml_with_aliases_is_read() -> None:
    assert read_yaml("a: &x {c: 1}\nb: *x\n'1': 2\n1: 3\n") == {"a": {"c": 1}, "b": {"c": 1}, "1": 2, 1: 3}
    assert read_yaml("a: &x {c: 1}\nb: {<<: *x, c: 2}\n") == {"a": {"c": 1}, "b": {"c": 2}}
    assert read_yaml("") is None


def test_what_json_lacks_is_told_with_its_pointer() -> None:
    document = read_yaml("a/b:\n- 2026-01-31\nc: {2026-01-31: x, ~: 1, 5: 1.5}\nd: yes\n")
    assert document["a/b"] == [datetime.date(2026, 1, 31)]
    assert sorted(map(str, beyond_json(document))) == [
        "/a~1b/0: the value is read as a YAML date, 2026-01-31; write it in quotes",
        "/c: the key 2026-01-31 is read as a YAML date; write it in quotes",
        "/c: the key 5 is read as a YAML int; write it in quotes",
        "/c: the key None is read as a missing value; write it in quotes",
    ]
