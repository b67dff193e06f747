"""YAML is read as what JSON could have said, and never as something else than is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.document.yaml_text import YamlError, read_yaml

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc é", max_size=5), inner),
)  # fmt: skip


@pytest.mark.parametrize(
    "word",
    [
        *("no", "yes", "on", "off", "n", "Y", "No", "TRUE", "True", "Null", "NULL"),
        *("007", "0o17", "0x1F", "0b1", "1_000", "+1", ".5", "1.", "--1", "12:30", "12:30:45", "1e", "1.5.2"),
        *("2026-01-01", "2026-01-01T10:00:00Z", ".inf", "-.inf", ".nan", "=", "E8 4LX", "1 000", "a-b"),
    ],
)
def test_word_that_json_has_not_stays_the_text_that_is_written(word: str) -> None:
    assert read_yaml(f"a: {word}\nb: [{word}]\n{word}: c") == {"a": word, "b": [word], word: "c"}


@pytest.mark.parametrize("word", ["true", "false", "null", "0", "-0", "7", "-12", "1.50", "1e3", "1E-2", "-1.5e+10"])
def test_word_of_json_is_what_it_is_there(word: str) -> None:
    read = read_yaml(f"a: {word}\nb: '{word}'\n{word}: c")
    assert read == {"a": json.loads(word), "b": word, word: "c"}
    assert type(read["a"]) is type(json.loads(word))


def test_nothing_and_a_tilde_are_null() -> None:
    assert read_yaml("a:\nb: ~\nc: ''") == {"a": None, "b": None, "c": ""}


@given(JSON)
def test_json_is_yaml_and_means_the_same(document: object) -> None:
    assert read_yaml(json.dumps(document, ensure_ascii=False)) == document


def test_texts_of_several_lines_are_kept() -> None:
    text = "folded: >\n  a\n  b\nkept: |\n  a: {x}\n  # no comment\nquoted: \"A\\\\s\\u00e9\"\nsingle: 'it''s' # a comment\n"
    assert read_yaml(text) == {"folded": "a b\n", "kept": "a: {x}\n# no comment\n", "quoted": "A\\sé", "single": "it's"}


def test_alias_stands_for_its_value() -> None:
    assert read_yaml("a: &both [x, {y: 1}]\nb: *both\nc: [*both]") == {
        "a": ["x", {"y": 1}],
        "b": ["x", {"y": 1}],
        "c": [["x", {"y": 1}]],
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3", 'the key "a" is given more than once in one object at line 3, column 1'),
        ("a:\n  - {b: 1, 'b': 2}", 'the key "b" is given more than once in one object at line 2, column 12'),
        ("a: !!str 7", "tags as tag:yaml.org,2002:str are not read at line 1, column 4"),
        ("a: !!python/object/apply:os.system [x]", "tags as tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !x {b: 1}", "tags as !x are not read"),
        ("b: {c: 1}\na:\n  <<: {c: 2}", "merge keys (<<) are not read at line 3, column 3"),
        ("? [a]\n: b", "a key must be a text at line 1, column 3"),
        ("a: *b", "*b stands for nothing above it at line 1, column 4"),
        ("a: &b [*b]", "*b stands for nothing above it"),
        ("a: 1\n---\nb: 2", "a second document begins at line 2, column 1"),
        ("a: [1\nb: 2", "at line 2, column"),
        ("a: b: c", "at line 1, column 5"),
        ("a:\n\t- b", "at line 2, column 1; indent by blanks and not by tabs"),
        ("a: @b", "at line 1, column 4; indent by blanks and not by tabs, and write a text that begins with @"),
        ("", "there is nothing in it"),
        ("# nothing", "there is nothing in it"),
        ("[" * 200, "it is nested deeper than 100 levels at line 1, column 102"),
        ("a: " + "9" * 5000, "the number is too long at line 1, column 4"),
        ("a: \x01", "control characters are not allowed"),
    ],
)
def test_what_is_not_read_is_told_with_its_place(text: str, words: str) -> None:
    with pytest.raises(YamlError) as caught:
        read_yaml(text)
    assert words in str(caught.value)


def test_aliases_that_stand_for_more_than_any_memory_holds_are_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(YamlError, match="aliases repeat more than 100,000 characters at line 5"):
        read_yaml("\n".join(lines))


@pytest.mark.parametrize("anchored", ["x" * 5_000, f"{{? {'x' * 5_000} : 1}}", f"|\n {'x' * 5_000}"])
def test_long_texts_that_aliases_repeat_count_by_their_length(anchored: str) -> None:
    repeats = [f"b{n}: *a" for n in range(25)]
    assert read_yaml("\n".join([f"a: &a {anchored}", *repeats[:15]]))["b14"]
    with pytest.raises(YamlError, match="aliases repeat more than 100,000 characters"):
        read_yaml("\n".join([f"a: &a {anchored}", *repeats]))


def test_aliases_go_no_deeper_than_what_is_written_out() -> None:
    half = f"{'[' * 60}x{']' * 60}"
    assert read_yaml(f"a: &a {half}\nb: {'[' * 39}*a{']' * 39}")
    with pytest.raises(YamlError, match="nested deeper than 100 levels at line 2, column 44"):
        read_yaml(f"a: &a {half}\nb: {'[' * 40}*a{']' * 40}")
