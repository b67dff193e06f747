"""The language model's agent asks what the registry says, and lets nothing pass that does not fit."""

import csv
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import check_answer
from agent_errors import AgentNotRegistered, EmptyQuestion, UnusableRegistration
from batch_processor.errors import StructuredOutputInvalid
from batch_processor.extraction.structured_output import check_answer as check_batch_answer
from batchctl.factory.shared_code import CHECKING, copies
from batchctl.local.model import copywriter, mistakes
from conversation import question, reminder
from model_answer import judge
from registered_agents import find_entry
from registration import read_registration
from strict_faults import strict_faults
from tests.examples.batch_inputs import EXAMPLES
from tool_schema import strict_schema

AGENT = EXAMPLES / "agents" / "llm_agent"
REGISTRY = EXAMPLES.parent / "registry" / "agents"
USAGE = {"asks": 2, "input_tokens": 700, "output_tokens": 90}
COPY = {
    "headline": "Smart Watch: GPS",
    "description": "The Smart Watch has a heart rate monitor and GPS, and that is that.",
    "keywords": ["smart watch", "gps", "heart rate"],
    "category": "wearables",
    "confidence": 0.9,
}


def entry(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((REGISTRY / f"{name}.json").read_text(encoding="utf-8"))["entry"]
    return document


COPYWRITER = read_registration(entry("product_copywriter")).document()
SCHEMA = COPYWRITER["schema"]


def tool_call(given: Any) -> list[dict[str, Any]]:
    return [{"ToolUse": {"ToolUseId": "t1", "Name": "return_product_copy", "Input": given, "Type": "tool_use"}}]


def judged(given: Any) -> dict[str, Any]:
    return judge(COPYWRITER, "tool_use", tool_call(given), USAGE)


class Table:
    """A registry's table as boto3's resource has it, two entries a page."""

    def __init__(self, *versions: str, **statuses: str) -> None:
        self.items = [
            {
                "agent_name": "writer",
                "version": version,
                "status": statuses.get(f"v{version.replace('.', '_')}", "active"),
            }
            for version in versions
        ]

    def get_item(self, Key: Mapping[str, str]) -> dict[str, Any]:  # noqa: N803
        found = [item for item in self.items if Key.items() <= item.items()]
        return {"Item": found[0]} if found else {}

    def query(self, KeyConditionExpression: Any, ExclusiveStartKey: int = 0) -> dict[str, Any]:  # noqa: N803
        start = ExclusiveStartKey
        more = {"LastEvaluatedKey": start + 2} if start + 2 < len(self.items) else {}
        return {"Items": self.items[start : start + 2], **more}


# --- what the registry says --------------------------------------------------------------------------------


def test_the_latest_version_is_the_highest_active_one() -> None:
    table = Table("1.9.0", "1.10.0", "2.0.0", "3.0.0-rc.1", "latest", v2_0_0="deprecated")
    assert find_entry(table, "writer", None)["version"] == "1.10.0"


def test_a_pinned_version_is_that_version() -> None:
    table = Table("1.9.0", "1.10.0", "3.0.0-rc.1")
    assert [find_entry(table, "writer", v)["version"] for v in ("1.9.0", "3.0.0-rc.1")] == ["1.9.0", "3.0.0-rc.1"]


@pytest.mark.parametrize(
    ("version", "table"),
    [(None, Table()), ("1.0.0", Table("2.0.0")), ("2.0.0", Table("2.0.0", v2_0_0="deprecated"))],
)
def test_an_agent_that_is_not_in_use_is_not_registered(version: str | None, table: Table) -> None:
    with pytest.raises(AgentNotRegistered, match="writer@"):
        find_entry(table, "writer", version)


def test_nested_values_may_be_json_or_its_text() -> None:
    item = entry("product_copywriter")
    schemas = item["structured_output"]["schemas"]
    text = {name: json.dumps({"schema": json.dumps(found["schema"])}) for name, found in schemas.items()}
    as_texts = {
        **item,
        "parameters": json.dumps(item["parameters"]),
        "structured_output": json.dumps({**item["structured_output"], "schemas": json.dumps(text)}),
    }
    as_dynamodb_has_it = json.loads(json.dumps(item), parse_float=Decimal, parse_int=Decimal)
    expected = read_registration(item)
    assert read_registration(as_texts) == expected
    assert read_registration(as_dynamodb_has_it) == expected
    assert type(read_registration(as_dynamodb_has_it).schema["properties"]["confidence"]["maximum"]) is int
    assert type(read_registration(as_dynamodb_has_it).inference["Temperature"]) is float


def test_of_several_schemas_the_entry_says_which_one_it_is() -> None:
    item = entry("product_copywriter")
    other = {"schema": {"type": "object", "properties": {"x": {"type": "string"}}}}
    item["structured_output"] = {"schema": "other", "schemas": {"first": {"schema": SCHEMA}, "other": other}}
    assert read_registration(item).tool_name == "return_other"


def test_everything_that_an_entry_lacks_is_told_at_once() -> None:
    with pytest.raises(UnusableRegistration) as caught:
        read_registration({"agent_name": "writer", "version": "1.0.0", "parameters": {"model_id": " ", "max_asks": 0}})
    assert str(caught.value) == (
        "writer@1.0.0 cannot be asked: parameters.model_id is missing: which model to ask; parameters.system_prompt is "
        "missing: what to tell it; structured_output.schemas has no schema of an object with properties; "
        "parameters.max_asks is not a number from 1 to 10."
    )


# --- what the model is asked -------------------------------------------------------------------------------


def test_the_tool_says_in_words_what_bedrock_cannot_hold_a_model_to() -> None:
    schema = {
        "type": "object",
        "properties": {
            "n": {"type": "number", "minimum": 0, "exclusiveMaximum": 5, "description": "A number."},
            "s": {"type": "string", "minLength": 1, "pattern": "^a", "format": "date"},
            "l": {"type": "array", "items": {"type": "string", "maxLength": 3}, "minItems": 2, "uniqueItems": True},
            "o": {"type": "object", "properties": {"k": {"enum": ["x"]}}, "required": ["k"], "minProperties": 1},
            "e": {"oneOf": [{"type": "integer", "multipleOf": 2}, {"type": "null"}]},
            "cost": {"type": "integer"},
        },
        "required": ["s", "cost"],
        "additionalProperties": True,
    }
    assert strict_schema(schema, without=("cost",)) == {
        "type": "object",
        "properties": {
            "s": {
                "type": "string",
                "format": "date",
                "description": "(at least 1 characters, matching the regular expression ^a)",
            },
            "n": {"type": "number", "description": "A number. (at least 0, less than 5)"},
            "l": {
                "type": "array",
                "items": {"type": "string", "description": "(at most 3 characters)"},
                "description": "(at least 2 items, no item twice)",
            },
            "o": {"type": "object", "properties": {"k": {"enum": ["x"]}}, "required": ["k"], "additionalProperties": False},
            "e": {"anyOf": [{"type": "integer", "description": "(a multiple of 2)"}, {"type": "null"}]},
        },
        "required": ["s"],
        "additionalProperties": False,
    }  # fmt: skip


REFERRING = {"$ref": "#/$defs/line"}
ONE, OTHER = ({"type": "object", "properties": {name: {"type": "string"}}, "required": [name]} for name in "ab")


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        # Every object is closed, also one that has nothing in it, or none but alternatives.
        ({"type": "object", "additionalProperties": False},
         {"type": "object", "properties": {}, "required": [], "additionalProperties": False}),
        ({"type": ["object", "null"], "properties": {}},
         {"type": ["object", "null"], "properties": {}, "required": [], "additionalProperties": False}),
        ({"type": "object", "oneOf": [ONE, OTHER]},
         {"anyOf": [{**ONE, "additionalProperties": False}, {**OTHER, "additionalProperties": False}]}),
        # Alternatives that only narrow what is said already are left to the check of the answer.
        ({**ONE, "anyOf": [{"required": ["a"]}, {"minProperties": 3}]}, {**ONE, "additionalProperties": False}),
        ({"type": "string", "anyOf": [{"format": "date"}, {"maxLength": 3}]},
         {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "description": "(at most 3 characters)"}]}),
        ({"type": "string", "allOf": [{"minLength": 3}]}, {"type": "string"}),
        ({"type": "object", **REFERRING}, REFERRING),
        ({"type": "array", "items": True}, {"type": "array"}),
        ({"$defs": {"x": ONE}, "definitions": {"y": {"type": "null"}}, "type": "null"},
         {"$defs": {"x": {**ONE, "additionalProperties": False}}, "definitions": {"y": {"type": "null"}}, "type": "null"}),
    ],
)  # fmt: skip
def test_tool_has_what_bedrock_takes(schema: dict[str, Any], strict: dict[str, Any]) -> None:
    assert list(strict_faults(schema)) == []
    assert strict_schema(schema) == strict


