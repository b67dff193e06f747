"""What is wrong with a canonical schema, all of it at once and at its place."""

import json
from pathlib import Path
from typing import Any

import pytest

from batchctl.factory.batch_mapping import refuse_unusable
from batchctl.factory.canonical import Canonical, InvalidSchema, canonical, read
from tests.factory.documents import FILES, document


def problems(content: Any) -> dict[str, str]:
    with pytest.raises(InvalidSchema) as caught:
        canonical(content)
    return {problem.pointer: problem.message for problem in caught.value.problems}


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def test_all_problems_are_told_at_once_and_at_their_places() -> None:
    told = problems({
        "extraction_name": "",
        "versoin": "1.0.0",
        "input_schema": {**obj(**{"a.b": {"type": "strin"}}), "required": ["ab"]},
        "output_schema": obj(x={"$ref": "#/$defs/y"}, y={"enum": 5}),
        "browser_config": {"starting_url": "ftp://x", "timeout": "5", "steps": [{"goal": "{{compny}}", "description": "{{#a}}"}]},
    })  # fmt: skip
    assert told == {
        "/extraction_name": 'expected 1 to 100 characters in one line, got ""',
        "": "'version' is missing: a semantic version, as 1.0.0",
        "/versoin": "\"versoin\" is not a key here; did you mean 'version'?",
        "/browser_config/starting_url": 'expected an http or https URL, got "ftp://x"',
        "/browser_config/timeout": 'expected a whole number of seconds, 1 to 900, got "5"; write it without quotes: 5',
        "/browser_config/steps/0/goal": '"compny" is not an input; use a.b',
        "/browser_config/steps/0/description": "Did not find a matching tag for {{#a}}. "
        "Its section starts at position 6",
        "/input_schema/properties/a.b": '"a.b" cannot be a variable of a template: '
        "leave out dots, braces, spaces at its ends and leading # ^ / & ! > =",
        "/input_schema/properties/a.b/type": "\"strin\" is no type of JSON; did you mean 'string'?",
        "/input_schema/required/0": "\"ab\" is not a property; did you mean 'a.b'?",
        "/output_schema/properties/y/enum": "expected an array, got a number",
    }


@pytest.mark.parametrize("version", ["1.0", "v1.0.0", "01.0.0", "1.0.0.0", "1.0.0-01", "1.0.0-a..b", "latest", 1])
def test_version_is_semantic(version: Any) -> None:
    assert list(problems(document(version=version))) == ["/version"]


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({"properties": {"x": {}}}, ""),
        ({"type": "array", "items": {}}, "/type"),
        ({"type": "object"}, ""),
        ({"type": "object", "properties": {}}, "/properties"),
        ({**obj(x={}), "required": "x"}, "/required"),
        (obj(x={"minimum": "1"}), "/properties/x/minimum"),
        (obj(x={"pattern": "("}), "/properties/x/pattern"),
        (obj(x={"$ref": "https://example.com/y.json"}), "/properties/x/$ref"),
        (obj(x={"items": {"$ref": "#/properties/y"}}), "/properties/x/items/$ref"),
        ({**obj(x={}), "$schema": "http://json-schema.org/draft-03/schema#"}, "/$schema"),
        (obj(x={"$schema": "https://json-schema.org/draft/2020-12/schema"}), "/properties/x/$schema"),
        # What Python's expressions can do, and linear ones cannot.
        (obj(x={"pattern": "^(?=.*[0-9]).{3,}$"}), "/properties/x/pattern"),
        (obj(x={"$ref": "#/properties/x"}), "/properties/x"),
        (obj(x={"description": "x" * 200_000}), ""),
        (obj(x={"nullable": True}), "/properties/x/nullable"),
        (obj(**{"a/b": {"type": []}}), "/properties/a~1b/type"),
    ],
)
@pytest.mark.parametrize("key", ["input_schema", "output_schema"])
def test_schema_that_is_none_is_told_where(key: str, schema: dict[str, Any], pointer: str) -> None:
    assert f"/{key}{pointer}" in problems(document(**{key: schema}))


def test_required_of_a_property_becomes_the_list_that_json_schema_has() -> None:
    # The form in which canonical schemas were first written.
    nested = obj(a={"type": "string", "required": True}, required={"type": "boolean"})
    output = obj(x={"type": "string", "required": True}, y={"required": False, "type": "null"}, z={"items": nested})
    schema = canonical(document(output_schema={**output, "required": ["z"]})).output_schema
    assert schema == {
        **obj(x={"type": "string"}, y={"type": "null"}, z={"items": {
            **obj(a={"type": "string"}, required={"type": "boolean"}), "required": ["a"]}}),
        "required": ["z", "x"],
    }  # fmt: skip


