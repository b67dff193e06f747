"""A running emulator as the tests use it: tiny machines and functions, executions run to their end."""

import io
import itertools
import json
import os
import sys
import time
import uuid
import zipfile
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.credentials import Credentials

# The interpreter of the environment that has MiniStack.
PYTHON = os.environ.get("BATCH_EMULATOR_PYTHON", sys.executable)
DEADLINE_SECONDS = 60.0
PATIENCE_SECONDS = 30.0
INVOKE = "arn:aws:states:::lambda:invoke"
RUN_CHILD = "arn:aws:states:::states:startExecution.sync:2"

Definition = dict[str, Any]


class Queue(NamedTuple):
    """Where messages go, in both of its names."""

    url: str
    arn: str


class LocalAws:
    """One emulator's clients and the resources that tests make in it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._clients: dict[str, Any] = {}
        self._numbers = itertools.count(1)
        self._functions: dict[str, str] = {}

    def sign_in(self, environment: dict[str, str]) -> None:
        """Make new clients from now on: the emulator was started again."""
        self._environment = environment
        self._clients.clear()

    @cached_property
    def role_arn(self) -> str:
        """A role that may do everything."""
        return self.role("tests", [{"Effect": "Allow", "Action": "*", "Resource": "*"}])

    @property
    def credentials(self) -> Credentials:
        """Those of its clients: the root user's, or a user's."""
        return Credentials(self._environment["AWS_ACCESS_KEY_ID"], self._environment["AWS_SECRET_ACCESS_KEY"])

    @property
    def host(self) -> str:
        """Where it is, as `Host` says it."""
        return urlsplit(self._environment["AWS_ENDPOINT_URL"]).netloc

    def client(self, service: str) -> Any:
        """A boto3 client with these credentials."""
        if service not in self._clients:
            self._clients[service] = boto3.client(
                service,
                endpoint_url=self._environment["AWS_ENDPOINT_URL"],
                region_name=self._environment["AWS_REGION"],
                aws_access_key_id=self._environment["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=self._environment["AWS_SECRET_ACCESS_KEY"],
                # The prefixes of some hosts, "sync-" for instance, lead nowhere on loopback.
                config=Config(retries={"total_max_attempts": 1}, inject_host_prefix=False),
            )
        return self._clients[service]

    def name(self, stem: str) -> str:
        """A name nobody used yet."""
        return f"{stem}-{next(self._numbers)}"

    def role(self, stem: str, statements: list[dict[str, Any]]) -> str:
        """A role that may do what the statements say."""
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "states.amazonaws.com"}}
        name = self.name(stem)
        arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy([trust]))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="policy", PolicyDocument=_policy(statements))
        return arn

    def user(self, statements: list[dict[str, Any]]) -> "LocalAws":
        """The same emulator for a user who may do what the statements say."""
        iam, name = self.client("iam"), self.name("user")
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="policy", PolicyDocument=_policy(statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        credentials = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
        return LocalAws({**self._environment, **credentials})

    def function(self, body: str, **settings: Any) -> str:
        """The name of a function with this handler body; its arguments are `event` and `context`."""
        code = f"import os, sys, time\n\n\ndef handler(event, context):\n    {body}\n"
        return self.function_with_code(code, **settings)

    def function_with_code(self, code: str, **settings: Any) -> str:
        """The name of a function made of one module."""
        key = code + repr(settings)
        if key not in self._functions:
            self._functions[key] = self.name("function")
            archive = io.BytesIO()
            with zipfile.ZipFile(archive, "w") as file:
                file.writestr("app.py", code)
            self.client("lambda").create_function(
                FunctionName=self._functions[key],
                Code={"ZipFile": archive.getvalue()},
                **{
                    "Runtime": "python3.13",
                    "Handler": "app.handler",
                    "Timeout": 10,
                    "Role": self.role_arn,
                    **settings,
                },
            )
        return self._functions[key]

    def machine(self, states: Definition, *, role_arn: str | None = None, **fields: Any) -> str:
        """The ARN of a machine that begins with the first of these states."""
        definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states} | fields
        answer = self.client("stepfunctions").create_state_machine(
            name=self.name("machine"), definition=json.dumps(definition), roleArn=role_arn or self.role_arn
        )
        arn: str = answer["stateMachineArn"]
        return arn

    def start(self, machine_arn: str, data: Any = None, **arguments: Any) -> str:
        """The ARN of a new execution."""
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=machine_arn, input=json.dumps(data or {}), **arguments
        )
        arn: str = answer["executionArn"]
        return arn

    def ended(self, execution_arn: str) -> dict[str, Any]:
        """The description of an execution after its end."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            execution: dict[str, Any] = self.client("stepfunctions").describe_execution(executionArn=execution_arn)
            if execution["status"] != "RUNNING":
                return execution
            time.sleep(0.02)
        raise AssertionError(f"{execution_arn} still runs after {DEADLINE_SECONDS} s")

    def run(self, states: Definition, data: Any = None, **fields: Any) -> dict[str, Any]:
        """The description of an execution of a machine made of these states, after its end."""
        return self.ended(self.start(self.machine(states, **fields), data))

    def output(self, states: Definition, data: Any = None, **fields: Any) -> Any:
        """The output of such an execution, or its error."""
        execution = self.run(states, data, **fields)
        return json.loads(execution["output"]) if execution["status"] == "SUCCEEDED" else execution.get("error")

    def history(self, execution_arn: str) -> list[dict[str, Any]]:
        """All events of an execution."""
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return [
            event for page in pages.paginate(executionArn=execution_arn, maxResults=1000) for event in page["events"]
        ]

    def queue(self) -> Queue:
        """A queue that EventBridge and SNS may write to."""
        services = ["events.amazonaws.com", "sns.amazonaws.com"]
        allow = {"Effect": "Allow", "Principal": {"Service": services}, "Action": "sqs:SendMessage", "Resource": "*"}
        client, attributes = self.client("sqs"), {"Policy": _policy([allow])}
        url = client.create_queue(QueueName=self.name("queue"), Attributes=attributes)["QueueUrl"]
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return Queue(url, answer["Attributes"]["QueueArn"])

    def forward(self, pattern: dict[str, Any], target_arn: str) -> str:
        """The ARN of a rule that sends events of this pattern to the target."""
        rule, client = self.name("rule"), self.client("events")
        arn: str = client.put_rule(Name=rule, EventPattern=json.dumps(pattern))["RuleArn"]
        client.put_targets(Rule=rule, Targets=[{"Id": "target", "Arn": target_arn}])
        return arn

    def messages(self, queue_url: str, count: int, wait_seconds: float = 3) -> list[Any]:
        """The bodies of the first messages of a queue, or fewer when no more come."""
        bodies: list[Any] = []
        deadline = time.monotonic() + wait_seconds
        while len(bodies) < count and time.monotonic() < deadline:
            answer = self.client("sqs").receive_message(QueueUrl=queue_url, WaitTimeSeconds=1, MaxNumberOfMessages=10)
            bodies += [json.loads(message["Body"]) for message in answer.get("Messages", [])]
        return bodies


