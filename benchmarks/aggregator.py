"""Writing the parts of a large batch's output and joining them, beside a plain csv.reader and csv.writer loop.

A row batch has its answers at hand, and the results table is read only where they are too large for that: both are measured,
at the sizes that row batches of tools have, and Express children. The time of what stands in for S3 and the table is
not counted (benchmarks/local_storage.py).
"""

import csv
import io
import os
import resource
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

from batch_processor import limits
from batch_processor.aws.client import dynamodb_types, translated
from batch_processor.contract import Loaded, Plan, RowRange, RowResult
from batch_processor.deadline import deadline_of
from batch_processor.output import publishing, row_batch
from batch_processor.results.stored_row import success_item
from benchmarks.local_storage import LocalStorage, in_place_of_aws
from benchmarks.report import table

ROW_COUNTS = (1_000, 10_000, 100_000, 1_000_000)
BATCH_ROWS = limits.most_batch_rows("tool", 3)
EXPRESS_ROWS = 400
# How many rows they have, and whether their answers come from the table.
ROW_BATCHES = ((EXPRESS_ROWS, False), (BATCH_ROWS, False), (BATCH_ROWS, True))
HEADER = ["id", "name", "email", "phone", "address", "note"]
CELLS = ["000123", "Ada Lovelace", "ada@example.org", "+44 20 7946 0000", "12 St James's Square, London", "x" * 74]
NEW_COLUMNS = ["category", "priority", "confidence"]
NEW_CELLS = ["billing", "high", "0.97"]
AT, MS = "2026-11-21T09:35:00.000Z", 1_200
WORK: Any = {"bucket": "data", "prefix": "work/bench/"}
_ARENAS = "MALLOC_ARENA_MAX"
Job = Callable[[Path, int], float]


def plain_loop(folder: Path, _: int, new_cells: Sequence[str] = NEW_CELLS) -> float:
    """CPU seconds of reading the original rows and writing the output's."""
    started = time.process_time()
    with (
        (folder / "work/bench/originals.csv").open(encoding="utf-8", newline="") as source,
        Path(os.devnull).open("w", encoding="utf-8", newline="") as sink,
    ):
        writer = csv.writer(sink)
        writer.writerow([*HEADER, *NEW_COLUMNS, "_status", "_error_message", "_timestamp", "_execution_time_ms"])
        for row in csv.reader(source):
            writer.writerow([*row, *new_cells, "SUCCESS", "", AT, str(MS)])
    return time.process_time() - started


def write_parts(
    folder: Path,
    row_count: int,
    new_cells: Sequence[str] = NEW_CELLS,
    batch_rows: int = BATCH_ROWS,
    *,
    from_table: bool = False,
) -> float:
    """CPU seconds of writing all parts, the answers at hand or from the table."""
    storage, seconds, plan = LocalStorage(folder), 0.0, _plan()
    answer: Any = {"stored": True} if from_table else {"stored": True, "cells": [*new_cells]}
    with in_place_of_aws(storage):
        for rows in _row_batches(row_count, batch_rows):
            # What botocore makes of DynamoDB's answer, and Lambda of the payload.
            loaded, results = _loaded(row_count, rows), list(_results(rows, answer))
            storage.items = list(_items(rows, new_cells)) if from_table else []
            started = time.process_time()
            row_batch.write(plan, loaded, results)
            seconds += time.process_time() - started
            storage.keep()
    return seconds - storage.seconds


