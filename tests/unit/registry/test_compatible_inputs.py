from typing import Any

import pytest

from batch_processor.csv_file.header import Header
from batch_processor.registry import compatibility
from tests.unit.registry.configurations import agent, completed, inputs, looked_at, told
from tests.unit.registry_entries import INPUT, FakeRegistries, make_tool


def test_required_input_must_be_mapped() -> None:
    assert told(input_mapping={"static_values": {"level": "low"}}) == [
        ("/input_mapping", 'the agent requires the input "contact"; map a column or a value to it')
    ]


@pytest.mark.parametrize(
    "mapping",
    [
        {"static_values": {"contact": "x"}},
        {"column_mappings": [{"csv_column": "a", "agent_input_field": "contact", "required": False}]},
        {"columns": [{"name": "contact", "source": "a"}]},
        {"a": "contact"},
        {"transformations": {"contact": {"type": "concat", "config": {"columns": ["a", "b"]}}}},
    ],
)
def test_every_way_of_mapping_an_input_counts(mapping: dict[str, Any]) -> None:
    assert told(input_mapping=mapping) == []


@pytest.mark.parametrize(
    ("mapping", "pointer"),
    [
        ({"email": "contcat"}, "/input_mapping/email"),
        ({"column_mappings": {"email": "contcat"}}, "/input_mapping/column_mappings/email"),
        (
            {"column_mappings": [{"csv_column": "email", "agent_input_field": "contcat"}]},
            "/input_mapping/column_mappings/0/agent_input_field",
        ),
        ({"static_values": {"contcat": 1}}, "/input_mapping/static_values/contcat"),
    ],
)
def test_unknown_input_is_told_with_the_likely_one(mapping: dict[str, Any], pointer: str) -> None:
    assert told(agent(input_schema={**INPUT, "required": []}), input_mapping=mapping) == [
        (pointer, "the agent has no input \"contcat\"; did you mean 'contact'?")
    ]


def test_inputs_are_listed_where_none_is_near() -> None:
    found = told(agent(input_schema={**INPUT, "required": []}), input_mapping={"email": "zzz"})
    assert found[0][1] == 'the agent has no input "zzz"; use contact, level or limit'


@pytest.mark.parametrize("schema", [None, {"additionalProperties": True, **INPUT}, {"allOf": [INPUT]}])
def test_inputs_that_nobody_lists_are_allowed(schema: dict[str, Any] | None) -> None:
    assert told(agent(input_schema=schema), **inputs(static_values={"environment": "production"})) == []


@pytest.mark.parametrize(
    ("values", "pointer", "value", "message"),
    [
        ({"level": "medium"}, "/level", '"medium"', 'expected "low" or "high", got a string of 6 characters'),
        ({"limit": "5"}, "/limit", '"5"', "expected an integer, got a string of 1 characters"),
        ({"limit": 5.5}, "/limit", "5.5", "expected an integer, got a number"),
    ],
)
def test_static_value_must_fit_the_input_schema(values: dict[str, Any], pointer: str, value: str, message: str) -> None:
    assert told(**inputs(static_values=values)) == [
        (f"/input_mapping/static_values{pointer}", f"{value} does not fit the registered input schema: {message}")
    ]


def test_static_value_is_checked_to_its_depths_and_across_references() -> None:
    schema = {
        "$defs": {"tag": {"type": "string", "maxLength": 3}},
        "properties": {"contact": {}, "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}}},
        "minProperties": 9,
    }
    assert told(agent(input_schema=schema), **inputs(static_values={"tags": ["a", "long"]})) == [
        (
            "/input_mapping/static_values/tags/1",
            '"long" does not fit the registered input schema: expected at most 3 characters, got 4',
        )
    ]


def test_static_values_that_fit_are_taken() -> None:
    assert told(**inputs(static_values={"level": "low", "limit": 5.0})) == []


def test_agent_that_takes_messages_needs_a_prompt() -> None:
    registries = agent(input_format="messages")
    ((pointer, message),) = told(registries)
    assert pointer == "/input_mapping"
    assert "which need an input field 'prompt'" in message
    config = completed(registries, input_mapping={"email": "contact", "name": "prompt"})
    assert config.target.input_format == "messages"


def test_agent_that_takes_prompt_and_data_needs_no_prompt_and_may_have_one() -> None:
    registries = agent(input_format="prompt_data")
    assert told(registries) == []
    config = completed(registries, input_mapping={"email": "contact", "name": "prompt"})
    assert config.target.input_format == "prompt_data"


@pytest.mark.parametrize("form", ["messages", "prompt_data"])
def test_tool_by_its_bare_name_takes_no_prompt(form: str) -> None:
    target = {"name": "enrich", "input_format": form}
    mapping = {"email": "contact", "name": "prompt"}
    found = told(FakeRegistries(tool=[make_tool()]), target=target, input_mapping=mapping)
    assert found == [("/target/input_format", f"the format {form} is for agents; leave input_format out for a tool")]


def test_optional_column_that_the_csv_lacks_must_not_be_required() -> None:
    mappings = [
        {"csv_column": "email", "agent_input_field": "contact", "required": False},
        {"csv_column": "stage", "agent_input_field": "level", "required": False},
    ]
    _, config, resolved = looked_at(agent(), input_mapping={"column_mappings": mappings})
    (problem,) = compatibility.absent_inputs(config, resolved, Header(("name",)))
    assert problem.pointer == "/input_mapping"
    assert problem.message.startswith('the CSV has no column "email", and the agent requires what it fills, "contact"')
    assert list(compatibility.absent_inputs(config, resolved, Header(("email",)))) == []
