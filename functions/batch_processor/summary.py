"""Counts what became of the rows and says it: the summary is the execution's output and a file beside the CSV."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from batch_processor.cell import without_lone_surrogates
from batch_processor.contract import Loaded, Plan, RowResult

_ERRORS_LISTED = 20


@dataclass(slots=True)
class Tally:
    """Rows by status, and failures by reason with the first row of each."""

    statuses: Counter[str] = field(default_factory=Counter)
    failures: Counter[tuple[str, str]] = field(default_factory=Counter)
    first_rows: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def row_count(self) -> int:
        return self.statuses.total()

    def count(self, index: int, result: RowResult) -> None:
        """Counts one row."""
        self.statuses[result["status"]] += 1
        if result["status"] != "SUCCESS":
            cause = (result.get("error", ""), without_lone_surrogates(result.get("message", "")))
            self.failures[cause] += 1
            self.first_rows.setdefault(cause, index)

    def errors(self) -> list[dict[str, Any]]:
        """The most frequent failures, each with its count and the first row it befell."""
        return [
            {"error": error, "message": message, "count": count, "first_row": self.first_rows[error, message]}
            for (error, message), count in self.failures.most_common(_ERRORS_LISTED)
        ]


def summarize(plan: Plan, loaded: Loaded, tally: Tally, finished_at: datetime) -> dict[str, Any]:
    """The summary, in the terms of the callers' contract: csv_location, row_count, execution_time_ms."""
    started_at = datetime.fromisoformat(plan["batch"]["started_at"])
    output = plan["output"]
    csv_location = f"s3://{output['bucket']}/{output['key']}"
    failed, timed_out = tally.statuses["FAILED"], tally.statuses["TIMEOUT"]
    return {
        "status": "COMPLETED_WITH_ERRORS" if failed or timed_out else "SUCCEEDED",
        "batch": plan["batch"]["name"],
        "csv_location": csv_location,
        "summary_location": f"s3://{output['bucket']}/{summary_key(output['key'])}",
        "row_count": tally.row_count,
        "rows_succeeded": tally.statuses["SUCCESS"],
        "rows_failed": failed,
        "rows_timed_out": timed_out,
        "errors": tally.errors(),
        "execution_time_ms": int((finished_at - started_at).total_seconds() * 1000),
        "started_at": plan["batch"]["started_at"],
        "finished_at": finished_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "source": {k: v for k, v in plan["source"].items() if k not in ("bucket", "key", "header")},
        "target": plan["target"],
        "max_attempts": loaded["max_attempts"],
        "blank_lines_skipped": loaded["blank_lines"],
        "execution_arn": plan["batch"]["id"],
    }


def summary_key(csv_key: str) -> str:
    """The key of the summary beside the CSV."""
    return csv_key.removesuffix(".csv") + ".summary.json"
