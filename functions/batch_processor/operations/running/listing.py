"""Lists batches, newest first."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, NotRequired, TypedDict, get_args

from batch_processor.aws import executions
from batch_processor.batch import batches_table
from batch_processor.batch.batches_table import BatchRecord, RecordStatus
from batch_processor.contract.results import time_text
from batch_processor.errors import BatchProcessorError
from batch_processor.operations.deployment import Deployment
from batch_processor.results.failure import Failure
from batch_processor.resumption.earlier_batch import is_running

_STATUSES = get_args(RecordStatus)
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
    records = [as_it_stands(record) for record in page.records]
    listed = ListedBatches(batches=[record for record in records if wanted in (None, record["status"])])
    if page.next:
        listed["next"] = page.next
    return listed


def as_it_stands(record: BatchRecord) -> BatchRecord:
    """The record, with its end where Step Functions knows of one that the table was not told, or not yet."""
    if record["status"] != "RUNNING":
        return record
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
