"""The batch's metrics, written to the log in CloudWatch's embedded metric format."""

from typing import Any

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from batch_processor.contract import Plan
from batch_processor.results.tally import Tally


def emit_batch_metrics(plan: Plan, summary: dict[str, Any], tally: Tally) -> None:
    """The batch's rows in all and by status, and its BatchDuration; the mean RowProcessingTime of its rows; by target."""
    metrics = Metrics(namespace="BatchProcessor", service="batch-processor")
    metrics.add_dimension(name="Target", value=plan["target"]["name"])
    metrics.add_metric(name="RowsProcessed", unit=MetricUnit.Count, value=tally.row_count)
    counts = tally.counts
    for name in ("failed", "timed_out", "skipped", "not_run"):
        metric = "Rows" + name.title().replace("_", "")
        metrics.add_metric(name=metric, unit=MetricUnit.Count, value=counts[f"rows_{name}"])
    metrics.add_metric(name="BatchDuration", unit=MetricUnit.Milliseconds, value=summary["execution_time_ms"])
    if tally.timed_rows:
        mean = tally.milliseconds / tally.timed_rows
        metrics.add_metric(name="RowProcessingTime", unit=MetricUnit.Milliseconds, value=mean)
    metrics.flush_metrics()
