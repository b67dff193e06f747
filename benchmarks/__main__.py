"""`make bench [ONLY="name …"]`: runs the benchmarks and prints what docs/performance.md keeps."""

import importlib
import sys
import time

from benchmarks import machine
from benchmarks.report import say

BENCHMARKS = {
    "imports": "imports",
    "loader": "loader",
    "aggregator": "aggregator",
    "batch": "tool_batch",
    "cost": "cost_model",
}


def main(wanted: list[str]) -> None:
    """All of them, or those named; each is imported when its turn comes."""
    if unknown := [name for name in wanted if name not in BENCHMARKS]:
        raise SystemExit(f"There is no benchmark {', '.join(unknown)}. There are {', '.join(BENCHMARKS)}.")
    print(f"Measured on {machine.describe()}.", flush=True)
    for name in wanted or BENCHMARKS:
        started = time.monotonic()
        say(name)
        print(importlib.import_module(f"benchmarks.{BENCHMARKS[name]}").run(), flush=True)
        say(f"{name} took {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
