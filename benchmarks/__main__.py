"""`make bench [ONLY="name …"]`: runs the benchmarks and prints their tables; `--write` keeps them in docs/performance.md."""

import importlib
import sys
import time

from batchctl.project import ROOT
from benchmarks import machine
from benchmarks.report import replaced, say

_DOCUMENT = ROOT / "docs" / "performance.md"
_WRITE = "--write"
BENCHMARKS = {
    "imports": "imports",
    "loader": "loader",
    "aggregator": "aggregator",
    "answers": "large_answers",
    "batch": "tool_batch",
    "cost": "cost_model",
    "analysis": "csv_analysis",
}


def main(arguments: list[str]) -> None:
    """All of them, or those named; each is imported when its turn comes."""
    wanted = [name for name in arguments if name != _WRITE]
    if unknown := [name for name in wanted if name not in BENCHMARKS]:
        raise SystemExit(f"There is no benchmark {', '.join(unknown)}. There are {', '.join(BENCHMARKS)}.")
    for name in wanted or BENCHMARKS:
        say(name)
        started = time.monotonic()
        measured = f"\nOn {machine.describe()}:\n{importlib.import_module(f'benchmarks.{BENCHMARKS[name]}').run()}"
        print(measured, flush=True)
        if _WRITE in arguments:
            _DOCUMENT.write_text(replaced(_DOCUMENT.read_text(encoding="utf-8"), name, measured), encoding="utf-8")
        say(f"{name} took {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
