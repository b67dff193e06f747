"""Shows the batches of a stack."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import get_args

from batch_processor.batch.batches_table import BatchRecord, RecordStatus
from batch_processor.cost.money import money
from batch_processor.document.wording import suggestion
from batch_processor.operations.running.listing import ListedBatches, list_batches
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.errors import WrongUsage
from batchctl.figures import day, duration
from batchctl.tables import Column, table
from batchctl.where import Where

_COLUMNS = (
    Column("started (UTC)"),
    Column("status"),
    Column("batch", 20),
    Column("rows", align="right"),
    Column("failed", align="right"),
    Column("took", align="right"),
    Column("cost", align="right"),
    Column("target", 8),
)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# Repaired by running rows again, or gone on with.
_WITH_FAILED_ROWS = ("COMPLETED_WITH_ERRORS", "ALL_ROWS_FAILED")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed."""

    status: str | None
    since: str | None
    limit: int


def show_batches(wish: Wish, as_json: str | None, where: Where) -> None:
    """Prints them, the newest first."""
    answer = Answer.of(as_json, ListedBatches)
    status = _status(wish.status) if wish.status else None
    since = since_time(wish.since, datetime.now(UTC)) if wish.since else None
    with deployed(where) as deployment:
        listed = list_batches(deployment, status, since, wish.limit)
    answer.give(listed, _show)
    if answer.as_json:
        return
    if not listed["batches"]:
        narrowed = [*([f"is {status}"] if status else []), *([f"was started since {wish.since}"] if wish.since else [])]
        note(f"No batch {' and '.join(narrowed)}." if narrowed else "There is no batch yet.")
    if "next" in listed:
        note(f"\nThere are more; --limit {wish.limit * 5} shows them, --since and --status narrow the list down.")
    tell_next(where, *_next(listed["batches"]))


def _status(text: str) -> str:
    known = get_args(RecordStatus)
    name = text.upper().replace("-", "_")
    if name not in known:
        raise WrongUsage(f"--status: no batch is ever {text!r}; {suggestion(name, known)}")
    return name


def since_time(text: str, now: datetime) -> str:
    """The time that `90m`, `12h`, `7d`, `2w` or a date means, in UTC; WrongUsage if it is none."""
    if found := re.fullmatch(r"([0-9]{1,5})([mhdw])", text):
        return (now - timedelta(**{_UNITS[found[2]]: int(found[1])})).isoformat(timespec="seconds")
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f"--since: {text!r} is no time; write 90m, 12h, 7d, or a date as 2026-11-21.") from None
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")


def _show(listed: ListedBatches) -> None:
    if listed["batches"]:
        print(table(_COLUMNS, [_row(record) for record in listed["batches"]]))


def _row(record: BatchRecord) -> tuple[object, ...]:
    done = record["rows_succeeded"] + record["rows_failed"] + record["rows_skipped"]
    total = record.get("rows_total")
    rows = f"{done:,} of {total:,}" if total is not None and done != total else f"{done:,}"
    return (
        day(record["started_at"]),
        record["status"],
        record["name"],
        rows,
        f"{record['rows_failed']:,}" if record["rows_failed"] else "",
        _took(record),
        money(record["cost"]["usd"]) if "cost" in record else "",
        record.get("target", ""),
    )


def _took(record: BatchRecord) -> str:
    if "ended_at" not in record:
        return ""
    try:
        took = datetime.fromisoformat(record["ended_at"]) - datetime.fromisoformat(record["started_at"])
    except ValueError:
        return ""
    return duration(took.total_seconds())


def _next(batches: list[BatchRecord]) -> list[str]:
    """What the newest batch that needs somebody asks for, else its results."""
    for record in batches:
        if record["status"] == "RUNNING":
            return [f"batchctl watch {record['name']}"]
        if record["status"] in _WITH_FAILED_ROWS:
            return [f"batchctl failures {record['name']}", f"batchctl retry {record['name']}"]
        if record["status"] == "FAILED" and "rows_total" not in record:
            # What was refused before its rows were read is refused once more.
            return [f"batchctl failures {record['name']}"]
        if record["status"] in ("PARTIAL", "FAILED", "TIMED_OUT", "ABORTED"):
            return [f"batchctl failures {record['name']}", f"batchctl resume {record['name']}"]
    return [f"batchctl results {batches[0]['name']}"] if batches else ["batchctl run CSV --agent NAME --max-rows 20"]
