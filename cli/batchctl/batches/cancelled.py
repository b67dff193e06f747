"""Stops a batch."""

from batch_processor.operations.batch_name import named_batch
from batch_processor.operations.running.control import CancelledBatch, cancel_batch
from batchctl import exit_codes
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.asking import Asking
from batchctl.harmless import harmless
from batchctl.where import Where


def cancel_named(batch: str, asking: Asking, as_json: str | None, where: Where) -> int:
    """The exit code: 4 if nobody said yes."""
    answer = Answer.of(as_json, CancelledBatch)
    with deployed(where) as deployment:
        arn = named_batch(batch, deployment)
        name = arn.rpartition(":")[2]
        if not asking.is_confirmed(f"Stop {name}? Rows in flight are lost, what was answered is saved."):
            note("Nothing was stopped. To stop it without being asked, type:")
            note(f"  {where.typed('cancel', name, '--yes')}")
            return exit_codes.STOPPED
        cancelled = cancel_batch(arn, deployment)
    answer.give(cancelled, _show)
    if not answer.as_json:
        tell_next(where, *cancelled["next_steps"])
    return exit_codes.DONE


def _show(cancelled: CancelledBatch) -> None:
    print(harmless(cancelled["message"]))
    if uri := cancelled.get("partial_csv_uri"):
        print(harmless(uri))
