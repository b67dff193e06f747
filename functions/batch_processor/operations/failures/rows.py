"""Shows rows of a batch, as the table or its output has them."""

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NotRequired, TypedDict, get_args

from batch_processor.contract import FAILURES, METADATA_COLUMNS, SURPLUS_COLUMN, Loaded, Plan
from batch_processor.contract.results import Status
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidArguments
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.failures.row_numbers import page_of, ranges_of
from batch_processor.operations.failures.stored_failures import failed_rows
from batch_processor.operations.failures.stored_rows import is_kept, stored_rows, told_by
from batch_processor.operations.running.known_batch import KnownBatch, known_batch, summary_of
from batch_processor.operations.running.output_rows import rows_of
from batch_processor.results.causes import cause_of
from batch_processor.results.stored_row import Item

_WORDS = get_args(Status)
_FAILED: frozenset[str] = frozenset(FAILURES)
_MOST_ROWS = 10**10
_MOST_SHOWN = 1_000
# Pages of the table that are looked through for one page of rows of a status.
_LOOKS = 20
_MOST_FAILURES = 100_000


class ShownRow(TypedDict):
    row: int
    status: Status
    error_message: NotRequired[str]
    cause: NotRequired[str]
    timestamp: NotRequired[str]
    execution_time_ms: NotRequired[int]
    input: NotRequired[dict[str, str]]
    output: NotRequired[dict[str, str]]


class ShownRows(TypedDict):
    """A page of rows, in input order; `next` asks for the one after it."""

    batch: str
    rows: list[ShownRow]
    next: NotRequired[str]


def get_rows(
    execution_arn: str,
    deployment: Deployment,
    status: str | None = None,
    rows: str | None = None,
    limit: int = 50,
    next: str | None = None,  # noqa: A002 # as the other tools of AWS call it
) -> ShownRows:
    """Rows by status, or by number (`rows` as "5", "5-20" or "5,9,11-13"). Rows that timed out are among those that FAILED.

    A page may have fewer rows than `limit`, or none, and still a `next`. Rows that were not stored as they came about, as the
    batch was small, are to be had once it has ended.
    """
    batch = known_batch(execution_arn, deployment)
    wanted, first = _statuses(status), _position(next)
    ranges = ranges_of(rows) if rows else [(1, _MOST_ROWS)]
    limit = max(1, min(limit, _MOST_SHOWN))
    if batch.plan and batch.loaded and is_kept(batch.plan, batch.loaded):
        shown, position = _from_table(batch.plan, batch.loaded, deployment, wanted, ranges, first, limit)
    else:
        shown, position = _from_output(batch, wanted, ranges, first, limit)
    page = ShownRows(batch=batch.name, rows=shown)
    if position is not None:
        page["next"] = str(position)
    return page


def _from_table(
    plan: Plan,
    loaded: Loaded,
    deployment: Deployment,
    wanted: frozenset[str] | None,
    ranges: Sequence[tuple[int, int]],
    first: int,
    limit: int,
) -> tuple[list[ShownRow], int | None]:
    """Rows of the table, and the row to go on at; None at the end. At most so many rows are looked at for one page."""
    total, shown, at = loaded["row_count"], [], first  # type: tuple[int, list[ShownRow], int]
    failures = _failed_numbers(loaded, deployment, first) if wanted and wanted <= _FAILED else None
    for _ in range(_LOOKS):
        numbers = (
            page_of(ranges, at, total, limit)
            if failures is None
            else [n for n in failures if n >= at and _is_in(n, ranges)][:limit]
        )
        if not numbers:
            return shown, None
        items = stored_rows(deployment.results_table, plan, loaded, numbers)
        for number in numbers:
            at = number + 1
            row = _stored(number, items.get(number))
            if row and (wanted is None or row["status"] in wanted):
                shown.append(row)
                if len(shown) == limit:
                    return shown, at if at <= total else None
    return shown, at if at <= total else None


