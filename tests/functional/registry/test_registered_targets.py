"""ValidateInput with targets that the registries know."""

import json
from typing import Any

import pytest

from batch_processor.contract import Plan
from batch_processor.contract.number import CONTRACT
from batch_processor.errors import InvalidConfiguration
from batch_processor.extraction import stored_rules
from batch_processor.extraction.compiling import compile_rules
from batch_processor.handlers.validate_input import handle
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.entry import Document, Kind
from batch_processor.registry.tables import DynamoDbRegistries
from tests.functional.account import DATA, get, keys, put
from tests.functional.batches import as_json
from tests.functional.handlers.test_validate_input import EXECUTION
from tests.functional.targets import create_agent, create_tool
from tests.unit.configs import AGENT, TOOL, make_document
from tests.unit.registry_entries import OUTPUT, make_agent, make_schema, make_tool

RULES = [{"method": "tool_result", "field_mappings": {"exchange": "$.content | parse('Exchange: (.+)')"}}]


@pytest.fixture(autouse=True)
def csv(account: None) -> None:
    create_agent()
    create_tool()
    put("inputs/people.csv", b"name,email\nAna,a@x.org\n")


def register(kind: Kind, *documents: Document) -> None:
    for document in documents:
        DynamoDbRegistries.of_environment().put(parse_entry(kind, document))


def validate(**changes: Any) -> Plan:
    document = {key: value for key, value in make_document(**changes).items() if value is not None}
    plan = handle({"contract": CONTRACT, "input": document, "execution": EXECUTION}, None)
    assert as_json(plan) == plan
    return plan


def problems(**changes: Any) -> dict[str, str]:
    with pytest.raises(InvalidConfiguration) as caught:
        validate(**changes)
    return {found.pointer: found.message for found in caught.value.problems}


def test_target_by_name_becomes_the_plan() -> None:
    register(
        "agent",
        make_agent(version="1.9.0", state_machine_arn=f"{AGENT}-9"),
        make_agent(version="1.10.0"),
        make_agent(version="2.0.0", status="deprecated", state_machine_arn=f"{AGENT}-2"),
    )
    plan = validate(target={"type": "agent", "name": "triage"}, output_mapping=None)
    target = plan["target"]
    assert (target["name"], target["arn"], target["version"]) == ("triage", AGENT, "1.10.0")
    assert target["revision"]
    assert "runs" not in target
    assert plan["output"]["columns"] == [{"name": "category"}, {"name": "score"}]
    assert plan["output"]["schema"] == OUTPUT
    assert plan["storage"]["batch_id"] == "triage#night"


def test_pinned_version_becomes_the_plan() -> None:
    create_agent(f"{AGENT}-9")
    register("agent", make_agent(version="1.9.0", state_machine_arn=f"{AGENT}-9"), make_agent(version="1.10.0"))
    plan = validate(target="triage@1.9.0")
    assert (plan["target"]["name"], plan["target"]["arn"]) == ("triage", f"{AGENT}-9")


def test_tool_and_tool_that_is_a_state_machine_become_the_plan() -> None:
    register("tool", make_tool(), make_tool("batch", lambda_arn=None, resource_arn=AGENT, tool_type="state_machine"))
    assert validate(target={"type": "tool", "name": "enrich"})["target"]["arn"] == TOOL
    target = validate(target="batch")["target"]
    assert (target["type"], target["arn"], target["runs"]) == ("tool", AGENT, "state_machine")
    assert "version" not in target


def test_target_by_arn_needs_no_entry_and_is_held_against_one() -> None:
    assert "schema" not in validate()["output"]
    register("agent", make_agent("support-triage"))
    plan = validate()
    assert (plan["target"]["version"], plan["output"]["schema"]) == ("1.0.0", OUTPUT)
    found = problems(output_mapping={"structured_output_fields": ["scroe"]})
    assert found == {
        "/output_mapping/structured_output_fields/0": "the agent's answers have no field \"scroe\"; did you mean 'score'?"
    }


def test_problems_of_target_header_and_permissions_are_told_together() -> None:
    found = problems(
        target="triaeg",
        output_s3_prefix="s3://elsewhere/",
        input_mapping={"column_mappings": {"emial": "contact"}},
    )
    assert list(found) == ["/target", "/output_s3_prefix", "/input_mapping/column_mappings/emial"]
    register("agent", make_agent())
    found = problems(target="triage", input_mapping={"emial": "contcat"}, output_mapping={"include_original": False})
    assert set(found) == {"/input_mapping", "/input_mapping/emial"}


def test_registered_arn_must_be_allowed() -> None:
    register("agent", make_agent(state_machine_arn=AGENT.replace("support", "billing")))
    register("tool", make_tool("batch", lambda_arn=None, resource_arn=AGENT.replace("support", "billing")))
    for target in ("triage", "batch"):
        assert "AgentNamePattern allows" in problems(target=target)["/target"]
    register("tool", make_tool(lambda_arn=TOOL.replace("tool-", "x-")))
    assert "ToolNamePattern allows" in problems(target="enrich")["/target"]


