import re
from typing import Any

import pytest

from batch_processor.config import TargetRequest, parse, request
from batch_processor.errors import InvalidConfiguration
from batch_processor.registry.resolution import Resolved, resolve
from tests.unit.configs import AGENT, TOOL, make_document
from tests.unit.registry_entries import INPUT, OUTPUT, FakeRegistries, make_agent, make_schema, make_tool

VERSIONS = [
    make_agent(version="1.9.0", state_machine_arn=f"{AGENT}:9"),
    make_agent(version="1.10.0", state_machine_arn=f"{AGENT}:10"),
    make_agent(version="2.0.0", state_machine_arn=f"{AGENT}:20", status="deprecated"),
]


def find(target: Any, registries: FakeRegistries) -> Resolved:
    document = make_document(target=target)
    parse(document)
    return resolve(request(document), registries)


def refusal(target: Any, registries: FakeRegistries) -> tuple[str, str]:
    with pytest.raises(InvalidConfiguration) as caught:
        find(target, registries)
    (problem,) = caught.value.problems
    return problem.pointer, problem.message


def test_named_agent_is_its_latest_active_version() -> None:
    assert find("triage", FakeRegistries(agent=VERSIONS)) == Resolved(
        type="agent",
        arn=f"{AGENT}:10",
        name="triage",
        runs="state_machine",
        version="1.10.0",
        is_registered=True,
        input_format="structured",
        input_schema=INPUT,
        output_schema=OUTPUT,
        output_fields=("category", "score"),
        known_outputs=("category", "score"),
        extraction=(),
        structured_output_enabled=True,
    )


@pytest.mark.parametrize("target", ["triage@1.9.0", {"type": "agent", "name": "triage@1.9.0"}])
def test_pinned_version_is_taken_instead(target: Any) -> None:
    found = find(target, FakeRegistries(agent=VERSIONS))
    assert (found.version, found.arn, found.name) == ("1.9.0", f"{AGENT}:9", "triage")


def test_bare_name_is_that_of_an_agent_and_else_of_a_tool() -> None:
    agents, tools = [make_agent("both")], [make_tool("both"), make_tool("enrich")]
    registries = FakeRegistries(agent=agents, tool=tools)
    assert find("both", registries).type == "agent"
    assert find({"name": "both"}, registries).type == "agent"
    assert find({"type": "tool", "name": "both"}, registries).type == "tool"
    tool = find("enrich", registries)
    assert (tool.type, tool.arn, tool.runs, tool.version) == ("tool", TOOL, "lambda", None)
    assert (tool.input_schema, tool.output_schema, tool.structured_output_enabled) == (INPUT, OUTPUT, True)


def test_tool_may_be_a_state_machine() -> None:
    tools = [make_tool("batch", lambda_arn=None, resource_arn=AGENT, tool_type="state_machine")]
    found = find("batch", FakeRegistries(tool=tools))
    assert (found.type, found.runs, found.arn) == ("tool", "state_machine", AGENT)


@pytest.mark.parametrize(
    ("target", "pointer", "message"),
    [
        ("triaeg", "/target", "no agent or tool is registered as \"triaeg\"; did you mean 'triage'?"),
        ("x", "/target", 'no agent or tool is registered as "x"; registered are enrich, triage'),
        ({"type": "agent", "name": "enirch"}, "/target/name", "registered are triage"),
        ({"type": "tool", "name": "triage"}, "/target/name", "registered as an agent; set the target's type to agent"),
        ({"type": "agent", "name": "enrich"}, "/target/name", "registered as a tool; set the target's type to tool"),
        (
            "triage@1.3.0",
            "/target",
            'the agent "triage" has no version 1.3.0; there is 2.0.0 (deprecated), 1.10.0, 1.9.0',
        ),
        ("triage@2.0.0", "/target", 'the agent "triage"@2.0.0 is deprecated; active: 1.10.0, 1.9.0'),
        ("enrich@1.0.0", "/target", 'the tool "enrich" has no versions; leave out @1.0.0'),
    ],
)
def test_name_that_leads_nowhere_is_told_with_what_there_is(target: Any, pointer: str, message: str) -> None:
    told = refusal(target, FakeRegistries(agent=VERSIONS, tool=[make_tool()]))
    assert told[0] == pointer
    assert message in told[1]


def test_empty_registry_is_told() -> None:
    assert refusal("triage", FakeRegistries())[1].endswith("registered are none")


