"""SalvageAnswers: what was answered before a batch failed becomes a partial CSV, as it was paid for."""

from typing import Any

from batch_processor.aws.output import publish
from batch_processor.aws.step_functions import history
from batch_processor.contract import Plan
from batch_processor.logs import logger, start_log
from batch_processor.salvage import partial, row_results


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {plan, loaded, failure: {Error, Cause}}; returns {rows, csv_location}, without location if no row is answered.

    The results of a failed Map are nowhere but in the execution's history.
    """
    plan: Plan = event["plan"]
    start_log(plan["batch"]["name"], plan["execution"]["log_level"])
    results = row_results(history(plan["batch"]["id"]), event["failure"])
    answered = sum(result["status"] == "SUCCESS" for result in results)
    logger.info("Read the history of the failed batch", extra={"answered": answered})
    if not answered:
        return {"rows": 0}
    summary = publish(partial(plan), event["loaded"], results, status="FAILED", failure=event["failure"])
    return {"rows": answered, "csv_location": summary["csv_location"]}
