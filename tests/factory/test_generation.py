"""What is generated: valid by itself, the same in every layer, and just what the schema says."""

import ast
import json
import re
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from batch_processor.config import parse
from batch_processor.extraction.compiling import compile_rules
from batch_processor.extraction.methods import Extracted, extract
from batch_processor.extraction.structured_output import check_answer
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.schema_entry import SchemaEntry
from batchctl.factory.agent_stack import agent_stack
from batchctl.factory.canonical import Canonical, canonical
from batchctl.factory.generation import generate
from batchctl.factory.names import Names
from batchctl.local.stack import LocalStack
from batchctl.placeholders import constant
from tests.factory.documents import canonical_documents, document
from tests.statemachine import definition as asl
from tests.statemachine.engines import JavaScriptEngine

ARNS = {"AgentArn": "arn:aws:states:us-east-1:000000000000:stateMachine:agent", "AgentName": "agent",
        "OutputToolArn": "arn:aws:lambda:us-east-1:000000000000:function:tool"}  # fmt: skip


def texts(made: Canonical) -> dict[str, str]:
    return generate(made)


def documents_of(files: dict[str, str]) -> dict[str, Any]:
    return {path: json.loads(text) for path, text in files.items() if path.endswith(".json")}


def ordered(value: Any) -> str:
    """JSON in which the order of keys, and true and 1, differ."""
    return json.dumps(value, ensure_ascii=False)


@given(canonical_documents())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_any_schema_arrives_unchanged_in_every_layer(content: dict[str, Any]) -> None:
    made = canonical(content)
    files = texts(made)
    found = documents_of(files)
    module = made.names.module
    stack = yaml.safe_load(files["template.yaml"])
    entries = {name: resource["Properties"]["Entry"] for name, resource in stack["Resources"].items()
               if resource["Type"] == "Custom::RegistryEntry"}  # fmt: skip
    layers = [
        found["functions/canonical_schema.json"]["output_schema"],
        found["functions/browser_template.json"]["template"]["steps"][-1]["schema"],
        found["registry/template.json"]["entry"]["template"]["steps"][-1]["schema"],
        found["registry/agent.json"]["entry"]["structured_output"]["schemas"][module]["schema"],
        found["registry/tool.json"]["entry"]["output_schema"],
        found["registry/output_tool.json"]["entry"]["input_schema"],
        found["tool_spec.json"]["output_schema"],
        found["output_tool_spec.json"]["input_schema"],
        json.loads(entries["AgentRegistryEntry"]["structured_output"])["schemas"][module]["schema"],
        json.loads(entries["TemplateRegistryEntry"]["template"])["steps"][-1]["schema"],
        json.loads(entries["OutputToolRegistryEntry"]["input_schema"]),
    ]
    assert {ordered(layer) for layer in layers} == {ordered(content["output_schema"])}
    assert ordered(stack) == ordered(agent_stack(made))
    assert found["functions/canonical_schema.json"] == content


