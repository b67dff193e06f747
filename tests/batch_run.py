"""Runs one batch as any tool does that copies files to S3, and counts its finished rows in its history.

The command line asks the operations instead; what the tests know, they know from Step Functions themselves.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from batch_processor.batch.names import batch_key
from batch_processor.batch.trigger import execution_name
from batchctl.account import Account
from batchctl.errors import Expected

_POLL_SECONDS = 0.1
_START_SECONDS = 60.0
_HISTORY_PAGE = 1000
_FOLLOWED_ROW_BATCHES = 10
# Of the Map Run of Express children, as in its ARN.
_EXPRESS_LABEL = "ExpressRows"


class BatchError(Expected):
    """The batch was not started, or it failed; the message is the reason it gives."""


@dataclass
class _RowCount:
    """The rows of one execution that are done, counted in its history."""

    done: int = 0
    count: int | None = None
    map_run_arn: str = ""
    succeeded: bool = False
    last_event: int = 0

    def look(self, states: Any, execution_arn: str) -> None:
        """Counts what the history has gained since the last look, newest events first."""
        newest, token = self.last_event, dict[str, str]()
        while True:
            page = states.get_execution_history(
                executionArn=execution_arn, reverseOrder=True, maxResults=_HISTORY_PAGE, **token
            )
            for event in page["events"]:
                if event["id"] <= self.last_event:
                    break
                newest = max(newest, event["id"])
                self._take(event)
            else:
                if "nextToken" in page:
                    token = {"nextToken": page["nextToken"]}
                    continue
            self.last_event = newest
            return

    def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "MapIterationSucceeded":
            self.done += 1
        elif event["type"] == "MapStateStarted":
            self.count = event["mapStateStartedEventDetails"]["length"]
        elif event["type"] == "MapRunStarted":
            self.map_run_arn = event["mapRunStartedEventDetails"]["mapRunArn"]
        elif event["type"] == "ExecutionSucceeded":
            self.succeeded = True


@dataclass
class BatchRun:
    """One batch: `execution_arn` once it is known, rows done and in all as they are reported."""

    account: Account
    execution_arn: str = ""
    rows_done: int = 0
    row_count: int | None = None
    _rows: _RowCount = field(default_factory=_RowCount, repr=False)
    _row_batches: dict[str, _RowCount] = field(default_factory=dict, repr=False)

    def trigger(self, config: str, name: str) -> None:
        """Uploads a config under `configs/` and waits until EventBridge has started its execution."""
        bucket, key = self.account.outputs["BucketName"], f"configs/{name}"
        put = self.account.client("s3").put_object(Bucket=bucket, Key=key, Body=config.encode())
        identity = {"bucket": {"name": bucket}, "object": {"key": key, "version-id": put["VersionId"]}}
        machine = self.account.outputs["StateMachineArn"]
        self.execution_arn = f"{machine.replace(':stateMachine:', ':execution:')}:{execution_name(identity)}"
        _wait_for(self._exists, f"No execution {self.execution_arn} was started within {_START_SECONDS:.0f} s.")

    def wait(self, on_progress: Callable[["BatchRun"], None] | None = None) -> dict[str, Any]:
        """Follows the execution to its end; returns the summary or raises BatchError with the cause.

        Histories are read only for who wants the progress, and at the end: it takes as long as many a row.
        """
        states = self.account.client("stepfunctions")
        while True:
            described = states.describe_execution(executionArn=self.execution_arn)
            is_over = described["status"] != "RUNNING"
            if on_progress or is_over:
                self._count_rows(states)
            if on_progress:
                on_progress(self)
            if is_over:
                break
            time.sleep(_POLL_SECONDS)
        if described["status"] != "SUCCEEDED":
            raise BatchError(f"{described.get('error', described['status'])}\n{described.get('cause', '')}".rstrip())
        summary: dict[str, Any] = json.loads(described["output"])
        return summary

    @property
    def name(self) -> str:
        """The name of the execution."""
        return self.execution_arn.rsplit(":", 1)[1]

    def look(self) -> int:
        """How many rows are done by now."""
        self._count_rows(self.account.client("stepfunctions"))
        return self.rows_done

    def _exists(self) -> bool:
        states = self.account.client("stepfunctions")
        try:
            states.describe_execution(executionArn=self.execution_arn)
        except states.exceptions.ExecutionDoesNotExist:
            return False
        return True

    def _count_rows(self, states: Any) -> None:
        """Takes in what the history has gained since the last look, and asks the Map Run of a large batch."""
        self._rows.look(states, self.execution_arn)
        self.rows_done, self.row_count = self._rows.done, self._rows.count
        if self._rows.map_run_arn:
            counts = states.describe_map_run(mapRunArn=self._rows.map_run_arn)["itemCounts"]
            self.row_count = counts["total"]
            is_express = f"/{_EXPRESS_LABEL}:" in self._rows.map_run_arn
            unfinished = 0 if is_express else self._count_unfinished(states)
            self.rows_done = max(counts["succeeded"] + unfinished, self._count_stored() if is_express else 0)

    def _count_unfinished(self, states: Any) -> int:
        """The rows done in row batches that run or failed; with many at once, finished ones are progress enough."""
        machine, prefix = self.account.outputs["RowBatchStateMachineArn"], f"{batch_key(self.execution_arn)}-"
        for status in ("RUNNING", "FAILED", "ABORTED"):
            found = states.list_executions(stateMachineArn=machine, statusFilter=status)["executions"]
            for execution in found:
                if execution["name"].startswith(prefix):
                    self._row_batches.setdefault(execution["executionArn"], _RowCount())
        unfinished = {arn: rows for arn, rows in self._row_batches.items() if not rows.succeeded}
        if len(unfinished) > _FOLLOWED_ROW_BATCHES:
            return 0
        for arn, rows in unfinished.items():
            rows.look(states, arn)
        return sum(rows.done for rows in unfinished.values() if not rows.succeeded)

    def _count_stored(self) -> int:
        """The rows that Express children have stored by now: they have no histories."""
        pages = self.account.client("dynamodb").get_paginator("scan")
        found = pages.paginate(
            TableName=self.account.outputs["ResultsTableName"],
            Select="COUNT",
            ConsistentRead=True,
            FilterExpression="contains(batch_id, :name)",
            ExpressionAttributeValues={":name": {"S": self.name}},
        )
        return sum(page["Count"] for page in found)


def _wait_for(condition: Callable[[], bool], message: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise BatchError(message)
        time.sleep(_POLL_SECONDS)
