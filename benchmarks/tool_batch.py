"""1,000 tool rows through the deployed stack, beside the same per-row function in a plain loop."""

import csv
import io
import json
import sys
import time
from typing import Any

from batch_cli.batch_run import BatchRun
from batch_cli.demo import EXAMPLES
from batch_cli.local_stack import LocalStack
from benchmarks.report import table

ROW_COUNT = 1_000
CONCURRENCY = 40


def _contacts() -> list[dict[str, str]]:
    with (EXAMPLES / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if None not in row and None not in row.values()]
    return [rows[number % len(rows)] for number in range(ROW_COUNT)]


def _plain_loop(rows: list[dict[str, str]]) -> float:
    sys.path.insert(0, str(EXAMPLES / "contact_tool"))
    from enrich_contact import handler

    inputs = [{name: row[name] for name in ("phone", "email", "country")} for row in rows]
    handler({"name": "contact", "input": inputs[0], "id": "warm-up"}, None)
    started = time.perf_counter()
    for number, fields in enumerate(inputs):
        handler({"name": "contact", "input": fields, "id": str(number)}, None)
    return time.perf_counter() - started


def _batch(stack: LocalStack, rows: list[dict[str, str]], name: str) -> dict[str, Any]:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    bucket = stack.outputs["BucketName"]
    stack.client("s3").put_object(Bucket=bucket, Key=f"inputs/{name}.csv", Body=text.getvalue().encode())
    config = json.loads(stack.substituted((EXAMPLES / "contacts.config.json").read_text()))
    config["csv_s3_uri"] = f"s3://{bucket}/inputs/{name}.csv"
    config["execution_config"] = {"max_concurrency": CONCURRENCY, "retry_policy": {"max_attempts": 1}}
    run = BatchRun(stack)
    run.trigger(json.dumps(config), f"{name}.json")
    return run.wait()


def run() -> str:
    """The table."""
    rows = _contacts()
    loop = _plain_loop(rows)
    with LocalStack() as stack:
        _batch(stack, rows[:200], "warm-up")
        summaries = [_batch(stack, rows, f"bench-{number}") for number in range(3)]
    lines: list[list[object]] = [
        ["the tool's function in a plain loop", f"{loop:.2f}", f"{ROW_COUNT / loop:,.0f}", "1x"]
    ]
    for number, summary in enumerate(summaries, start=1):
        if summary["rows_succeeded"] != ROW_COUNT:
            raise SystemExit(f"only {summary['rows_succeeded']} of {ROW_COUNT} rows succeeded: {summary['errors']}")
        seconds = summary["execution_time_ms"] / 1000
        lines.append(
            [f"the batch, run {number}", f"{seconds:.2f}", f"{ROW_COUNT / seconds:,.0f}", f"{seconds / loop:.1f}x"]
        )
    return table(f"{ROW_COUNT:,} tool rows on the embedded AWS, after warm-up", ("", "s", "rows/s", "ratio"), lines)
