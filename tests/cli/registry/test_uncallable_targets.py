"""What `batchctl registry put` says of agents and tools that no batch can call."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.plan.callable_targets import CallableTargets
from batchctl.registry.registration import check, put, registries_of
from tests.cli.registry.test_commands import OUTPUTS
from tests.functional import conftest
from tests.functional.targets import create_agent, create_tool
from tests.unit.configs import AGENT, TOOL
from tests.unit.registry_entries import make_agent, make_schema, make_tool

account = conftest.account
FUNCTION = TOOL.replace("tool-enrich", "register-entry")
SETTINGS = {field.name.upper(): conftest.ENVIRONMENT[field.name.upper()] for field in fields(CallableTargets)}


class Stack:
    """The deployed stack, whose function that registers entries has such variables; None for an older stack's outputs."""

    def __init__(self, variables: dict[str, str] | None) -> None:
        self.outputs = {**OUTPUTS, **({} if variables is None else {"RegisterEntryFunctionArn": FUNCTION})}
        if variables is not None:
            create_tool(FUNCTION)
            client("lambda").update_function_configuration(
                FunctionName="register-entry", Environment={"Variables": variables}
            )

    def client(self, service: str) -> Any:
        return client(service)

    def put(self, path: Path, *entries: dict[str, Any]) -> list[str]:
        """The warnings; all entries must be registered all the same."""
        path.write_text(json.dumps({"entries": entries}))
        lines = list(put([path], self, registries_of(self)))
        assert len([line for line in lines if not line.startswith(("warning", "  note"))]) == len(entries)
        return [line.removeprefix(f"warning: {path} ") for line in lines if line.startswith("warning")]


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    return tmp_path / "entries.json"


def test_what_is_there_and_allowed_gets_no_warning(entries: Path, account: None) -> None:
    stack = Stack(SETTINGS)
    create_agent()
    assert stack.put(entries, make_agent(), make_schema()) == []


def test_typo_in_an_arn_is_told_with_its_place(entries: Path) -> None:
    absent = f"{AGENT}s"
    [warning] = Stack(SETTINGS).put(entries, make_schema(), make_agent(state_machine_arn=absent))
    assert warning == f"/entries/1/state_machine_arn: there is no {absent}; check the ARN"


def test_check_against_a_stack_warns_and_registers_nothing(entries: Path) -> None:
    entries.write_text(json.dumps(make_tool()))
    stack = Stack(SETTINGS)
    assert list(check([entries], stack)) == [
        "tool/enrich",
        f"warning: {entries} /lambda_arn: there is no {TOOL}; check the ARN",
    ]
    assert registries_of(stack).entry("tool", "enrich") is None


def test_name_outside_of_the_patterns_is_told_with_what_to_deploy(entries: Path) -> None:
    stack, excluded = Stack(SETTINGS), TOOL.replace("tool-", "my-")
    client("lambda").create_function(
        FunctionName="my-enrich",
        Role=client("iam").get_role(RoleName="tool")["Role"]["Arn"],
        Runtime="python3.13",
        Handler="app.handle",
        Code={"ZipFile": b"x"},
    )
    [warning] = stack.put(entries, make_tool(lambda_arn=excluded))
    assert warning.startswith(f"/entries/0/lambda_arn: no batch can call it: the stack may not use {excluded}")
    assert "deploy it with ToolNamePattern=tool-*,my-enrich" in warning


def test_what_is_neither_allowed_nor_there_is_told_of_both(entries: Path) -> None:
    refused, missing = Stack(SETTINGS).put(entries, make_tool(lambda_arn=TOOL.replace("tool-", "my-")))
    assert "ToolNamePattern" in refused
    assert "there is no" in missing


def test_another_regions_machine_is_not_looked_for_here(entries: Path) -> None:
    elsewhere = AGENT.replace("eu-west-1", "us-east-1")
    [warning] = Stack(SETTINGS).put(entries, make_agent(state_machine_arn=elsewhere))
    assert warning.endswith("nothing of another account or Region")


def test_batch_processor_as_a_tool_of_agents_is_no_mistake(entries: Path) -> None:
    machine = SETTINGS["BATCH_MACHINE_ARN"]
    tool = {"tool_name": "batch_processor", "tool_type": "state_machine", "resource_arn": machine}
    stack = Stack(SETTINGS)
    assert stack.put(entries, tool) == []
    warning, _ = stack.put(entries, make_agent(state_machine_arn=machine))
    assert "is a part of the batch processor" in warning


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        (None, "there is no output RegisterEntryFunctionArn"),
        (
            {"STACK_NAME": "old"},
            "has no AGENT_NAME_PATTERN, TOOL_NAME_PATTERN, BATCH_MACHINE_ARN, ROW_BATCH_MACHINE_ARN",
        ),
    ],
)
def test_older_stack_is_told_once(entries: Path, variables: dict[str, str] | None, reason: str) -> None:
    [warning] = Stack(variables).put(entries, make_agent(), make_tool())
    assert "cannot be told" in warning
    assert reason in warning


def test_whoever_may_not_look_is_told_so(entries: Path) -> None:
    stack = Stack(SETTINGS)
    with Stubber(client("stepfunctions")) as stub:
        stub.add_client_error("describe_state_machine", "AccessDeniedException", "no")
        [warning] = stack.put(entries, make_agent())
    assert "whether it is there cannot be told: Looking for" in warning
