"""CPU time of the processes of a batch, told apart: the embedded AWS, the functions, and who follows the batch."""

import os
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from benchmarks.memory import EMULATOR, descendants

_PROC = Path("/proc")
# Of /proc/PID/stat, counted behind the name in parentheses: time of its own (user, system), and that of children that have ended.
_OWN, _ENDED_CHILDREN = slice(11, 13), slice(13, 15)


class Seconds(NamedTuple):
    """CPU seconds so far."""

    emulator: float = 0.0
    functions: float = 0.0
    client: float = 0.0

    def less(self, other: "Seconds") -> "Seconds":
        """What came since."""
        return Seconds(*(one - before for one, before in zip(self, other, strict=True)))


class ProcessorTime:
    """Inside it, what this process and those that it has started take of the processor; all zero where there is no /proc."""

    def __init__(self) -> None:
        self.seconds = Seconds()
        self._before = Seconds()

    def __enter__(self) -> Self:
        self._before = _so_far()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds = _so_far().less(self._before)


def _so_far() -> Seconds:
    own = os.times()
    client = own.user + own.system
    emulators = [process.pid for process in descendants(os.getpid()) if EMULATOR in process.command]
    if not _PROC.is_dir():
        return Seconds()
    emulator = functions = 0.0
    for pid in emulators:
        mine, ended = _times(pid)
        emulator, functions = emulator + mine, functions + ended
        functions += sum(sum(_times(child.pid)) for child in descendants(pid) if EMULATOR not in child.command)
    return Seconds(emulator, functions, client)


def _times(pid: int) -> tuple[float, float]:
    """A process's own seconds, and those of children that it has waited for; none of one that has just ended."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0, 0.0
    own, ended = (sum(map(int, fields[place])) / os.sysconf("SC_CLK_TCK") for place in (_OWN, _ENDED_CHILDREN))
    return own, ended