@pytest.mark.parametrize(
    ("x", "fault"),
    [
        ({"type": "object"}, "/properties/x: an object of which the properties are not listed"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "/properties/x: an object of which"),
        ({"type": "array", "items": {"type": "object"}}, "/properties/x/items: an object of which"),
        ({"anyOf": [{"type": "null"}, {"type": "object"}]}, "/properties/x/anyOf/1: an object of which"),
        ({"allOf": [{"type": "string"}, {"minLength": 3}]}, "/properties/x: say by type, enum, const, anyOf or $ref"),
        ({}, "/properties/x: say by type"),
        (True, "/properties/x: say by type"),
        ({"enum": [{"a": 1}, "b"]}, "/properties/x: it lists objects or arrays"),
        ({**ONE, "required": ["a", "b"]}, "/properties/x: 'b' is not among its properties"),
        ({**ONE, "allOf": [OTHER]}, "/properties/x: 'b' is not among its properties"),
        ({**ONE, "if": {}, "then": {"anyOf": [OTHER]}}, "/properties/x: 'b' is not among its properties"),
        ({"$ref": "#/properties/y"}, "/properties/x: it refers to '#/properties/y'; put what is meant under $defs"),
        ({**ONE, **REFERRING}, "/properties/x: it has properties beside its reference"),
    ],
)
def test_schema_that_no_strict_tool_can_have_is_an_unusable_registration(x: Any, fault: str) -> None:
    item = entry("slogan_writer")
    defs = {"line": {"type": "string"}}
    schema = {"type": "object", "properties": {"x": x, "y": {"type": "null"}}, "$defs": defs}
    item["structured_output"] = {"schemas": {"s": {"schema": schema}}}
    with pytest.raises(UnusableRegistration, match=re.escape(f"in the schema: {fault}")):
        read_registration(item)


