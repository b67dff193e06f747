"""AggregateResults: the results and the original rows become the output CSV and its summary."""

from typing import Any

from batch_processor.aws.output import publish
from batch_processor.contract import Plan
from batch_processor.logs import logger, start_log
from batch_processor.metrics import emit_batch_metrics


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {plan, loaded, results}; returns the summary. The CSV stands complete under its name, or not at all."""
    plan: Plan = event["plan"]
    start_log(plan["batch"]["name"], plan["execution"]["log_level"])
    summary = publish(plan, event["loaded"], event["results"])
    emit_batch_metrics(plan, summary, event["results"])
    logger.info("Wrote the output", extra={"status": summary["status"], "rows": summary["row_count"]})
    return summary
