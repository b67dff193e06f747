"""What is known of a batch, from wherever it is told: its execution, the table of batches, its work folder, its summary."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from batch_processor.aws import executions, s3
from batch_processor.batch import batches_table, manifest
from batch_processor.batch.batches_table import BatchRecord
from batch_processor.batch.names import batch_key, describe_batch
from batch_processor.contract import Batch, Loaded, Plan
from batch_processor.contract.results import time_text
from batch_processor.errors import BatchProcessorError, UnknownBatch
from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.deployment import Deployment
from batch_processor.output.publishing import partial
from batch_processor.output.summary import summary_key
from batch_processor.results.failure import Failure
from batch_processor.resumption.earlier_batch import is_running

COUNTS = ("rows_total", "rows_succeeded", "rows_failed", "rows_timed_out", "rows_skipped", "rows_not_run")
_EXECUTION_STATUS = {"SUCCEEDED": "SUCCEEDED", "COMPLETED_WITH_ERRORS": "SUCCEEDED", "ALL_ROWS_FAILED": "SUCCEEDED"}


@dataclass(frozen=True, slots=True)
class KnownBatch:
    """A batch. `execution` is as Step Functions describes it, None once it has forgotten it (after 90 days).

    `record` is None for batches of before there was a table of them, `plan` and `loaded` where no row was loaded or the work
    folder is cleared.
    """

    arn: str
    execution: dict[str, Any] | None
    record: BatchRecord | None
    plan: Plan | None
    loaded: Loaded | None

    @property
    def name(self) -> str:
        return self.arn.rpartition(":")[2]

    @property
    def batch(self) -> Batch:
        if self.plan:
            return self.plan["batch"]
        return describe_batch({"id": self.arn, "name": self.name, "started_at": self.started_at})

    @property
    def status(self) -> str:
        """As Step Functions has it; UNKNOWN if neither it nor the table knows the end."""
        if self.execution:
            return str(self.execution["status"])
        if not self.record or self.record["status"] == "RUNNING":
            return "UNKNOWN"
        told = self.record["status"]
        return self.record.get("execution_status") or _EXECUTION_STATUS.get(
            told, "FAILED" if told == "PARTIAL" else told
        )

    @property
    def runs(self) -> bool:
        return is_running(self.status)

    @property
    def is_untold(self) -> bool:
        """Whether it has ended, and the table of batches waits to be told so: of a batch that was stopped, for a minute."""
        return not self.runs and bool(self.loaded and self.record and self.record["status"] == "RUNNING")

    @property
    def started_at(self) -> str:
        if self.execution:
            return time_text(self.execution["startDate"])
        return self.record["started_at"] if self.record else self.plan["batch"]["started_at"] if self.plan else ""

    @property
    def ended_at(self) -> str | None:
        if self.execution:
            return time_text(self.execution["stopDate"]) if self.execution.get("stopDate") else None
        return self.record.get("ended_at") if self.record else None

    def seconds(self, now: datetime) -> float:
        """How long it has run, or ran."""
        end = datetime.fromisoformat(self.ended_at) if self.ended_at else now
        return max((end - datetime.fromisoformat(self.started_at)).total_seconds(), 0.0) if self.started_at else 0.0

    @property
    def target(self) -> str | None:
        return self.plan["target"]["name"] if self.plan else self.record.get("target") if self.record else None


def known_batch(text: str, deployment: Deployment) -> KnownBatch:
    """What is known of the batch that is meant; UnknownBatch if nobody knows it."""
    return batch_of(named_batch(text, deployment), deployment)


def batch_of(execution_arn: str, deployment: Deployment) -> KnownBatch:
    """What is known of the batch of that execution."""
    execution = executions.describe(execution_arn)
    record = batches_table.find(deployment.batches_table, batch_key(execution_arn))
    left = manifest.read_if_readable(deployment.data_bucket, execution_arn)
    if execution is None and record is None and left is None:
        raise UnknownBatch(
            f"Nothing is known of {execution_arn}. Step Functions forgets batches after 90 days, and work folders and the "
            "table of batches are cleared in time; `batchctl list` shows those that are known."
        )
    return KnownBatch(
        execution_arn, execution, record, left["plan"] if left else None, left["loaded"] if left else None
    )


def failure_of(batch: KnownBatch) -> Failure:
    """How a batch ended that did not succeed."""
    execution: Mapping[str, Any] = batch.execution or {}
    told = {"status": batch.status, "error": execution.get("error"), "cause": execution.get("cause")}
    if not told["error"] and batch.record:
        told["error"] = batch.record.get("error")
    return Failure.of(told)


def rows_of_end(batch: KnownBatch) -> Mapping[str, Any]:
    """How many rows became what, by the words of summaries, of a batch that has ended; all none if nobody knows.

    Until its end is written these are the rows that the table of batches has counted by then.
    """
    record = batch.record if batch.record and batch.record["status"] != "RUNNING" else None
    counts: Mapping[str, Any] = record or summary_of(batch) or batch.record or {}
    told = {name: counts.get(name, 0) for name in COUNTS}
    if not told["rows_total"] and batch.loaded:
        told["rows_total"] = batch.loaded["row_count"]
    return told


def summary_of(batch: KnownBatch) -> dict[str, Any] | None:
    """The summary of a batch that has ended; None if it left none, or it is gone."""
    output = (batch.execution or {}).get("output")
    if output:
        told: dict[str, Any] = json.loads(output)
        return told
    places = [batch.record.get("summary_location")] if batch.record else []
    if batch.plan:
        for plan in (batch.plan, partial(batch.plan)):
            places.append(f"s3://{plan['output']['bucket']}/{summary_key(plan['output']['key'])}")
    return next((summary for place in places if place and (summary := _read(place, batch.arn))), None)


def _read(uri: str, execution_arn: str) -> dict[str, Any] | None:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        summary: dict[str, Any] = json.loads(s3.read(bucket, key))
    except (BatchProcessorError, ValueError):
        return None
    return summary if summary.get("execution_arn") == execution_arn else None