def test_definition_that_refers_to_itself_is_told_once() -> None:
    tree = {"type": "object", "properties": {"branches": {"type": "array", "items": {"$ref": "#/$defs/tree"}}}}
    schema = {**tree, "$defs": {"tree": tree, "line": {"$ref": "#/$defs/word"}, "word": {"type": "string"}}}
    [fault] = strict_faults(schema)
    assert fault.startswith("/$defs/tree: it refers to itself")


@pytest.mark.parametrize(("named", "output"), [("slogan v1", {}), ("s" * 60, {}), ("s", {"tool_name": "say it!"})])
def test_name_that_no_tool_can_have_is_an_unusable_registration(named: str, output: dict[str, str]) -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string"}}}
    item = entry("slogan_writer") | {"structured_output": {"schemas": {named: {"schema": schema}}, **output}}
    with pytest.raises(UnusableRegistration, match="name the tool with 1 to 64 letters, digits, _ and -"):
        read_registration(item)


def test_what_the_agent_counts_itself_is_not_asked_of_the_model() -> None:
    assert set(COPYWRITER["tool_schema"]["properties"]) == COPY.keys()
    assert COPYWRITER["tool_schema"]["required"] == list(COPY)


def test_the_fields_are_asked_about_as_json_and_a_prompt_as_it_is() -> None:
    hostile = 'O\'Brien & "Söhne"\n{{x}}'
    [message] = question({"title": hostile})
    assert json.loads(message["Content"][0]["Text"]) == {"title": hostile}
    assert question({"prompt": hostile})[0]["Content"] == [{"Text": hostile}]


