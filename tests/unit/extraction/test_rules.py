import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.errors import InvalidConfiguration
from batch_processor.extraction.compiling import compile_rules, rules_problems

SPEC = yaml.safe_load((Path(__file__).parent / "spec_rules.yaml").read_text(encoding="utf-8"))


WAYS = [{"type": "direct", "path": "a"}]


def problems(rules: Any) -> dict[str, str]:
    found = rules_problems(rules)
    assert len({problem.pointer for problem in found}) == len(found)
    return {problem.pointer: problem.message for problem in found}


def mapping(*paths: str, method: str = "tool_result") -> list[dict[str, Any]]:
    return [{"method": method, "field_mappings": {f"f{number}": path for number, path in enumerate(paths)}}]


@pytest.mark.parametrize("name", SPEC)
def test_rules_of_the_first_users_are_good_and_plans_can_carry_them(name: str) -> None:
    assert problems(SPEC[name]) == {}
    compiled = compile_rules(SPEC[name])
    assert json.loads(json.dumps(compiled)) == compiled


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("$.content", {"steps": ["content"]}),
        ("$", {"steps": ["content"]}),
        ("$.exchange", {"steps": ["content", "exchange"]}),
        ("speeds[0].download", {"steps": ["content", "speeds", 0, "download"]}),
        ("['a | b']['it''s']".replace("''", r"\'"), {"steps": ["content", "a | b", "it's"]}),
        ("[-1]", {"steps": ["content", -1]}),
        ("$.content | trim|upper ", {"steps": ["content"], "treatments": [{"transform": "trim"}, {"transform": "upper"}]}),
        ("$.content | trim()", {"steps": ["content"], "treatments": [{"transform": "trim"}]}),
        (r"$.content | parse('a|b: (\w+\))')", {"steps": ["content"], "treatments": [{"parse": r"a|b: (\w+\))"}]}),
        (r"""$.content | parse("it's \"(.)\"")""", {"steps": ["content"], "treatments": [{"parse": "it's \"(.)\""}]}),
        (r"$.content | parse('it\'s (.)')", {"steps": ["content"], "treatments": [{"parse": "it's (.)"}]}),
    ],
)  # fmt: skip
def test_path_and_treatments_are_read(text: str, path: dict[str, Any]) -> None:
    [rule] = compile_rules(mapping(text))
    assert rule == {"by": "tool_result", "fields": [{"field": "f0", **path}]}


def test_other_methods_begin_at_the_document() -> None:
    [rule] = compile_rules(mapping("results[0].title", "$.a", method="results_array"))
    assert rule.get("fields") == [{"field": "f0", "steps": ["results", 0, "title"]}, {"field": "f1", "steps": ["a"]}]


def test_transform_beside_the_paths_is_for_all_that_have_none() -> None:
    paths = {"a": "x", "b": {"path": "y", "transform": "trim"}, "c": {"path": "z"}, "transform": "to_number"}
    [rule] = compile_rules([{"method": "jmespath", "paths": paths}])
    assert rule.get("fields") == [
        {"field": "a", "expression": "x", "treatments": [{"transform": "to_number"}]},
        {"field": "b", "expression": "y", "treatments": [{"transform": "trim"}]},
        {"field": "c", "expression": "z", "treatments": [{"transform": "to_number"}]},
    ]


@pytest.mark.parametrize("paths", [{"transform": "x.y"}, {"transform": {"path": "x.y"}, "a": "b"}])
def test_field_may_be_called_transform(paths: Any) -> None:
    [rule] = compile_rules([{"method": "jmespath", "paths": paths}])
    assert {"field": "transform", "expression": "x.y"} in rule.get("fields", [])  # type: ignore[operator]


