"""The processes that run Lambda functions for an emulator, by function: from /proc, which only Linux has."""

import os
import re
import signal
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from batchctl.local.emulator.process import Emulator

needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")


class Worker(NamedTuple):
    """One process; its memory is what it had at most."""

    pid: int
    function: str
    peak_megabytes: float


def workers(emulator: Emulator) -> list[Worker]:
    """Those that run now; none where there is no /proc."""
    found = []
    for pid in emulator.lambda_workers():
        with suppress(OSError):  # it has ended meanwhile
            environment = Path(f"/proc/{pid}/environ").read_text(errors="replace")
            status = Path(f"/proc/{pid}/status").read_text()
            name = re.search(r"(?:^|\0)AWS_LAMBDA_FUNCTION_NAME=([^\0]*)", environment)
            peak = re.search(r"^VmHWM:\s*(\d+) kB", status, re.MULTILINE)
            if name and peak:
                found.append(Worker(pid, name[1], int(peak[1]) / 1024))
    return found


class Peaks(dict[str, float]):
    """The most memory that a process of each function ever had, in megabytes, whether or not it has ended since."""

    def look(self, emulator: Emulator) -> None:
        """Takes in the processes that run now."""
        for worker in workers(emulator):
            self[worker.function] = max(self.get(worker.function, 0.0), worker.peak_megabytes)


def kill(emulator: Emulator, function: str) -> int:
    """Kills the processes of the functions whose names contain that; how many there were."""
    victims = [worker for worker in workers(emulator) if function in worker.function]
    for victim in victims:
        with suppress(ProcessLookupError):
            os.kill(victim.pid, signal.SIGKILL)
    return len(victims)
