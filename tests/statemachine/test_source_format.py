"""What the format of the sources promises: expressions on several lines, functions, includes, and errors with a place."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batchctl.definition.__main__ import main
from batchctl.definition.errors import SourceError
from batchctl.definition.expression import UnreadableExpression, one_line
from batchctl.definition.machine import machine_of
from batchctl.definition.source import read_text
from tests.statemachine.engines import JavaScriptEngine


@pytest.mark.parametrize(
    ("jsonata", "line"),
    [
        ("  $a\n    and $b\n", "$a and $b"),
        ("[\n  'a',\n  'b'\n]", "['a', 'b']"),
        ("{\n  'a': 1\n}", "{ 'a': 1 }"),
        ("( $a := 1; $a )", "( $a := 1; $a )"),
        ("'two  spaces' & \"a\tb\"", "'two  spaces' & \"a\tb\""),
        (r"'it\'s /* no comment */' & '\\'", r"'it\'s /* no comment */' & '\\'"),
        ("1 /* one,\n not 'two */ + 1", "1 + 1"),
        ("$contains($a, /'  \\/ [/'] {2}/i) and 'b'", "$contains($a, /'  \\/ [/'] {2}/i) and 'b'"),
        ("$a / 2 +\n ($b) / 2 & '/  /'", "$a / 2 + ($b) / 2 & '/  /'"),
        ("$x.`two  words`", "$x.`two  words`"),
    ],
)
def test_an_expression_keeps_its_meaning_on_one_line(jsonata: str, line: str) -> None:
    assert one_line(jsonata) == line


@given(
    texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=5),
    gap=st.sampled_from([" ", "\n", "\n    ", "  ", " /* a 'comment' */ ", '\n/* one\nmore " */\n']),
)
def test_any_texts_stay_what_they_are(texts: list[str], gap: str, javascript: JavaScriptEngine) -> None:
    # JSONata has JSON's escapes.
    line = one_line(f"[{gap}{f'{gap},{gap}'.join(map(json.dumps, texts))}{gap}]")
    assert "\n" not in line
    assert javascript.evaluate(line, {}) == texts


@pytest.mark.parametrize(
    ("jsonata", "said", "lines_down"),
    [
        ("$a &\n 'one\n two'", r"a text has a line break in it; write it as \n", 1),
        ("$a\n\n & 'one", "the text that begins with ' has no end", 2),
        ("$match($a,\n /a\nb/)", r"a text has a line break in it; write it as \n", 1),
    ],
)
def test_what_cannot_be_laid_on_one_line_is_told(jsonata: str, said: str, lines_down: int) -> None:
    with pytest.raises(UnreadableExpression) as caught:
        one_line(jsonata)
    assert (str(caught.value), caught.value.lines_down) == (said, lines_down)


def test_a_function_stands_in_front_of_what_calls_it_and_of_nothing_else() -> None:
    source = """
        functions:
          $twice: "{% function($n) { $sum([$n, $n]) } %}"
          $unused: "{% function() { 0 } %}"
          $fourfold: "{% function($n) { $twice($twice($n)) } %}"
        States:
          A: {Type: Pass, Output: {a: "{% $fourfold(1) %}", b: "{% '$twice' %}", c: $twice}, End: true}
    """
    twice, fourfold = "function($n) { $sum([$n, $n]) }", "function($n) { $twice($twice($n)) }"
    assert machine_of(source, Path("m.asl.yaml"))["States"]["A"]["Output"] == {
        "a": f"{{% ($twice := {twice}; $fourfold := {fourfold}; $fourfold(1)) %}}",
        "b": "{% '$twice' %}",
        "c": "$twice",
    }


def test_all_errors_are_caught_by_two_catchers_as_states_all_must_stand_alone() -> None:
    source = """
        States:
          A: {Type: Task, Catch: [{ErrorEquals: [B], Next: C}, {ErrorEquals: [D, States.ALL], Output: {}, Next: E}]}
    """
    assert machine_of(source, Path("m.asl.yaml"))["States"]["A"]["Catch"] == [
        {"ErrorEquals": ["B"], "Next": "C"},
        {"ErrorEquals": ["D"], "Output": {}, "Next": "E"},
        {"ErrorEquals": ["States.ALL"], "Output": {}, "Next": "E"},
    ]


def test_only_what_json_has_is_read_as_more_than_text() -> None:
    source = "{a: NO, b: yes, c: 2026-11-21, d: 010, e: 1:30, f: true, g: null, h: -3, i: 0.5, j: ''}"
    texts = {"a": "NO", "b": "yes", "c": "2026-11-21", "d": "010", "e": "1:30"}
    assert read_text(source, Path("s")) == {**texts, "f": True, "g": None, "h": -3, "i": 0.5, "j": ""}


def test_an_include_stands_for_a_file_or_for_a_part_of_it(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.yaml").write_text("one: {x: 1}\nmore: !include b.yaml\n", encoding="utf-8")
    (tmp_path / "inner" / "b.yaml").write_text("[b]", encoding="utf-8")
    source = "{all: !include inner/a.yaml, part: {<<: !include inner/a.yaml#one, y: 2}}"
    assert read_text(source, tmp_path / "s.yaml") == {
        "all": {"one": {"x": 1}, "more": ["b"]},
        "part": {"x": 1, "y": 2},
    }


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a: 1\nb: !include no.yaml", "s.yaml:2: {folder}/no.yaml cannot be read: No such file or directory"),
        ("b: !include part.yaml#c", "s.yaml:1: part.yaml has no c, but a, b"),
        ("a:\n  - !include round.yaml", "round.yaml:2: round.yaml includes itself"),
        ("a: 1\nb: 2\na: 3", "s.yaml:3: a is given twice, first at {folder}/s.yaml:1"),
        ("a: 1\n3: 4", "s.yaml:2: the key 3 is read as no text; write it in quotes"),
        ("a: [1\nb: 2", "s.yaml:2: it is not YAML: expected ',' or ']', but got ':'"),
        ("", "s.yaml: the file is empty"),
        ("a: 1\nb: \x07", r"s.yaml:2: '\x07' is no character of a text"),
        ("a: 1\nb: !other x", "s.yaml:2: it is not YAML: could not determine a constructor for the tag '!other'"),
        ("a: 1\nb: |\n  {% 'x' &\n  'y\n  ' %}", r"s.yaml:4: a text has a line break in it; write it as \n"),
        ('a:\n  "{% $x"', "s.yaml:2: an expression begins with {{% and does not end with %}}"),
        ("a: 1", "s.yaml: it is no state machine, for it has no States"),
        ("functions: [a]\nStates: {}", "s.yaml: functions are to be given by their names"),
        (
            "functions: {f: 1}\nStates: {}",
            "s.yaml: f is no function: write it as $name: '{{% function(…) {{ … }} %}}'",
        ),
    ],
)
def test_an_error_says_where_it_is_and_what_is_wrong(source: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text("a: 1\nb: 2\n", encoding="utf-8")
    (tmp_path / "round.yaml").write_text("a:\n  !include round.yaml\n", encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        machine_of(source, tmp_path / "s.yaml")
    assert str(caught.value) == f"{tmp_path}/{said.format(folder=tmp_path)}"


def test_the_command_writes_what_is_not_current_and_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "m.asl.yaml").write_text("StartAt: A\nStates: {A: {Type: Succeed}}\n", encoding="utf-8")
    (tmp_path / ".aws-sam").mkdir()
    (tmp_path / ".aws-sam" / "copy.asl.yaml").write_text("{}", encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'm.asl.json'}\n"
    assert json.loads((tmp_path / "m.asl.json").read_text()) == {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}


def test_the_command_writes_nothing_if_one_source_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.asl.yaml").write_text("States: {}", encoding="utf-8")
    (tmp_path / "b.asl.yaml").write_text("{}", encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    told = f"error: {tmp_path / 'b.asl.yaml'}: it is no state machine, for it has no States\n"
    assert capsys.readouterr().err == told
    assert not (tmp_path / "a.asl.json").exists()
