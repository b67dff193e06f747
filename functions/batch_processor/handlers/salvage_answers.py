"""SalvageAnswers: what was answered before an execution failed becomes a partial CSV, or a row batch's part of the CSV."""

from dataclasses import dataclass, replace
from typing import Any

from batch_processor.aws import sns
from batch_processor.aws.step_functions import history
from batch_processor.contract import Loaded, Plan
from batch_processor.deadline import Deadline, deadline_of
from batch_processor.errors import OutOfTime, OutputTooLarge, StorageUnavailable
from batch_processor.extraction.stored_rules import with_answer_rules
from batch_processor.logs import logger, start_log
from batch_processor.output import publishing, row_batch
from batch_processor.output.message import failure_message
from batch_processor.output.publishing import partial
from batch_processor.results.failure import Failure
from batch_processor.results.salvage import Salvage
from batch_processor.resumption import kept_histories
from batch_processor.settings import read

_EVENTBRIDGE = "aws.states"
_OUT_OF_TIME = (
    "No partial CSV was written, which takes longer than a function may run. Every answer is kept: a batch with "
    "resume_from pays for none of them again."
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`topic_arn` is the stack's own topic."""

    topic_arn: str


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {detail: {executionArn, status, error, cause}}, from the machine or as EventBridge tells of a failed execution.

    For a failed execution of a row batch the machine adds {plan, loaded}, as the execution may never have begun.
    Returns {rows, summary}, without summary if the batch had no rows yet; with {error, cause} of the row batch that
    ended the batch, if one did. Where one invocation cannot write the partial CSV it returns {error, cause} alone, and
    the cause says where the answers are. What EventBridge tells of is announced here, as the machine could not.
    """
    detail = event["detail"]
    start_log(detail["executionArn"].rsplit(":", 1)[1])
    salvage, deadline = Salvage(), deadline_of(context, _OUT_OF_TIME)
    salvage.read(deadline.watched(history(detail["executionArn"], if_any="plan" in event)))
    plan, loaded = event.get("plan") or salvage.plan, event.get("loaded") or salvage.loaded
    logger.info("Read the history", extra={"results": len(salvage.results), "unread": len(salvage.answers)})
    salvaged = _salvage(event, plan, loaded, salvage, deadline) if plan and loaded else {"rows": 0}
    if event.get("source") == _EVENTBRIDGE:
        _announce(detail["executionArn"], _batch_failure(event, salvage), plan, salvaged)
    return salvaged


def _salvage(event: dict[str, Any], plan: Plan, loaded: Loaded, salvage: Salvage, deadline: Deadline) -> dict[str, Any]:
    plan["output"] = with_answer_rules(plan["output"])
    if "row_batch" in loaded:
        failure = _failure(event, salvage)
        rows = row_batch.salvage(plan, loaded, salvage.row_results(failure), failure)
        kept_histories.mark_salvaged(plan["work"], event["detail"]["executionArn"])
        return {"rows": rows}
    return _salvage_batch(plan, loaded, salvage, _batch_failure(event, salvage), deadline)


def _batch_failure(event: dict[str, Any], salvage: Salvage) -> Failure:
    failure = Failure.of(event["detail"])
    # Events tell of no reason that a stop was given; the history does.
    return salvage.ended if salvage.ended and not (failure.error or failure.cause) else failure


def _failure(event: dict[str, Any], salvage: Salvage) -> Failure:
    if "plan" not in event or not salvage.plan:
        return Failure.of(event["detail"])
    # What waited for the row batch knows only that it failed; the history knows why.
    if not salvage.over:
        raise StorageUnavailable("The history does not have the end of the execution yet.")
    return salvage.ended or Failure.of(event["detail"])


def _salvage_batch(
    plan: Plan, loaded: Loaded, salvage: Salvage, failure: Failure, deadline: Deadline
) -> dict[str, Any]:
    left = row_batch.failure_left(plan["work"]) if failure.error.startswith("States.") else None
    told = replace(failure, **left) if left else failure
    results = salvage.row_results(failure)
    try:
        summary = publishing.publish_partial(partial(plan), loaded, results, told, deadline)
    except (OutOfTime, OutputTooLarge) as exc:
        logger.warning("No partial CSV was written", exc_info=True)
        return {"error": told.error, "cause": f"{told.cause}\n\n{exc}".strip()}
    return {"rows": summary["rows_succeeded"], "summary": summary, **(left or {})}


def _announce(arn: str, failure: Failure, plan: Plan | None, salvaged: dict[str, Any]) -> None:
    wanted = plan["notification"] if plan else None
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
