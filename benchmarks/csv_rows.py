"""Reading and writing CSV rows, beside the plain csv.reader and csv.writer loop over the same bytes."""

import csv
import io
import resource
import time
from collections.abc import Callable
from multiprocessing import get_context

from batch_processor.contract import Loaded, Plan
from batch_processor.csv_input import CsvInput
from batch_processor.enriched_csv import write_enriched_csv
from benchmarks.report import table

ROW_COUNTS = (1_000, 10_000, 100_000)
CELLS = ("000123", "Ada Lovelace", "ada@example.org", "+44 20 7946 0000", "12 St James's Square, London", "x" * 60)
HEADER = ("id", "name", "email", "phone", "address", "note")
NEW_CELLS = ["billing", "high", "0.97"]


class _Source(io.RawIOBase):
    """The CSV's bytes, made as they are read, so that memory shows what the code under test takes."""

    def __init__(self, row_count: int) -> None:
        line = io.StringIO()
        csv.writer(line).writerow(CELLS)
        self._lines = iter([",".join(HEADER).encode() + b"\r\n", *[line.getvalue().encode()] * row_count])
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while len(self._rest) < len(buffer) and (line := next(self._lines, None)) is not None:
            self._rest += line
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


class _Nowhere(io.TextIOBase):
    def write(self, text: str) -> int:
        return len(text)


def _plain_loop(row_count: int) -> None:
    reader = csv.reader(io.TextIOWrapper(io.BufferedReader(_Source(row_count)), encoding="utf-8", newline=""))
    writer = csv.writer(_Nowhere())
    for row in reader:
        writer.writerow([*row, *NEW_CELLS, "SUCCESS", "", "2026-01-01T00:00:00.000Z", "5"])


def _read_and_enrich(row_count: int) -> None:
    records = CsvInput(lambda: _Source(row_count), "utf-8", ",").records()
    next(records)
    write_enriched_csv(_Nowhere(), records, _result_of, _plan(), _loaded(row_count))  # type: ignore[arg-type]


def _result_of(index: int) -> object:
    return {"index": index, "status": "SUCCESS", "cells": NEW_CELLS, "at": "2026-01-01T00:00:00.000Z", "ms": 5}


def _plan() -> Plan:
    columns = [{"name": name, "source": [name]} for name in ("category", "priority", "confidence")]
    output = {"columns": columns, "include_original": True, "add_metadata": True, "escape_formulas": True}
    return {"source": {"header": list(HEADER)}, "output": output}  # type: ignore[typeddict-item]


def _loaded(row_count: int) -> Loaded:
    return {"row_count": row_count, "surplus_cells": False}  # type: ignore[typeddict-item]


def _measure(job: Callable[[int], None], row_count: int) -> tuple[float, float]:
    """CPU milliseconds per 1,000 rows and peak memory in MB, in a process of its own."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (job, row_count))


def _run(job: Callable[[int], None], row_count: int) -> tuple[float, float]:
    started = time.process_time()
    job(row_count)
    seconds = time.process_time() - started
    return seconds * 1e6 / row_count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run() -> str:
    """The table."""
    rows = []
    for count in ROW_COUNTS:
        (plain, plain_memory), (ours, memory) = (_measure(job, count) for job in (_plain_loop, _read_and_enrich))
        rows.append([
            f"{count:,}", f"{plain:.1f}", f"{ours:.1f}", f"{ours / plain:.1f}x", f"{plain_memory:.0f}", f"{memory:.0f}",
        ])  # fmt: skip
    header = ("rows", "csv loop, ms/1,000", "ours, ms/1,000", "ratio", "csv loop, MB peak", "ours, MB peak")
    return table("Reading, checking and writing CSV rows (CPU)", header, rows)
