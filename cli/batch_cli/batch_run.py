"""Runs one batch as a user would: CSV and config go into S3, the rest happens by itself."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from batch_processor.trigger import execution_name

_POLL_SECONDS = 0.5
_START_SECONDS = 60.0
_HISTORY_PAGE = 1000


class Account(Protocol):
    """Where the stack stands: an AWS account or the embedded AWS."""

    outputs: dict[str, str]

    def client(self, service: str) -> Any:
        """A boto3 client."""


class BatchError(Exception):
    """The batch was not started, or it failed; the message is the reason it gives."""


@dataclass
class BatchRun:
    """One batch: `execution_arn` once it is known, rows done and in all as they are reported."""

    account: Account
    execution_arn: str = ""
    rows_done: int = 0
    row_count: int | None = None
    _last_event: int = field(default=0, repr=False)

    def trigger(self, config: str, name: str) -> None:
        """Uploads a config under `configs/` and waits until EventBridge has started its execution."""
        bucket, key = self.account.outputs["BucketName"], f"configs/{name}"
        put = self.account.client("s3").put_object(Bucket=bucket, Key=key, Body=config.encode())
        identity = {"bucket": {"name": bucket}, "object": {"key": key, "version-id": put["VersionId"]}}
        machine = self.account.outputs["StateMachineArn"]
        self.execution_arn = f"{machine.replace(':stateMachine:', ':execution:')}:{execution_name(identity)}"
        _wait_for(self._exists, f"No execution {self.execution_arn} was started within {_START_SECONDS:.0f} s.")

    def wait(self, on_progress: Callable[["BatchRun"], None] = lambda _: None) -> dict[str, Any]:
        """Follows the execution to its end; returns the summary or raises BatchError with the cause."""
        states = self.account.client("stepfunctions")
        while True:
            described = states.describe_execution(executionArn=self.execution_arn)
            self._count_rows(states)
            on_progress(self)
            if described["status"] != "RUNNING":
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

    def download(self, location: str, folder: Path) -> Path:
        """Fetches an `s3://` object into a folder."""
        bucket, _, key = location.removeprefix("s3://").partition("/")
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / Path(key).name
        self.account.client("s3").download_file(bucket, key, str(path))
        return path

    def _exists(self) -> bool:
        states = self.account.client("stepfunctions")
        try:
            states.describe_execution(executionArn=self.execution_arn)
        except states.exceptions.ExecutionDoesNotExist:
            return False
        return True

    def _count_rows(self, states: Any) -> None:
        """Counts iterations in what the history has gained since the last look, newest events first."""
        newest, token = self._last_event, dict[str, str]()
        while True:
            page = states.get_execution_history(
                executionArn=self.execution_arn, reverseOrder=True, maxResults=_HISTORY_PAGE, **token
            )
            for event in page["events"]:
                if event["id"] <= self._last_event:
                    break
                newest = max(newest, event["id"])
                self._count(event)
            else:
                if "nextToken" in page:
                    token = {"nextToken": page["nextToken"]}
                    continue
            self._last_event = newest
            return

    def _count(self, event: dict[str, Any]) -> None:
        if event["type"] == "MapIterationSucceeded":
            self.rows_done += 1
        elif event["type"] == "MapStateStarted":
            self.row_count = event["mapStateStartedEventDetails"]["length"]


def _wait_for(condition: Callable[[], bool], message: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise BatchError(message)
        time.sleep(_POLL_SECONDS / 5)
