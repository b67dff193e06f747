"""The batch's metrics, written to the log in CloudWatch's embedded metric format."""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.metrics import Metrics, MetricUnit

from batch_processor.contract import Plan, RowResult


def emit_batch_metrics(plan: Plan, summary: dict[str, Any], results: Sequence[RowResult]) -> None:
    """RowsProcessed, RowsFailed and BatchDuration of the batch; the mean RowProcessingTime of its rows; by target."""
    metrics = Metrics(namespace="BatchProcessor", service="batch-processor")
    metrics.add_dimension(name="Target", value=plan["target"]["name"])
    metrics.add_metric(name="RowsProcessed", unit=MetricUnit.Count, value=summary["row_count"])
    metrics.add_metric(
        name="RowsFailed", unit=MetricUnit.Count, value=summary["rows_failed"] + summary["rows_timed_out"]
    )
    metrics.add_metric(name="BatchDuration", unit=MetricUnit.Milliseconds, value=summary["execution_time_ms"])
    times = [result["ms"] for result in results if "ms" in result]
    if times:
        metrics.add_metric(name="RowProcessingTime", unit=MetricUnit.Milliseconds, value=sum(times) / len(times))
    metrics.flush_metrics()
