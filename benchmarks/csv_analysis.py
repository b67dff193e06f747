"""How long analyze_csv_structure takes, by size: the largest on a stand-in that serves ranges of a virtual file, as S3 would."""

import csv
import io
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterable

from batchctl.project import ROOT
from benchmarks.report import table
from benchmarks.virtual_csv import VirtualFile

_MEGABYTE = 1024 * 1024
# A request for a range of S3, in its own Region, takes 20 to 60 ms until the first byte, and 256 KiB take 3 ms more.
_LATENCY_SECONDS = 0.05
_SIZES = (1 * _MEGABYTE, 8 * _MEGABYTE, 100 * _MEGABYTE, 5_000_000_000)


def run() -> str:
    """The table; each size in a process of its own, whose peak is its own."""
    rows = [_measured(size) for size in _SIZES]
    title = "Analysis of a CSV of 12 columns, a third of the rows with a cell of several lines, 50 ms a request"
    return table(title, ("MB", "s", "peak MB", "requests", "MB read", "rows, of a hundred true ones"), rows)


def _measured(size: int) -> list[object]:
    code = f"from benchmarks.csv_analysis import measure; measure({size})"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return [f"{size / 1e6:,.0f}", *told.stdout.split()]


def measure(size: int) -> None:
    """Prints what analysing that many bytes takes."""
    from batch_processor.operations.analysis.roles import judge
    from batch_processor.operations.analysis.survey import survey

    block, rows = _block()
    file = VirtualFile(
        _line(f"column_{number}" for number in range(12)), block, max(size // len(block), 1), _LATENCY_SECONDS
    )
    started = time.perf_counter()
    seen = survey(file, 5)
    roles = [judge(column) for column in seen.columns]
    seconds = time.perf_counter() - started
    assert len(roles) == 12
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    read = sum(min(length, file.size_bytes - start) for start, length in file.requests)
    true = rows * file.blocks
    print(f"{seconds:.1f} {peak:.0f} {len(file.requests)} {read / 1e6:.1f} {100 * seen.row_count / true:.2f}")


def _block() -> tuple[bytes, int]:
    text, made, rows = io.StringIO(newline=""), random.Random(14), 0
    writer = csv.writer(text, lineterminator="\n")
    while text.tell() < _MEGABYTE:
        note = 'first line,\nthe "second" one\n\nand more\n' * made.randint(1, 8) if rows % 3 == 0 else "a short one"
        writer.writerow(
            [
                f"{rows:08d}", f"user{rows}@example.com", "+44 20 7946 0958", "https://example.com/a", "2026-11-03",
                made.random(), made.randint(0, 9_999), made.choice("abc"), "SW1A 1AA", "Germany", "true", note,
            ]
        )  # fmt: skip
        rows += 1
    return text.getvalue().encode(), rows


def _line(names: Iterable[str]) -> bytes:
    return f"{','.join(names)}\n".encode()
