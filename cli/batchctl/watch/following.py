"""Follows a batch to its end while somebody watches."""

import time

from batch_processor.errors import WorthAnotherAttempt
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running import progress as monitoring
from batch_processor.operations.running.progress import BatchProgress
from batchctl.answer import note
from batchctl.watch.display import REDRAW_SECONDS, Display, display
from batchctl.where import Where

POLL_SECONDS = 1.0
# A network may be gone for so long without anybody being told that it is.
PATIENCE_SECONDS = 120.0


def follow(batch: str, deployment: Deployment, where: Where | None) -> BatchProgress:
    """How it stands at its end. Whatever ends the watching leaves the batch running, and says how it is watched again.

    Without `where` the stack goes with the command, and the batch with it.
    """
    # What `batch` names may be another one soon: it may be the last, or the only one of that beginning.
    progress = monitoring.monitor_batch_execution(batch, deployment)
    try:
        with display() as shown:
            return _followed(progress, deployment, shown)
    except BaseException:
        if where:
            note(f"\nThe batch is not stopped by this. To watch it again:\n  {where.typed('watch', progress['batch'])}")
        raise


def _followed(progress: BatchProgress, deployment: Deployment, shown: Display) -> BatchProgress:
    looked = asked = time.monotonic()
    while progress["stage"] != "ended":
        shown.show(progress, time.monotonic() - looked)
        time.sleep(REDRAW_SECONDS)
        if time.monotonic() - asked < POLL_SECONDS:
            continue
        asked = time.monotonic()
        try:
            progress = monitoring.monitor_batch_execution(progress["execution_arn"], deployment)
            looked = time.monotonic()
        except WorthAnotherAttempt:
            if asked - looked > PATIENCE_SECONDS:
                raise
    return progress
