"""State that survives `kill -9`: what a new emulator on the same folder finds.

MiniStack saves when it is told to end. Here everything that requests change is on disk before they are answered, or
half a second later:
- S3 objects with their versions: MiniStack's own S3_PERSIST.
- DynamoDB items and Step Functions' executions: a journal each, one line a change, read again at the next start.
- All else (tables, machines, functions, roles, queues with their messages, topics, rules, stacks): snapshots.

Lost are the logs of functions and uploads that were not completed. Executions that ran when the emulator was killed
are ABORTED at its next start, with EmulatorKilled as their error; they cannot be redriven, and EventBridge is not
told. On AWS they would have gone on.
"""

from collections.abc import Callable

from ministack import app


def apply() -> None:
    """Keep journals and snapshots once the state of earlier runs is loaded."""
    from batchctl.local.emulator.persistence import executions, items, snapshots

    load: Callable[[], None] = app._load_persisted_state

    def load_everything() -> None:
        load()
        items.resume()
        executions.resume()
        snapshots.start()

    app._load_persisted_state = load_everything
    items.apply()
    executions.apply()
