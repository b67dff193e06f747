"""Finds the rows that Express children have left without an end, and makes row batches of them: the Standard pass."""

import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from batch_processor import limits
from batch_processor.aws import s3
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.batch.work_folder import (
    first_rows_key,
    parts_prefix,
    rest_key,
    rows_key,
    rows_of_part,
    unfinished_key,
    unfinished_prefix,
    unsettled_prefix,
)
from batch_processor.contract import FanOut, LeftWork, Loaded, Location, Plan, RowRange
from batch_processor.cost.express import billed_ms
from batch_processor.deadline import Deadline
from batch_processor.loading.map_mode import plan_bytes
from batch_processor.loading.row_lines import RowsFound
from batch_processor.loading.sizing import row_batches

_LINE_BEGINS = b'{"index":'
_READ_BYTES = 4 * 1024 * 1024
# `{"index":100000000,"attempt":10},` of a row that is left.
_LEFT_ROW_BYTES = 34
# `{"first":…,"last":…,"rows":[…]}` around the rows of a row batch.
_AROUND_BYTES = 64


class Rest(NamedTuple):
    """A range of rows without a part. `attempts` are the rows to be run, with the attempt to make; None for all of them."""

    rows: RowRange
    attempts: dict[int, int] | None

    @property
    def row_count(self) -> int:
        """How many rows are to be run, at most."""
        return self.rows["last"] - self.rows["first"] + 1 if self.attempts is None else len(self.attempts)


def collect(plan: Plan, loaded: Loaded, deadline: Deadline) -> Loaded:
    """What loading decided, for the Standard pass: `fan_out.is_rest` with its row batches in S3, where there is a rest.

    A row batch of the pass is all of a range that is to get a part, and of its rows only those that are to be run. Run again it
    finds the same, as row batches write their parts later.
    """
    work = plan["work"]
    fan_out = loaded["fan_out"]
    left_by = LeftWork(children=0, calls=0, ms=0)
    rests = list(deadline.watched(_rests(work, loaded["row_count"], left_by)))
    if not rests:
        return {**loaded, "fan_out": _without_express(fan_out)}
    rest_count = sum(rest.row_count for rest in rests)
    most_rows, concurrency = row_batches(plan, RowsFound(rest_count, 0))
    most_bytes = limits.row_bytes(plan_bytes(plan)) - _AROUND_BYTES
    # The lines that loading wrote are read once, from first to last; not of rows that have an earlier one's input.
    key = (first_rows_key if loaded.get("duplicates") else rows_key)(work)
    lines = io.BufferedReader(s3.pin(work["bucket"], key).open(), _READ_BYTES)
    with lines, s3.WorkObject(work["bucket"], rest_key(work), "application/jsonl") as target:
        has_rows = False
        for batch in _row_batches(rests, deadline.watched(_numbered(lines)), most_rows, most_bytes):
            target.write(batch)
            has_rows = True
        if not has_rows:  # but duplicates, which are settled when the parts are joined
            return {**loaded, "fan_out": _without_express(fan_out)}
        target.publish()
    rest = {"rows_key": rest_key(work), "batch_rows": 1, "is_rest": True, "left_by": left_by}
    result_bytes, message_bytes = limits.result_bytes(most_rows, plan_bytes(plan))
    return {
        **loaded,
        "rows_at_once": concurrency.rows_at_once,
        "row_batches_at_once": concurrency.row_batches_at_once,
        "result_bytes": result_bytes,
        "message_bytes": message_bytes,
        "fan_out": {**_without_express(fan_out), **rest},  # type: ignore[typeddict-item]
    }


def _without_express(fan_out: FanOut) -> FanOut:
    # A row batch has no use for it, and every payload would carry it.
    rest = fan_out.copy()
    rest.pop("express", None)
    return rest


