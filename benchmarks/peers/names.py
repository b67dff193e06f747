"""What every peer does: a trivial function on each row of a CSV, and a CSV with the answers as new columns."""

import csv
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.row_tool.describe_name import describe

Row = dict[str, str]
Answers = list[dict[str, Any]]


def answer(row: Row) -> dict[str, Any]:
    """One row's answer, as the tool of the batches gives it."""
    return describe(row["full_name"])


def run(map_rows: Callable[[list[Row]], Answers]) -> None:
    """`SOURCE TARGET`: times reading, mapping and writing, and prints what it took as JSON."""
    source, target = map(Path, sys.argv[1:3])
    started = time.perf_counter()
    with source.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    _write(target, rows, map_rows(rows))
    seconds = time.perf_counter() - started
    # In KB (in bytes on a Mac): of this process alone, which may be over before anybody has sampled it.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    print(json.dumps({"rows": len(rows), "seconds": seconds, "memory_mb": peak}))


def _write(target: Path, rows: list[Row], answers: Answers) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], *answers[0]])
        writer.writeheader()
        writer.writerows({**row, **found} for row, found in zip(rows, answers, strict=True))
