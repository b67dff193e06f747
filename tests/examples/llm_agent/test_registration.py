import json
from decimal import Decimal

import pytest
from jsonschema import Draft202012Validator

from agent_errors import UnusableRegistration
from registration import read_registration
from tests.examples.llm_agent.product_copywriter import SCHEMA, entry


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


@pytest.mark.parametrize(("named", "output"), [("slogan v1", {}), ("s" * 60, {}), ("s", {"tool_name": "say it!"})])
def test_name_that_no_tool_can_have_is_an_unusable_registration(named: str, output: dict[str, str]) -> None:
    schema = {"type": "object", "properties": {"x": {"type": "string"}}}
    item = entry("slogan_writer") | {"structured_output": {"schemas": {named: {"schema": schema}}, **output}}
    with pytest.raises(UnusableRegistration, match="name the tool with 1 to 64 letters, digits, _ and -"):
        read_registration(item)


@pytest.mark.parametrize("name", ["product_copywriter", "slogan_writer"])
def test_registered_schemas_are_schemas_and_their_fields_are_listed(name: str) -> None:
    schema = read_registration(entry(name)).schema
    Draft202012Validator.check_schema(schema)
    assert set(entry(name)["structured_output"]["output_fields"]) <= schema["properties"].keys()
