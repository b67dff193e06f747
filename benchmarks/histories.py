"""What a batch used, counted from the histories of its execution and of those that it started.

AWS charges for each state that is entered, in every Standard execution: the batch itself, the children of its Distributed Map,
and the row batches that these run. Of Express children the number is known here, and express_counts.py tells the rest. Executions
of agents are theirs, and are counted apart.
https://aws.amazon.com/step-functions/pricing/
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from batchctl.account import Account
from batchctl.local.stack import MAIN

# The memory at which a function has one whole CPU, as here: with less, the same work takes longer by that factor.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_WHOLE_CPU_MB = 1769
# The Distributed Map whose children are Express executions.
_EXPRESS_LABEL = "ExpressRows"

Event = dict[str, Any]
Usage = dict[str, float]


class Function(NamedTuple):
    """One of the batch processor's functions, named as its handler is."""

    name: str
    memory_mb: int


class Call(NamedTuple):
    """A Task's call on its way: which function (none for other services), and since when."""

    function_arn: str
    since: datetime


class HistoryReader:
    """Adds up in `usage`: what has a price, by its name in prices.json, and `target_…`, what agents and tools did."""

    def __init__(self, account: Account) -> None:
        self.usage: Usage = defaultdict(float)
        self._states = account.client("stepfunctions")
        self._row_batches = account.outputs["RowBatchStateMachineArn"].replace(":stateMachine:", ":execution:") + ":"
        self._functions = own_functions(account)

    def read(self, execution_arn: str) -> None:
        """Counts one execution and all that it started."""
        calls: dict[int, Call] = {}
        for event in self._events(execution_arn):
            if event["type"].endswith("StateEntered"):
                self.usage["state_transition"] += 1
            elif event["type"] == "MapRunStarted":
                self._read_children(event["mapRunStartedEventDetails"]["mapRunArn"])
            elif event["type"].startswith("Task"):
                self._count_task(event, calls)

    def _count_task(self, event: Event, calls: dict[int, Call]) -> None:
        before = calls.pop(event["previousEventId"], None)
        if event["type"] == "TaskScheduled":
            calls[event["id"]] = self._scheduled(event)
        elif event["type"] == "TaskStarted" and before:
            calls[event["id"]] = before._replace(since=event["timestamp"])
        elif event["type"] == "TaskSubmitted":
            self._count_started(json.loads(event["taskSubmittedEventDetails"]["output"])["ExecutionArn"])
        elif before and before.function_arn:
            self._count_call(before.function_arn, (event["timestamp"] - before.since).total_seconds())

    def _scheduled(self, event: Event) -> Call:
        details = event["taskScheduledEventDetails"]
        service = details["resourceType"]
        if service in ("sns", "sqs"):
            self.usage[f"{service}_request"] += 1
        parameters = json.loads(details["parameters"])
        return Call(parameters["FunctionName"] if service == "lambda" else "", event["timestamp"])

    def _count_call(self, function_arn: str, seconds: float) -> None:
        function = self._functions.get(function_arn)
        if function is None:
            self.usage["target_call"] += 1
            return
        gb_seconds = seconds * whole_cpu_gb(function)
        self.usage["lambda_request"] += 1
        self.usage["lambda_gb_second"] += gb_seconds
        self.usage[f"invocations of {function.name}"] += 1
        self.usage[f"GB-s of {function.name}"] += gb_seconds

    def _count_started(self, execution_arn: str) -> None:
        self.usage["start_execution"] += 1
        if execution_arn.startswith(self._row_batches):
            self.usage["row_batch"] += 1
            self.read(execution_arn)
        else:
            self.usage["target_call"] += 1
            entered = sum(event["type"].endswith("StateEntered") for event in self._events(execution_arn))
            self.usage["target_transition"] += entered

    def _read_children(self, map_run_arn: str) -> None:
        if f"/{_EXPRESS_LABEL}:" in map_run_arn:
            # They have no history, and no list has them.
            children = self._states.describe_map_run(mapRunArn=map_run_arn)["executionCounts"]["total"]
            self.usage["express_request"] += children
            self.usage["row_batch"] += children
            return
        for page in self._states.get_paginator("list_executions").paginate(mapRunArn=map_run_arn):
            for child in page["executions"]:
                self.usage["map_child"] += 1
                self.read(child["executionArn"])

    def _events(self, execution_arn: str) -> Iterator[Event]:
        pages = self._states.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
        return (event for page in pages for event in page["events"])


def whole_cpu_gb(function: Function) -> float:
    """The memory with which the function would be as fast on AWS as it is here."""
    return max(function.memory_mb, _WHOLE_CPU_MB) / 1024


def own_functions(account: Account) -> dict[str, Function]:
    """The main stack's functions by ARN; a tool's or an agent's is none of them."""
    pages = account.client("lambda").get_paginator("list_functions").paginate()
    return {
        found["FunctionArn"]: Function(found["Handler"].split(".")[-2], found["MemorySize"])
        for page in pages
        for found in page["Functions"]
        if found["FunctionName"].startswith(f"{MAIN.name}-")
    }