def test_fields_of_a_schema_registry_become_ways_in_their_order() -> None:
    fields = [
        {
            "name": "speed",
            "type": "number",
            "description": "In Mbit/s.",
            "extraction": [
                {"type": "tool_result", "tool": "browser", "pattern": "Speed: (.+)", "transform": "first_number"},
                {"type": "structured", "path": "$.speeds.download"},
                {"type": "jmespath", "path": "messages[-1].content"},
                {"type": "tool_result", "tool_name": "other", "path": "$.speed"},
            ],
        },
        {"name": "items", "type": "array", "extraction": [{"type": "direct", "path": "items | parse_json"}]},
        {"name": "note", "extraction": [{"type": "results_array", "path": "results[0].note"}]},
    ]
    number = {"transform": "to_number"}
    ways = [
        {"by": "tool_result", "tool_name": "browser", "steps": ["content"],
         "treatments": [{"parse": "Speed: (.+)"}, {"transform": "first_number"}, number]},
        {"by": "structured_output", "steps": ["speeds", "download"], "treatments": [number]},
        {"by": "jmespath", "expression": "messages[-1].content", "treatments": [number]},
        {"by": "tool_result", "tool_name": "other", "steps": ["content", "speed"], "treatments": [number]},
    ]  # fmt: skip
    items = [{"by": "direct", "steps": ["items"], "treatments": [{"transform": "parse_json"}]}]
    expected = {
        "field_ways": [
            {"field": "speed", "ways": ways},
            {"field": "items", "ways": items},
            {"field": "note", "ways": [{"by": "results_array", "steps": ["results", 0, "note"]}]},
        ]
    }
    assert compile_rules({"fields": fields}) == [expected]
    assert compile_rules([{"fields": fields}]) == [expected]
    assert compile_rules([{"method": "fields", "fields": fields}]) == [expected]
    methods = [{"method": "structured_output"}]
    assert compile_rules({"extraction_methods": methods, "fields": fields}) == [{"by": "structured_output"}, expected]


