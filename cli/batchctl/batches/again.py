"""Runs rows of a batch again, or goes on with it, and watches the new batch."""

from dataclasses import dataclass
from typing import Literal

from batch_processor.operations.batch_name import last_with_failed_rows, named_batch
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.control import NothingToDo, rerun_failed_rows, resume_batch
from batch_processor.operations.running.execution import ConfirmationRequired, StartedBatch
from batchctl import exit_codes
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.asking import Asking
from batchctl.harmless import harmless
from batchctl.results.fetching import FetchedResults
from batchctl.results.telling import finish
from batchctl.where import Where


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed; without a batch the last one with failed rows is meant."""

    verb: Literal["retry", "resume"]
    batch: str | None
    wait: bool
    asking: Asking
    as_json: str | None


def run_again(wish: Wish, where: Where) -> int:
    """The exit code, which is that of the new batch if it was watched. UnknownBatch if none is called so."""
    answer = Answer.of(wish.as_json, FetchedResults, StartedBatch, NothingToDo, ConfirmationRequired)
    with deployed(where) as deployment:
        arn = named_batch(wish.batch, deployment) if wish.batch else last_with_failed_rows(deployment)
        if arn is None:
            answer.give(_nothing(), _show_nothing)
            return exit_codes.DONE
        started = _started(wish, arn, deployment)
        if started["status"] == "NOTHING_TO_DO":
            answer.give(started, _show_nothing)
            return exit_codes.DONE
        if started["status"] == "CONFIRMATION_REQUIRED":
            answer.give(started, lambda _: None)
            note(f"Nothing was started: {started['message']}")
            tell_next(where, f"batchctl {wish.verb} {arn.rpartition(':')[2]} --yes")
            return exit_codes.STOPPED
        note(
            f"{started['batch']} runs the rows again."
            if wish.verb == "retry"
            else f"{started['batch']} goes on with it."
        )
        return watched(started, answer, deployment, where, wait=wish.wait)


def watched(started: StartedBatch, answer: Answer, deployment: Deployment, where: Where, *, wait: bool) -> int:
    """The batch's own exit code once it has ended; with `wait` false its name is the answer, and it was started."""
    if wait:
        return finish(started["batch"], deployment, where, answer)
    answer.give(started, lambda shown: print(shown["batch"]))
    if not answer.as_json:
        tell_next(where, f"batchctl watch {started['batch']}")
    return exit_codes.DONE


def _started(wish: Wish, arn: str, deployment: Deployment) -> StartedBatch | NothingToDo | ConfirmationRequired:
    if wish.verb == "resume":
        return resume_batch(arn, deployment)
    started: StartedBatch | NothingToDo | ConfirmationRequired = rerun_failed_rows(arn, deployment)
    if started["status"] == "CONFIRMATION_REQUIRED" and "confirmation" in started:
        note("\n".join([started["message"], *(f"  {reason}" for reason in started["reasons"])]))
        if wish.asking.is_confirmed("Start it?"):
            return rerun_failed_rows(arn, deployment, started["confirmation"])
    return started


def _nothing() -> NothingToDo:
    return NothingToDo(
        status="NOTHING_TO_DO", batch="", message="Nothing to do: none of the latest batches has failed rows."
    )


def _show_nothing(nothing: NothingToDo) -> None:
    print(harmless(nothing["message"]))
