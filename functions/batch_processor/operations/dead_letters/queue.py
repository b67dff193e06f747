"""Lists the dead letters, runs their rows again, and takes out what has been dealt with."""

from collections.abc import Iterable, Sequence
from typing import NotRequired, TypedDict

from batch_processor.errors import BatchProcessorError
from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.dead_letters.answers import answered_by_now
from batch_processor.operations.dead_letters.letters import Letter, letters_in
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.control import NothingToDo, rerun_failed_rows
from batch_processor.operations.running.execution import ConfirmationRequired, StartedBatch
from batch_processor.results.causes import Cause

_FIRST_ROWS = 5
_FIRST_BATCHES = 3


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
    """What the queue holds, by batch and cause; of a large one `complete` is false, and the counts are of what was read."""
    queue, wanted = deployment.dead_letter_queue_url, named_batch(batch, deployment) if batch else None
    with letters_in(queue) as read:
        letters = [letter for letter in read.letters if wanted in (None, letter.execution_arn)]
        groups = _groups(letters)
        return DeadLetters(
            messages=len(letters) if wanted else read.messages,
            groups=groups,
            unreadable=0 if wanted else read.unreadable,
            complete=read.complete,
            next_steps=_next_steps(groups),
        )


def rerun_dead_letters(
    batch: str, deployment: Deployment, confirmation: str | None = None
) -> StartedBatch | NothingToDo | ConfirmationRequired:
    """Runs the rows of that batch's letters again, which are its failed rows; the letters stay until they are drained."""
    arn = named_batch(batch, deployment)
    with letters_in(deployment.dead_letter_queue_url) as read:
        rows, is_complete = {letter.row for letter in read.letters if letter.execution_arn == arn}, read.complete
    name = arn.rpartition(":")[2]
    if not rows and is_complete:
        return NothingToDo(
            status="NOTHING_TO_DO", batch=name, message=f"The dead letter queue has no letter of the batch {name}."
        )
    if rows and answered_by_now(arn, rows, deployment) == rows:
        return NothingToDo(
            status="NOTHING_TO_DO",
            batch=name,
            message=f"All {len(rows):,} rows of the batch's letters have an answer by now; drain its letters.",
        )
    return rerun_failed_rows(arn, deployment, confirmation)


def drain_dead_letters(
    deployment: Deployment, batch: str | None = None, dealt_with_only: bool = True
) -> DrainedLetters:
    """Takes out letters whose rows have an answer by now; with `dealt_with_only` false all of the batch that is named."""
    if not dealt_with_only and not batch:
        raise BatchProcessorError(
            "To take out letters whose rows have no answer, name their batch; without a batch only those that are dealt with go"
        )
    queue, wanted = deployment.dead_letter_queue_url, named_batch(batch, deployment) if batch else None
    with letters_in(queue) as read:
        letters = [letter for letter in read.letters if wanted in (None, letter.execution_arn)]
        going, unknown = _dealt_with(letters, deployment) if dealt_with_only else (letters, 0)
        for letter in going:
            read.remove(queue, letter)
        drained = DrainedLetters(
            removed=len(going),
            kept=read.messages - len(going),
            message=_told(len(going), read.messages - len(going), is_complete=read.complete),
        )
    if unknown:
        drained["fault"] = (
            f"{unknown:,} letters are of batches whose work folders are cleared by now, so that nobody can tell whether their "
            "rows have an answer. Name the batch, and take out all of its letters, to be rid of them."
        )
    return drained


def _dealt_with(letters: Sequence[Letter], deployment: Deployment) -> tuple[list[Letter], int]:
    """Those whose rows have an answer, and how many nobody can tell of."""
    going: list[Letter] = []
    unknown = 0
    for arn, of_batch in _by_batch(letters).items():
        answered = answered_by_now(arn, (letter.row for letter in of_batch), deployment)
        unknown += len(of_batch) if answered is None else 0
        going += [letter for letter in of_batch if answered and letter.row in answered]
    return going, unknown


def _by_batch(letters: Iterable[Letter]) -> dict[str, list[Letter]]:
    found: dict[str, list[Letter]] = {}
    for letter in letters:
        found.setdefault(letter.execution_arn, []).append(letter)
    return found


def _groups(letters: Iterable[Letter]) -> list[LetterGroup]:
    found: dict[tuple[str, Cause], list[Letter]] = {}
    for letter in letters:
        found.setdefault((letter.execution_arn, letter.cause), []).append(letter)
    groups = [
        LetterGroup(
            batch=of_group[0].batch,
            execution_arn=arn,
            cause=cause,
            count=len(of_group),
            first_rows=sorted({letter.row for letter in of_group})[:_FIRST_ROWS],
            oldest=min(letter.sent_at for letter in of_group),
        )
        for (arn, cause), of_group in found.items()
    ]
    return sorted(groups, key=lambda group: (-group["count"], group["batch"], group["cause"]))


def _next_steps(groups: Sequence[LetterGroup]) -> list[str]:
    """The batches with the most letters first."""
    batches = list(dict.fromkeys(group["batch"] for group in groups))[:_FIRST_BATCHES]
    return [f"batchctl dead-letters rerun {name}" for name in batches] + (
        ["batchctl dead-letters drain"] if batches else []
    )


def _told(removed: int, kept: int, *, is_complete: bool) -> str:
    taken = "1 letter was" if removed == 1 else f"{removed:,} letters were"
    words = f"{taken} taken out, {kept:,} {'stays' if kept == 1 else 'stay'}."
    return words if is_complete else f"{words} The queue has more than were looked at; do it again for those."
