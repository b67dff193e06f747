"""What importing each handler costs over a bare interpreter: the part of a cold start that is ours."""

import os
import subprocess
import sys
import time

from batchctl.project import ROOT
from benchmarks.report import table

RUNS = 7
FUNCTIONS = ROOT / "functions"


def _seconds(statement: str) -> float:
    """The best of several fresh interpreters, with compiled bytecode, as a warm disk cache would have it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], cwd=FUNCTIONS, env=environment, check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def run() -> str:
    """The table."""
    bare = _seconds("pass")
    boto3 = _seconds("import boto3") - bare
    rows: list[list[object]] = [
        ["bare Python", f"{bare * 1000:.0f}", ""],
        ["import boto3", f"{boto3 * 1000:.0f}", "1.0x"],
    ]
    for handler in sorted((FUNCTIONS / "batch_processor" / "handlers").glob("[a-z]*.py")):
        seconds = _seconds(f"import batch_processor.handlers.{handler.stem}") - bare
        rows.append([f"import {handler.stem}", f"{seconds * 1000:.0f}", f"{seconds / boto3:.1f}x"])
    return table("Importing a handler, over bare Python", ("", "ms", "ratio to boto3"), rows)
