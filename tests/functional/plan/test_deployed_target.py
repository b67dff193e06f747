"""Looking whether a target is there, as ValidateInput does before any row is sent."""

import json
import re
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable
from batch_processor.plan.deployed_target import look_at_target
from tests.functional.targets import IDLE, create_agent, create_tool, zipped
from tests.unit.configs import AGENT, TOOL


def test_targets_that_are_there_have_no_fault() -> None:
    create_agent()
    create_tool()
    assert look_at_target("agent", AGENT).fault is None
    assert look_at_target("tool", TOOL).fault is None


@pytest.mark.parametrize(("target_type", "arn"), [("agent", AGENT), ("tool", TOOL)])
def test_target_that_is_not_there_is_told_with_its_arn(target_type: str, arn: str) -> None:
    assert look_at_target(target_type, arn).fault == f"there is no {arn}; check the ARN"


@pytest.mark.parametrize(("target_type", "arn"), [("agent", AGENT), ("tool", TOOL)])
def test_revision_is_the_same_as_long_as_the_target_is(target_type: str, arn: str) -> None:
    create_agent()
    create_tool()
    revision = look_at_target(target_type, arn).revision
    assert re.fullmatch("[0-9a-f]{16}", revision)
    assert look_at_target(target_type, arn).revision == revision


def test_agent_of_another_definition_has_another_revision() -> None:
    create_agent()
    before = look_at_target("agent", AGENT).revision
    client("stepfunctions").update_state_machine(stateMachineArn=AGENT, definition=IDLE.replace("Idle", "Sleep"))
    assert look_at_target("agent", AGENT).revision != before


@pytest.mark.parametrize("change", [{"Environment": {"Variables": {"MODEL": "b"}}}, {"Handler": "app.other"}])
def test_tool_of_another_configuration_has_another_revision(change: dict[str, Any]) -> None:
    create_tool()
    before = look_at_target("tool", TOOL).revision
    client("lambda").update_function_configuration(FunctionName=TOOL, **change)
    assert look_at_target("tool", TOOL).revision != before


def test_tool_of_other_code_has_another_revision() -> None:
    create_tool()
    before = look_at_target("tool", TOOL).revision
    client("lambda").update_function_code(FunctionName=TOOL, ZipFile=zipped("app.py", "import json"))
    assert look_at_target("tool", TOOL).revision != before


def test_deployment_without_a_change_leaves_the_revision() -> None:
    create_agent()
    create_tool()
    before = [look_at_target("agent", AGENT).revision, look_at_target("tool", TOOL).revision]
    client("stepfunctions").update_state_machine(stateMachineArn=AGENT, definition=IDLE)
    client("lambda").update_function_configuration(FunctionName=TOOL, Description="deployed once more", Timeout=9)
    assert [look_at_target("agent", AGENT).revision, look_at_target("tool", TOOL).revision] == before


def test_tool_whose_variables_cannot_be_seen_has_another_revision_with_each_deployment() -> None:
    def revision(**environment: Any) -> str:
        with Stubber(client("lambda")) as stubbed:
            told = {"CodeSha256": "c", "Handler": "app.handle", "Runtime": "python3.13", **environment}
            stubbed.add_response("get_function_configuration", told)
            return look_at_target("tool", TOOL).revision

    denied = {"Environment": {"Error": {"ErrorCode": "AccessDeniedException", "Message": "no key"}}}
    before, after = (revision(LastModified=f"2026-12-0{day}T00:00:00.000+0000", **denied) for day in (1, 2))
    assert before != after
    seen: dict[str, Any] = {"Environment": {"Variables": {}}}
    assert revision(LastModified="1", **seen) == revision(LastModified="2", **seen)


def test_express_state_machine_is_an_agent_of_another_kind() -> None:
    create_agent()
    assert not look_at_target("agent", AGENT).is_express
    create_agent(f"{AGENT}-express", type="EXPRESS")
    deployed = look_at_target("agent", f"{AGENT}-express")
    assert (deployed.fault, deployed.is_express, deployed.timeout_seconds) == (None, True, None)
    assert deployed.revision


def test_timeout_of_an_express_machine_is_that_of_its_definition() -> None:
    create_agent(type="EXPRESS")
    client("stepfunctions").update_state_machine(
        stateMachineArn=AGENT, definition=json.dumps({**json.loads(IDLE), "TimeoutSeconds": 20})
    )
    assert look_at_target("agent", AGENT).timeout_seconds == 20


def test_timeout_of_a_function_is_its_own() -> None:
    create_tool()
    client("lambda").update_function_configuration(FunctionName=TOOL, Timeout=17)
    assert look_at_target("tool", TOOL).timeout_seconds == 17


CALLS = [
    ("agent", AGENT, "stepfunctions", "describe_state_machine"),
    ("tool", TOOL, "lambda", "get_function_configuration"),
]


@pytest.mark.parametrize(("target_type", "arn", "service", "call"), CALLS)
@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("AccessDeniedException", 400, SourceUnavailable),
        ("ThrottlingException", 400, StorageUnavailable),
        ("TooManyRequestsException", 429, StorageUnavailable),
        ("ServiceException", 500, StorageUnavailable),
        ("InvalidArn", 400, BatchProcessorError),
    ],
)
def test_target_that_cannot_be_looked_at_is_not_told_to_be_missing(
    target_type: str, arn: str, service: str, call: str, code: str, status: int, kind: type[Exception]
) -> None:
    with Stubber(client(service)) as stubbed:
        stubbed.add_client_error(call, code, http_status_code=status)
        with pytest.raises(kind, match=f"^Looking for {arn}: ") as caught:
            look_at_target(target_type, arn)
    assert type(caught.value) is kind
