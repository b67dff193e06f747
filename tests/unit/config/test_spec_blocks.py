"""Every configuration that the specification prints, in JSON or YAML, as it stands there (tests/unit/config/spec).

Only what the page leaves open is filled in: `region:account` and `...` in ARNs, and the parts of a batch that a section is
not about.
"""

from pathlib import Path
from typing import Any

import pytest

from batch_processor.config import BatchConfig, parse
from batch_processor.config.config_file import Read
from batch_processor.config.execution_input import merge_config
from batch_processor.contract.rules import METHODS
from batch_processor.document.document_text import read_object
from batch_processor.extraction.compiling import compile_rules
from batch_processor.plan.rules_file import with_rules
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.schema_entry import SchemaEntry

BLOCKS = {path.name: path for path in sorted((Path(__file__).parent / "spec").iterdir())}
REST = {"csv_s3_uri": "s3://data/in.csv", "target": "broadband-agent-rust", "input_mapping": {"address": "address"}}
OF_SEVERAL_FILES = ("1-configuration-example.yaml", "4-execution-input.json")
# What a section is about, where it prints less than a configuration.
SECTIONS = {
    "input_mapping": ("column-mappings", "static-values", "concat", "template", "jsonpath"),
    "output_mapping": ("structured-output-fields", "legacy-columns"),
    "extraction_method": ("tool-result-parsing", "jmespath-extraction", "direct-mapping"),
    "schema": ("output-schema-registry",),
    "agent": ("register-schema-with-agent",),
}


def text_of(name: str) -> bytes:
    text = BLOCKS[name].read_text(encoding="utf-8")
    return text.replace("region:account:", "eu-west-1:123456789012:").replace(":...:", ":123456789012:").encode()


def block(name: str) -> dict[str, Any]:
    return read_object(f"s3://spec/{name}", text_of(name))


def section_of(name: str) -> str:
    title = name.partition("-")[2].partition(".")[0]
    return next((section for section, titles in SECTIONS.items() if title in titles), "config")


def names_of(section: str) -> list[str]:
    return [name for name in BLOCKS if section_of(name) == section]


def completed(given: dict[str, Any]) -> dict[str, Any]:
    has_target = given.keys() & {"agent_name", "target"}
    return {**{key: value for key, value in REST.items() if key != "target" or not has_target}, **given}


def reader(files: dict[str, str]) -> Read:
    """Reads the blocks as objects, by the keys that they are given."""
    return lambda bucket, key, version: text_of(files[key])


@pytest.mark.parametrize("name", [name for name in names_of("config") if name not in OF_SEVERAL_FILES])
def test_configuration_is_accepted(name: str) -> None:
    assert parse(completed(block(name))).fields


@pytest.mark.parametrize("name", [*names_of("input_mapping"), *names_of("output_mapping")])
def test_section_is_accepted(name: str) -> None:
    assert parse({**REST, section_of(name): block(name)}).fields


@pytest.mark.parametrize("name", names_of("extraction_method"))
def test_extraction_method_is_accepted(name: str) -> None:
    config = parse({**REST, "output_mapping": {"extraction_methods": [block(name)]}})
    assert config.output.extraction == (block(name),)


def test_execution_input_and_configuration_file_go_together() -> None:
    read = reader({"configs/broadband_batch_config.json": "4-configuration-file.json"})
    config = parse(merge_config(block("4-execution-input.json"), read))
    assert str(config.csv) == "s3://batch-processor-prod/inputs/addresses.csv"
    assert config.target.name == "broadband-availability-bt-wholesale-prod"


@pytest.mark.parametrize(
    ("name", "target", "methods"),
    [
        ("1-generic-output-configuration.yaml", "broadband-agent-rust", ["structured_output", "tool_result", "jmespath"]),
        ("1-generic-output-configuration.yaml", "web-search-agent", ["results_array"]),
        ("2-configuration-schema.yaml", "broadband-agent-rust", ["tool_result", "structured_output", "jmespath"]),
        ("2-configuration-schema.yaml", "web-search-agent", ["results_array"]),
        ("2-configuration-schema.yaml", {"type": "tool", "name": "classification-tool"}, ["direct"]),
    ],
)  # fmt: skip
def test_rules_are_those_of_the_target(name: str, target: Any, methods: list[str]) -> None:
    rules = parse({**REST, **block(name), "target": target}).output.extraction
    assert [rule["method"] for rule in rules] == methods
    assert [rule.get("by") for rule in compile_rules(list(rules))] == methods
    assert set(methods) <= set(METHODS)


@pytest.mark.parametrize("name", names_of("schema"))
def test_registered_rules_are_accepted(name: str) -> None:
    entry = parse_entry("schema", block(name))
    assert isinstance(entry, SchemaEntry)
    assert [field["name"] for field in entry.rules()[0]["fields"]] == ["exchange", "download_speed"]
    assert compile_rules(list(entry.rules()))


def test_configuration_example_takes_its_agents_rules_from_the_file_beside_it() -> None:
    files = {
        "configs/broadband.json": "4-specific-schema.json",
        "configs/batch-processor-config.yaml": "1-configuration-example.yaml",
        "configs/schemas/broadband-agent.yaml": "1-output-schema-registry.yaml",
    }
    given = {**REST, "config_s3_uri": "s3://data/configs/broadband.json"}
    document = merge_config(
        {**given, "defaults_s3_uri": "s3://data/configs/batch-processor-config.yaml"}, reader(files)
    )
    config: BatchConfig = with_rules(parse(document), document, reader(files))
    assert (config.storage.mode, config.storage.ttl_days, config.execution.max_concurrency) == ("dynamodb", 7, 10)
    assert [rule["method"] for rule in config.output.extraction] == ["fields"]


def test_schema_is_registered_with_an_agent_as_the_page_says() -> None:
    registration = block("1-register-schema-with-agent.yaml")["agent_config"]
    entry = parse_entry(
        "agent",
        {
            "agent_name": "classifier",
            "version": "1.0.0",
            "state_machine_arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:classifier",
            **registration,
        },
    )
    assert isinstance(entry, AgentEntry)
    assert entry.structured_output_enabled
