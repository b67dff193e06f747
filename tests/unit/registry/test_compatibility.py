from typing import Any

import pytest

from batch_processor.config import BatchConfig, parse, request
from batch_processor.csv_file.header import Header
from batch_processor.document.problem import Problem
from batch_processor.registry import compatibility
from batch_processor.registry.compatible_agents import compatible_agents, incompatible_agent
from batch_processor.registry.resolution import Resolved, resolve
from batch_processor.registry.versions import Listed
from tests.unit.configs import AGENT, TOOL, make_document
from tests.unit.registry_entries import INPUT, OUTPUT, FakeRegistries, make_agent, make_schema, make_tool

LEGACY = make_agent("legacy", structured_output=None)
RULES = [{"method": "tool_result", "field_mappings": {"exchange": "$.content | parse('Exchange: (.+)')"}}]


def looked_at(registries: FakeRegistries, **keys: Any) -> tuple[list[Problem], BatchConfig, Resolved]:
    document = make_document(**{"target": "triage", **keys})
    document = {key: value for key, value in document.items() if value is not None}
    config = parse(document)
    resolved = resolve(request(document), registries)
    found = list(compatibility.problems(document, config, resolved, registries))
    return found, compatibility.completed(config, resolved), resolved


def told(registries: FakeRegistries | None = None, **keys: Any) -> list[tuple[str, str]]:
    found, _, _ = looked_at(registries or FakeRegistries(agent=[make_agent()]), **keys)
    return [(problem.pointer, problem.message) for problem in found]


def completed(registries: FakeRegistries | None = None, **keys: Any) -> BatchConfig:
    found, config, _ = looked_at(registries or FakeRegistries(agent=[make_agent()]), **keys)
    assert found == []
    return config


def agent(**changes: Any) -> FakeRegistries:
    return FakeRegistries(agent=[make_agent(**changes)])


def inputs(**mapping: Any) -> dict[str, Any]:
    return {"input_mapping": {"column_mappings": {"email": "contact"}, **mapping}}


def outputs(*fields: str, **mapping: Any) -> dict[str, Any]:
    return {"output_mapping": {"structured_output_fields": list(fields), **mapping}}


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


def test_agent_without_structured_output_is_refused_with_those_that_have_it() -> None:
    agents = [
        make_agent("ticket-triage", structured_output=None, description="Sorts support tickets."),
        make_agent("ticket-classifier", description="Classifies support tickets."),
        make_agent("company-enrichment", description="Looks companies up."),
        make_agent("old", status="deprecated"),
        make_agent("off", structured_output={"enabled": False}),
    ]
    assert told(FakeRegistries(agent=agents), target="ticket-triage") == [
        (
            "/target",
            (
                "INCOMPATIBLE_AGENT: The agent 'ticket-triage' doesn't support structured output. Please choose one of "
                "these compatible agents: company-enrichment, ticket-classifier. Use 'ticket-classifier' for similar "
                "functionality."
            ),
        )
    ]


def test_answer_for_an_incompatible_agent_is_that_of_the_specification() -> None:
    agents = [make_agent("enrichment", structured_output='{"enabled": true}', description="Finds the industry.")]
    assert incompatible_agent("industry-finder", agents) == {
        "error": "INCOMPATIBLE_AGENT",
        "message": (
            "The agent 'industry-finder' doesn't support structured output. "
            "Please choose one of these compatible agents: enrichment."
        ),
        "suggestion": "Use 'enrichment' for similar functionality.",
        "compatible_agents": ["enrichment"],
    }
    assert incompatible_agent("x", []) == {
        "error": "INCOMPATIBLE_AGENT",
        "message": "The agent 'x' doesn't support structured output.",
        "suggestion": "",
        "compatible_agents": [],
    }


def test_compatibility_of_an_agent_is_that_of_its_latest_version() -> None:
    agents = [
        make_agent("a", "1.9.0"),
        make_agent("a", "1.10.0", structured_output=None),
        make_agent("b", "1.9.0", structured_output=None),
        make_agent("b", "1.10.0"),
        make_agent("c", structured_output="{broken"),
        make_agent("d", "no version"),
    ]
    assert compatible_agents(agents) == ["b"]


def test_incompatible_agent_is_told_where_it_is_named() -> None:
    legacy = FakeRegistries(agent=[LEGACY])
    for keys, pointer in (
        ({"target": {"name": "legacy"}}, "/target/name"),
        ({"target": None, "agent_name": "legacy"}, "/agent_name"),
    ):
        ((told_pointer, message),) = told(legacy, **keys)
        assert told_pointer == pointer
        assert message.startswith("INCOMPATIBLE_AGENT")


def test_agent_without_structured_output_is_usable_by_rules_or_by_paths() -> None:
    legacy = FakeRegistries(agent=[LEGACY])
    columns = [{"name": "exchange", "source": "$.messages[-1].content"}]
    assert told(legacy, target="legacy", **outputs("exchange", extraction_methods=RULES)) == []
    assert told(legacy, target="legacy", output_mapping={"columns": columns}) == []
    with_rules = FakeRegistries(agent=[LEGACY], schema=[make_schema("legacy")])
    assert told(with_rules, target="legacy", **outputs("exchange")) == []
    mixed = told(legacy, target="legacy", **outputs("category", columns=columns))
    assert mixed[0][1].startswith("INCOMPATIBLE_AGENT")


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


