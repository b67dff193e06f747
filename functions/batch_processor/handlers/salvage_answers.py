"""SalvageAnswers: what was answered before an execution failed becomes a partial CSV, or a row batch's part of the CSV."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from batch_processor.aws import sns
from batch_processor.aws.step_functions import history, state_of
from batch_processor.batch import recording
from batch_processor.batch.names import batch_key, is_row_batch
from batch_processor.contract import Loaded, Plan
from batch_processor.contract.results import time_text
from batch_processor.contract.upgrades import upgraded
from batch_processor.deadline import Deadline, deadline_of
from batch_processor.errors import OutOfTime, OutputTooLarge, StackUpdated, StorageUnavailable
from batch_processor.extraction.stored_rules import with_answer_rules
from batch_processor.logs import logger, start_log
from batch_processor.output import counting, publishing, row_batch
from batch_processor.output.message import failure_message
from batch_processor.output.publishing import partial
from batch_processor.results import unstored_answers
from batch_processor.results.failure import Failure
from batch_processor.results.salvage import Salvage
from batch_processor.resumption import kept_histories
from batch_processor.settings import read

_EVENTBRIDGE = "aws.states"
_OUT_OF_TIME = (
    "No partial CSV was written, which takes longer than a function may run. Every answer is kept: a batch with "
    "resume_from pays for none of them again."
)
# Step Functions stops what a batch has started after the batch itself: until then its children start row batches.
_STRAGGLING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Settings:
    """`topic_arn` is the stack's own topic, `row_batch_machine_arn` the machine that runs the row batches."""

    topic_arn: str
    row_batch_machine_arn: str


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {detail: {executionArn, status, error, cause}}, from the machine or as EventBridge tells of a failed execution.

    For a failed execution of a row batch the machine adds {plan, loaded}, as the execution may never have begun.
    Returns {rows, summary}, without summary if the batch had no rows yet; with {error, cause} of the row batch that
    ended the batch, if one did. Where one invocation cannot write the partial CSV it returns {error, cause} alone, and
    the cause says where the answers are; so it does of a batch whose contract cannot be read, of which nothing is touched.
    What EventBridge tells of is announced here, as no machine could: a batch where its plan says, a row batch at the
    stack's topic unless its batch tells of it.
    """
    event = upgraded(event)
    detail = event["detail"]
    start_log(detail["executionArn"].rsplit(":", 1)[1])
    of_row_batch = "plan" in event or is_row_batch(detail["executionArn"], read(Settings).row_batch_machine_arn)
    salvage = Salvage(event.get("plan"), event.get("loaded"), is_row_batch=of_row_batch)
    deadline = deadline_of(context, _OUT_OF_TIME)
    try:
        salvage.read(deadline.watched(history(detail["executionArn"], if_any="plan" in event)))
        logger.info("Read the history", extra={"results": len(salvage.results), "unread": len(salvage.answers)})
        salvaged = _salvage(event, salvage.plan, salvage.loaded, salvage, deadline)
    except StackUpdated as exc:
        salvaged = _left_alone(event, exc)
    if not of_row_batch:
        _write_down(event, salvage, salvaged)
    if event.get("source") == _EVENTBRIDGE and not (of_row_batch and _batch_tells_of(salvage)):
        _announce(event, salvage, salvaged)
    return salvaged


def _write_down(event: dict[str, Any], salvage: Salvage, salvaged: dict[str, Any]) -> None:
    """The batch's end in the batches table: as the summary of its partial CSV says, or else that alone."""
    batch = salvage.plan["batch"] if salvage.plan else {"key": batch_key(event["detail"]["executionArn"])}
    if "summary" in salvaged:
        recording.ended(batch, *counting.final(salvaged["summary"]))
        return
    failure = _own_failure(event, salvage)
    status, error = failure.status, salvaged.get("error") or failure.error
    known = {"status": status, "execution_status": status, "ended_at": time_text(datetime.now(UTC))}
    recording.ended(batch, {**known, "error": error} if error else known, None)


