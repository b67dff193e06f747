"""Starts executions and reads what they did."""

from collections.abc import Iterator
from typing import Any

from batch_processor.aws.client import client, translated


def start_execution(state_machine_arn: str, name: str, document: str) -> bool:
    """Starts an execution under a name; False if that name was used before, so that nothing is started twice."""
    states = client("stepfunctions")
    try:
        with translated(f"Starting {name}"):
            states.start_execution(stateMachineArn=state_machine_arn, name=name, input=document)
    except Exception as exc:
        if isinstance(exc.__cause__, states.exceptions.ExecutionAlreadyExists):
            return False
        raise
    return True


def history(execution_arn: str) -> Iterator[dict[str, Any]]:
    """The events of an execution, oldest first."""
    pages = client("stepfunctions").get_paginator("get_execution_history")
    with translated(f"Reading the history of {execution_arn}"):
        for page in pages.paginate(executionArn=execution_arn, includeExecutionData=True, maxResults=1000):
            yield from page["events"]