@pytest.mark.parametrize("fields", [{}, None, {"prompt": " \n"}])
def test_nothing_is_not_asked_about(fields: Any) -> None:
    with pytest.raises(EmptyQuestion):
        question(fields)


def test_a_reminder_never_has_an_empty_text() -> None:
    assert reminder(" \n", "Call the tool.")[0]["Content"] == [{"Text": "(no readable answer)"}]


# --- what the model answers --------------------------------------------------------------------------------


def test_a_valid_answer_gets_what_it_cost() -> None:
    assert judged(COPY) == {"verdict": "valid", "structured_output": {**COPY, **USAGE}}


def test_an_answer_whose_schema_has_no_cost_gets_none() -> None:
    slogans = read_registration(entry("slogan_writer")).document()
    answer = {"slogan": "Simply watch.", "category": "wearables"}
    verdict = judge(slogans, "tool_use", tool_call(answer), USAGE)
    assert verdict["structured_output"] == {**answer, "output_tokens": 90}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"category": "gadgets"}, '/category: expected "audio", '),
        ({"headline": "x" * 61}, "/headline: expected at most 60 characters, got 61"),
        ({"confidence": 95}, "/confidence: expected at most 1"),
        ({"keywords": "a, b"}, "/keywords: expected an array, got a string of 4 characters"),
        ({"keywords": ["ab", "cd", 3]}, "/keywords/2: expected a string, got a number"),
        ({"keywords": ["ab", "ab", "cd"]}, "/keywords: expected items that differ from each other"),
        ({"remark": "!"}, "the whole: 'remark' is no property here"),
        ({"description": None}, "/description: expected a string, got null"),
        ({"output_tokens": 1}, "/output_tokens: it is not yours to say"),
    ],
)
def test_a_violation_goes_back_as_an_error_of_the_tool(changes: dict[str, Any], problem: str) -> None:
    verdict = judged({**COPY, **changes})
    assert (verdict["verdict"], verdict["problem"][: len(problem)]) == ("invalid", problem)
    assistant, user = verdict["messages"]
    # `Type` is what the SDK adds; the API takes no such value.
    assert assistant["Content"][0]["ToolUse"].keys() == {"ToolUseId", "Name", "Input"}
    result = user["Content"][0]["ToolResult"]
    assert (result["ToolUseId"], result["Status"]) == ("t1", "error")
    assert problem in result["Content"][0]["Text"]


def test_a_missing_field_is_named_and_so_is_every_other_problem() -> None:
    incomplete = {key: value for key, value in COPY.items() if key != "keywords"}
    assert judged({**incomplete, "confidence": -1})["problem"] == (
        "/confidence: expected at least 0; the whole: 'keywords' is missing"
    )


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        # A digit to Python's own expressions, which may take for ever, and none to RE2.
        ({"type": "string", "pattern": "^\\d$"}, "٣"),
        ({"type": "string", "format": "date-time"}, "2026-11-21"),
        ({"type": "string", "format": "uri"}, "no uri"),
        ({"type": "number", "multipleOf": 0.01}, 19.991),
    ],
)
def test_an_answer_is_judged_as_the_batch_processor_judges_it(schema: dict[str, Any], value: Any) -> None:
    whole = {"type": "object", "properties": {"x": schema}}
    with pytest.raises(StructuredOutputInvalid) as refused:
        check_batch_answer({"x": value}, whole)
    assert judge({**COPYWRITER, "schema": whole}, "tool_use", tool_call({"x": value}), USAGE)["problem"] in str(
        refused.value
    )


def test_a_price_is_a_multiple_of_a_cent() -> None:
    schema = {"type": "object", "properties": {"price": {"type": "number", "multipleOf": 0.01}}}
    verdict = judge({**COPYWRITER, "schema": schema}, "tool_use", tool_call({"price": 19.99}), USAGE)
    assert verdict["verdict"] == "valid"