@given(canonical_documents())
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_code_is_valid_and_generation_is_deterministic(content: dict[str, Any]) -> None:
    made = canonical(content)
    files = texts(made)
    assert files == texts(canonical(json.loads(json.dumps(content))))
    modules = {path: ast.parse(text) for path, text in files.items() if path.endswith(".py")}
    assert f"functions/{made.names.validator}.py" in modules
    imported = {node.module for tree in modules.values() for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert made.names.validator in imported
    assert "agent_validator" not in "".join(files.values())


def filled_in(config: str, names: Names) -> Any:
    """A generated document with the outputs of a stack, as the local stack fills them in."""
    stack = LocalStack()
    stack.outputs = {"BucketName": "bucket"} | {f"{names.logical}{name}": value for name, value in ARNS.items()}
    return json.loads(stack.substituted(config))


def test_config_is_one_that_the_batch_processor_takes(canonical: Canonical) -> None:
    config = parse(filled_in(texts(canonical)["batch.config.json"], canonical.names))
    assert config.target.arn == ARNS["AgentArn"]
    assert [field["field"] for field in config.fields] == list(canonical.inputs)
    assert [field["field"] for field in config.fields if field["required"]] == canonical.required_inputs
    assert {column.source[-1] for column in config.output.columns} == set(canonical.output_fields)
    machine = json.loads(texts(canonical)["agent.asl.json"])
    assert config.execution.timeout_seconds >= machine["TimeoutSeconds"]


def test_config_names_the_version_that_it_was_made_for(canonical: Canonical) -> None:
    config = json.loads(texts(canonical)["batch.config.json"])
    name, _, version = config["agent_name"].partition("@")
    assert name == f"${{{constant(canonical.names.outputs['agent_name'])}}}"
    # The latest version would be none of the pre-releases.
    assert version == canonical.shape.version


def test_recorded_answers_are_found_by_the_registered_rules_as_they_are(canonical: Canonical) -> None:
    files = texts(canonical)
    schema = parse_entry("schema", filled_in(files["registry/schema.json"], canonical.names)["entry"])
    assert isinstance(schema, SchemaEntry)
    agent = parse_entry("agent", filled_in(files["registry/agent.json"], canonical.names)["entry"])
    assert isinstance(agent, AgentEntry)
    assert agent.output_schema
    for example in canonical.shape.examples:
        extracted = extract({"structured_output": example.output}, compile_rules(list(schema.rules())))
        assert isinstance(extracted, Extracted)
        assert extracted.fields == example.output  # null is a value
        check_answer(extracted.fields, agent.output_schema)


def test_worked_example_maps_what_the_first_users_configured(broadband: Canonical) -> None:
    config = json.loads(texts(broadband)["batch.config.json"])
    assert config["output_mapping"] == {
        "structured_output_fields": ["success", "exchange", "cabinet", "downstream_mbps", "upstream_mbps", "availability",
                                     "service_type", "screenshot_url", "metadata"],
        "include_original": True,
        "add_metadata": True,
    }  # fmt: skip
    assert config["input_mapping"]["column_mappings"] == [
        {"csv_column": "building_number", "agent_input_field": "building_number", "required": True},
        {"csv_column": "street", "agent_input_field": "street", "required": True},
        {"csv_column": "postcode", "agent_input_field": "postcode", "required": True},
        {"csv_column": "full_address", "agent_input_field": "full_address", "required": False},
    ]


def test_field_called_like_an_input_gets_a_column_of_another_name() -> None:
    fields = {"company": {"type": "string"}, "output_company": {"type": "string"}, "staff": {"type": "integer"}}
    made = canonical(document(output_schema={"type": "object", "properties": fields}))
    output = json.loads(texts(made)["batch.config.json"])["output_mapping"]
    assert output["structured_output_fields"] == ["output_company", "staff"]
    assert output["columns"] == [{"name": "output_company_", "source": "$.structured_output.company"}]


def test_registry_entries_of_the_stack_and_of_the_files_are_the_same(canonical: Canonical) -> None:
    files = texts(canonical)
    resources = yaml.safe_load(files["template.yaml"])["Resources"]
    in_stack = {}
    for name, resource in resources.items():
        if resource["Type"] == "Custom::RegistryEntry":
            values = resource["Properties"]["Entry"].items()
            in_stack[name] = (
                resource["Properties"]["Kind"],
                {
                    key: json.loads(value) if isinstance(value, str) and value[0] in "[{" else value
                    for key, value in values
                },
            )
    in_files = {path: filled_in(text, canonical.names) for path, text in files.items() if path.startswith("registry/")}
    assert len(in_stack) == len(in_files) == 5
    unknown = {"agent_name", "agent", "state_machine_arn", "resource_arn", "lambda_arn"}
    for file in in_files.values():
        same = [
            entry for kind, entry in in_stack.values() if kind == file["kind"] and entry.keys() == file["entry"].keys()
        ]
        assert any(all(entry[key] == value for key, value in file["entry"].items() if key not in unknown)
                   for entry in same)  # fmt: skip
        assert {file["entry"][key] for key in unknown & file["entry"].keys()} <= set(ARNS.values())
        # CloudFormation would make text of any number or flag.
    for _, entry in in_stack.values():
        assert all(not isinstance(value, bool | int | float) for value in entry.values())


def test_registries_get_the_shapes_that_they_have(broadband: Canonical) -> None:
    entries = {
        path: json.loads(text)["entry"] for path, text in texts(broadband).items() if path.startswith("registry/")
    }
    agent, template = entries["registry/agent.json"], entries["registry/template.json"]
    assert agent["structured_output"].keys() == {"enabled", "schemas", "output_fields"}
    assert agent["template_config"] == {"template_id": template["template_id"], "version": template["version"],
                                        "rendering_engine": "mustache"}  # fmt: skip
    assert [step["type"] for step in template["template"]["steps"]] == ["navigate", "act", "act", "act_with_schema"]
    assert template["variables"]["full_address"] == {
        "type": "string",
        "required": False,
        "description": "Full address, to tell apart several matches.",
    }
    assert entries["registry/schema.json"].keys() == {"agent", "version", "output_format", "extraction_methods"}
    assert entries["registry/output_tool.json"]["tool_name"] == "print_broadband_availability_bt_wholesale_output"
    assert agent["tools"] == [entries["registry/output_tool.json"]["tool_name"]]


def test_schema_of_every_tool_is_a_schema(canonical: Canonical) -> None:
    for path in ("tool_spec.json", "output_tool_spec.json"):
        spec = json.loads(texts(canonical)[path])
        Draft202012Validator.check_schema(spec["input_schema"])
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", spec["tool_name"])


def test_machine_is_one_of_aws(canonical: Canonical, javascript: JavaScriptEngine) -> None:
    machine = json.loads(texts(canonical)["agent.asl.json"])
    assert javascript.objections(machine) == []
    states = asl.all_states(machine)
    for name, state in states.items():
        assert state["Comment"].endswith(".")
        assert {*asl.targets(state)} <= states.keys()
        for expression in asl.expressions(state).values():
            free = set(javascript.free_variables(expression))
            assert free <= ({"variables"} if name == "ExecuteExtraction" else set())
        if state["Type"] == "Task":
            assert state["TimeoutSeconds"]
            assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]


