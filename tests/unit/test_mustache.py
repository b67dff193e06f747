import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.mustache import Unrenderable, VariablesNotGiven, render, template_faults

HOSTILE = 'O\'Brien & "Söhne"\n{{x}} {{{y}}} <b>\\n</b> %>\r\t\u2028😀'


@pytest.mark.parametrize(
    ("template", "variables", "rendered"),
    [
        ("Hello {{name}}!", {"name": "Ana"}, "Hello Ana!"),
        ("{{ name }}{{&name}}{{{name}}}", {"name": "<a>"}, "<a><a><a>"),
        ("{{a.b.c}}", {"a": {"b": {"c": 1}}}, "1"),
        ("{{first name}}", {"first name": "Ana"}, "Ana"),
        ("{{n}} {{t}} {{f}} {{null}} {{o}} {{l}}", {"n": 1.5, "t": True, "f": False, "null": None, "o": {"ä": 1}, "l": [1]},
         '1.5 true false  {"ä": 1} [1]'),
        ("{{#on}}yes{{/on}}{{^on}}no{{/on}}", {"on": True}, "yes"),
        ("{{#on}}yes{{/on}}{{^on}}no{{/on}}", {"on": ""}, "no"),
        ("{{#gone}}yes {{inside}}{{/gone}}{{^gone}}no{{/gone}}", {}, "no"),
        ("{{#people}}{{name}}, {{/people}}", {"people": [{"name": "A"}, {"name": 0}, {"name": ""}]}, "A, 0, , "),
        ("{{#texts}}[{{.}}]{{/texts}}", {"texts": ["{{a}}", "", 0]}, "[{{a}}][][0]"),
        ("{{#person}}{{name}} of {{city}}{{/person}}", {"person": {"name": "A"}, "city": "X"}, "A of X"),
        ("a{{! a comment }}b", {}, "ab"),
        ("{{=<% %>=}}<% a %> {{b}}", {"a": 1}, "1 {{b}}"),
        ("}} and { and } stay", {}, "}} and { and } stay"),
        ({"a": ["{{x}}", 5, None, True, {"{": "{{x}}"}]}, {"x": "y"}, {"a": ["y", 5, None, True, {"{": "y"}]}),
    ],
)  # fmt: skip
def test_mustache_is_rendered(template: Any, variables: dict[str, Any], rendered: Any) -> None:
    assert render(template, variables) == rendered


@pytest.mark.parametrize("tag", ["{{{value}}}", "{{&value}}", "{{& value }}"])
@pytest.mark.parametrize("value", [5, 1.5, True, None, {"a": [1]}, [], "text", HOSTILE])
def test_text_that_is_one_unescaped_tag_becomes_the_value_itself(tag: str, value: Any) -> None:
    assert render({"a": [tag]}, {"value": value}) == {"a": [value]}


def test_text_that_is_one_tag_stays_a_text() -> None:
    assert render(["{{n}}", "{{{n}}} "], {"n": 5}) == ["5", "5 "]


@pytest.mark.parametrize(
    "template", ["{{v}}", "a {{v}} b", "{{{v}}}", "{{&v}} ", "{{#v}}{{.}}{{/v}}", "{{#o}}{{v}}{{/o}}"]
)
def test_value_arrives_as_it_is_and_is_not_rendered_again(template: str) -> None:
    rendered = render({"k": template}, {"v": HOSTILE, "o": [1], "x": "WRONG", "y": "WRONG"})
    assert HOSTILE in json.loads(json.dumps(rendered))["k"]


def test_schema_in_a_template_is_data() -> None:
    step = {
        "type": "act_with_schema",
        "goal": "{{goal}}",
        "schema": {"properties": {"{{a}}": {"description": "as {{b}}"}}},
    }
    assert render(step, {"goal": "go"}) == {**step, "goal": "go"}
    assert render({"schema": "{{name}}"}, {"name": "x"}) == {"schema": "x"}


def test_template_and_variables_stay_as_they_were() -> None:
    template, variables = {"a": ["{{x}}"]}, {"x": {"b": 1}}
    render(template, variables)
    assert (template, variables) == ({"a": ["{{x}}"]}, {"x": {"b": 1}})


