from typing import Any

import pytest

from tests.unit.configs import AGENT, TOOL
from tests.unit.registry.configurations import LEGACY, agent, completed, outputs, told
from tests.unit.registry_entries import OUTPUT, FakeRegistries, make_agent, make_schema, make_tool


def test_configuration_is_completed_by_what_is_registered() -> None:
    config = completed(agent(version="1.2.0"))
    assert (config.target.arn, config.target.version, config.target.runs) == (AGENT, "1.2.0", "state_machine")
    assert config.output.schema == OUTPUT
    assert [column.name for column in config.output.columns] == ["category", "score"]


@pytest.mark.parametrize("mapping", [None, {}, {"structured_output_fields": []}, {"columns": []}])
def test_output_fields_become_the_columns_where_none_are_given(mapping: dict[str, Any] | None) -> None:
    columns = completed(output_mapping=mapping).output.columns
    assert [(column.name, column.source, column.legacy) for column in columns] == [
        ("category", ("category",), False),
        ("score", ("score",), False),
    ]


def test_columns_that_are_given_are_the_only_ones() -> None:
    columns = [{"name": "n", "source": "$.classification.category"}]
    assert [column.name for column in completed(output_mapping={"columns": columns}).output.columns] == ["n"]


def test_rules_of_the_configuration_take_the_place_of_the_registered_ones() -> None:
    registries = FakeRegistries(agent=[LEGACY], schema=[make_schema("legacy")])
    assert completed(registries, target="legacy", output_mapping=None).output.extraction[0]["method"] == "fields"
    rules = [{"method": "direct", "field_mappings": {"cabinet": "$.cabinet"}}]
    config = completed(registries, target="legacy", output_mapping={"extraction_methods": rules})
    assert list(config.output.extraction) == rules
    assert [column.name for column in config.output.columns] == ["cabinet"]
    found = told(registries, target="legacy", **outputs("exchange", extraction_methods=rules))
    assert found[0][1] == 'the extraction rules find no field "exchange"; use cabinet'


def test_tool_that_is_a_state_machine_says_so() -> None:
    tool = make_tool("batch", lambda_arn=None, resource_arn=AGENT)
    target = completed(FakeRegistries(tool=[tool]), target="batch").target
    assert (target.type, target.runs, target.is_state_machine) == ("tool", "state_machine", True)
    assert not completed(FakeRegistries(tool=[make_tool()]), target="enrich").target.is_state_machine


@pytest.mark.parametrize(
    ("registered", "asked", "expected"),
    [(None, {}, None), (True, {}, True), ("true", {}, True), (True, {"idempotent": False}, False)],
)
def test_registered_promise_holds_where_the_configuration_says_nothing(
    registered: Any, asked: dict[str, bool], expected: bool | None
) -> None:
    for kind, entry in (("tool", make_tool), ("agent", make_agent)):
        registries = FakeRegistries(**{kind: [entry("it", idempotent=registered)]})
        assert completed(registries, target={"name": "it", **asked}).target.idempotent is expected


@pytest.mark.parametrize(
    ("registered", "asked", "expected"),
    [(None, {}, None), (True, {}, True), ("true", {}, True), (True, {"deterministic": False}, False)],
)
def test_registered_target_is_deterministic_unless_the_configuration_says_otherwise(
    registered: Any, asked: dict[str, bool], expected: bool | None
) -> None:
    for kind, entry in (("tool", make_tool), ("agent", make_agent)):
        registries = FakeRegistries(**{kind: [entry("it", deterministic=registered)]})
        assert completed(registries, target={"name": "it", **asked}).target.deterministic is expected


def test_target_that_nobody_registered_is_left_as_it_is() -> None:
    assert told(FakeRegistries(), target=AGENT) == told(FakeRegistries(), target=TOOL) == []


@pytest.mark.parametrize(("target", "kind"), [(TOOL, "tool"), ("enrich", "tool"), (AGENT, "agent")])
def test_mapping_by_target_is_for_what_the_target_is(target: str, kind: str) -> None:
    registries = FakeRegistries(tool=[make_tool()])
    name = target.rpartition(":")[2]
    rules = [{"method": "direct", "field_mappings": {"category": "$.category"}}]

    def mapped(**given: str) -> list[tuple[str, str]]:
        mappings = {name: {"extraction_methods": rules, **given}}
        return told(registries, target=target, output_mapping=None, output_mappings=mappings)

    other = "agent" if kind == "tool" else "tool"
    at = f"/output_mappings/{name}/type"
    assert (at, f'"{other}" is not what the target is, "{kind}"') in mapped(type=other)
    assert [pointer for pointer, _ in [*mapped(type=kind), *mapped()] if pointer == at] == []


def test_all_problems_are_told_at_once() -> None:
    found = told(
        input_mapping={"column_mappings": {"a": "contcat"}, "static_values": {"limit": "x"}},
        **outputs("a", "b"),
    )
    assert [pointer for pointer, _ in found] == [
        "/input_mapping",
        "/input_mapping/column_mappings/a",
        "/input_mapping/static_values/limit",
        "/output_mapping/structured_output_fields/0",
        "/output_mapping/structured_output_fields/1",
    ]
