"""A deployed stack in memory, whose machines end at once, and batches that it has run as far as a test needs it."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from batch_processor.aws import sqs
from batch_processor.aws.client import client
from batch_processor.batch import manifest, recording
from batch_processor.batch.names import batch_key
from batch_processor.batch.work_folder import work_location
from batch_processor.contract import Loaded, Plan, RowResult
from batch_processor.contract.results import time_text
from batch_processor.operations.deployment import Deployment
from batch_processor.output.summary import summary_key
from batch_processor.registry.entry import Kind
from batch_processor.results import results_table
from tests.functional.account import DATA, RESULTS, put
from tests.functional.conftest import ENVIRONMENT, NOW
from tests.functional.tables import BATCHES, REGISTRIES, TABLE
from tests.unit.plans import make_loaded, make_plan

MACHINE, ROW_BATCHES = ENVIRONMENT["BATCH_MACHINE_ARN"], ENVIRONMENT["ROW_BATCH_MACHINE_ARN"]
_KINDS: tuple[Kind, ...] = ("agent", "tool", "template", "schema")
_ROLE = "arn:aws:iam::123456789012:role/machine"
# Batches begin one after the other, on the day on which rows are stored.
_SECONDS = count()
# It waits until somebody stops it.
_WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 86_400, "End": True}}}


def make_deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """The stack."""
    monkeypatch.setattr(sqs, "_WAIT_SECONDS", 0)
    for name in ("batch-processor-dev", "batch-processor-rows-dev"):
        client("stepfunctions").create_state_machine(name=name, definition=json.dumps(_WAITS), roleArn=_ROLE)
    dead, undelivered = (client("sqs").create_queue(QueueName=name)["QueueUrl"] for name in ("dead", "undelivered"))
    agents, tools, templates, schemas = (REGISTRIES[kind] for kind in _KINDS)
    return Deployment(MACHINE, ROW_BATCHES, DATA, TABLE, BATCHES, agents, tools, templates, schemas, dead, undelivered)


class Batch:
    """A batch of so many rows by that name; `execution` is what Step Functions says of it, besides what moto does."""

    def __init__(self, name: str, rows: int, *, config: Mapping[str, Any] | None = None, **sections: Any) -> None:
        self.arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:{name}"
        self.name, self.key = name, batch_key(self.arn)
        self.started_at = time_text(NOW + timedelta(seconds=next(_SECONDS)))
        storage = {"batch_id": f"triage#{name}", "since": self.started_at, "mode": "dynamodb"}
        batch = {"id": self.arn, "name": name, "key": self.key, "started_at": self.started_at}
        output = {"key": f"outputs/people-{name}.csv"}
        self.plan: Plan = make_plan(
            batch=batch, work=work_location(DATA, self.key), storage=storage, output=output, **sections
        )
        store = {**make_loaded(1)["storage"], **storage, "as_of": self.started_at}
        self.loaded: Loaded = make_loaded(rows, storage=store)
        recording.begin(self.plan["batch"])
        recording.planned(self.plan, {})
        if config is not None:
            manifest.write_config(self.plan["work"], config)

    def start(self) -> "Batch":
        """Its execution runs."""
        name = self.name
        client("stepfunctions").start_execution(
            stateMachineArn=MACHINE, name=name, input=json.dumps({"csv_s3_uri": "x"})
        )
        return self

    def load(self) -> "Batch":
        """Its rows are loaded."""
        manifest.write(self.plan, self.loaded)
        recording.loaded(self.plan, self.loaded)
        return self

    def store(self, *results: RowResult) -> "Batch":
        """These rows are in the table."""
        store, work = self.loaded["storage"], self.plan["work"]
        names = [column["name"] for column in self.plan["output"]["columns"]]
        for result in results:
            at = time_text(NOW + timedelta(hours=1))
            if result["status"] == "SUCCESS":
                given = {"contact": f"row {result['index']}"}
                results_table.put_success(store, work, result["index"], names, result["cells"], given, at, 10)
            else:
                results_table.put_failures(store, [{**result, "at": at}])
        return self

    def end(self, status: str, causes: Mapping[str, int] | None = None, **counts: int) -> "Batch":
        """Its summary is written, and its end into the table of batches."""
        bucket, key = self.plan["output"]["bucket"], self.plan["output"]["key"]
        rows = {"rows_total": self.loaded["row_count"], **dict.fromkeys(("rows_succeeded", "rows_failed", "rows_timed_out",
                "rows_skipped", "rows_not_run"), 0), **counts}  # fmt: skip
        summary = {
            "status": status, "batch": self.name, "execution_arn": self.arn, "status_text": f"{status}, in words.",
            "csv_location": f"s3://{bucket}/{key}", "summary_location": f"s3://{bucket}/{summary_key(key)}",
            "execution_time_ms": 12_000, **rows,
        }  # fmt: skip
        put(summary_key(key), json.dumps(summary).encode(), bucket)
        known = {name: summary[name] for name in ("status", "csv_location", "summary_location")}
        recording.ended(
            self.plan["batch"],
            {**known, "rows_total": rows["rows_total"], "ended_at": datetime.now(UTC).isoformat()},
            recording.Counts({name: n for name, n in rows.items() if name != "rows_total"}, causes or {}, {}),
        )
        return self

    def write_output(self, *lines: str) -> "Batch":
        """Its output CSV."""
        put(self.plan["output"]["key"], "\r\n".join([*lines, ""]).encode(), RESULTS)
        return self


def succeed(monkeypatch: pytest.MonkeyPatch, *batches: Batch) -> None:
    """Step Functions says of these that they have succeeded: in moto nobody ends an execution but by stopping it."""
    describe(monkeypatch, {batch.arn: {"status": "SUCCEEDED", "stopDate": datetime.now(UTC)} for batch in batches})


def fail(monkeypatch: pytest.MonkeyPatch, batch: Batch, error: str, cause: str) -> None:
    """Step Functions says that it has failed."""
    describe(
        monkeypatch, {batch.arn: {"status": "FAILED", "error": error, "cause": cause, "stopDate": datetime.now(UTC)}}
    )


def describe(monkeypatch: pytest.MonkeyPatch, told: Mapping[str, Mapping[str, Any]]) -> None:
    """Step Functions says so of these executions."""
    states = client("stepfunctions")
    described = states.describe_execution

    def describe_execution(executionArn: str) -> Any:  # noqa: N803 # as boto3 has it
        description = described(executionArn=executionArn)
        if executionArn not in told:
            return description
        return {**description, **told[executionArn]}

    monkeypatch.setattr(states, "describe_execution", describe_execution)
