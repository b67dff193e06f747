"""Agents and tools that are there and do nothing: ValidateInput looks for them."""

import io
import json
import zipfile

from moto.stepfunctions.models import stepfunctions_backends

from batch_processor.aws.client import client
from tests.unit.configs import AGENT, TOOL

IDLE = json.dumps({"StartAt": "Idle", "States": {"Idle": {"Type": "Succeed"}}})
_TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def create_agent(arn: str = AGENT, **options: str) -> None:
    """A state machine of that ARN's name."""
    role = "arn:aws:iam::123456789012:role/agent"
    client("stepfunctions").create_state_machine(name=arn.rpartition(":")[2], definition=IDLE, roleArn=role, **options)


def run_agent(name: str, status: str = "SUCCEEDED", arn: str = AGENT, given: str = "{}", **details: str) -> str:
    """An execution of the agent that came to such an end, with {output} or {error, cause}; its ARN."""
    states = client("stepfunctions")
    started: str = states.start_execution(stateMachineArn=arn, name=name, input=given)["executionArn"]
    machine = stepfunctions_backends[started.split(":")[4]][started.split(":")[3]].describe_state_machine(arn)
    execution = next(found for found in machine.executions if found.execution_arn == started)
    for attribute, value in {"output": None, **details, "status": status}.items():
        setattr(execution, attribute, value)
    return started


def create_tool(arn: str = TOOL) -> None:
    """A function of that ARN's name."""
    role = client("iam").create_role(RoleName="tool", AssumeRolePolicyDocument=_TRUST)["Role"]["Arn"]
    client("lambda").create_function(
        FunctionName=arn.rpartition(":")[2],
        Role=role,
        Runtime="python3.13",
        Handler="app.handle",
        Code={"ZipFile": zipped("app.py", "")},
    )


def zipped(name: str, text: str) -> bytes:
    """A package of one file."""
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        # A fixed time, so that the same text makes the same package.
        archive.writestr(zipfile.ZipInfo(name), text)
    return code.getvalue()