def test_substitutions_are_just_those_that_the_machine_has(canonical: Canonical) -> None:
    files = texts(canonical)
    properties = yaml.safe_load(files["template.yaml"])["Resources"]["AgentStateMachine"]["Properties"]
    assert set(re.findall(r"\$\{(\w+)\}", files["agent.asl.json"])) == properties["DefinitionSubstitutions"].keys()


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        ('{"errorMessage": "say \\"x\\"\\nnow", "errorType": "InvalidInput"}', 'say "x"\nnow'),
        ("Rate exceeded", "Rate exceeded"),
        ('{"other": 1}', '{"other": 1}'),
        (None, ""),
    ],
)
def test_failure_says_its_reason_in_words(
    broadband: Canonical, javascript: JavaScriptEngine, cause: Any, told: str
) -> None:
    state = json.loads(texts(broadband)["agent.asl.json"])["States"]["FailExtraction"]
    failure = {"Error": "InvalidInput", **({} if cause is None else {"Cause": cause})}
    expression = asl.expression_of(state["Cause"])
    assert expression
    assert javascript.evaluate(expression, {"states": {"input": failure}}) == told


def test_readme_survives_any_text() -> None:
    output = {"type": "object", "properties": {"a|b`c": {"description": "one | two\n<b> `x` | three"}}}
    readme = texts(canonical(document(description="# no\n\nheading", output_schema=output)))["README.md"]
    assert "| `a\\|b'c` | any |  | one \\| two \\<b\\> \\`x\\` \\| three |" in readme
    assert "\n# no" not in readme
