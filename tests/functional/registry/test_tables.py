"""The registries as DynamoDB has them."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError, StorageUnavailable
from batch_processor.registry.compatible_agents import compatible_agents
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.entry import Document, Kind
from batch_processor.registry.tables import DynamoDbRegistries
from batch_processor.registry.versions import Listed
from batch_processor.settings import MissingSetting
from tests.functional.tables import REGISTRIES, counting
from tests.unit.configs import AGENT
from tests.unit.registry_entries import make_agent, make_schema, make_tool


@pytest.fixture
def registries(account: None) -> DynamoDbRegistries:
    return DynamoDbRegistries.of_environment()


def put(registries: DynamoDbRegistries, kind: Kind, *documents: Document, owner: str | None = None) -> None:
    for document in documents:
        registries.put(parse_entry(kind, document), owner)


def put_raw(kind: Kind, **attributes: Any) -> None:
    """An item that another program has written."""
    client("dynamodb").put_item(TableName=REGISTRIES[kind], Item=attributes)


TEMPLATE = {"template_id": "t", "version": "1.0.0", "template": {"steps": [{"goal": "Look {{x}} up", "n": 3}]}}


@pytest.mark.parametrize(
    ("kind", "document", "key"),
    [
        ("agent", make_agent(), ("triage", "1.0.0")),
        ("tool", make_tool(), ("enrich", None)),
        ("template", TEMPLATE, ("t", "1.0.0")),
        ("schema", make_schema(), ("triage", "1.0")),
    ],
)
def test_entry_comes_back_as_it_was_put(
    registries: DynamoDbRegistries, kind: Kind, document: Document, key: tuple[str, str | None]
) -> None:
    put(registries, kind, document)
    assert registries.entry(kind, *key) == parse_entry(kind, document).document()


def test_numbers_flags_and_nulls_come_back_as_they_are(registries: DynamoDbRegistries) -> None:
    schema = {
        "properties": {
            "a": {
                "minimum": 0,
                "maximum": 0.1,
                "multipleOf": 1e-7,
                "default": None,
                "enum": [1, 1.5, True, None, "1", ""],
            },
            "b": {"maximum": 9007199254740992, "exclusiveMinimum": -1e20},
        },
        "additionalProperties": False,
    }
    put(registries, "tool", make_tool(input_schema=schema))
    found = (registries.entry("tool", "enrich") or {})["input_schema"]
    assert found == schema
    assert json.dumps(found, sort_keys=True) == json.dumps(schema, sort_keys=True)


def test_number_that_dynamodb_does_not_take_is_told_with_the_entry(registries: DynamoDbRegistries) -> None:
    entry = make_tool(input_schema={"properties": {"a": {"maximum": 1e300}}})
    with pytest.raises(BatchProcessorError, match="tool/enrich"):
        put(registries, "tool", entry)


def test_output_fields_keep_the_order_of_the_schema(registries: DynamoDbRegistries) -> None:
    names = [f"field_{number}" for number in (7, 3, 9, 1, 5)]
    schema = {"properties": {name: {"type": "string"} for name in names}}
    put(registries, "agent", make_agent(structured_output={"enabled": True, "schemas": {"a": {"schema": schema}}}))
    found = parse_entry("agent", registries.entry("agent", "triage", "1.0.0"))
    assert list(found.output_fields) == names  # type: ignore[attr-defined]


def test_versions_are_listed_with_status_and_arn(registries: DynamoDbRegistries) -> None:
    put(registries, "agent", make_agent(version="1.9.0"), make_agent(version="1.10.0", status="deprecated"))
    put(registries, "agent", make_agent("other"))
    assert sorted(registries.versions("agent", "triage"), key=lambda each: each.version) == [
        Listed("1.10.0", "deprecated", AGENT),
        Listed("1.9.0", "active", AGENT),
    ]
    assert registries.versions("agent", "absent") == []


def test_versions_of_several_pages_are_all_listed(registries: DynamoDbRegistries) -> None:
    put(registries, "agent", *(make_agent(version=f"1.{n}.0", notes="x" * 300_000) for n in range(8)))
    with counting("Query") as calls:
        assert len(registries.versions("agent", "triage")) == 8
    assert len(calls) > 1


def test_item_of_another_program_is_read_whatever_it_lacks(registries: DynamoDbRegistries) -> None:
    put_raw("agent", agent_name={"S": "old"}, version={"S": "1"}, tags={"SS": ["a"]}, note={"NULL": True})
    assert registries.versions("agent", "old") == [Listed("1", "active", "")]
    assert registries.entry("agent", "old", "1") == {"agent_name": "old", "version": "1", "tags": ["a"], "note": None}


def test_overview_has_what_a_choice_of_agents_needs(registries: DynamoDbRegistries) -> None:
    put(registries, "agent", make_agent(notes="x"))
    assert registries.overview("agent") == [
        {
            "agent_name": "triage",
            "version": "1.0.0",
            "status": "active",
            "description": "Sorts tickets.",
            "structured_output": parse_entry("agent", make_agent()).document()["structured_output"],
        }
    ]
    put(registries, "tool", make_tool())
    assert registries.overview("tool")[0]["tool_name"] == "enrich"


def test_overview_reads_a_bounded_part_of_the_table(registries: DynamoDbRegistries) -> None:
    put(registries, "agent", *(make_agent(f"a{n}", notes="x" * 300_000) for n in range(8)))
    with counting("Scan") as calls:
        assert 0 < len(registries.overview("agent", most_pages=1)) < 8
    assert len(calls) == 1
    assert len(registries.overview("agent", most_pages=None)) == 8


def test_put_replaces_the_entry_of_the_same_version(registries: DynamoDbRegistries) -> None:
    put(registries, "agent", make_agent(notes="before"), owner="stack/a")
    put(registries, "agent", make_agent())
    found = registries.entry("agent", "triage", "1.0.0") or {}
    assert "notes" not in found
    assert "registered_by" not in found


def test_only_the_owner_removes_an_entry(registries: DynamoDbRegistries) -> None:
    put(registries, "tool", make_tool(), owner="stack/a")
    assert not registries.delete("tool", "enrich", None, "stack/b")
    assert registries.entry("tool", "enrich")
    assert registries.delete("tool", "enrich", None, "stack/a")
    assert registries.entry("tool", "enrich") is None
    assert not registries.delete("tool", "enrich", None, "stack/a")


def test_throttling_is_worth_another_attempt_and_a_missing_table_is_told() -> None:
    with Stubber(client("dynamodb")) as stubbed:
        stubbed.add_client_error("get_item", "ProvisionedThroughputExceededException")
        with pytest.raises(StorageUnavailable, match=r"^Reading tool/x from ToolRegistry-dev"):
            DynamoDbRegistries.of_environment().entry("tool", "x")
    absent = DynamoDbRegistries({"tool": "absent", "agent": "absent"})
    with pytest.raises(BatchProcessorError, match=r"^Reading tool/x from absent: there is no such resource"):
        absent.entry("tool", "x")
    with pytest.raises(BatchProcessorError, match=r"^Looking for the agent x in absent"):
        absent.versions("agent", "x")


def test_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCHEMA_REGISTRY")
    with pytest.raises(MissingSetting, match="SCHEMA_REGISTRY"):
        DynamoDbRegistries.of_environment()


@pytest.mark.parametrize("number", [1e22, 1e23, 2.0**60, -1e100, 1e60])
def test_large_number_comes_back_as_it_was_and_can_be_read(registries: DynamoDbRegistries, number: float) -> None:
    put(registries, "agent", make_agent(parameters={"x": number}))
    found = registries.entry("agent", "triage", "1.0.0") or {}
    assert found["parameters"] == {"x": number}
    assert parse_entry("agent", found).id == "agent/triage@1.0.0"


def test_items_of_other_programs_do_not_keep_others_from_being_read(registries: DynamoDbRegistries) -> None:
    put(registries, "agent", make_agent())
    strange = {"agent_name": {"S": "strange"}, "state_machine_arn": {"NULL": True}}
    odd: dict[str, Any] = {"status": {"B": b"active"}, "structured_output": {"S": "[" * 50_000}}
    for version, others in (("1.0.0", odd), ("1.1.0", {"status": {"NULL": True}})):
        item = {**strange, **others, "version": {"S": version}}
        client("dynamodb").put_item(TableName=registries.tables["agent"], Item=item)
    listed = {found.version: found.status for found in registries.versions("agent", "strange")}
    assert listed["1.1.0"] == "active"
    assert listed["1.0.0"].startswith("of a status that is ")
    assert compatible_agents(registries.overview("agent")) == ["triage"]


def test_number_is_read_however_many_digits_it_comes_with(registries: DynamoDbRegistries) -> None:
    item = {"agent_name": {"S": "a"}, "version": {"S": "1"}, "metadata": {"M": {"n": {"N": "1" + "0" * 60}}}}
    with Stubber(client("dynamodb")) as stubbed:
        stubbed.add_response("get_item", {"Item": item})
        assert (registries.entry("agent", "a", "1") or {})["metadata"] == {"n": 1e60}