def _failed_numbers(loaded: Loaded, deployment: Deployment, first: int) -> list[int]:
    found = (failed.row for failed in failed_rows(deployment.results_table, loaded))
    return sorted(row for row in islice(found, _MOST_FAILURES) if row >= first)


def _is_in(number: int, ranges: Sequence[tuple[int, int]]) -> bool:
    return any(low <= number <= high for low, high in ranges)


def _stored(number: int, item: Item | None) -> ShownRow | None:
    """The row as the table has it; None if it has nothing of it, as nothing has become of it yet."""
    if item is None:
        return None
    row = ShownRow(row=number, status=item["status"]["S"])
    if "timestamp" in item:
        row["timestamp"] = item["timestamp"]["S"]
    if "execution_time_ms" in item:
        row["execution_time_ms"] = int(item["execution_time_ms"]["N"])
    if "error_message" in item:
        row["error_message"] = item["error_message"]["S"]
        error, _, message = row["error_message"].partition(": ")
        row["cause"] = cause_of(error, message)
    if (given := told_by(item, "input_data")) is not None:
        row["input"] = {name: _text(value) for name, value in given.items()} if isinstance(given, dict) else {}
    if (output := told_by(item, "output_data")) is not None:
        row["output"] = output
    return row


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _from_output(
    batch: KnownBatch, wanted: frozenset[str] | None, ranges: Sequence[tuple[int, int]], first: int, limit: int
) -> tuple[list[ShownRow], int | None]:
    summary: Mapping[str, Any] = {} if batch.runs else summary_of(batch) or batch.record or {}
    if not (uri := summary.get("csv_location")):
        return [], None
    bucket, _, key = str(uri).removeprefix("s3://").partition("/")
    columns = {column["name"] for column in batch.plan["output"]["columns"]} if batch.plan else None
    shown: list[ShownRow] = []
    for number, cells in rows_of(bucket, key, summary.get("csv_format", {}).get("delimiter", ",")):
        if number < first or not _is_in(number, ranges):
            continue
        row = _written(number, cells, columns)
        if wanted is not None and row["status"] not in wanted:
            continue
        if len(shown) == limit:
            return shown, number
        shown.append(row)
    return shown, None


def _written(number: int, cells: Mapping[str, str], columns: set[str] | None) -> ShownRow:
    """The row as the output has it; without metadata columns all that is told of it is that it is there."""
    status: Any = cells.get("_status") or "SUCCESS"
    row = ShownRow(row=number, status=status)
    if message := cells.get("_error_message"):
        row["error_message"] = message
        error, _, words = message.partition(": ")
        row["cause"] = cause_of(error, words)
    if timestamp := cells.get("_timestamp"):
        row["timestamp"] = timestamp
    if (ms := cells.get("_execution_time_ms", "")).isdigit():
        row["execution_time_ms"] = int(ms)
    plain = {name: cell for name, cell in cells.items() if name not in (*METADATA_COLUMNS, SURPLUS_COLUMN)}
    row["input"] = {name: cell for name, cell in plain.items() if columns is None or name not in columns}
    if columns is not None and status == "SUCCESS":
        row["output"] = {name: cell for name, cell in plain.items() if name in columns}
    return row


def _wrong(argument: str, told: str) -> InvalidArguments:
    return InvalidArguments("get_rows", [Problem(f"/{argument}", told)])


def _statuses(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    wanted = text.strip().upper().replace("-", "_").replace(" ", "_")
    if wanted not in _WORDS:
        raise _wrong("status", f"{text!r} is no status of a row; those are {', '.join(_WORDS)}")
    return _FAILED if wanted == "FAILED" else frozenset({wanted})


def _position(token: str | None) -> int:
    if token is None:
        return 1
    if not token.isdigit():
        raise _wrong("next", f"{token!r} is no page; give what the page before had as `next`")
    return int(token)