def join(folder: Path, row_count: int, batch_rows: int = BATCH_ROWS) -> float:
    """CPU seconds of joining the parts."""
    storage = LocalStorage(folder)
    with in_place_of_aws(storage), patch.object(publishing, "is_ours", return_value=None):
        started = time.process_time()
        summary, _ = publishing.publish(_plan(), _loaded(row_count), [], deadline_of(None, ""))
        seconds = time.process_time() - started - storage.seconds
    if (summary["rows_succeeded"], summary["row_batches"]) != (row_count, -(-row_count // batch_rows)):
        raise SystemExit(f"The output is not what was put into it: {summary}")
    return seconds


def _row_batches(row_count: int, batch_rows: int) -> Iterator[RowRange]:
    for first in range(1, row_count + 1, batch_rows):
        yield RowRange(first=first, last=min(first + batch_rows - 1, row_count))


def _results(rows: RowRange, answer: Any) -> Iterator[RowResult]:
    for index in range(rows["first"], rows["last"] + 1):
        result: Any = {"index": index, "status": "SUCCESS", **answer, "at": AT, "ms": MS}
        yield result


def _items(rows: RowRange, new_cells: Sequence[str]) -> Iterator[dict[str, Any]]:
    store = _loaded(1)["storage"]
    for index in range(rows["first"], rows["last"] + 1):
        yield success_item(store, index, NEW_COLUMNS, [*new_cells], None, AT, MS, int(time.time()))


def _plan() -> Plan:
    made = {"include_original": True, "add_metadata": True, "escape_formulas": True, "bucket": "data", "key": "out.csv"}
    plan: Any = {
        "batch": {"id": "arn", "name": "bench", "key": "bench", "started_at": AT},
        "source": {"header": HEADER, "size_bytes": 0},
        "target": {},
        "output": {"columns": [{"name": name} for name in NEW_COLUMNS], **made},
        "work": WORK,
        "execution": {"max_attempts": 3},
        "notification": {"success": False},
    }
    checked: Plan = plan
    return checked


def _loaded(row_count: int, rows: RowRange | None = None) -> Loaded:
    loaded: Any = {
        "row_count": row_count,
        "blank_lines": 0,
        "surplus_cells": False,
        "map_mode": "distributed",
        "map_mode_reason": "",
        "storage": {
            "mode": "dynamodb",
            "batch_id": "bench",
            "since": AT,
            "as_of": AT,
            "ttl_seconds": 604_800,
            "compress": True,
        },
        **({"row_batch": rows} if rows else {}),
    }
    checked: Loaded = loaded
    return checked


def put_originals(folder: Path, row_count: int) -> None:
    """Puts the original rows there, as loading leaves them."""
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\r\n").writerow(CELLS)
    text = line.getvalue().encode()
    storage = LocalStorage(folder)
    with storage.path(f"{WORK['prefix']}originals.csv").open("wb") as sink:
        sink.writelines(text for _ in range(row_count))
    with storage.path(f"{WORK['prefix']}originals.index").open("wb") as sink:
        array("Q", range(0, len(text) * row_count + 1, len(text))).tofile(sink)


def measure(job: Job, folder: Path, row_count: int) -> tuple[float, float]:
    """CPU seconds and peak memory in MB, in a process of its own, which has its memory as a deployed function has."""
    # Imported here, as what is measured has no use for it.
    from batchctl.project import ROOT
    from tests.statemachine import cloudformation

    variables = cloudformation.load(ROOT / "template.yaml")["Globals"]["Function"]["Environment"]["Variables"]
    with patch.dict(os.environ, {_ARENAS: variables[_ARENAS]}), get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (job, folder, row_count))


def _run(job: Job, folder: Path, row_count: int) -> tuple[float, float]:
    os.environ |= {"RESULTS_TABLE": "bench", "BATCHES_TABLE": "bench", "BATCH_DAYS": "0"}
    # What a first call imports: benchmarks/imports.py measures that.
    dynamodb_types()
    with translated("Measuring"):
        return job(folder, row_count), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run() -> str:
    """A table for each kind of row batch."""
    return "\n".join(
        table(
            f"Writing the output of a large batch: {batch_rows} rows a row batch, answers "
            f"{'from the results table' if from_table else 'at hand'} (CPU)",
            *_of(batch_rows, from_table=from_table),
        )
        for batch_rows, from_table in ROW_BATCHES
    )


def _of(batch_rows: int, *, from_table: bool) -> tuple[Sequence[str], list[list[str]]]:
    """The header and the lines of a table."""
    writing = partial(write_parts, batch_rows=batch_rows, from_table=from_table)
    joining = partial(join, batch_rows=batch_rows)
    lines = []
    for count in ROW_COUNTS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            put_originals(folder, count)
            measured = [measure(job, folder, count) for job in (plain_loop, writing, joining)]
        plain, parts, joined = (seconds * 1e6 / count for seconds, _ in measured)
        megabytes = [f"{peak:.0f}" for _, peak in measured]
        ratio = f"{(parts + joined) / plain:.1f}x"
        lines.append([f"{count:,}", f"{plain:.1f}", f"{parts:.1f}", f"{joined:.1f}", ratio, *megabytes])
    header = (
        *("rows", "csv loop, ms/1,000", "parts, ms/1,000", "joining, ms/1,000", "ratio of both"),
        *("csv loop, MB peak", "parts, MB peak", "joining, MB peak"),
    )
    return header, lines