def _rests(work: Location, row_count: int, left_by: LeftWork) -> Iterator[Rest]:
    """The ranges without a part, in order: what a child has left undone, and the whole of what a dead one has had.

    What the children that left rows have done is added to `left_by`.
    """
    parts = set(_ranges(work, parts_prefix(work), ".csv"))  # a part may have its tally beside it
    # Rows that wait for earlier ones alone are settled when the parts are joined.
    parts |= set(_ranges(work, unsettled_prefix(work), ".json"))
    # Of parts that begin alike the longest, as duplicates that follow a child's rows are in its part.
    ends = dict(sorted(parts))
    left = sorted(rows for rows in _ranges(work, unfinished_prefix(work), ".json") if ends.get(rows[0], 0) < rows[1])
    attempts = {}
    for rows, unfinished in read_ahead(left, partial(_unfinished, work), _size):
        attempts[rows] = {row["index"]: row["attempt"] for row in unfinished["rows"]}
        if "ms" in unfinished:  # a child of a build before did not tell
            left_by["children"] += 1
            left_by["calls"] += unfinished["calls"]
            left_by["ms"] += billed_ms(unfinished["ms"])
    at = 1
    for first, last in sorted(parts | attempts.keys()):
        if first > at:
            yield Rest(RowRange(first=at, last=first - 1), None)
        if (first, last) in attempts and last >= at:
            made = {index: attempt for index, attempt in attempts[first, last].items() if index >= at}
            yield Rest(RowRange(first=max(first, at), last=last), made)
        at = max(at, last + 1)
    if at <= row_count:
        yield Rest(RowRange(first=at, last=row_count), None)


def _ranges(work: Location, prefix: str, ending: str) -> Iterator[tuple[int, int]]:
    for found in s3.listed(work["bucket"], prefix):
        if found["Key"].endswith(ending):
            rows = rows_of_part(found["Key"])
            yield rows["first"], rows["last"]


def _unfinished(work: Location, rows: tuple[int, int]) -> dict[str, Any]:
    """What a child has left (output/unfinished.py)."""
    key = unfinished_key(work, RowRange(first=rows[0], last=rows[1]))
    document: dict[str, Any] = json.loads(s3.read(work["bucket"], key))
    return document


def _size(rows: tuple[int, int]) -> int:
    return (rows[1] - rows[0] + 1) * _LEFT_ROW_BYTES


def _numbered(stream: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    start = len(_LINE_BEGINS)
    for line in stream:
        yield int(line[start : line.index(b",", start)]), line


def _wanted(rest: Rest, index: int, line: bytes) -> bytes | None:
    line = line.rstrip()
    if rest.attempts is None:
        return line
    attempt = rest.attempts.get(index)
    return None if attempt is None else line[:-1] + b',"attempt":%d}' % attempt


@dataclass(slots=True)
class _RowBatch:
    """A row batch of the pass while its rows come in."""

    first: int
    rows: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, line: bytes) -> None:
        self.rows.append(line)
        self.size += len(line) + 1

    def line(self, last: int) -> bytes:
        """What the Distributed Map reads of it."""
        return b'{"first":%d,"last":%d,"rows":[%s]}\n' % (self.first, last, b",".join(self.rows))


def _row_batches(
    rests: Iterable[Rest], lines: Iterator[tuple[int, bytes]], most_rows: int, most_bytes: int
) -> Iterator[bytes]:
    """The row batches of each rest as lines; together they have all of its range."""
    ahead = next(lines, None)
    for rest in rests:
        # What a child has left gets a part also if none of its rows is to be run any more.
        batch = None if rest.attempts is None else _RowBatch(rest.rows["first"])
        while ahead and ahead[0] <= rest.rows["last"]:
            (index, line), ahead = ahead, next(lines, None)
            wanted = _wanted(rest, index, line) if index >= rest.rows["first"] else None
            if wanted is None:
                continue
            batch = batch or _RowBatch(rest.rows["first"])
            if batch.rows and (len(batch.rows) == most_rows or batch.size + len(wanted) >= most_bytes):
                yield batch.line(index - 1)
                batch = _RowBatch(index)
            batch.add(wanted)
        if batch:
            yield batch.line(rest.rows["last"])
