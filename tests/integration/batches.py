"""Runs batches on a deployed stack and reads what came of them."""

import csv
import io
import json
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from batch_processor.batch.names import batch_key
from batchctl.account import Account
from tests.batch_run import BatchRun

Found = TypeVar("Found")
ECHO = {"structured_output_fields": ["echo", "length"]}
# More than any of it takes on a machine that is busy with other tests as well.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Outcome:
    """What a finished batch left behind."""

    summary: dict[str, Any]
    body: bytes

    @property
    def table(self) -> list[list[str]]:
        csv.field_size_limit(sys.maxsize)
        delimiter = self.summary.get("csv_format", {}).get("delimiter", ",")
        return list(csv.reader(io.StringIO(self.body.decode("utf-8-sig"), newline=""), delimiter=delimiter))

    @property
    def rows(self) -> list[dict[str, str]]:
        header, *rows = self.table
        return [dict(zip(header, row, strict=True)) for row in rows]

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]


class Batches:
    """Starts batches by execution, with the test tool or the test agent as their target."""

    def __init__(self, account: Account, map_mode: str = "auto", *, is_express: bool = False) -> None:
        self.account = account
        self.map_mode = map_mode
        self.is_express = is_express
        self.states = account.client("stepfunctions")
        self.s3 = account.client("s3")
        self.bucket = account.outputs["BucketName"]

    def config(self, csv_bytes: bytes, target: str = "tool", /, **changes: Any) -> dict[str, Any]:
        """A config for an uploaded CSV with the columns text and, where wanted, behaviour."""
        key = f"inputs/{uuid.uuid4().hex}.csv"
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=csv_bytes)
        return {
            "csv_s3_uri": f"s3://{self.bucket}/{key}",
            "target": {"type": target, "arn": self.account.outputs[f"Test{target.title()}Arn"]},
            "input_mapping": {"column_mappings": [
                {"csv_column": "text", "agent_input_field": "text"},
                {"csv_column": "behaviour", "agent_input_field": "behaviour", "required": False},
            ]},
            "output_mapping": ECHO,
            "map_mode": self.map_mode,
            **({"execution_tier": "express"} if self.is_express and target == "tool" else {}),
            "execution_config": {"retry_policy": {"max_attempts": 1, "interval_seconds": 1}},
            **changes,
        }  # fmt: skip

    def start(self, document: Any, name: str | None = None) -> BatchRun:
        arn = self.states.start_execution(
            stateMachineArn=self.account.outputs["StateMachineArn"],
            name=name or f"test-{uuid.uuid4().hex}",
            input=json.dumps(document),
        )["executionArn"]
        return BatchRun(self.account, arn)

    def run(self, csv_bytes: bytes, target: str = "tool", /, **changes: Any) -> Outcome:
        """Runs a batch to its end; BatchError if it fails."""
        return self.outcome(self.start(self.config(csv_bytes, target, **changes)).wait())

    def stop(self, run: BatchRun) -> None:
        """Stops a batch, and then lets go what the test tool holds; Express children run on, so it waits for their end."""
        self.states.stop_execution(executionArn=run.execution_arn)
        self.account.client("dynamodb").update_item(
            TableName=self.account.outputs["TestCallsTableName"],
            Key={"text": {"S": "stops"}},
            UpdateExpression="ADD calls :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
        wait_until(lambda: all("stopDate" in found for found in self.map_runs(run)))

    def map_runs(self, run: BatchRun) -> list[dict[str, Any]]:
        """The Map Runs of a batch, as Step Functions lists them."""
        found: list[dict[str, Any]] = self.states.list_map_runs(executionArn=run.execution_arn)["mapRuns"]
        return found

    def row_batches(self, run: BatchRun) -> list[dict[str, Any]]:
        """The executions of the row batches, newest first."""
        pages = self.states.get_paginator("list_executions").paginate(
            stateMachineArn=self.account.outputs["RowBatchStateMachineArn"]
        )
        prefix = f"{batch_key(run.execution_arn)}-"
        return [found for page in pages for found in page["executions"] if found["name"].startswith(prefix)]

    def stop_a_row_batch(self, run: BatchRun, row: int) -> str:
        """Stops the row batch that a row is in, as soon as it runs; its ARN."""

        def found() -> str | None:
            begun = [(int(batch["name"].rpartition("-")[2]), batch) for batch in self.row_batches(run)]
            # The one that begins last before the row; it has the row once the next one has begun, or all have.
            candidates = [(first, batch) for first, batch in begun if first <= row]
            return max(candidates)[1]["executionArn"] if candidates and max(begun)[0] > row else None

        arn = wait_until(found)
        self.states.stop_execution(executionArn=arn, error="Operator", cause="stopped by the operator")
        return arn

    def outcome(self, summary: dict[str, Any]) -> Outcome:
        return Outcome(summary, self.read(summary["csv_location"]))

    def read(self, uri: str) -> bytes:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        body: bytes = self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def calls(self) -> dict[str, int]:
        """How often the test tool was called, by text, for rows that had it counted."""
        pages = self.account.client("dynamodb").get_paginator("scan")
        found = pages.paginate(TableName=self.account.outputs["TestCallsTableName"], ConsistentRead=True)
        return {item["text"]["S"]: int(item["calls"]["N"]) for page in found for item in page["Items"]}

    def function(self, name: str) -> str:
        """The physical name of one of the stack's functions."""
        pages = self.account.client("lambda").get_paginator("list_functions").paginate()
        names: list[str] = [function["FunctionName"] for page in pages for function in page["Functions"]]
        return next(found for found in names if f"-{name}" in found)

    def keys(self, prefix: str) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", [])]

    def events(self, run: BatchRun) -> list[dict[str, Any]]:
        pages = self.states.get_paginator("get_execution_history").paginate(executionArn=run.execution_arn)
        return [event for page in pages for event in page["events"]]


def is_call_of(execution_name: str, batch_name: str) -> bool:
    """Whether an agent's execution is a row's call of a batch, of whose name 25 characters are in the call's."""
    return execution_name.startswith(batch_name[:25])


def wait_until(condition: Callable[[], Found | None]) -> Found:
    """What the condition comes to once it is true."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := condition()):
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s"
        time.sleep(0.1)
    return found


class Inbox:
    """A queue subscribed to the notification topic, or the dead letter queue itself."""

    def __init__(self, account: Account, queue_url: str) -> None:
        self._sqs = account.client("sqs")
        self._url = queue_url

    @classmethod
    def of_topic(cls, account: Account) -> "Inbox":
        sqs = account.client("sqs")
        url = sqs.create_queue(QueueName=f"test-{uuid.uuid4().hex}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        account.client("sns").subscribe(
            TopicArn=account.outputs["TopicArn"],
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "false"},
        )
        return cls(account, url)

    def wait_for(self, text: str) -> dict[str, Any]:
        """The first message that contains `text`."""
        deadline, others = time.monotonic() + PATIENCE_SECONDS, 0
        while time.monotonic() < deadline:
            for body in self._receive():
                message: dict[str, Any] = json.loads(body)
                if text in json.dumps(message, ensure_ascii=False):
                    return message
                others += 1
        raise AssertionError(f"no message with {text!r} came within {PATIENCE_SECONDS} s, but {others} others")

    def count(self, text: str, seconds: float = 2) -> int:
        """How many messages that contain `text` come within some seconds."""
        deadline, count = time.monotonic() + seconds, 0
        while time.monotonic() < deadline:
            count += sum(text in body for body in self._receive())
        return count

    def _receive(self) -> list[str]:
        received = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        messages = received.get("Messages", [])
        for message in messages:
            self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in messages]


class Rows:
    """A CSV of rows whose texts no other test has, so that their calls are theirs."""

    def __init__(self, *behaviours: str) -> None:
        self.texts = [f"{uuid.uuid4().hex} {number}" for number in range(1, len(behaviours) + 1)]
        self.csv = to_csv(("text", "behaviour"), *zip(self.texts, behaviours, strict=True))

    def calls(self, batches: Batches) -> list[int]:
        counted = batches.calls()
        return [counted.get(text, 0) for text in self.texts]


def to_csv(header: Sequence[str], *rows: Sequence[str]) -> bytes:
    """A CSV as most programs write it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def behaviours(*rows: str | Mapping[str, str]) -> bytes:
    """A CSV of id, text and behaviour: a row per behaviour, `text` telling the row."""
    return to_csv(("id", "text", "behaviour"), *((f"{i:03}", f"text {i}", str(row)) for i, row in enumerate(rows, 1)))