@pytest.mark.parametrize(
    ("rules", "pointer", "words"),
    [
        (None, "", "expected a list of objects {method, …} with at least one entry, got null"),
        ([], "", "expected a list of objects {method, …} with at least one entry, got []"),
        (["direct"], "/0", 'expected an object {method, …}, got "direct"'),
        ({}, "", "'extraction_methods' or 'fields' is missing"),
        ({"extraction_methods": 5}, "/extraction_methods", "expected a list"),
        ([{"method": "tool_reslt"}], "/0/method", "did you mean 'tool_result'?"),
        ([{"field_mappings": {"a": "b"}}], "/0", "'method' is missing: one of structured_output, tool_result, jmespath"),
        ([{"method": "direct", "field_mapping": {}}], "/0/field_mapping", "did you mean 'field_mappings'?"),
        ([{"method": "tool_result"}], "/0", "'field_mappings' is missing: where tool_result finds each field"),
        ([{"method": "jmespath"}], "/0", "'paths' is missing"),
        ([{"method": "jmespath", "field_mappings": {"a": "b"}}], "/0/field_mappings", "jmespath takes paths instead"),
        ([{"method": "direct", "paths": {"a": "b"}}], "/0/paths", "direct takes field_mappings instead"),
        ([{"method": "direct", "field_mappings": {}}], "/0/field_mappings", "expected an object with a path for each field"),
        ([{"method": "direct", "field_mappings": {"a": ""}}], "/0/field_mappings/a", "expected a string that is not empty"),
        ([{"method": "direct", "field_mappings": {"a": {"path": "b"}}}], "/0/field_mappings/a", "expected a string"),
        ([{"method": "direct", "tool_name": "x"}], "/0/tool_name", "direct is about no tool"),
        ([{"method": "structured_output", "tool_name": 5}], "/0/tool_name", "expected a string"),
        (mapping("$..x"), "/0/field_mappings/f0", "may give several values"),
        (mapping("$.a-b"), "/0/field_mappings/f0", "is no JSONPath"),
        (mapping("a | trm"), "/0/field_mappings/f0", "did you mean 'trim'?"),
        (mapping("a | prase('(x)')"), "/0/field_mappings/f0", "did you mean 'parse'?"),
        (mapping("a | "), "/0/field_mappings/f0", "is nothing that can be done with a value"),
        (mapping("a | trim('x')"), "/0/field_mappings/f0", "write trim alone"),
        (mapping("a | parse"), "/0/field_mappings/f0", "parse needs a pattern in quotes"),
        (mapping("a | parse((x))"), "/0/field_mappings/f0", "parse needs a pattern in quotes"),
        (mapping("a | parse('x')"), "/0/field_mappings/f0", "has no groups, expected exactly one"),
        (mapping("a | parse('(x)(y)')"), "/0/field_mappings/f0", "has 2 groups, expected exactly one"),
        (mapping("a | parse('(?=x)(y)')"), "/0/field_mappings/f0", "it looks around"),
        (mapping("a | parse('(')"), "/0/field_mappings/f0", "cannot be used: missing )"),
        ([{"method": "jmespath", "paths": {"a/b": "["}}], "/0/paths/a~1b", "is no JMESPath expression: Invalid jmespath"),
        ([{"method": "jmespath", "paths": {"a": "x[?parse(@)]"}}], "/0/paths/a", '"parse" is no function of JMESPath'),
        ([{"method": "jmespath", "paths": {"a": 5}}], "/0/paths/a", "expected a string"),
        ([{"method": "jmespath", "paths": {"a": {"transform": "trim"}}}], "/0/paths/a/path", "expected a string"),
        ([{"method": "jmespath", "paths": {"a": {"path": "b", "x": 1}}}], "/0/paths/a/x", "is not a key here"),
        ([{"method": "jmespath", "paths": {"a": {"path": "b", "transform": "x"}}}], "/0/paths/a/transform", "is no transform"),
        ([{"method": "jmespath", "paths": {"a": "b", "transform": "x"}}], "/0/paths/transform", "is no transform"),
        ([{"fields": WAYS, "method": "direct"}], "/0/fields", "is not a key here"),
        ([{"fields": [{"name": "a", "extraction": WAYS}], "paths": {}}], "/0/paths", "is not a key here"),
        ([{"fields": 5}], "/0/fields", "expected a list of objects {name, type, extraction}"),
        ([{"fields": [{"extraction": [{"type": "direct", "path": "a"}]}]}], "/0/fields/0", "'name' is missing"),
        ({"fields": [{"name": 5, "extraction": [{"type": "direct", "path": "a"}]}]}, "/fields/0/name", "expected a string"),
        ({"fields": [{"name": "a"}]}, "/fields/0/extraction", "expected a list of objects {type, …} with"),
        ({"fields": [{"name": "a", "type": "nmber", "extraction": WAYS}]}, "/fields/0/type", "'number'"),
        ({"fields": [{"name": "a", "extraction": [{"type": "structurd"}]}]}, "/fields/0/extraction/0/type", "'structured'"),
        ({"fields": [{"name": "a", "extraction": [{"type": "structured"}]}]}, "/fields/0/extraction/0", "'path' is missing"),
        ({"fields": [{"name": "a", "extraction": [{"type": "tool_result"}]}]}, "/fields/0/extraction/0", "'pattern' or 'path'"),
        (
            {"fields": [{"name": "a", "extraction": [{"type": "direct", "path": "a", "tool": "x"}]}]},
            "/fields/0/extraction/0/tool",
            "direct is about no tool",
        ),
        (
            {"fields": [{"name": "a", "extraction": [{"type": "tool_result", "pattern": "x"}]}]},
            "/fields/0/extraction/0/pattern",
            "has no groups",
        ),
    ],
)  # fmt: skip
def test_mistake_is_told_with_its_place(rules: Any, pointer: str, words: str) -> None:
    found = problems(rules)
    assert list(found) == [pointer]
    assert words in found[pointer]
    with pytest.raises(InvalidConfiguration) as caught:
        compile_rules(rules)
    assert len(caught.value.problems) == 1


def test_all_mistakes_are_told_at_once() -> None:
    rules = [{"method": "direct", "tool_name": "x", "field_mappings": {"a": "$..", "b": "c | d"}}, {"method": "x"}, 5]
    assert list(problems(rules)) == ["/0/tool_name", "/0/field_mappings/a", "/0/field_mappings/b", "/1/method", "/2"]


def test_expression_nested_beyond_reading_is_told() -> None:
    rules = [{"method": "jmespath", "paths": {"a": "(" * 20_000}}]
    assert "is no JMESPath expression" in problems(rules)["/0/paths/a"]


KEYS = (
    *("method", "tool_name", "field_mappings", "paths", "transform", "fields", "name", "type", "extraction"),
    *("path", "pattern", "tool", "extraction_methods"),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(["direct", "jmespath", "tool_result", "a | b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(rules=JSON)
def test_whatever_stands_for_rules_is_compiled_or_told(rules: Any) -> None:
    if rules_problems(rules):
        with pytest.raises(InvalidConfiguration):
            compile_rules(rules)
    else:
        assert compile_rules(rules)