def _left_alone(event: dict[str, Any], unreadable: StackUpdated) -> dict[str, Any]:
    """What became of a batch of another contract: its own failure, and where its answers are."""
    logger.warning("Nothing was salvaged", exc_info=True)
    failure = Failure.of(event["detail"])
    return {"error": failure.error, "cause": f"{failure.cause}\n\n{unreadable}".strip()}


def _salvage(
    event: dict[str, Any], plan: Plan | None, loaded: Loaded | None, salvage: Salvage, deadline: Deadline
) -> dict[str, Any]:
    if not plan or not loaded:
        return {"rows": 0}
    plan["output"] = with_answer_rules(plan["output"])
    if "row_batch" in loaded:
        rows = _salvage_row_batch(event, plan, loaded, salvage)
        kept_histories.mark_salvaged(plan["work"], event["detail"]["executionArn"])
        return {"rows": rows}
    return _salvage_batch(plan, loaded, salvage, _own_failure(event, salvage), deadline)


def _salvage_row_batch(event: dict[str, Any], plan: Plan, loaded: Loaded, salvage: Salvage) -> int:
    if "plan" not in event:
        # Nobody waits for its part, which another run of the row batch may have written by now.
        return row_batch.keep(plan, loaded, salvage.row_results(_own_failure(event, salvage)))
    failure = _awaited_failure(event, salvage)
    return row_batch.salvage(plan, loaded, salvage.row_results(failure), failure)


def _salvage_batch(
    plan: Plan, loaded: Loaded, salvage: Salvage, failure: Failure, deadline: Deadline
) -> dict[str, Any]:
    left = row_batch.failure_left(plan["work"]) if failure.error.startswith("States.") else None
    told = replace(failure, **left) if left else failure
    results = salvage.row_results(failure)
    if loaded.get("tier") == "express":
        unstored_answers.store_all(plan, loaded)
    try:
        summary = publishing.publish_partial(partial(plan), loaded, results, told, deadline)
    except (OutOfTime, OutputTooLarge) as exc:
        logger.warning("No partial CSV was written", exc_info=True)
        return {"error": told.error, "cause": f"{told.cause}\n\n{exc}".strip()}
    return {"rows": summary["rows_succeeded"], "summary": summary, **(left or {})}


def _own_failure(event: dict[str, Any], salvage: Salvage) -> Failure:
    failure = Failure.of(event["detail"])
    # Events tell of no reason that a stop was given; the history does.
    return salvage.ended if salvage.ended and not (failure.error or failure.cause) else failure


def _awaited_failure(event: dict[str, Any], salvage: Salvage) -> Failure:
    # What waited for the row batch knows only that it failed; the history, if it began, knows why.
    if salvage.began_at and not salvage.over:
        raise StorageUnavailable("The history does not have the end of the execution yet.")
    return salvage.ended or Failure.of(event["detail"])


def _batch_tells_of(salvage: Salvage) -> bool:
    """Whether the end of the row batch shows in its batch's: that runs, or has ended since the row batch began."""
    if not salvage.plan or not salvage.began_at:
        return False
    batch = state_of(salvage.plan["batch"]["id"])
    began_at = salvage.began_at if salvage.redriven else salvage.began_at - _STRAGGLING
    return batch is not None and (batch.ended_at is None or batch.ended_at >= began_at)


def _announce(event: dict[str, Any], salvage: Salvage, salvaged: dict[str, Any]) -> None:
    arn, failure = event["detail"]["executionArn"], _own_failure(event, salvage)
    wanted = salvage.plan["notification"] if salvage.plan and not salvage.is_row_batch else None
    if wanted and not wanted["failure"]:
        return
    message = {
        "status": "FAILED",
        "batch": arn.rpartition(":")[2],
        "execution_status": failure.status,
        "error": failure.error,
        "cause": failure.cause,
        "execution_arn": arn,
        **salvaged.get("summary", {name: salvaged[name] for name in ("error", "cause") if name in salvaged}),
    }
    sns.publish(wanted["topic_arn"] if wanted else read(Settings).topic_arn, *failure_message(message))
