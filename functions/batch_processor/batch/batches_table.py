"""The table of batches: one item a batch, written by the batch's own stages, which lists batches and says how far they are.

Items are keyed by the batch's key (batch/names.py). Two indexes list them by time: `by_time`, whose key `listed` is the month
of the start, and `by_status`. They have the keys alone. No cell of any row stands here.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.aws import dynamodb
from batch_processor.cost.prices import Price, cost_of
from batch_processor.cost.shapes import Cost, Usage
from batch_processor.document.wording import shown
from batch_processor.errors import BatchProcessorError

# RUNNING until the batch's end is written; then what the summary says, or how Step Functions ended it.
RecordStatus = Literal[
    "RUNNING", "SUCCEEDED", "COMPLETED_WITH_ERRORS", "ALL_ROWS_FAILED", "PARTIAL", "FAILED", "TIMED_OUT", "ABORTED"
]

# What begins the names of attributes that count: an item is flat, as DynamoDB adds to what is flat only.
CAUSE, USED = "cause_", "used_"
_COUNTS = (
    *("rows_succeeded", "rows_failed", "rows_timed_out", "rows_skipped", "rows_not_run"),
    *("rows_taken_over", "rows_deduplicated", "rows_from_cache"),
)
_OWN = {"listed", "ttl", "price"}
_MOST_LISTED = 100
# As many months as batches are listed for by default, and some; and as many as are looked through at the very most.
_LONGEST = timedelta(days=430)
_MOST_MONTHS = 120
_TOKEN = re.compile(r"\d{4}-(0[1-9]|1[0-2])-\d\dT\S+ \S+", re.ASCII)

Item = dict[str, dict[str, Any]]


class BatchRecord(TypedDict):
    """A batch as the table has it, in plain Python values.

    `rows_…` count rows of row batches that have ended, and at the batch's end all of them. `causes` counts failed rows by
    the vocabulary of results/causes.py. `started_at` and `ended_at` are as time_text writes them. `error` is the name of
    what ended a batch that failed, and `execution_status` how Step Functions ended it. `config` is where the configuration
    lies (s3://), which the plan was made of. `cost` is what the batch has cost so far, and at its end all that it cost.
    `mean_row_ms` is how long a row took on average.
    """

    batch_key: str
    name: str
    execution_arn: str
    status: RecordStatus
    started_at: str
    ended_at: NotRequired[str]
    source: NotRequired[str]
    target: NotRequired[str]
    config: NotRequired[str]
    max_concurrency: NotRequired[int]
    max_rows: NotRequired[int]
    resumed_from: NotRequired[str]
    map_mode: NotRequired[Literal["inline", "distributed"]]
    rows_total: NotRequired[int]
    rows_succeeded: int
    rows_failed: int
    rows_timed_out: int
    rows_skipped: int
    rows_not_run: int
    rows_taken_over: int
    rows_deduplicated: int
    rows_from_cache: int
    causes: dict[str, int]
    mean_row_ms: NotRequired[float]
    cost: NotRequired[Cost]
    expected_cost: NotRequired[Cost]
    csv_location: NotRequired[str]
    summary_location: NotRequired[str]
    error: NotRequired[str]
    execution_status: NotRequired[Literal["FAILED", "TIMED_OUT", "ABORTED"]]
    updated_at: str


@dataclass(frozen=True, slots=True)
class Page:
    """Some batches, newest first; `next` is the token of the page after it, "" if there is none."""

    records: list[BatchRecord]
    next: str = ""


def key_of(batch_key: str) -> Item:
    """The key of a batch's item."""
    return {"batch_key": {"S": batch_key}}


def find(table: str, batch_key: str) -> BatchRecord | None:
    """What the table has of the batch; None if it is not there."""
    item = dynamodb.get(f"Reading a batch from the table {table}", TableName=table, Key=key_of(batch_key))
    return record_of(item) if item else None


def newest(table: str, limit: int, since: str = "", token: str = "") -> Page:
    """Batches by the time of their start, month by month; `since` is such a time, or the beginning of one."""
    limit = min(limit, _MOST_LISTED)
    _refuse_no_page(token)
    found = (key for month in _months(since, token) for key in _keys(table, "by_time", "listed", month, since, token))
    return _page(table, list(islice(found, limit)), limit)


def by_status(table: str, status: str, limit: int, since: str = "", token: str = "") -> Page:
    """Those of one status."""
    limit = min(limit, _MOST_LISTED)
    _refuse_no_page(token)
    found = _keys(table, "by_status", "status", status, since, token)
    return _page(table, list(islice(found, limit)), limit)


def _refuse_no_page(token: str) -> None:
    if token and not _TOKEN.fullmatch(token):
        raise BatchProcessorError(f"{shown(token)} is no page; give what the page before had as `next`")


def record_of(item: Item) -> BatchRecord:
    """An item as a record; what its batch has used so far is priced as of today until its end is written."""
    values = dynamodb.as_json(item)
    record: Any = {name: values.get(name, 0) for name in _COUNTS}
    record["causes"] = {name.removeprefix(CAUSE): n for name, n in values.items() if name.startswith(CAUSE) and n}
    used: Any = {name.removeprefix(USED): n for name, n in values.items() if name.startswith(USED)}
    plain = {name: value for name, value in values.items() if not name.startswith((CAUSE, USED))}
    record |= {name: value for name, value in plain.items() if name not in _OWN}
    if used and "cost" not in record:
        record["cost"] = _priced(used, values.get("price"))
    result: BatchRecord = record
    return result


def _priced(used: Usage, price: Price | None) -> Cost:
    return cost_of(used, price)


def _page(table: str, keys: list[Item], limit: int) -> Page:
    action, asked = f"Reading batches from the table {table}", [key_of(key["batch_key"]["S"]) for key in keys]
    items = {item["batch_key"]["S"]: item for item in dynamodb.get_all(action, table, asked)} if keys else {}
    # An index is a moment behind the table.
    found = [items[key["batch_key"]["S"]] for key in keys if key["batch_key"]["S"] in items]
    records = [record_of(item) for item in found if not _has_expired(item)]
    last = keys[-1] if len(keys) == limit else None
    return Page(records, f"{last['started_at']['S']} {last['batch_key']['S']}" if last else "")


def _has_expired(item: Item) -> bool:
    # DynamoDB deletes expired items days later.
    return "ttl" in item and int(item["ttl"]["N"]) <= time.time()


def _keys(table: str, index: str, name: str, value: str, since: str, token: str) -> Iterator[Item]:
    started_at, _, batch_key = token.partition(" ")
    start = {name: {"S": value}, "started_at": {"S": started_at}, **key_of(batch_key)}
    # Of the months before that of the token nothing was shown yet.
    goes_on = token and (name != "listed" or started_at.startswith(value))
    pages = dynamodb.query(
        f"Listing batches in the table {table}",
        TableName=table,
        IndexName=index,
        KeyConditionExpression="#name = :value AND started_at >= :since",
        ExpressionAttributeNames={"#name": name},
        # No key is empty.
        ExpressionAttributeValues={":value": {"S": value}, ":since": {"S": since or "0"}},
        ScanIndexForward=False,
        Limit=_MOST_LISTED,
        **({"ExclusiveStartKey": start} if goes_on else {}),
    )
    return (key for page in pages for key in page)


def _months(since: str, token: str) -> Iterator[str]:
    """The months from that of the token, or today's, back to the first that may have one."""
    now = datetime.now(UTC)
    # Batches are dated by Step Functions' clock.
    latest = f"{now + timedelta(minutes=5):%Y-%m}"
    month = min(token[:7] or latest, latest)
    first = since[:7] or f"{now - _LONGEST:%Y-%m}"
    for _ in range(_MOST_MONTHS):
        if month < first:
            return
        yield month
        year, number = int(month[:4]), int(month[5:])
        month = f"{year - (number == 1):04}-{(number - 2) % 12 + 1:02}"
