"""What `sam build` makes of the stacks, for all emulators and all processes of one run of the tests."""

from pathlib import Path

from filelock import FileLock

from batchctl.local import sam


class Builds:
    """Each stack is built once in a run: its folder is the repository's own, and whoever deploys from it needs it whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def build(self, stack: sam.Stack) -> None:
        """Builds it, or waits until another process has."""
        done = self._folder / f"{stack.name}.built"
        with FileLock(done.with_suffix(".lock")):
            if not done.exists():
                sam.build(stack)
                done.touch()