def test_data_that_looks_like_a_schema_is_left_alone() -> None:
    data = {"properties": {"x": {"required": True}}}
    output = obj(a={"enum": [data], "default": data, "examples": [data]}, b={"const": data})
    assert canonical(document(output_schema=output)).output_schema == output


def test_recorded_answers_must_fit_the_schemas() -> None:
    examples = [
        {"input": {"company": "A"}, "output": {"staff": -1}},
        {"input": {}, "output": {"staff": 1}},
        {"input": {}},
    ]
    told = problems(document(examples=examples))
    assert told["/examples/0/output/staff"] == "expected at least 0"
    assert told["/examples/1/input"] == "'company' is missing"
    assert told["/examples/2"].startswith("'output' is missing")


@pytest.mark.parametrize(
    "goal",
    ["{{compan}}", "{{{compan}}}", "{{>company}}", "{{#company}}", "{{/company}}", "{{company", "{{{company}} now"],
)
def test_tag_that_is_no_input_is_told(goal: str) -> None:
    content = document(browser_config={"starting_url": "https://example.com/", "extraction_goal": goal})
    assert list(problems(content)) == ["/browser_config/extraction_goal"]


@pytest.mark.parametrize("key", ["profile_name", "starting_url"])
def test_tag_is_told_wherever_the_template_has_it(key: str) -> None:
    content = document(browser_config={"starting_url": "https://example.com/", key: "https://{{nobody}}"})
    assert list(problems(content)) == [f"/browser_config/{key}"]


@pytest.mark.parametrize("goal", ["{{company}}", "{{{ company }}}", "{{#company}}x{{/company}}{{^company}}{{/company}}",
                                  "{{! a remark }}", "{ } }}", "{{=<% %>=}}<%company%>"])  # fmt: skip
def test_tag_of_an_input_is_none_to_tell(goal: str) -> None:
    canonical(document(browser_config={"starting_url": "https://example.com/{{company}}", "extraction_goal": goal}))


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "not JSON"), ('{"version": "1", "version": "2"}', '"version" is given twice'), ("[]", "expected an object")],
)
def test_file_that_is_no_object_is_told(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "schema.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSchema, match=reason):
        read(path)


@pytest.mark.parametrize("value", [float("nan"), 2**60, "\ud800"])
def test_value_that_does_not_survive_the_way_is_told(value: Any) -> None:
    assert list(problems(document(metadata={"x": value}))) == ["/metadata/x"]


def test_field_that_no_batch_could_write_is_told_at_its_property() -> None:
    made = canonical(document(output_schema=obj(ok={}, _status={})))
    with pytest.raises(InvalidSchema) as caught:
        refuse_unusable(made)
    assert [problem.pointer for problem in caught.value.problems] == ["/output_schema/properties/_status"]


def test_all_that_no_registry_would_take_is_told_at_its_place() -> None:
    # A registry has the schemas deeper inside its entries than the canonical schema has them.
    nested: dict[str, Any] = {"type": "string"}
    for _ in range(48):
        nested = obj(x=nested)
    made = canonical(document(output_schema=nested))
    with pytest.raises(InvalidSchema) as caught:
        refuse_unusable(made)
    assert caught.value.problems
    for problem in caught.value.problems:
        assert problem.pointer.startswith("/output_schema/properties/x/properties/x")
        assert "levels; make it flatter" in problem.message


def test_digest_follows_order_and_content_but_no_white_space(tmp_path: Path) -> None:
    content = document()
    turned = {**content, "output_schema": {**content["output_schema"], "properties": dict(
        reversed(content["output_schema"]["properties"].items()))}}  # fmt: skip
    spaced = tmp_path / "schema.json"
    spaced.write_text(json.dumps(content, indent=7), encoding="utf-8")
    assert read(spaced).digest == canonical(content).digest
    assert canonical(turned).digest != canonical(content).digest
    assert canonical(document(version="1.2.4")).digest != canonical(content).digest


def test_the_repository_has_canonical_schemas_without_problems(canonical: Canonical) -> None:
    refuse_unusable(canonical)
    assert len(FILES) == 3
