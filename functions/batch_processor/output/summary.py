"""Says what became of a batch: the summary is the execution's output and a file beside the CSV."""

from datetime import datetime
from typing import Any

from batch_processor.contract import Loaded, Plan
from batch_processor.contract.results import time_text
from batch_processor.results.tally import Tally


def summarize(plan: Plan, loaded: Loaded, tally: Tally, finished_at: datetime) -> dict[str, Any]:
    """The summary, in the terms of the callers' contract: csv_location, row_count, execution_time_ms."""
    started_at = datetime.fromisoformat(plan["batch"]["started_at"])
    output = plan["output"]
    return {
        "status": "COMPLETED_WITH_ERRORS" if tally.row_count > tally.statuses["SUCCESS"] else "SUCCEEDED",
        "batch": plan["batch"]["name"],
        "csv_location": f"s3://{output['bucket']}/{output['key']}",
        "summary_location": f"s3://{output['bucket']}/{summary_key(output['key'])}",
        "row_count": tally.row_count,
        **tally.counts,
        "errors": tally.errors(),
        "execution_time_ms": int((finished_at - started_at).total_seconds() * 1000),
        "started_at": plan["batch"]["started_at"],
        "finished_at": time_text(finished_at),
        "source": {k: v for k, v in plan["source"].items() if k not in ("bucket", "key", "header")},
        "target": plan["target"],
        "max_attempts": plan["execution"]["max_attempts"],
        "blank_lines_skipped": loaded["blank_lines"],
        "map_mode": loaded["map_mode"],
        "map_mode_reason": loaded["map_mode_reason"],
        "storage_mode": loaded["storage"]["mode"],
        **_particulars(plan, loaded, tally),
        "execution_arn": plan["batch"]["id"],
    }


def _particulars(plan: Plan, loaded: Loaded, tally: Tally) -> dict[str, Any]:
    particulars: dict[str, Any] = {}
    if loaded["map_mode"] == "distributed":
        particulars["row_batches"] = tally.row_batches
    if "max_rows" in plan:
        particulars["max_rows"] = plan["max_rows"]
    if "earlier" in plan:
        particulars |= {"resumed_from": plan["earlier"]["batch"], "rows_taken_over": tally.taken_over}
    return particulars


def summary_key(csv_key: str) -> str:
    """The key of the summary beside the CSV."""
    return csv_key.removesuffix(".csv") + ".summary.json"
