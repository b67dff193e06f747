"""SalvageAnswers: what was answered before an execution failed becomes a partial CSV, or a row batch's part of the CSV."""

from typing import Any

from batch_processor.aws.step_functions import history
from batch_processor.contract import Loaded, Plan
from batch_processor.errors import StorageUnavailable
from batch_processor.extraction.stored_rules import with_answer_rules
from batch_processor.logs import logger, start_log
from batch_processor.output import publishing, row_batch
from batch_processor.output.publishing import partial
from batch_processor.results.failure import Failure
from batch_processor.results.salvage import Salvage
from batch_processor.resumption import kept_histories


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {detail: {executionArn, status, error, cause}}, from the machine or as EventBridge tells of a failed execution.

    For a failed execution of a row batch the machine adds {plan, loaded}, as the execution may never have begun.
    Returns {rows, csv_location}, without location if no row was answered; with {error, cause} of the row batch that
    ended the batch, if one did.
    """
    detail = event["detail"]
    start_log(detail["executionArn"].rsplit(":", 1)[1])
    salvage = Salvage()
    salvage.read(history(detail["executionArn"], if_any="plan" in event))
    plan, loaded = event.get("plan") or salvage.plan, event.get("loaded") or salvage.loaded
    logger.info("Read the history", extra={"results": len(salvage.results), "unread": len(salvage.answers)})
    if not plan or not loaded:
        return {"rows": 0}
    plan["output"] = with_answer_rules(plan["output"])
    if "row_batch" in loaded:
        failure = _failure(event, salvage)
        rows = row_batch.salvage(plan, loaded, salvage.row_results(failure), failure)
        kept_histories.mark_salvaged(plan["work"], detail["executionArn"])
        return {"rows": rows}
    return _salvage_batch(plan, loaded, salvage, detail)


def _failure(event: dict[str, Any], salvage: Salvage) -> Failure:
    if "plan" not in event or not salvage.plan:
        return Failure.of(event["detail"])
    # What waited for the row batch knows only that it failed; the history knows why.
    if not salvage.over:
        raise StorageUnavailable("The history does not have the end of the execution yet.")
    return salvage.ended or Failure.of(event["detail"])


def _salvage_batch(plan: Plan, loaded: Loaded, salvage: Salvage, detail: dict[str, Any]) -> dict[str, Any]:
    failure = Failure.of(detail)
    row_batch_failure = row_batch.failure_left(plan["work"]) if failure.error.startswith("States.") else None
    remarks = {name: detail.get(name) for name in ("status", "error", "cause")} | (row_batch_failure or {})
    summary = publishing.publish_partial(partial(plan), loaded, salvage.row_results(failure), **remarks)
    answer = {"rows": summary["rows_succeeded"], "csv_location": summary["csv_location"]} if summary else {"rows": 0}
    return answer | (row_batch_failure or {})