def test_registered_target_must_be_there() -> None:
    register("agent", make_agent(state_machine_arn=f"{AGENT}-gone"))
    assert problems(target="triage") == {"/target": f"there is no {AGENT}-gone; check the ARN"}


def test_incompatible_agent_is_refused_with_those_that_are() -> None:
    register("agent", make_agent("mute", structured_output=None), make_agent())
    assert problems(target="mute") == {
        "/target": (
            "INCOMPATIBLE_AGENT: The agent 'mute' doesn't support structured output. "
            "Please choose one of these compatible agents: triage. Use 'triage' for similar functionality."
        )
    }


def test_legacy_agent_is_made_usable_by_rules_alone() -> None:
    register("agent", make_agent("legacy", structured_output=None))
    register("schema", make_schema("legacy"))
    plan = validate(target="legacy", output_mapping=None)
    assert plan["output"]["columns"] == [{"name": "exchange"}]
    assert plan["output"]["extraction"] == compile_rules({"fields": make_schema()["fields"]})
    assert "schema" not in plan["output"]
    plan = validate(target="legacy", output_mapping={"extraction_methods": RULES})
    assert plan["output"]["extraction"] == compile_rules(RULES)


def test_registered_field_that_the_csv_has_already_is_a_problem_of_the_mapping() -> None:
    put("inputs/people.csv", b"email,category\n")
    register("agent", make_agent())
    found = problems(target="triage", output_mapping={})
    assert list(found) == ["/output_mapping"]
    assert found["/output_mapping"].startswith("the CSV has a column 'category' already")


def test_optional_column_that_is_not_there_must_not_be_required() -> None:
    register("agent", make_agent())
    mapping = [{"csv_column": "mail", "agent_input_field": "contact", "required": False}]
    found = problems(target="triage", input_mapping={"column_mappings": mapping})
    assert found["/input_mapping"].startswith('the CSV has no column "mail", and the agent requires')


def test_large_rules_are_handed_over_in_s3() -> None:
    schema = {**OUTPUT, "description": "x" * 20_000}
    structured = {"enabled": True, "schemas": {"a": {"schema": schema}}}
    register("agent", make_agent(structured_output=structured))
    ways = [{"type": "direct", "path": "$.c"}]
    register("schema", make_schema(fields=[{"name": name, "extraction": ways} for name in OUTPUT["properties"]]))
    output = validate(target="triage")["output"]
    assert not output.keys() & {"schema", "extraction"}
    key = output["answer"]["uri"].removeprefix(f"s3://{DATA}/")
    assert key in keys(DATA)
    assert json.loads(get(key)).keys() == {"schema", "extraction"}
    assert stored_rules.with_answer_rules(output).get("schema") == schema


def test_rules_that_fit_the_plan_stay_in_it() -> None:
    register("agent", make_agent())
    output = validate(target="triage")["output"]
    assert "answer" not in output
    assert stored_rules.with_answer_rules(output) is output
    assert output["schema"] == OUTPUT
    assert not validate()["output"].keys() & {"schema", "extraction", "answer"}


def test_batch_that_goes_on_with_another_version_must_say_so() -> None:
    from batch_processor.batch import manifest
    from tests.unit.plans import make_loaded

    register("agent", make_agent())
    plan = validate(target="triage", storage_mode="dynamodb")
    loaded = make_loaded(1, storage={**make_loaded(1)["storage"], "mode": "dynamodb"})
    manifest.write(plan, loaded)
    again = {"id": EXECUTION["id"].replace("night", "day"), "name": "day", "started_at": EXECUTION["started_at"]}
    document = make_document(target="triage", resume_from="night")
    assert handle({"contract": CONTRACT, "input": document, "execution": again}, None)["target"]["version"] == "1.0.0"
    register("agent", make_agent(version="1.1.0"))
    with pytest.raises(
        InvalidConfiguration, match=r'the registered version was "triage@1\.0\.0", now it is "triage@1\.1\.0"'
    ):
        handle({"contract": CONTRACT, "input": document, "execution": again}, None)
    pinned = handle({"contract": CONTRACT, "input": {**document, "target": "triage@1.0.0"}, "execution": again}, None)
    assert pinned["target"]["version"] == "1.0.0"


def test_misspelt_target_is_told_beside_the_problems_of_the_configurations_form() -> None:
    register("agent", make_agent())
    found = problems(target="triagee", execution_config={"max_concurency": 3})
    assert "did you mean 'max_concurrency'?" in found["/execution_config/max_concurency"]
    assert "did you mean 'triage'?" in found["/target"]
    # A target that cannot be read is told as such, and not looked up.
    found = problems(target={"nme": "triage"}, execution_config={"max_concurency": 3})
    assert {"/target/nme", "/execution_config/max_concurency"} <= found.keys()


def test_name_that_no_registry_can_have_is_an_unknown_one() -> None:
    assert "no agent or tool is registered as" in problems(target="x" * 3_000)["/target"]