def task(function: str, payload: Any = None, **fields: Any) -> Definition:
    """A Task state that invokes a function and answers with what it returned."""
    arguments = {"FunctionName": function, "Payload": {} if payload is None else payload}
    output = "{% $states.result.Payload %}"
    return {"Type": "Task", "Resource": INVOKE, "Arguments": arguments, "Output": output, "End": True, **fields}


def child(machine_arn: str, **fields: Any) -> Definition:
    """A Task state that runs another machine to its end."""
    arguments = {"StateMachineArn": machine_arn, "Input": {}, **fields.pop("arguments", {})}
    return {"Type": "Task", "Resource": RUN_CHILD, "Arguments": arguments, "End": True, **fields}


def description_of(execution_arn: str) -> Definition:
    """A Task state that asks what became of an execution."""
    resource = "arn:aws:states:::aws-sdk:sfn:describeExecution"
    return {"Type": "Task", "Resource": resource, "Arguments": {"ExecutionArn": execution_arn}, "End": True}


def caught(state: Definition, *errors: str) -> Definition:
    """Two states: one whose error is caught, and the end, whose output is the error output."""
    catch = {"ErrorEquals": list(errors or ["States.ALL"]), "Output": "{% $states.errorOutput %}", "Next": "End"}
    return {"Try": {**state, "Catch": [catch]}, "End": {"Type": "Pass", "End": True}}


def over_items(states: Definition, **fields: Any) -> Definition:
    """A Map state over the input's `items`."""
    processor = {"StartAt": next(iter(states)), "States": states}
    return {"Type": "Map", "Items": "{% $states.input.items %}", "ItemProcessor": processor, "End": True, **fields}


def until(condition: Callable[[], Any]) -> None:
    """Wait for what other threads and processes do."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def unused_name() -> str:
    """An execution name."""
    return uuid.uuid4().hex


def _policy(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
