from batch_processor.registry.compatible_agents import compatible_agents, incompatible_agent
from tests.unit.registry.configurations import LEGACY, RULES, outputs, told
from tests.unit.registry_entries import FakeRegistries, make_agent, make_schema


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
