"""Starts executions and reads what they did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from batch_processor.aws.client import client, described, translated
from batch_processor.errors import (
    AgentExecutionFailed,
    AgentInputTooLarge,
    BatchProcessorError,
    StorageUnavailable,
)

# With the data of each event a page can be megabytes.
_PAGE_EVENTS = 200
_PAGE_EXECUTIONS = 1_000


@dataclass(frozen=True, slots=True)
class State:
    """Where an execution stands: its status, and when it ended, if it has."""

    status: str
    ended_at: datetime | None


def start_execution(state_machine_arn: str, name: str, document: str) -> bool:
    """Starts an execution; False if one of that name has ended before, or was given something else; nothing starts twice.

    True also while one of that name and input still runs: Step Functions answers with that one.
    """
    states = client("stepfunctions")
    try:
        with translated(f"Starting {name}"):
            states.start_execution(stateMachineArn=state_machine_arn, name=name, input=document)
    except Exception as exc:
        if isinstance(exc.__cause__, states.exceptions.ExecutionAlreadyExists):
            return False
        raise
    return True


@dataclass(frozen=True, slots=True)
class AgentExecution:
    """An agent's execution: what it was `given`, as JSON, and how it stands, as Step Functions describes it."""

    given: str
    described: dict[str, Any]

    def answer(self) -> str:
        """Its output, as the JSON text that it is.

        AgentExecutionFailed if it did not succeed; StorageUnavailable if it has not ended yet.
        """
        execution = self.described
        if execution["status"] in ("RUNNING", "PENDING_REDRIVE"):
            raise StorageUnavailable(f"{execution['executionArn']} has not come to its end yet.")
        if execution["status"] != "SUCCEEDED":
            raise AgentExecutionFailed(f"The agent's execution ended as {execution['status']}.{self._reason()}")
        output: str = execution["output"]
        return output

    def _reason(self) -> str:
        # Lambda logs what is raised, and a cause may quote the row's cells.
        error = f" {self.described['error']}" if self.described.get("error") else ""
        return (
            f"{error}. Its cause stands in {self.described['executionArn']}" if self.described.get("cause") else error
        )


def agent_execution(execution_arn: str) -> AgentExecution:
    """An agent's execution; AgentInputTooLarge if there is none, as it was never started."""
    states = client("stepfunctions")
    try:
        with translated(f"Fetching the answer of {execution_arn}"):
            execution = states.describe_execution(executionArn=execution_arn)
    except BatchProcessorError as exc:
        if isinstance(exc.__cause__, states.exceptions.ExecutionDoesNotExist):
            raise AgentInputTooLarge(
                "The row's input for the agent, with all that is handed on beside it, is larger than the 256 KiB that Step "
                "Functions allows. The agent was not called. Map fewer columns, or shorten the row's cells."
            ) from exc
        raise
    return AgentExecution(execution.get("input", ""), execution)


def executions_since(since: datetime, arn_prefix: str, status: str) -> Iterator[str]:
    """The ARNs of executions with that prefix and status that started at `since` or later, newest first."""
    machine = arn_prefix.rpartition(":")[0].replace(":execution:", ":stateMachine:")
    pages = client("stepfunctions").get_paginator("list_executions")
    with translated(f"Looking for executions of {machine}"):
        for page in pages.paginate(stateMachineArn=machine, statusFilter=status, maxResults=_PAGE_EXECUTIONS):
            for execution in page["executions"]:
                if execution["startDate"] < since:
                    return
                if execution["executionArn"].startswith(arn_prefix):
                    yield execution["executionArn"]


def named_like(machine_arn: str, beginning: str) -> Iterator[str]:
    """The ARNs of the machine's executions whose names begin so, newest first."""
    pages = client("stepfunctions").get_paginator("list_executions")
    with translated(f"Looking for executions of {machine_arn}"):
        for page in pages.paginate(stateMachineArn=machine_arn, maxResults=_PAGE_EXECUTIONS):
            yield from (found["executionArn"] for found in page["executions"] if found["name"].startswith(beginning))


def history(execution_arn: str, *, if_any: bool = False) -> Iterator[dict[str, Any]]:
    """The events of an execution, oldest first; with `if_any` an execution that was never started has none."""
    states = client("stepfunctions")
    pages = states.get_paginator("get_execution_history")
    try:
        with translated(f"Reading the history of {execution_arn}"):
            for page in pages.paginate(executionArn=execution_arn, includeExecutionData=True, maxResults=_PAGE_EVENTS):
                yield from page["events"]
    except BatchProcessorError as exc:
        if not (if_any and isinstance(exc.__cause__, states.exceptions.ExecutionDoesNotExist)):
            raise


def state_of(execution_arn: str) -> State | None:
    """Where an execution stands; None if Step Functions does not know it, or not any more."""
    states = client("stepfunctions")
    execution = described(
        execution_arn, "ExecutionDoesNotExist", lambda: states.describe_execution(executionArn=execution_arn)
    )
    return State(execution["status"], execution.get("stopDate")) if execution else None


def status_of(execution_arn: str) -> str | None:
    """The status of an execution; None if Step Functions does not know it, or not any more."""
    state = state_of(execution_arn)
    return state.status if state else None


def input_of(execution_arn: str) -> str | None:
    """What an execution was given, as the JSON text that it is; None if Step Functions does not know it."""
    states = client("stepfunctions")
    execution = described(
        execution_arn, "ExecutionDoesNotExist", lambda: states.describe_execution(executionArn=execution_arn)
    )
    return execution.get("input") if execution else None


def state_machine(arn: str, states: Any = None) -> dict[str, Any] | None:
    """How a state machine is deployed: its name, type and definition among others; None if there is no such machine.

    `states` is a client of Step Functions, the functions' own by default.
    """
    states = states or client("stepfunctions")
    return described(arn, "StateMachineDoesNotExist", lambda: states.describe_state_machine(stateMachineArn=arn))
