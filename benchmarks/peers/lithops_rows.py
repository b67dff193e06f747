"""Lithops on localhost: a map over the rows, every row a call whose answer is kept as a file.

Version 1 of its localhost backend: version 2 starts an interpreter for each row, and is some thirty times slower.
"""

import os
import sys

import lithops  # type: ignore[import-not-found]

from benchmarks.peers import names

CONFIG = {
    "lithops": {"backend": "localhost", "storage": "localhost", "log_level": "WARNING", "telemetry": False},
    "localhost": {"version": 1, "runtime": sys.executable, "worker_processes": os.cpu_count()},
}


def describe_names(rows: list[names.Row]) -> names.Answers:
    """The answers in the rows' order."""
    with lithops.FunctionExecutor(config=CONFIG) as executor:
        answers: names.Answers = executor.get_result(executor.map(names.answer, [(row,) for row in rows]))
        return answers


if __name__ == "__main__":
    describe_names([{"full_name": ""}])  # finds out about the runtime
    names.run(describe_names)
