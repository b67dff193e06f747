"""Looks at executions while they run, starts them and stops them; aws/step_functions.py reads what they did in the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from batch_processor.aws.client import client, described, translated

Event = dict[str, Any]

# Without their data events are small.
_PAGE_EVENTS = 1_000
_PAGE_EXECUTIONS = 1_000


@dataclass(frozen=True, slots=True)
class Running:
    """An execution that runs, and since when."""

    arn: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """An execution, and when it was started."""

    arn: str
    since: datetime


def connect() -> Any:
    """The client; to be called before threads are started, as boto3 makes clients safely in one thread only."""
    return client("stepfunctions")


def describe(execution_arn: str) -> dict[str, Any] | None:
    """The execution as Step Functions describes it; None if it does not know it, or not any more."""
    states = client("stepfunctions")
    return described(
        execution_arn, "ExecutionDoesNotExist", lambda: states.describe_execution(executionArn=execution_arn)
    )


def start(machine_arn: str, name: str, document: str) -> Started | None:
    """Starts an execution; None if one of that name has ended, or was given something else.

    One of that name and input that still runs is answered as it is.
    """
    states = client("stepfunctions")
    try:
        with translated(f"Starting {name}"):
            answer = states.start_execution(stateMachineArn=machine_arn, name=name, input=document)
    except Exception as exc:
        if isinstance(exc.__cause__, states.exceptions.ExecutionAlreadyExists):
            return None
        raise
    return Started(answer["executionArn"], answer["startDate"])


def stop(execution_arn: str, error: str, cause: str) -> None:
    """Stops an execution; one that has ended stays as it is."""
    with translated(f"Stopping {execution_arn}"):
        client("stepfunctions").stop_execution(executionArn=execution_arn, error=error, cause=cause)


def running(machine_arn: str) -> Iterator[Running]:
    """The machine's executions that run, newest first; the very latest may be missing, as Step Functions lists them late."""
    pages = client("stepfunctions").get_paginator("list_executions")
    with translated(f"Looking for executions of {machine_arn}"):
        for page in pages.paginate(stateMachineArn=machine_arn, statusFilter="RUNNING", maxResults=_PAGE_EXECUTIONS):
            yield from (Running(found["executionArn"], found["startDate"]) for found in page["executions"])


def names(machine_arn: str) -> Iterator[str]:
    """The names of the machine's executions, newest first."""
    pages = client("stepfunctions").get_paginator("list_executions")
    with translated(f"Looking for executions of {machine_arn}"):
        for page in pages.paginate(stateMachineArn=machine_arn, maxResults=_PAGE_EXECUTIONS):
            yield from (found["name"] for found in page["executions"])


def newest_events(execution_arn: str) -> Iterator[list[Event]]:
    """The events of an execution without inputs and outputs, page by page, newest first."""
    return _pages(execution_arn, _PAGE_EVENTS, reverse=True)


def first_events(execution_arn: str, count: int) -> list[Event]:
    """The first events of an execution, without inputs and outputs."""
    return next(_pages(execution_arn, count), [])


def _pages(execution_arn: str, page_events: int, *, reverse: bool = False) -> Iterator[list[Event]]:
    pages = client("stepfunctions").get_paginator("get_execution_history")
    with translated(f"Reading the history of {execution_arn}"):
        for page in pages.paginate(
            executionArn=execution_arn, includeExecutionData=False, reverseOrder=reverse, maxResults=page_events
        ):
            yield page["events"]
