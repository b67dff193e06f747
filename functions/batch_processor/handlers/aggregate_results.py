"""AggregateResults: results and original rows become the output CSV and its summary, or a row batch's part of the CSV."""

from typing import Any

from batch_processor.contract import Plan
from batch_processor.logs import logger, start_log
from batch_processor.output import publishing, row_batch
from batch_processor.output.metrics import emit_batch_metrics


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {plan, loaded, results}; returns the summary. The CSV stands complete under its name, or not at all.

    Of a row batch it returns {status, first, last, rows_succeeded, rows_failed, rows_timed_out}.
    """
    plan: Plan = event["plan"]
    start_log(plan["batch"]["name"], plan["execution"]["log_level"])
    if "row_batch" in event["loaded"]:
        report = row_batch.write(plan, event["loaded"], event["results"])
        logger.info("Wrote a part of the output", extra={"part": report})
        return report
    summary, tally = publishing.publish(plan, event["loaded"], event["results"])
    if tally:
        emit_batch_metrics(plan, summary, tally)
    logger.info("Wrote the output", extra={"status": summary["status"], "rows": summary["row_count"]})
    return summary
