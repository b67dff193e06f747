"""Runs rows of a batch again, or goes on with it, and watches the new batch."""

from collections.abc import Callable
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

Outcome = StartedBatch | NothingToDo | ConfirmationRequired
SHAPES = (FetchedResults, StartedBatch, NothingToDo, ConfirmationRequired)
_SAID = {"retry": "runs its rows again", "resume": "goes on with it"}


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
    answer = Answer.of(wish.as_json, *SHAPES)
    with deployed(where) as deployment:
        arn = named_batch(wish.batch, deployment) if wish.batch else last_with_failed_rows(deployment)
        if arn is None:
            message = "Nothing to do: none of the latest batches has failed rows."
            answer.give(NothingToDo(status="NOTHING_TO_DO", batch="", message=message), _show_nothing)
            return exit_codes.DONE
        name = arn.rpartition(":")[2]
        started = Again(
            f"{wish.verb} {name}", f"{name}: {{}} {_SAID[wish.verb]}.", wish.wait, wish.asking, answer, where
        )
        return started.run(lambda confirmation: _start(wish, arn, deployment, confirmation), deployment)


def _start(wish: Wish, arn: str, deployment: Deployment, confirmation: str | None) -> Outcome:
    operation = resume_batch if wish.verb == "resume" else rerun_failed_rows
    return operation(arn, deployment, confirmation)


@dataclass(frozen=True, slots=True)
class Again:
    """How a batch is started that runs rows again: what was typed for it, what is said of it, whether it is watched."""

    command: str
    said: str
    wait: bool
    asking: Asking
    answer: Answer
    where: Where

    def run(self, start: Callable[[str | None], Outcome], deployment: Deployment) -> int:
        """Starts it by `start(confirmation)`, after asking where the stack wants that; the exit code."""
        started = start(None)
        if started["status"] == "CONFIRMATION_REQUIRED" and "confirmation" in started:
            note("\n".join([started["message"], *(f"  {reason}" for reason in started["reasons"])]))
            if self.asking.is_confirmed("Start it?"):
                started = start(started["confirmation"])
        if started["status"] == "NOTHING_TO_DO":
            self.answer.give(started, _show_nothing)
            return exit_codes.DONE
        if started["status"] == "CONFIRMATION_REQUIRED":
            return self._refused(started)
        note(self.said.format(started["batch"]))
        return self._watched(started, deployment)

    def _refused(self, asked: ConfirmationRequired) -> int:
        # What confirms is for a person, and a document may be read by a model.
        told = {key: value for key, value in asked.items() if key != "confirmation"}
        self.answer.give(told, lambda _: None)
        note("Nothing was started.")
        tell_next(self.where, f"batchctl {self.command} --yes")
        return exit_codes.STOPPED

    def _watched(self, started: StartedBatch, deployment: Deployment) -> int:
        if self.wait:
            return finish(started["batch"], deployment, self.where, self.answer)
        self.answer.give(started, lambda shown: print(shown["batch"]))
        if not self.answer.as_json:
            tell_next(self.where, f"batchctl watch {started['batch']}")
        return exit_codes.DONE


def _show_nothing(nothing: NothingToDo) -> None:
    print(harmless(nothing["message"]))
