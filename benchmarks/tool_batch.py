"""10,000 rows with a trivial tool through the deployed stack, inline and in both tiers, and the same rows elsewhere."""

import json
import time
from pathlib import Path
from typing import Any, NamedTuple

from batch_processor import limits
from batch_processor.contract import Tier
from batchctl.demo.job import EXAMPLES
from batchctl.local import sam
from batchctl.local.stack import MAIN, LocalStack
from benchmarks import sample_csv
from benchmarks.comparison import PLAIN_LOOP, Measured, run_peers
from benchmarks.memory import PeakMemory
from benchmarks.processor_time import ProcessorTime, Seconds
from benchmarks.report import say, table
from tests.batch_run import BatchRun

ROW_COUNT = 10_000
_CONCURRENCY = 40
_ATTEMPTS = 1
# A round number of so few that an execution's history holds them, and a payload their results, should all of them fail.
_INLINE_ROWS = min(limits.most_rows("tool", _ATTEMPTS) // 100 * 100, 800)
# By then the embedded AWS has ended the processes of functions that the batch before has left idle.
_SETTLED_SECONDS = 8
_ROW_TOOL = sam.Stack(Path(__file__).parent / "row_tool", "batch-benchmarks-local", {})


class Batches:
    """Runs rows through one deployed stack."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._bucket = stack.outputs["BucketName"]

    def seconds(self, rows: list[dict[str, str]], name: str, tier: Tier | None = None) -> float:
        """One batch's own duration, from its start to its summary; SystemExit unless every row succeeded in the tier.

        Without a tier it is inline. The Express one is not asked for: a tool that is declared idempotent comes to run there.
        """
        config = json.dumps(self._config(rows, name, tier))
        run = BatchRun(self._stack)
        run.trigger(config, f"{name}.json")
        summary = run.wait()
        if summary["rows_succeeded"] != len(rows):
            raise SystemExit(f"only {summary['rows_succeeded']} of {len(rows)} rows succeeded: {summary['errors']}")
        if tier and summary["execution_tier"] != tier:
            raise SystemExit(f"the batch ran in the other tier: {summary['execution_tier_reason']}")
        return float(summary["execution_time_ms"]) / 1000

    def _config(self, rows: list[dict[str, str]], name: str, tier: Tier | None) -> dict[str, Any]:
        key = f"inputs/{name}.csv"
        self._stack.client("s3").put_object(Bucket=self._bucket, Key=key, Body=sample_csv.encoded(rows))
        return {
            "csv_s3_uri": f"s3://{self._bucket}/{key}",
            "target": {"type": "tool", "arn": self._stack.outputs["RowToolArn"], "idempotent": True},
            "input_mapping": {"column_mappings": {"full_name": "full_name"}},
            "output_mapping": {"structured_output_fields": ["initials", "name_length"]},
            "map_mode": "distributed" if tier else "inline",
            "execution_tier": "standard" if tier == "standard" else "auto",
            "execution_config": {"max_concurrency": _CONCURRENCY, "retry_policy": {"max_attempts": _ATTEMPTS}},
        }


def _inline(batches: Batches, rows: list[dict[str, str]]) -> float:
    """As many batches as it takes, one after the other."""
    pieces = [rows[first : first + _INLINE_ROWS] for first in range(0, len(rows), _INLINE_ROWS)]
    return sum(batches.seconds(piece, f"inline-{number}") for number, piece in enumerate(pieces))


def _standard(batches: Batches, rows: list[dict[str, str]]) -> float:
    return batches.seconds(rows, "standard", "standard")


def _express(batches: Batches, rows: list[dict[str, str]]) -> float:
    return batches.seconds(rows, "express", "express")


class Run(NamedTuple):
    """One way of running the rows here, and what its processes took."""

    way: Measured
    memory: PeakMemory
    processor: Seconds


def _measured(rows: list[dict[str, str]]) -> list[Run]:
    ways = {
        "one batch, Express tier": _express,
        "one batch, Standard tier": _standard,
        f"inline batches of {_INLINE_ROWS:,}": _inline,
    }
    measured = []
    with LocalStack(stacks=(MAIN, _ROW_TOOL), say=say) as stack:
        batches = Batches(stack)
        say("warm-up")
        batches.seconds(rows[:200], "warm-up")
        batches.seconds(rows[:200], "warm-up-express", "express")
        for title, way in ways.items():
            time.sleep(_SETTLED_SECONDS)
            say(f"{len(rows):,} rows, {title}")
            with PeakMemory() as memory, ProcessorTime() as processor:
                seconds = way(batches, rows)
            measured.append(Run(Measured(title, len(rows), seconds, memory.all_mb), memory, processor.seconds))
    return measured


def run() -> str:
    """The tables: all ways beside each other, and what the processes of ours took, in the order in which they ran."""
    rows = sample_csv.rows(EXAMPLES / "contacts.csv", ROW_COUNT)
    ours = _measured(rows)
    return "\n".join((_compared([each.way for each in ours] + run_peers(rows), ours[0].way), _processes(ours)))


def _compared(measured: list[Measured], express: Measured) -> str:
    loop = next(way for way in measured if way.title == PLAIN_LOOP)
    lines = [
        [way.title, f"{way.row_count:,}", f"{way.seconds:.2f}", f"{way.rows_a_second:,.0f}", f"{way.slower_than(loop):,.0f}x",
         f"{way.slower_than(express):.3g}x", f"{way.memory_mb:,.0f}"]
        for way in sorted(measured, key=lambda way: -way.rows_a_second)
    ]  # fmt: skip
    header = (
        "",
        "rows",
        "s",
        "rows/s",
        "time a row, to the loop's",
        "to the Express tier's",
        "MB peak, all processes",
    )
    return table("Rows with a trivial function, after warm-up", header, lines)


def _processes(ours: list[Run]) -> str:
    lines = [
        [way.title, *(f"{seconds / way.row_count * 1000:.2f}" for seconds in (*processor, sum(processor))),
         f"{memory.emulator_mb:,.0f}", f"{memory.largest_other_mb:,.0f}"]
        for way, memory, processor in ours
    ]  # fmt: skip
    header = (
        "",
        "embedded AWS, ms a row",
        "functions",
        "client",
        "all",
        "embedded AWS, MB peak",
        "largest function, MB",
    )
    return table("CPU time a row of these batches, by process", header, lines)
