"""AggregateResults: results and original rows become the output CSV and its summary, or a row batch's part of the CSV."""

from typing import Any

from batch_processor.batch import recording
from batch_processor.contract import Plan
from batch_processor.contract.number import go_on_with, number_of, refuse_left, refuse_unlike
from batch_processor.deadline import deadline_of
from batch_processor.logs import logger, start_log
from batch_processor.output import counting, publishing, row_batch
from batch_processor.output.joining import join_range, ranges_to_join
from batch_processor.output.metrics import emit_batch_metrics

_OUT_OF_TIME = (
    "Joining the rows takes longer than a function may run. No output was written, and every answer is kept: a batch "
    "with resume_from pays for none of them again."
)


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {plan, loaded, results}; returns the summary. The CSV stands complete under its name, or not at all.

    Of a row batch it returns {status, first, last, rows_succeeded, rows_failed, rows_timed_out}. An output too large for
    one invocation fails with JoinedInRanges: asked with `cut` it returns {ranges}, and with each of these as `range` it
    joins the parts of these rows, and returns it. Nothing is written if an answer was left in the history (StackUpdated).
    """
    plan: Plan = event["plan"]
    start_log(plan["batch"]["name"], plan["execution"]["log_level"])
    refuse_unlike(number_of(plan), go_on_with(plan["batch"]["name"]))
    refuse_left(event.get("results", []), plan["batch"]["name"])
    if "row_batch" in event["loaded"]:
        report = row_batch.write(plan, event["loaded"], event["results"])
        logger.info("Wrote a part of the output", extra={"part": report})
        return report
    deadline = deadline_of(context, _OUT_OF_TIME)
    if "cut" in event:
        return {"ranges": ranges_to_join(plan, event["loaded"])}
    if "range" in event:
        join_range(plan, event["loaded"], event["range"], deadline)
        return dict(event["range"])
    summary, tally = publishing.publish(plan, event["loaded"], event["results"], deadline)
    recording.ended(plan["batch"], *counting.final(summary))
    if tally:
        emit_batch_metrics(plan, summary, tally)
    logger.info("Wrote the output", extra={"status": summary["status"], "rows": summary["row_count"]})
    return summary