def test_unknown_output_field_is_told_with_the_likely_one() -> None:
    assert told(**outputs("category", "scroe")) == [
        (
            "/output_mapping/structured_output_fields/1",
            "the agent's answers have no field \"scroe\"; did you mean 'score'?",
        )
    ]
    assert told(**outputs("zzz"))[0][1].endswith('"zzz"; use category or score')


def test_path_into_the_structured_output_is_checked_by_its_first_step() -> None:
    columns = [
        {"name": "a", "source": "$.structured_output.category"},
        {"name": "b", "source": "$.structured_output.scroe.value"},
        {"name": "c", "source": "$.anything.scroe"},
    ]
    assert told(**outputs("score", columns=columns)) == [
        ("/output_mapping/columns/1/source", "the agent's answers have no field \"scroe\"; did you mean 'score'?")
    ]


def test_listed_output_fields_count_beside_the_properties() -> None:
    structured = {
        "enabled": True,
        "schemas": {"a": {"schema": {"properties": {"a": {}}, "additionalProperties": True}}},
        "output_fields": ["b"],
    }
    assert told(agent(structured_output=structured), **outputs("a", "b", "c")) == []


def test_fields_of_the_rules_are_those_that_there_are() -> None:
    assert told(**outputs("exchange", extraction_methods=RULES)) == []
    found = told(FakeRegistries(), target=AGENT, **outputs("exchnage", extraction_methods=RULES))
    assert found[0][1] == "the extraction rules find no field \"exchnage\"; did you mean 'exchange'?"
    # The schema has it, but what the rules make has their fields only.
    assert told(**outputs("score", "exchange", extraction_methods=RULES)) == [
        ("/output_mapping/structured_output_fields/0", 'the extraction rules find no field "score"; use exchange')
    ]


@pytest.mark.parametrize(
    "method",
    [
        {"method": "direct"},
        {"method": "jmespath", "paths": {"a": "x", "transform": "parse_text"}},
        {"method": "jmespath", "paths": {"a": {"path": "x", "transform": "parse_text"}}},
    ],
)
def test_rule_that_may_find_any_field_is_trusted(method: dict[str, Any]) -> None:
    assert told(FakeRegistries(), target=AGENT, **outputs("anything", extraction_methods=[method])) == []


def test_target_that_nobody_registered_is_left_as_it_is() -> None:
    assert told(FakeRegistries(), target=AGENT) == told(FakeRegistries(), target=TOOL) == []


@pytest.mark.parametrize("mapping", [None, {}])
def test_columns_must_come_from_somewhere(mapping: dict[str, Any] | None) -> None:
    pointer = "" if mapping is None else "/output_mapping"
    ((told_pointer, message),) = told(FakeRegistries(), target=AGENT, output_mapping=mapping)
    assert told_pointer == pointer
    assert message.startswith(
        "no output column is given; list the fields you want in 'structured_output_fields'; or register"
    )
    ((_, message),) = told(agent(structured_output={"enabled": True}), output_mapping=mapping)
    assert message == "no output column is given; list the fields you want in 'structured_output_fields'"


def test_registered_fields_that_cannot_be_columns_are_told() -> None:
    structured = {"enabled": True, "output_fields": ["a", "_status"]}
    assert told(agent(structured_output=structured), output_mapping={}) == [
        (
            "/output_mapping",
            'among the registered output fields "_status" is the name of a metadata column; choose another name',
        )
    ]
    assert told(agent(structured_output=structured), **outputs("a")) == []


def test_agent_that_takes_messages_needs_a_prompt() -> None:
    registries = agent(input_format="messages")
    ((pointer, message),) = told(registries)
    assert pointer == "/input_mapping"
    assert "which need an input field 'prompt'" in message
    config = completed(registries, input_mapping={"email": "contact", "name": "prompt"})
    assert config.target.input_format == "messages"


def test_tool_by_its_bare_name_takes_no_messages() -> None:
    target = {"name": "enrich", "input_format": "messages"}
    mapping = {"email": "contact", "name": "prompt"}
    found = told(FakeRegistries(tool=[make_tool()]), target=target, input_mapping=mapping)
    assert found == [("/target/input_format", "messages are for agents; leave input_format out for a tool")]


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


def without_output(**changes: Any) -> FakeRegistries:
    structured = {"enabled": False, "schemas": {"a": {"schema": OUTPUT}}}
    return FakeRegistries(agent=[make_agent("legacy", structured_output=structured, **changes)])


def test_columns_with_paths_of_an_agent_without_structured_output_are_held_against_no_schema() -> None:
    columns = [{"name": "said", "source": "$.messages[0].content"}]
    given: dict[str, Any] = {"target": "legacy", "output_mapping": {"columns": columns}}
    assert told(without_output(), **given) == []
    assert completed(without_output(), **given).output.schema is None


def test_rules_that_cannot_make_what_the_schema_wants_are_told_before_a_call() -> None:
    rules = [{"method": "direct", "field_mappings": {"score": "$.text | parse('Score: (.+)')"}}]
    found = told(without_output(), target="legacy", output_mapping={"extraction_methods": rules})
    assert [pointer for pointer, _ in found] == ["/output_mapping/extraction_methods"] * len(found)
    assert 'requires "category", which no extraction rule finds' in found[0][1]
    assert "| to_" in found[1][1]
    # An agent with structured output of its own is checked by that.
    assert told(target="triage", output_mapping={"extraction_methods": rules}) == []


def test_null_in_an_entry_of_another_program_goes_without_saying() -> None:
    assert Listed.of({"status": None, "state_machine_arn": None}, "1.0.0") == Listed("1.0.0")