def test_inactive_targets_are_refused() -> None:
    registries = FakeRegistries(agent=VERSIONS[2:], tool=[make_tool(status="retired")])
    assert refusal("triage", registries)[1] == 'the agent "triage" has no active version; there is 2.0.0 (deprecated)'
    assert refusal("enrich", registries)[1] == 'the tool "enrich" is retired'


def test_long_list_of_names_is_cut() -> None:
    registries = FakeRegistries(agent=[make_agent(f"agent-{number:02}") for number in range(25)])
    assert refusal("zzz", registries)[1].endswith("agent-19 and others")


def test_entry_that_is_not_valid_is_told_as_such() -> None:
    registries = FakeRegistries(agent=[make_agent(input_schema={"type": "obejct"})])
    pointer, message = refusal("triage", registries)
    assert pointer == "/target"
    assert message.startswith("what is registered as agent/triage@1.0.0 cannot be used: /input_schema/type: ")


def test_other_versions_may_be_invalid() -> None:
    registries = FakeRegistries(agent=[make_agent(), make_agent(version="next", state_machine_arn="nowhere")])
    assert find("triage", registries).version == "1.0.0"


PROD = f"{AGENT}-prod"


def in_prod(name: str = "triage", arn: str = PROD) -> FakeRegistries:
    return FakeRegistries(agent=[make_agent(name, state_machine_arn=arn)])


@pytest.mark.parametrize("target", [PROD.rpartition(":")[2], {"name": PROD.rpartition(":")[2], "arn": PROD}, PROD])
def test_machine_called_with_its_environment_is_the_agent_that_is_registered_without(target: Any) -> None:
    short = PROD.rpartition(":")[2].removesuffix("-prod")
    found = find(target, in_prod(short))
    assert (found.name, found.arn, found.is_registered) == (short, PROD, True)


def test_machine_under_its_own_name_comes_before_that_without_an_environment() -> None:
    long = PROD.rpartition(":")[2]
    both = FakeRegistries(
        agent=[
            make_agent(long.removesuffix("-prod"), state_machine_arn=PROD),
            make_agent(long, state_machine_arn=PROD),
        ]
    )
    assert find({"name": long, "arn": PROD}, both).name == long


def test_agent_of_another_environment_is_not_the_one_that_was_meant() -> None:
    long = PROD.rpartition(":")[2]
    elsewhere = in_prod(long.removesuffix("-prod"), f"{AGENT}-dev")
    assert not find({"name": long, "arn": PROD}, elsewhere).is_registered
    pointer, message = refusal(long, elsewhere)
    assert pointer == "/target"
    assert f"did you mean '{long.removesuffix('-prod')}'?" in message
    tool = FakeRegistries(
        agent=[make_agent(long.removesuffix("-prod"), state_machine_arn=PROD)], tool=[make_tool(long)]
    )
    assert find(long, tool).type == "tool"


def test_target_by_arn_need_not_be_registered() -> None:
    found = find(AGENT, FakeRegistries())
    assert found == Resolved(type="agent", arn=AGENT, name="support-triage", runs="state_machine")
    assert find(TOOL, FakeRegistries()) == Resolved(type="tool", arn=TOOL, name="tool-enrich", runs="lambda")


def test_target_by_arn_is_known_where_its_name_is_registered() -> None:
    agents = [make_agent("support-triage"), make_agent("other", state_machine_arn=f"{AGENT}-2")]
    found = find(AGENT, FakeRegistries(agent=agents))
    assert (found.is_registered, found.version, found.output_fields) == (True, "1.0.0", ("category", "score"))
    tool = find({"name": "enrich", "arn": TOOL}, FakeRegistries(tool=[make_tool()]))
    assert (tool.is_registered, tool.name) == (True, "enrich")


def test_version_by_arn_is_the_one_that_has_the_arn() -> None:
    registries = FakeRegistries(agent=VERSIONS)
    assert find({"name": "triage", "arn": f"{AGENT}:9"}, registries).version == "1.9.0"
    # An alias or no version at all: the latest of those that are the same machine.
    found = find({"name": "triage", "arn": f"{AGENT}:PROD"}, registries)
    assert (found.version, found.arn) == ("1.10.0", f"{AGENT}:PROD")
    assert refusal({"name": "triage", "arn": f"{AGENT}:20"}, registries) == (
        "/target/name",
        'the agent "triage" has no active version; there is 2.0.0 (deprecated)',
    )


