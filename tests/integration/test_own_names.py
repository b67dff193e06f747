"""What the stack is called, and under which name it is found: its log groups, its topic, itself as a tool."""

import json
import uuid
from typing import Any

import pytest

from batchctl.account import Account
from batchctl.registry.registration import registries_of
from tests.batch_run import BatchError
from tests.integration.batches import Batches, to_csv, wait_until


def environment(account: Account) -> str:
    return account.outputs["StateMachineArn"].partition(":stateMachine:batch-processor-")[2]


def register(account: Account, **entry: Any) -> dict[str, Any]:
    """What the deployed function answers that registers entries."""
    function = account.outputs["RegisterEntryFunctionArn"]
    answer = account.client("lambda").invoke(
        FunctionName=function, Payload=json.dumps({"kind": "tool", "entry": entry})
    )
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    return found


def test_functions_log_to_groups_of_their_environments_name(account: Account) -> None:
    name = f"tool-{uuid.uuid4().hex}"
    register(account, tool_name=name, lambda_arn=account.outputs["TestToolArn"])
    group = f"/aws/lambda/batch-processor-{environment(account)}-register-entry"
    lines = account.client("logs").get_paginator("filter_log_events")
    wait_until(lambda: any(page["events"] for page in lines.paginate(logGroupName=group, filterPattern=f'"{name}"')))


def test_deployed_function_warns_of_what_no_batch_can_call(account: Account) -> None:
    there = account.outputs["TestToolArn"]
    assert "notes" not in register(account, tool_name="there", lambda_arn=there)
    [missing] = register(account, tool_name="missing", lambda_arn=f"{there}-not")["notes"]
    assert missing == f"tool/missing: /lambda_arn: there is no {there}-not; check the ARN"
    excluded = there.rpartition(":")[0] + ":payroll"
    # It may not look at what the patterns exclude, and does not say so.
    [refused] = register(account, tool_name="excluded", lambda_arn=excluded)["notes"]
    assert f"no batch can call it: the stack may not use {excluded}" in refused


def test_stack_is_registered_as_a_tool_and_no_batch_takes_it(account: Account) -> None:
    entry = registries_of(account).entry("tool", "batch_processor") or {}
    assert entry["resource_arn"] == account.outputs["StateMachineArn"]
    assert entry["registered_by"].endswith("/BatchProcessorTool")
    batches = Batches(account)
    config = batches.config(to_csv(("text",), ("a",)), input_mapping={"text": "csv_s3_uri"})
    with pytest.raises(BatchError, match="is a part of the batch processor, which no batch calls"):
        batches.start({**config, "target": "batch_processor"}).wait()


def test_topic_has_the_name_that_configs_know(account: Account) -> None:
    assert account.outputs["TopicArn"].endswith(f":batch-processor-notifications-{environment(account)}")
