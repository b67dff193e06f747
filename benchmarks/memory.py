"""Peak memory of processes, sampled from outside."""

import os
import subprocess
import threading
from collections import defaultdict
from types import TracebackType
from typing import NamedTuple, Self

_SAMPLE_SECONDS = 0.5
EMULATOR = "batchctl.local.emulator"


class Process(NamedTuple):
    """A line of ps."""

    pid: int
    parent: int
    resident_mb: float
    command: str


class PeakMemory:
    """Inside it samples what this process has started: all of it, the embedded AWS, and the largest other process.

    Memory is resident memory; what processes share counts for each. Processes of less than half a second may be missed.
    """

    def __init__(self) -> None:
        self.all_mb = self.emulator_mb = self.largest_other_mb = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def _sample(self) -> None:
        while not self._done.wait(_SAMPLE_SECONDS):
            running = descendants(os.getpid())
            emulators = [process.resident_mb for process in running if EMULATOR in process.command]
            others = [process.resident_mb for process in running if EMULATOR not in process.command]
            self.all_mb = max(self.all_mb, sum(emulators) + sum(others))
            self.emulator_mb = max(self.emulator_mb, *emulators, 0.0)
            self.largest_other_mb = max(self.largest_other_mb, *others, 0.0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()


def descendants(root: int) -> list[Process]:
    """All that a process has started, and all that these have."""
    children = defaultdict(list)
    for process in _processes():
        children[process.parent].append(process)
    found: list[Process] = []
    parents = [root]
    while parents:
        below = children[parents.pop()]
        found += below
        parents += [process.pid for process in below]
    return found


def _processes() -> list[Process]:
    command = ["ps", "-A", "-o", "pid=,ppid=,rss=,args="]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    fields = (line.split(maxsplit=3) for line in listed.splitlines())
    return [Process(int(pid), int(parent), int(kb) / 1024, " ".join(rest)) for pid, parent, kb, *rest in fields]
