import json

import pytest
from jsonschema import Draft202012Validator

from batch_processor.errors import InvalidEntry
from batch_processor.registry.entry import Document
from tests.unit.configs import AGENT
from tests.unit.registry.parsed_entries import agent
from tests.unit.registry_entries import INPUT, OUTPUT


def test_agent_tells_what_a_batch_needs_to_know() -> None:
    entry = agent()
    assert (entry.id, entry.arn, entry.runs, entry.input_format) == (
        "agent/triage@1.0.0",
        AGENT,
        "state_machine",
        "structured",
    )
    assert (entry.input_schema, entry.output_schema) == (INPUT, OUTPUT)
    assert entry.output_fields == entry.known_outputs == ("category", "score")


def test_nested_values_may_be_json_text_at_every_level() -> None:
    texts = {
        "input_schema": json.dumps(INPUT),
        "structured_output": json.dumps(
            {
                "enabled": True,
                "schemas": json.dumps({"triage_v1": json.dumps({"schema": json.dumps(OUTPUT)})}),
                "output_fields": json.dumps(["score"]),
            }
        ),
        "tools": '["search"]',
        "metadata": '{"supports_batch_processing": true}',
        "parameters": '{"temperature": 0.2}',
        "template_config": '{"template_id": "t"}',
    }
    entry = agent(**texts)
    assert (entry.input_schema, entry.output_schema, entry.output_fields) == (INPUT, OUTPUT, ("score",))
    assert entry.document()["metadata"] == {"supports_batch_processing": True}
    assert entry.document()["structured_output"]["schemas"] == {"triage_v1": {"schema": OUTPUT}}


def test_agent_without_structured_output_has_none() -> None:
    entry = agent(structured_output=None)
    assert (entry.structured_output_enabled, entry.output_schema, entry.output_fields) == (False, None, ())
    assert entry.known_outputs is None


def test_of_several_schemas_an_answer_may_have_any() -> None:
    schemas: dict[str, Document] = {
        "found": {"schema": {"$defs": {"x": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/x"}}}},
        "not found": {"schema": {"properties": {"reason": {}}}},
    }
    entry = agent(structured_output={"enabled": True, "schemas": schemas})
    validator = Draft202012Validator(entry.output_schema or {})
    assert entry.output_fields == entry.known_outputs == ("a", "reason")
    assert validator.is_valid({"a": "x"})
    assert (entry.output_schema or {})["anyOf"][1]["$id"] == "urn:schema:not%20found"
    for found in schemas.values():
        found["schema"]["required"] = list(found["schema"]["properties"])
    strict = Draft202012Validator(agent(structured_output={"schemas": schemas}).output_schema or {})
    assert strict.is_valid({"a": "x"})
    assert strict.is_valid({"reason": 1})
    assert not strict.is_valid({"a": 1})
    assert not strict.is_valid({})


def test_schema_that_is_chosen_by_name_is_the_only_one() -> None:
    schemas = {"v1": {"schema": {"properties": {"a": {}}}}, "v2": {"schema": OUTPUT}}
    assert agent(structured_output={"enabled": True, "schema": "v2", "schemas": schemas}).output_schema == OUTPUT
    # The first specification names a schema that is kept elsewhere.
    assert agent(structured_output={"enabled": True, "schema": "classification_v1"}).output_schema is None


def test_schema_that_is_chosen_must_be_there() -> None:
    structured = {"enabled": True, "schemas": {"one": {"schema": {}}, "two": {"schema": {}}}, "schema": "tow"}
    with pytest.raises(
        InvalidEntry, match=r"/structured_output/schema: there is no schema .tow. among schemas; did you mean 'two'"
    ):
        agent(structured_output=structured)
