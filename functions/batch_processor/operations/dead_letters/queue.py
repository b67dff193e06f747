"""Lists the dead letters, runs their rows again, and takes out what has been dealt with."""

from typing import NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.control import NothingToDo
from batch_processor.operations.running.execution import StartedBatch
from batch_processor.results.causes import Cause


class LetterGroup(TypedDict):
    batch: str
    execution_arn: str
    cause: Cause
    count: int
    first_rows: list[int]
    oldest: str


class DeadLetters(TypedDict):
    """What the queue held when it was read; `unreadable` are messages that are none of a batch. None was taken out."""

    messages: int
    groups: list[LetterGroup]
    unreadable: int
    complete: bool
    next_steps: list[str]


class DrainedLetters(TypedDict):
    """`removed` were taken out; `kept` belong to other batches, or to rows that still have no answer."""

    removed: int
    kept: int
    message: str
    fault: NotRequired[str]


def list_dead_letters(deployment: Deployment, batch: str | None = None) -> DeadLetters:
    """What the queue holds, by batch and cause."""
    raise NotImplementedError


def rerun_dead_letters(batch: str, deployment: Deployment) -> StartedBatch | NothingToDo:
    """Runs the rows of that batch's letters again."""
    raise NotImplementedError


def drain_dead_letters(
    deployment: Deployment, batch: str | None = None, dealt_with_only: bool = True
) -> DrainedLetters:
    """Takes out letters whose rows have an answer by now; with `dealt_with_only` false all of the batch's."""
    raise NotImplementedError