def test_modules_of_the_batch_processor_come_along_as_copies() -> None:
    folder = AGENT / "batch_processor"
    there = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*.py")
        if not path.is_symlink()  # which break where links are not to be had
    }
    assert there == copies(CHECKING, command="make generated")


def test_requirements_are_in_the_versions_of_the_batch_processor() -> None:
    lines, all_lines = (
        (folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
        for folder in (AGENT, EXAMPLES.parent / "functions")
    )
    assert set(lines) <= set(all_lines)
    assert {re.split("[=;]", line)[0] for line in lines} == {"google-re2", "jsonschema", "semver"}


@pytest.mark.parametrize("given", [[], "text", None, 3])
def test_an_input_that_is_no_object_is_invalid(given: Any) -> None:
    assert judged(given)["problem"] == "the input is not an object"


@pytest.mark.parametrize(
    ("stop_reason", "content", "problem"),
    [
        (
            "end_turn",
            [{"Text": "Here it is"}],
            "The tool return_product_copy was not called; the model said: Here it is",
        ),
        ("end_turn", [], "The tool return_product_copy was not called"),
        ("malformed_tool_use", [{"Text": ""}], "The input of the tool is not JSON"),
        ("max_tokens", tool_call(COPY), "The answer is longer than parameters.max_tokens allows; be brief"),
    ],
)
def test_a_model_that_did_not_call_the_tool_is_reminded(stop_reason: str, content: Any, problem: str) -> None:
    verdict = judge(COPYWRITER, stop_reason, content, USAGE)
    assert (verdict["verdict"], verdict["problem"]) == ("invalid", problem)
    assert [message["Role"] for message in verdict["messages"]] == ["assistant", "user"]
    assert "return_product_copy only" in verdict["messages"][1]["Content"][0]["Text"]


@pytest.mark.parametrize("stop_reason", ["guardrail_intervened", "content_filtered", "model_context_window_exceeded"])
def test_a_refusal_is_final(stop_reason: str) -> None:
    assert judge(COPYWRITER, stop_reason, [{"Text": "No."}], USAGE)["verdict"] == "refused"


def test_the_function_judges_what_the_machine_gives_it() -> None:
    event = {"registration": COPYWRITER, "stop_reason": "tool_use", "content": tool_call(COPY), "usage": USAGE}
    assert check_answer.handler(event, None)["verdict"] == "valid"


# --- the example as it is shipped --------------------------------------------------------------------------


def products() -> list[dict[str, str]]:
    with (EXAMPLES / "products.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_mistake_of_the_local_model_is_made_and_found_and_every_right_answer_passes() -> None:
    made = set[str]()
    for product in products():
        asked = question({"title": product["title"], "features": product["features"]})[0]["Content"][0]["Text"]
        try:
            right = copywriter.write(asked, tuple(COPY))
        except copywriter.Unanswerable:
            continue
        assert judged(right)["verdict"] == "valid"
        for complaints in range(3):
            reply = mistakes.replies(asked, right, complaints)
            names = {mistake.__name__ for mistake in mistakes.MISTAKES if mistake(right) == reply}
            made |= names
            if "arguments" in reply and "_breaks_off" not in names:
                given = json.loads(reply["arguments"])
                assert judged(given)["verdict"] == ("invalid" if names else "valid"), names
    assert made == {mistake.__name__ for mistake in mistakes.MISTAKES}


@pytest.mark.parametrize("name", ["product_copywriter", "slogan_writer"])
def test_registered_schemas_are_schemas_and_their_fields_are_listed(name: str) -> None:
    schema = read_registration(entry(name)).schema
    Draft202012Validator.check_schema(schema)
    assert set(entry(name)["structured_output"]["output_fields"]) <= schema["properties"].keys()


def test_the_products_hold_the_dirt_of_a_catalogue() -> None:
    rows = products()
    cells = [cell for row in rows for cell in row.values()]
    assert len(rows) >= 20
    assert any("\n" in cell and '"' in cell and "{{" in cell and "&" in cell for cell in cells)
    assert any(cell.startswith("=") for cell in cells)
    assert any(cell != cell.strip() for cell in cells)
    assert sum(not row["features"] for row in rows) == 1
