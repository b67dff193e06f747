"""Which registered targets a CSV could go to."""

import re

import pytest

from batch_processor.errors import InvalidCsv
from batch_processor.operations.agents.compatibility import list_compatible_agents, validate_agent_compatibility
from tests.functional.account import put
from tests.functional.operations.deployments import DEPLOYMENT, register, register_examples
from tests.unit.registry_entries import make_agent, make_tool

TICKETS = b"Case Number,Subject,Body\n1,Refund,You have charged me twice for the same order and I want it back\n"


@pytest.fixture(autouse=True)
def examples() -> None:
    register_examples()
    put("inputs/tickets.csv", TICKETS)


def test_agents_are_ranked_by_how_well_the_csv_fits() -> None:
    agents = list_compatible_agents(DEPLOYMENT, "s3://data/inputs/tickets.csv")["agents"]
    fits = [agent["fit"] for agent in agents]
    assert {agent["agent_name"] for agent in agents[:2]} == {"ticket_triage", "ticket-classifier"}
    assert fits == sorted(fits, reverse=True)
    triage = next(agent for agent in agents if agent["agent_name"] == "ticket_triage")
    assert triage["fits"][0] == {
        "field": "ticket",
        "required": True,
        "column": "Body",
        "how": "synonym",
        "confidence": 0.8,
    }
    assert triage["missing"] == []
    assert triage["unused_columns"] == ["Subject"]
    quote = next(agent for agent in agents if agent["agent_name"] == "parcel_quote")
    assert quote["missing"] == ["weight_kg", "country"]
    assert quote["fit"] == 0.0


def test_without_a_csv_they_are_listed_by_name_with_what_they_take_and_answer() -> None:
    agents = list_compatible_agents(DEPLOYMENT)["agents"]
    names = [agent["agent_name"] for agent in agents]
    assert names == sorted(names)
    # line_checker has no structured output; rules in the SchemaRegistry say how to read its answers.
    assert {"ticket_triage", "contact_enrichment", "line_checker"} <= {*names}
    triage = next(agent for agent in agents if agent["agent_name"] == "ticket_triage")
    assert (triage["version"], triage["kind"], triage["required_fields"]) == ("1.0.0", "agent", ["ticket"])
    assert "category" in triage["output_fields"]
    assert "fit" not in triage


def test_only_the_latest_active_version_counts_and_what_batches_cannot_use_is_left_out() -> None:
    register("agent", make_agent("sorter", "1.0.0", description="old"))
    register("agent", make_agent("sorter", "1.10.0", description="new"))
    register("agent", make_agent("sorter", "2.0.0", status="deprecated"))
    register("agent", make_agent("chatty", structured_output=None))
    register("tool", make_tool("batch_processor", lambda_arn=None, resource_arn=DEPLOYMENT.machine_arn))
    register("tool", make_tool("get_rows", tags=["batch-operation"]))
    agents = {agent["agent_name"]: agent for agent in list_compatible_agents(DEPLOYMENT)["agents"]}
    assert agents["sorter"]["version"] == "1.10.0"
    assert not {"chatty", "batch_processor", "get_rows"} & agents.keys()


def test_a_csv_that_cannot_be_read_is_said_so() -> None:
    put("inputs/book.csv", b"PK\x03\x04xl/")
    with pytest.raises(InvalidCsv, match="Excel workbook"):
        list_compatible_agents(DEPLOYMENT, "s3://data/inputs/book.csv")


def test_a_compatible_agent_is_described() -> None:
    answer = validate_agent_compatibility("ticket_triage", DEPLOYMENT, "s3://data/inputs/tickets.csv")
    assert answer["compatible"]
    assert answer["structured_output_enabled"]
    assert answer["available_fields"][:2] == ["category", "priority"]
    assert answer["output_schema"]["title"] == "ticket_triage_v1"
    assert answer["missing"] == []
    assert answer["fit"] > 0.5


def test_rules_make_an_agent_without_structured_output_compatible() -> None:
    answer = validate_agent_compatibility("line_checker", DEPLOYMENT)
    assert (answer["compatible"], answer["structured_output_enabled"]) == (True, False)
    assert "exchange" in answer["available_fields"]


def test_an_incompatible_agent_is_told_as_the_specification_has_it() -> None:
    register("agent", make_agent("support_chat", description="Answers support tickets.", structured_output=None))
    answer = validate_agent_compatibility("support_chat", DEPLOYMENT)
    assert (answer["compatible"], answer["error"]) == (False, "INCOMPATIBLE_AGENT")
    assert "doesn't support structured output" in answer["message"]
    assert re.fullmatch("Use 'ticket.*' for similar functionality.", answer["suggestion"])
    assert "ticket_triage" in answer["compatible_agents"]


@pytest.mark.parametrize("name", ["batch_processor", "get_rows"])
def test_a_part_of_the_batch_processor_is_no_target(name: str) -> None:
    register("tool", make_tool("batch_processor", lambda_arn=None, resource_arn=DEPLOYMENT.machine_arn))
    register("tool", make_tool("get_rows", tags=["batch-operation"]))
    answer = validate_agent_compatibility(name, DEPLOYMENT)
    assert (answer["compatible"], answer["error"]) == (False, "INCOMPATIBLE_AGENT")
    assert "no batch calls" in answer["message"]
    assert "ticket_triage" in answer["compatible_agents"]


def test_a_misspelt_name_is_met_with_the_one_that_was_meant() -> None:
    answer = validate_agent_compatibility("ticket-triag", DEPLOYMENT)
    assert (answer["compatible"], answer["error"]) == (False, "AGENT_NOT_FOUND")
    assert answer["suggestion"] == 'Did you mean "ticket_triage"?'
    assert "ticket_triage" in answer["compatible_agents"]
    assert "Registered are" in validate_agent_compatibility("zzz", DEPLOYMENT)["suggestion"]


def test_an_agent_goes_by_its_aliases_unless_several_do() -> None:
    register("agent", make_agent("sorter", metadata={"aliases": ["mail-sorter-agent"]}))
    assert validate_agent_compatibility("mail_sorter", DEPLOYMENT)["agent_name"] == "sorter"
    register("agent", make_agent("other", metadata={"aliases": ["mail-sorter"]}))
    answer = validate_agent_compatibility("mail_sorter", DEPLOYMENT)
    assert answer["error"] == "AGENT_NOT_FOUND"
    assert answer["suggestion"] == "Several go by that name: other, sorter. Use one of these names."


def test_an_unregistered_arn_says_nothing_of_its_input() -> None:
    answer = validate_agent_compatibility("arn:aws:states:eu-west-1:123456789012:stateMachine:else", DEPLOYMENT)
    assert answer["error"] == "AGENT_NOT_FOUND"
    assert "registry put" in answer["suggestion"]
