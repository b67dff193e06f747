"""10,000 rows with a trivial tool through the deployed stack, inline and distributed, and the same rows elsewhere."""

import json
from pathlib import Path
from typing import Any

from batch_processor import limits
from batchctl.demo.job import EXAMPLES
from batchctl.local import sam
from batchctl.local.stack import MAIN, LocalStack
from benchmarks import sample_csv
from benchmarks.comparison import PLAIN_LOOP, Measured, run_peers
from benchmarks.memory import PeakMemory
from benchmarks.report import say, table
from tests.batch_run import BatchRun

ROW_COUNT = 10_000
_CONCURRENCY = 40
_ATTEMPTS = 1
# As many as an execution's history holds, and a round number.
_INLINE_ROWS = limits.most_rows("tool", _ATTEMPTS) // 100 * 100
_ROW_TOOL = sam.Stack(Path(__file__).parent / "row_tool", "batch-benchmarks-local", {})


class Batches:
    """Runs rows through one deployed stack."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._bucket = stack.outputs["BucketName"]

    def seconds(self, rows: list[dict[str, str]], name: str, map_mode: str) -> float:
        """One batch's own duration, from its start to its summary; SystemExit unless every row succeeded."""
        config = json.dumps(self._config(rows, name, map_mode))
        run = BatchRun(self._stack)
        run.trigger(config, f"{name}.json")
        summary = run.wait()
        if summary["rows_succeeded"] != len(rows):
            raise SystemExit(f"only {summary['rows_succeeded']} of {len(rows)} rows succeeded: {summary['errors']}")
        return float(summary["execution_time_ms"]) / 1000

    def _config(self, rows: list[dict[str, str]], name: str, map_mode: str) -> dict[str, Any]:
        key = f"inputs/{name}.csv"
        self._stack.client("s3").put_object(Bucket=self._bucket, Key=key, Body=sample_csv.encoded(rows))
        return {
            "csv_s3_uri": f"s3://{self._bucket}/{key}",
            "target": {"type": "tool", "arn": self._stack.outputs["RowToolArn"]},
            "input_mapping": {"column_mappings": {"full_name": "full_name"}},
            "output_mapping": {"structured_output_fields": ["initials", "name_length"]},
            "map_mode": map_mode,
            "execution_config": {"max_concurrency": _CONCURRENCY, "retry_policy": {"max_attempts": _ATTEMPTS}},
        }


def _inline(batches: Batches, rows: list[dict[str, str]]) -> float:
    """As many batches as it takes, one after the other."""
    pieces = [rows[first : first + _INLINE_ROWS] for first in range(0, len(rows), _INLINE_ROWS)]
    return sum(batches.seconds(piece, f"inline-{number}", "inline") for number, piece in enumerate(pieces))


def _distributed(batches: Batches, rows: list[dict[str, str]]) -> float:
    return batches.seconds(rows, "distributed", "distributed")


def _measured(rows: list[dict[str, str]]) -> tuple[list[Measured], PeakMemory]:
    ways = {f"inline batches of {_INLINE_ROWS:,}": _inline, "one distributed batch": _distributed}
    measured = []
    with LocalStack(stacks=(MAIN, _ROW_TOOL), say=say) as stack:
        batches = Batches(stack)
        say("warm-up")
        batches.seconds(rows[:200], "warm-up", "inline")
        for title, way in ways.items():
            say(f"{len(rows):,} rows, {title}")
            with PeakMemory() as memory:
                seconds = way(batches, rows)
            measured.append(Measured(title, len(rows), seconds, memory.all_mb))
    return measured, memory


def run() -> str:
    """The table, and what the processes of the distributed batch took."""
    rows = sample_csv.rows(EXAMPLES / "contacts.csv", ROW_COUNT)
    ours, memory = _measured(rows)
    measured = ours + run_peers(rows)
    loop = next(way for way in measured if way.title == PLAIN_LOOP)
    lines = [
        [way.title, f"{way.row_count:,}", f"{way.seconds:.2f}", f"{way.rows_a_second:,.0f}", f"{way.slower_than(loop):,.0f}x",
         f"{way.slower_than(ours[-1]):.3g}x", f"{way.memory_mb:,.0f}"]
        for way in sorted(measured, key=lambda way: -way.rows_a_second)
    ]  # fmt: skip
    header = (
        "",
        "rows",
        "s",
        "rows/s",
        "time a row, to the loop's",
        "to the distributed batch's",
        "MB peak, all processes",
    )
    of_them = (
        f"\nOf the distributed batch's memory the embedded AWS took {memory.emulator_mb:,.0f} MB at most, "
        f"the largest function's process {memory.largest_other_mb:,.0f} MB."
    )
    return table("Rows with a trivial function, after warm-up", header, lines) + "\n" + of_them