def test_all_missing_variables_are_told_with_their_places() -> None:
    steps = [{"a/b~": "{{street}} {{street}} {{town.name}}"}, "{{street}}", "{{{whole}}}"]
    template = {"steps": steps, "x": "{{#on}}{{inside}}{{/on}}"}
    with pytest.raises(VariablesNotGiven) as caught:
        render(template, {"on": True, "town": {"secret": "6789"}})
    assert str(caught.value) == (
        "The template needs variables that are not given: 'street' (/steps/0/a~1b~0, /steps/1); "
        "'town.name' (/steps/0/a~1b~0); 'whole' (/steps/2); 'inside' (/x)."
    )


def test_variable_that_is_missing_in_one_item_is_missing() -> None:
    with pytest.raises(VariablesNotGiven, match=r"'name' \(the template\)\.$"):
        render("{{#people}}{{name}}{{/people}}", {"people": [{"name": "A"}, {}]})


@pytest.mark.parametrize("name", ["s.upper", "l.append", "d.keys", "s.__class__", "l.0"])
def test_only_json_is_looked_into(name: str) -> None:
    with pytest.raises(VariablesNotGiven):
        render(f"{{{{{name}}}}}", {"s": "text", "l": [1], "d": {}})


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("{{a", "the template: a tag is not closed: '{{a'"),
        ({"a": ["x {{}} y"]}, "/a/0: a tag is not closed: '{{}} y'"),
        ("{{#a}}{{b}}{{/a}} {{#a}}{{c", "the template: "),
        ("{{#a}}{{^b}}{{x{{/b}}{{/a}}", "the template: "),
        ("{{#a}}x", "the template: Did not find a matching tag for {{#a}}"),
        ("{{#a}}x{{/b}}", "the template: Section end tag mismatch"),
        ("{{/a}}", "the template: Section end tag mismatch"),
        ("{{#a}}{{> other}}{{/a}}", "the template: {{>other}} asks for another template"),
        ("{{^a}}{{> other}}{{/a}}", "the template: {{>other}} asks for another template"),
        ({"a": {"{{k}}": 1}}, "/a/{{k}}: only values are rendered"),
    ],
)
def test_template_that_is_no_mustache_is_told_with_the_place(template: Any, told: str) -> None:
    with pytest.raises(Unrenderable) as caught:
        render(template, {"a": True, "b": 1, "c": 2})
    assert str(caught.value).startswith(f"The template cannot be rendered: {told}")


def test_all_faults_are_told_at_once_and_before_any_variable() -> None:
    with pytest.raises(Unrenderable, match=r"/a: .*; /b: .*\.$"):
        render({"a": "{{x", "b": "{{/y}}", "c": "{{missing}}"}, {})


def test_template_nested_too_deeply_is_refused() -> None:
    template: Any = "{{x}}"
    for _ in range(99):
        template = [template]
    assert render(template, {"x": 1})
    assert list(template_faults([[template]])) == [("", "it is nested deeper than 100 levels")]
    for _ in range(100_000):
        template = [template]
    with pytest.raises(Unrenderable, match="nested deeper"):
        render(template, {"x": 1})


def test_good_template_has_no_faults() -> None:
    assert list(template_faults({"a": "{{x}} {{#y}}{{z}}{{/y}}", "b": [None, 5]})) == []


TEXT = st.text(st.characters())
LITERAL = TEXT.map(lambda text: text.replace("{", ""))


@given(before=LITERAL, value=TEXT, after=LITERAL)
def test_any_text_stands_in_the_template_as_it_is(before: str, value: str, after: str) -> None:
    assert render([f"{before}{{{{v}}}}{after}"], {"v": value}) == [f"{before}{value}{after}"]


@given(template=st.text("{}#^/&!=> ab\n", max_size=20))
def test_any_template_is_rendered_or_refused(template: str) -> None:
    with suppress(Unrenderable, VariablesNotGiven):
        assert list(render({"t": template}, {"a": "1", "b": [{"a": 2}]})) == ["t"]


def test_example_of_the_page_is_what_is_rendered() -> None:
    page = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
    taken, answered = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL))
    assert render(taken["template"], taken["variables"]) == answered["rendered"]
