from typing import Any

import pytest

from tests.unit.configs import AGENT
from tests.unit.registry.configurations import RULES, agent, completed, outputs, told
from tests.unit.registry_entries import OUTPUT, FakeRegistries, make_agent


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