def test_given_name_must_not_have_another_arn() -> None:
    other = f"{AGENT}-2"
    pointer, message = refusal({"name": "triage", "arn": other}, FakeRegistries(agent=[make_agent()]))
    assert (pointer, message) == (
        "/target/name",
        f'the agent "triage" is registered as {AGENT}, not as {other}; leave out the ARN, or the name',
    )
    # A name that only stands in the ARN says nothing: it may be another account's.
    assert not find(other, FakeRegistries(agent=[make_agent("support-triage-2")])).is_registered


@pytest.mark.parametrize(("version", "pattern"), [("1.0.0", "same version"), ("1.2.0", "latest"), ("9.0.0", "latest")])
def test_extraction_rules_are_those_of_the_version_and_else_the_latest(version: str, pattern: str) -> None:
    def rules(text: str) -> list[dict[str, Any]]:
        return [{"name": "a", "extraction": [{"type": "tool_result", "pattern": f"({text})"}]}]

    schemas = [
        make_schema(version="1.0.0", fields=rules("same version")),
        make_schema(version="2.0.0", fields=rules("latest")),
        make_schema(version="9.0.0", fields=rules("deprecated"), status="deprecated"),
    ]
    registries = FakeRegistries(agent=[make_agent(version=version)], schema=schemas)
    assert find("triage", registries).extraction == ({"method": "fields", "fields": rules(pattern)},)


def test_extraction_rules_are_found_for_an_agent_that_is_not_registered_itself() -> None:
    agents = [make_agent(structured_output=None)]
    found = find("triage", FakeRegistries(agent=agents, schema=[make_schema()]))
    assert (found.output_fields, found.known_outputs) == ((), None)
    by_arn = find({"name": "triage", "arn": AGENT}, FakeRegistries(schema=[make_schema()]))
    assert not by_arn.is_registered
    assert by_arn.extraction == found.extraction != ()


def test_form_of_the_input_is_the_registered_one_unless_the_configuration_says_another() -> None:
    registries = FakeRegistries(agent=[make_agent(input_format="messages")])
    assert find("triage", registries).input_format == "messages"
    asked = TargetRequest("/target", "triage", True, input_format="structured")
    assert resolve(asked, registries).input_format == "structured"


def test_entry_that_is_removed_in_between_is_told() -> None:
    class Vanishing(FakeRegistries):
        def entry(self, kind: Any, name: str, version: str | None = None) -> None:
            return None

    message = refusal("triage", Vanishing(agent=[make_agent()]))[1]
    assert re.match("agent/triage@1.0.0 has just been removed", message)


def test_alias_is_the_entry_that_lists_it_and_the_batch_says_that_ones_name() -> None:
    agents = [make_agent(metadata={"aliases": ["sorter"]}), make_agent("other", metadata={"aliases": ["b"]})]
    tools = [make_tool("enrich", metadata='{"aliases": ["enricher"]}')]
    registries = FakeRegistries(agent=agents, tool=tools)
    assert find("sorter", registries) == find("triage", registries)
    assert find("sorter@1.0.0", registries).name == "triage"
    assert (find("enricher", registries).name, find("enricher", registries).type) == ("enrich", "tool")


def test_name_goes_before_an_alias_even_of_another_kind_or_unusable() -> None:
    aliased = make_agent(metadata={"aliases": ["enrich", "old"]})
    registries = FakeRegistries(agent=[aliased, make_agent("old", status="draft")], tool=[make_tool("enrich")])
    assert find("enrich", registries).type == "tool"
    assert "enrich" in refusal({"type": "agent", "name": "enrich"}, registries)[1]
    assert "draft" in refusal("old", registries)[1]


def test_alias_of_several_is_refused_with_their_names() -> None:
    registries = FakeRegistries(
        agent=[make_agent(metadata={"aliases": ["x"]}), make_agent("two", metadata={"aliases": ["x"]})]
    )
    assert refusal("x", registries)[1] == '"x" is an alias of several; name one of them: triage or two'


@pytest.mark.parametrize(
    "entry", [{"metadata": {"aliases": "x"}}, {"metadata": "{"}, {"metadata": {"aliases": ["x"]}, "status": "draft"}]
)
def test_alias_counts_only_where_it_is_listed_in_an_active_entry(entry: dict[str, Any]) -> None:
    assert 'registered as "x"' in refusal("x", FakeRegistries(agent=[make_agent(**entry)]))[1]
