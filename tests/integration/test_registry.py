"""The registries of the deployed stack: filled by CloudFormation and by the function, read by batches."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from batch_processor.registry.tables import DynamoDbRegistries
from batchctl.account import Account
from batchctl.registry.registration import registries_of
from tests.batch_run import BatchError
from tests.integration.batches import Batches, to_csv

ECHO_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "length": {"type": "integer", "minimum": 0},
        "echo": {"type": "string"},
        "input": {"type": "object"},
    },
    "required": ["echo", "length"],
    "additionalProperties": False,
}
INPUT_SCHEMA = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}


class RegistryStack:
    """A stack that registers one agent."""

    def __init__(self, account: Account) -> None:
        self.name = f"registry-test-{uuid.uuid4().hex[:8]}"
        self.agent = f"agent-{self.name}"
        self._outputs, self._stacks = account.outputs, account.client("cloudformation")

    def template(self, **entry: Any) -> str:
        attributes = {
            "agent_name": self.agent,
            "version": "1.0.0",
            "state_machine_arn": self._outputs["TestAgentArn"],
            "input_schema": json.dumps(INPUT_SCHEMA),
            "structured_output": json.dumps({"enabled": True, "schemas": {"echo": {"schema": ECHO_SCHEMA}}}),
            **entry,
        }
        properties = {
            "ServiceToken": self._outputs["RegisterEntryFunctionArn"],
            "ServiceTimeout": "60",
            "Kind": "agent",
            "Entry": attributes,
        }
        resources = {"Entry": {"Type": "Custom::RegistryEntry", "Properties": properties}}
        return json.dumps({"Resources": resources, "Outputs": {"Id": {"Value": {"Ref": "Entry"}}}})

    def create(self, **entry: Any) -> None:
        self._stacks.create_stack(StackName=self.name, TemplateBody=self.template(**entry))
        self._wait("stack_create_complete")

    def update(self, **entry: Any) -> None:
        self._stacks.update_stack(StackName=self.name, TemplateBody=self.template(**entry))
        self._wait("stack_update_complete")

    def delete(self) -> None:
        self._stacks.delete_stack(StackName=self.name)
        self._wait("stack_delete_complete")

    def describe(self) -> dict[str, Any]:
        described: dict[str, Any] = self._stacks.describe_stacks(StackName=self.name)["Stacks"][0]
        return described

    def reasons(self) -> str:
        events = self._stacks.describe_stack_events(StackName=self.name)["StackEvents"]
        return "\n".join(event.get("ResourceStatusReason", "") for event in events)

    def _wait(self, outcome: str) -> None:
        self._stacks.get_waiter(outcome).wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


@pytest.fixture
def stack(account: Account) -> Iterator[RegistryStack]:
    found = RegistryStack(account)
    yield found
    found.delete()


@pytest.fixture
def registries(account: Account) -> DynamoDbRegistries:
    return registries_of(account)


def versions(registries: DynamoDbRegistries, stack: RegistryStack) -> list[str]:
    return sorted(listed.version for listed in registries.versions("agent", stack.agent))


def test_entry_follows_its_stack(stack: RegistryStack, registries: DynamoDbRegistries) -> None:
    stack.create()
    assert stack.describe()["Outputs"][0]["OutputValue"] == f"agent/{stack.agent}@1.0.0"
    stack.update(description="in the same version")
    assert (registries.entry("agent", stack.agent, "1.0.0") or {})["description"] == "in the same version"
    stack.update(version="1.1.0")
    assert versions(registries, stack) == ["1.1.0"]
    stack.delete()
    assert versions(registries, stack) == []


def test_invalid_entry_fails_the_stack_with_the_reason(stack: RegistryStack, registries: DynamoDbRegistries) -> None:
    stack.create()
    with pytest.raises(Exception, match="ROLLBACK"):
        stack.update(version="1.1.0", structured_output={"enabled": True})
    assert "write the value as JSON text" in stack.reasons()
    assert stack.describe()["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert versions(registries, stack) == ["1.0.0"]


def register(batches: Batches, kind: str, entry: dict[str, Any]) -> None:
    """By a call of the deployed function."""
    name = batches.account.outputs["RegisterEntryFunctionArn"].rpartition(":")[2]
    call = {"kind": kind, "entry": entry}
    answer = batches.account.client("lambda").invoke(FunctionName=name, Payload=json.dumps(call))
    assert "FunctionError" not in answer, answer["Payload"].read()


@pytest.mark.parametrize(("target", "arn"), [("tool", "lambda_arn"), ("agent", "state_machine_arn")])
def test_batch_by_name_has_the_registered_columns(batches: Batches, target: str, arn: str) -> None:
    name = f"echo-{uuid.uuid4().hex[:8]}"
    entry = {
        f"{target}_name": name,
        arn: batches.account.outputs[f"Test{target.title()}Arn"],
        "input_schema": INPUT_SCHEMA,
    }
    structured = {"enabled": True, "schemas": {"echo": {"schema": ECHO_SCHEMA}}, "output_fields": ["length", "echo"]}
    fields = {"output_schema": ECHO_SCHEMA, "output_fields": ["length", "echo"]}
    agent = {"version": "1.0.0", "structured_output": structured}
    register(batches, target, {**entry, **(agent if target == "agent" else fields)})
    config = batches.config(to_csv(("text",), ("a",), ("bb",)), input_mapping={"text": "text"}, target=name)
    del config["output_mapping"]
    outcome = batches.outcome(batches.start(config).wait())
    assert outcome.table[0][:3] == ["text", "length", "echo"]
    assert [row[:4] for row in outcome.table[1:]] == [["a", "1", "a", "SUCCESS"], ["bb", "2", "bb", "SUCCESS"]]


@pytest.mark.inline
def test_misspelt_name_fails_before_a_row_is_run(batches: Batches, stack: RegistryStack) -> None:
    stack.create()
    config = batches.config(to_csv(("text",), ("a",)), target=f"{stack.agent}x", input_mapping={"text": "txet"})
    with pytest.raises(BatchError, match=f"InvalidConfiguration(?s:.)*did you mean '{stack.agent}'"):
        batches.start(config).wait()
    config["target"] = stack.agent
    with pytest.raises(BatchError, match=r"requires the input .text.(?s:.)*has no input .txet.; did you mean .text."):
        batches.start(config).wait()


@pytest.mark.inline
@pytest.mark.distributed
def test_rules_beyond_a_payloads_share_reach_every_answer(batches: Batches) -> None:
    name = f"echo-{uuid.uuid4().hex[:8]}"
    large = {**ECHO_SCHEMA, "properties": {**ECHO_SCHEMA["properties"], "echo": {"enum": ["a", "x" * 20_000]}}}
    entry = {
        "agent_name": name,
        "version": "1.0.0",
        "state_machine_arn": batches.account.outputs["TestAgentArn"],
        "structured_output": {"enabled": True, "schemas": {"echo": {"schema": large}}},
    }
    register(batches, "agent", entry)
    config = batches.config(to_csv(("text",), ("a",), ("b",)), input_mapping={"text": "text"}, target=name)
    outcome = batches.outcome(
        batches.start({**config, "output_mapping": {"structured_output_fields": ["echo"]}}).wait()
    )
    assert outcome.column("_status") == ["SUCCESS", "FAILED"]
    assert "StructuredOutputInvalid" in outcome.column("_error_message")[1]
    assert "/echo: expected" in outcome.column("_error_message")[1]
