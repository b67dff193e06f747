"""Loading the rows of a large batch, beside the plain csv.reader and csv.writer loop over the same bytes."""

import csv
import io
import os
import resource
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

from batch_processor.aws.client import translated
from batch_processor.contract import Plan
from batch_processor.csv_file.source import csv_input
from batch_processor.deadline import deadline_of
from batch_processor.loading.row_files import write_rows
from batch_processor.loading.row_fitness import RowFitness
from batch_processor.loading.row_lines import RowLines
from batch_processor.loading.sizing import distributed_loaded, most_line_bytes
from benchmarks.report import table

ROW_COUNTS = (1_000, 10_000, 100_000, 1_000_000)
HEADER = ("id", "name", "email", "phone", "address", "note")
CELLS = ("000123", "Ada Lovelace", "ada@example.org", "+44 20 7946 0000", "12 St James's Square, London", "x" * 74)
COLUMNS_IN_USE = {"name": 1, "email": 2, "note": 5}


class _LocalS3:
    """Takes the place of the SDK's client: objects are read from the disk, and what is written is dropped."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._nowhere = Path(os.devnull).open("wb")  # noqa: SIM115

    def get_object(self, Range: str, **_: Any) -> dict[str, Any]:  # noqa: N803
        first, last = map(int, Range.removeprefix("bytes=").split("-"))
        with self._path.open("rb") as source:
            source.seek(first)
            return {"Body": io.BytesIO(source.read(last - first + 1)), "Metadata": {}}

    def create_multipart_upload(self, **_: Any) -> dict[str, Any]:
        return {"UploadId": "upload"}

    def upload_part(self, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        self._nowhere.write(Body)
        return {"ETag": "etag"}

    def put_object(self, Body: bytes, **_: Any) -> dict[str, Any]:  # noqa: N803
        return self.upload_part(Body)

    def complete_multipart_upload(self, **_: Any) -> dict[str, Any]:
        return {"ETag": "etag"}


def _plain_loop(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as source, Path(os.devnull).open("w", encoding="utf-8") as sink:
        writer = csv.writer(sink)
        for row in csv.reader(source):
            writer.writerow(row)


def _load(path: Path) -> None:
    plan = _plan(path.stat().st_size)
    lines = RowLines(csv_input(plan), plan, RowFitness(plan, most_line_bytes(plan)))
    distributed_loaded(plan, write_rows(lines, plan["work"], deadline_of(None, "")))


def _plan(size_bytes: int) -> Plan:
    source = {"bucket": "data", "key": "rows.csv", "etag": "e", "size_bytes": size_bytes}
    fields = [{"field": column, "column": column} for column in COLUMNS_IN_USE]
    started_at = "2026-11-21T09:34:44.123Z"
    plan: Any = {
        "batch": {"started_at": started_at},
        "source": {**source, "encoding": "utf-8", "delimiter": ",", "width": len(HEADER)},
        "target": {"type": "tool", "input_format": "structured"},
        "input": {"fields": fields, "constants": {}, "columns": COLUMNS_IN_USE, "required": []},
        "work": {"bucket": "data", "prefix": "work/bench/"},
        "map_mode": "distributed",
        "storage": {
            "mode": "auto",
            "batch_id": "bench",
            "since": started_at,
            "ttl_seconds": 604_800,
            "compress": True,
        },
        "execution": {
            "max_concurrency": 1_000,
            "timeout_seconds": 60,
            "max_attempts": 3,
            "max_delay_seconds": 60,
            "continue_on_error": True,
        },
    }
    checked: Plan = plan
    return checked


def _write_rows(path: Path, row_count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink)
        writer.writerow(HEADER)
        writer.writerows([CELLS] * row_count)


def _measure(job: Callable[[Path], None], path: Path) -> tuple[float, float]:
    """CPU seconds and peak memory in MB, in a process of its own."""
    with get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (job, path))


def _run(job: Callable[[Path], None], path: Path) -> tuple[float, float]:
    with translated("Importing what a first call imports"):
        started = time.process_time()
    with patch("batch_processor.aws.s3.client", return_value=_LocalS3(path)):
        job(path)
    return time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run() -> str:
    """The table."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for count in ROW_COUNTS:
            path = Path(folder, "rows.csv")
            _write_rows(path, count)
            (plain, plain_memory), (ours, memory) = (_measure(job, path) for job in (_plain_loop, _load))
            rows.append([
                f"{count:,}", f"{plain * 1e6 / count:.1f}", f"{ours * 1e6 / count:.1f}", f"{ours / plain:.1f}x",
                f"{plain_memory:.0f}", f"{memory:.0f}",
            ])  # fmt: skip
    header = ("rows", "csv loop, ms/1,000", "loader, ms/1,000", "ratio", "csv loop, MB peak", "loader, MB peak")
    return table("Loading the rows of a large batch (CPU)", header, rows)
