"""SalvageAnswers: what was answered before a batch failed becomes a partial CSV, as it was paid for."""

from typing import Any

from batch_processor.aws.output import publish
from batch_processor.aws.step_functions import history
from batch_processor.logs import logger, start_log
from batch_processor.salvage import Salvage, partial


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {detail: {executionArn, status, error, cause}}, from the machine or as EventBridge tells of a failed execution.

    Returns {rows, csv_location}, without location if no row was answered.
    """
    failure = event["detail"]
    start_log(failure["executionArn"].rsplit(":", 1)[1])
    salvage = Salvage()
    salvage.read(history(failure["executionArn"]))
    results = salvage.row_results(failure) if salvage.plan else []
    answered = sum(result["status"] == "SUCCESS" for result in results)
    logger.info("Read the history of the failed batch", extra={"answered": answered})
    if not answered or not salvage.plan or not salvage.loaded:
        return {"rows": 0}
    remarks = {name: failure.get(name) for name in ("status", "error", "cause")}
    summary = publish(partial(salvage.plan), salvage.loaded, results, **remarks)
    return {"rows": answered, "csv_location": summary["csv_location"]}
