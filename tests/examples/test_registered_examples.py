"""The examples that give no more than a name: what is registered under it fits their configs and CSVs."""

import csv
import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest

from batch_processor.config import parse
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.entry import Kind
from batch_processor.registry.tool_entry import ToolEntry
from batchctl.placeholders import constant, filled
from batchctl.registry.files import entry_files, read_all
from batchctl.registry.seed import SEEDS
from tests.examples.batch_inputs import EXAMPLES
from tests.statemachine.cloudformation import load

NAMES = ("addresses", "batches", "customers", "lines", "parcels", "products", "support")
ENTRIES: dict[tuple[Kind, str], Any] = {
    (entry.kind, entry.name): entry for file in read_all(entry_files([SEEDS]), None) for entry in file.entries
}
ALIASES = {
    alias: name for (_, name), entry in ENTRIES.items() for alias in getattr(entry, "metadata", {}).get("aliases", ())
}


def config(name: str) -> dict[str, Any]:
    text = (EXAMPLES / f"{name}.config.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(filled(text, {"BucketName": "bucket"}))
    return document


def table(name: str) -> list[dict[str, str]]:
    with (EXAMPLES / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def target(name: str) -> AgentEntry | ToolEntry:
    called = config(name)["target"]
    called = ALIASES.get(called, called)
    found = ENTRIES.get(("agent", called)) or ENTRIES[("tool", called)]
    assert isinstance(found, AgentEntry | ToolEntry)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_config_names_columns_that_exist_and_inputs_that_are_registered(name: str) -> None:
    fields = parse(config(name)).fields
    columns = {segment["column"] for field in fields for segment in field.get("segments", []) if "column" in segment}
    columns |= {field["column"] for field in fields if "column" in field}
    assert columns <= table(name)[0].keys()
    schema = target(name).input_schema or {}
    assert set(schema["required"]) <= {field["field"] for field in fields} <= schema["properties"].keys()


@pytest.mark.parametrize("name", NAMES)
def test_registered_outputs_hide_no_column(name: str) -> None:
    asked = config(name).get("output_mapping", {}).get("structured_output_fields", [])
    outputs = target(name).output_fields or asked
    assert outputs
    assert not set(outputs) & table(name)[0].keys()


def test_legacy_agent_is_made_usable_by_its_rules_alone() -> None:
    agent, rules = ENTRIES["agent", "line_checker"], ENTRIES["schema", "line_checker"].rules()
    assert not agent.structured_output_enabled
    assert agent.output_schema is None
    asked = config("lines")["output_mapping"]["structured_output_fields"]
    assert all([*rule["field_mappings"]] == asked for rule in rules)


def test_lines_and_parcels_hold_the_dirt_of_forms() -> None:
    cells = [cell for name in ("lines", "parcels") for row in table(name) for cell in row.values()]
    assert any("\n" in cell and '"' in cell and "'" in cell and "&" in cell for cell in cells)
    assert any(cell != cell.strip() for cell in cells)
    assert any(cell == "" for cell in cells)
    assert any(not cell.isascii() for cell in cells)


def test_batches_are_about_the_other_examples() -> None:
    for row in table("batches"):
        assert (EXAMPLES / row["csv"]).is_file()
        called = json.loads(row["target"])
        assert (called["type"], called["name"]) in ENTRIES
        parse({"csv_s3_uri": "s3://bucket/key", "target": called, "input_mapping": json.loads(row["mapping"])})


def test_model_is_chosen_where_the_agents_are_deployed() -> None:
    template = load(EXAMPLES / "agents" / "template.yaml")
    parameters = template["Parameters"]
    assert template["Outputs"]["LlmModelId"]["Value"] == {"!Ref": "ModelId"}
    for name in ("product_copywriter", "slogan_writer"):
        written = json.loads((SEEDS / "agents" / f"{name}.json").read_text(encoding="utf-8"))
        assert written["entry"]["parameters"]["model_id"] == f"${{{constant('LlmModelId')}}}"
    # A profile of one geography is refused in all others.
    profile, _, model = parameters["ModelId"]["Default"].partition(".")
    assert profile == "global"
    assert fnmatchcase(model, parameters["ModelPattern"]["Default"])
    assert re.fullmatch(parameters["ModelId"]["AllowedPattern"], parameters["ModelId"]["Default"])
