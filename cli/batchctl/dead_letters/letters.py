"""Shows dead letters, runs their rows again, takes them out."""

from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.dead_letters.queue import (
    DeadLetters,
    DrainedLetters,
    LetterGroup,
    drain_dead_letters,
    list_dead_letters,
    rerun_dead_letters,
)
from batch_processor.operations.deployment import Deployment
from batchctl import exit_codes
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.asking import Asking
from batchctl.batches.again import SHAPES, Again
from batchctl.figures import counted, day
from batchctl.harmless import harmless
from batchctl.tables import Column, table
from batchctl.where import Where

_COLUMNS = (
    Column("batch", 20),
    Column("cause"),
    Column("letters", align="right"),
    Column("first rows", 8),
    Column("oldest (UTC)"),
)


def show_letters(batch: str | None, as_json: str | None, where: Where) -> None:
    """Prints what the queue holds."""
    answer = Answer.of(as_json, DeadLetters)
    with deployed(where) as deployment:
        letters = list_dead_letters(deployment, _named(batch, deployment))
    answer.give(letters, _show)
    if not answer.as_json:
        tell_next(where, *letters["next_steps"])


def rerun_letters(batch: str, wait: bool, asking: Asking, as_json: str | None, where: Where) -> int:
    """The exit code, which is that of the new batch if it was watched."""
    answer = Answer.of(as_json, *SHAPES)
    with deployed(where) as deployment:
        arn = named_batch(batch, deployment)
        name = arn.rpartition(":")[2]
        started = Again(f"dead-letters rerun {name}", f"{name}: {{}} runs its rows again.", wait, asking, answer, where)
        return started.run(lambda confirmation: rerun_dead_letters(arn, deployment, confirmation), deployment)


def drain_letters(batch: str | None, everything: bool, asking: Asking, as_json: str | None, where: Where) -> int:
    """The exit code: 1 if not all that should go could be taken out, 4 if nobody said yes to more than is dealt with."""
    answer = Answer.of(as_json, DrainedLetters)
    with deployed(where) as deployment:
        named = _named(batch, deployment)
        whose = f"of {batch}" if batch else "of all batches"
        if everything and not asking.is_confirmed(f"Take out all letters {whose}, those without an answer too?"):
            note("Nothing was taken out. To do so without being asked, type:")
            note(f"  {where.typed('dead-letters', 'drain', *([batch] if batch else []), '--all', '--yes')}")
            return exit_codes.STOPPED
        drained = drain_dead_letters(deployment, named, dealt_with_only=not everything)
    answer.give(drained, lambda shown: print(harmless(shown["message"])))
    if fault := drained.get("fault"):
        note(f"Not all of it: {harmless(fault)}")
    if drained["kept"] and not answer.as_json:
        tell_next(where, "batchctl dead-letters list")
    return exit_codes.FAILED if "fault" in drained else exit_codes.DONE


def _named(batch: str | None, deployment: Deployment) -> str | None:
    return named_batch(batch, deployment) if batch else None


def _show(letters: DeadLetters) -> None:
    read = "" if letters["complete"] else ", as far as it was read"
    print(f"The queue holds {counted(letters['messages'], 'message')}{read}.")
    if letters["groups"]:
        print()
        print(table(_COLUMNS, [_row(group) for group in letters["groups"]]))
    if letters["unreadable"]:
        note(f"\n{counted(letters['unreadable'], 'message')} of them are no letters of a batch.")


def _row(group: LetterGroup) -> tuple[object, ...]:
    rows = ", ".join(map(str, group["first_rows"]))
    more = " …" if group["count"] > len(group["first_rows"]) else ""
    return group["batch"], group["cause"], f"{group['count']:,}", f"{rows}{more}", day(group["oldest"])
