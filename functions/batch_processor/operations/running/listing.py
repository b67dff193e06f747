"""Lists batches, newest first."""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NotRequired, TypedDict, get_args

from batch_processor.aws import executions
from batch_processor.batch import batches_table
from batch_processor.batch.batches_table import BatchRecord, RecordStatus
from batch_processor.contract.results import time_text
from batch_processor.errors import BatchProcessorError
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.progress import monitor_batch_execution
from batch_processor.results.failure import Failure
from batch_processor.resumption.earlier_batch import is_running

_STATUSES = get_args(RecordStatus)
_REDRIVABLE = ("PARTIAL", "FAILED", "TIMED_OUT", "ABORTED")
_REDRIVABLE_FOR = timedelta(days=45)  # a batch may run for 30 days after it was redriven
_OF_AN_END = ("ended_at", "error", "execution_status")
_MOST_LOOKED_AT = 5
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


class ListedBatches(TypedDict):
    """A page; `next` asks for the one after it."""

    batches: list[BatchRecord]
    next: NotRequired[str]


def list_batches(
    deployment: Deployment,
    status: str | None = None,
    since: str | None = None,
    limit: int = 20,
    next: str | None = None,  # noqa: A002 # as the other tools of AWS call it
) -> ListedBatches:
    """Batches by time, those of one status if one is given; what still runs is asked of Step Functions.

    Of RUNNING ones those are missing that were redriven: the table has the end that they had before.

    `since` is a day or a time in ISO 8601 (UTC), or how long ago, as 90m, 12h, 7d or 2w. Batches of before there was a table of
    them are not listed; they are found by their names.
    """
    table, begun = deployment.batches_table, _since(since) if since else ""
    wanted = _status(status) if status else None
    page = (
        batches_table.by_status(table, wanted, limit, begun, next or "")
        if wanted
        else batches_table.newest(table, limit, begun, next or "")
    )
    records = _as_they_stand(page.records, deployment)
    listed = ListedBatches(batches=[record for record in records if wanted in (None, record["status"])])
    if page.next:
        listed["next"] = page.next
    return listed


def _as_they_stand(records: Sequence[BatchRecord], deployment: Deployment) -> list[BatchRecord]:
    """The records; of inline batches that run, the table has no row before their end, so the newest few are looked at."""
    stand, looks = [], _MOST_LOOKED_AT
    for record in map(as_it_stands, records):
        is_looked_at = looks and record["status"] == "RUNNING" and record.get("map_mode") == "inline"
        looks -= bool(is_looked_at)
        stand.append(_with_progress(record, deployment) if is_looked_at else record)
    return stand


def _with_progress(record: BatchRecord, deployment: Deployment) -> BatchRecord:
    progress = monitor_batch_execution(record["execution_arn"], deployment)
    if progress["stage"] == "ended":  # meanwhile
        return record
    failed = progress["rows_failed"]
    told: BatchRecord = {
        **record,
        "rows_succeeded": progress["rows_processed"] - failed,
        "rows_failed": failed,
        "rows_skipped": progress.get("rows_skipped", 0),
        "rows_taken_over": progress["rows_taken_over"],
        "causes": {each["cause"]: each["count"] for each in progress["failures"]},
    }
    if "cost_so_far" in progress:
        told["cost"] = progress["cost_so_far"]
    return told


def as_it_stands(record: BatchRecord) -> BatchRecord:
    """The record, with its end where Step Functions knows of one that the table was not told, or not yet.

    A batch that was redriven runs, though the table has its earlier end until it comes to the next.
    """
    if record["status"] != "RUNNING":
        return _redriven(record) if _may_be_redriven(record) else record
    execution = executions.describe(record["execution_arn"])
    if execution is None:
        return {**record, "status": "FAILED", "error": "(forgotten)"}
    if is_running(execution["status"]):
        return record
    status: Any = execution["status"]
    if status == "SUCCEEDED":
        status = json.loads(execution.get("output") or "{}").get("status", status)
    ended: BatchRecord = {**record, "status": status}
    if execution.get("stopDate"):
        ended["ended_at"] = time_text(execution["stopDate"])
    if error := execution.get("error"):
        ended["error"] = Failure.of({"status": status, "error": error}).error
    return ended


def _may_be_redriven(record: BatchRecord) -> bool:
    if record["status"] not in _REDRIVABLE or "rows_total" not in record:
        return False
    # Step Functions takes two weeks after the end for it, and each redrive may end as much later.
    ended_at = record.get("ended_at", record["updated_at"])
    return datetime.fromisoformat(ended_at) > datetime.now(UTC) - _REDRIVABLE_FOR


def _redriven(record: BatchRecord) -> BatchRecord:
    execution = executions.describe(record["execution_arn"])
    if execution is None or not is_running(execution["status"]):
        return record
    running: Any = {name: value for name, value in record.items() if name not in _OF_AN_END} | {"status": "RUNNING"}
    redriven: BatchRecord = running
    return redriven


def _status(text: str) -> RecordStatus:
    wanted = text.strip().upper().replace("-", "_").replace(" ", "_")
    if wanted not in _STATUSES:
        raise BatchProcessorError(f"{text!r} is no status of a batch; those are {', '.join(_STATUSES)}")
    return wanted  # type: ignore[return-value] # which is one of them


def _since(text: str) -> str:
    try:
        if ago := re.fullmatch(r"(\d{1,18})([mhdw])", text.strip()):
            return time_text(datetime.now(UTC) - int(ago[1]) * _UNITS[ago[2]])
        moment = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        raise BatchProcessorError(
            f"{text!r} is no time; give a day (2026-12-01), a time in UTC (2026-12-01T09:30), or how long ago (12h, 7d)"
        ) from None
    return time_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
