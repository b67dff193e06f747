"""What a state waits for in its own thread, until its time is up or its run is stopped."""

import contextvars
import os
import select
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from batchctl.local.emulator.fidelity.executions import walking

Result = TypeVar("Result")

# Most calls are answered within this time, and need nothing to be woken by.
_SOON_SECONDS = 0.02


class Left(Exception):
    """The state waits no longer for what it called, which goes on by itself."""


class Stoppable(Protocol):
    """What can be stopped while a state of it waits."""

    @property
    def is_stopped(self) -> bool:
        """Whether it was."""

    def bell(self) -> int:
        """A descriptor that is readable once it is."""


class Wait:
    """One state's wait, over at the end of its time or of its run."""

    def __init__(self, run: Stoppable, timeout_seconds: float | None) -> None:
        self._run = run
        self._until = None if timeout_seconds is None else time.monotonic() + timeout_seconds

    def remaining(self) -> float:
        """Seconds until its time is up."""
        return float("inf") if self._until is None else self._until - time.monotonic()

    def check(self) -> None:
        """Left if it is over."""
        if self._run.is_stopped or self.remaining() <= 0:
            raise Left

    def bell(self) -> int:
        """A descriptor that is readable once the run is stopped."""
        return self._run.bell()


class Bell:
    """A pipe, made when somebody first listens for it."""

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None
        self._is_rung = False

    def descriptor(self) -> int:
        """Readable from `ring` on; the caller holds the lock that `ring` is called under."""
        if self._ends is None:
            self._ends = os.pipe()
            if self._is_rung:
                os.write(self._ends[1], b"!")
        return self._ends[0]

    def ring(self) -> None:
        """Wake whoever listens."""
        self._is_rung = True
        if self._ends is not None:
            os.write(self._ends[1], b"!")

    def close(self) -> None:
        """Nobody listens any more."""
        ends, self._ends = self._ends, None
        for end in ends or ():
            os.close(end)


_current: contextvars.ContextVar[Wait | None] = contextvars.ContextVar("wait", default=None)


def current() -> Wait | None:
    """The wait of the state that this thread walks in, if it calls something within."""
    return _current.get()


def within(wait: Wait | None, function: Callable[..., Result], *arguments: object) -> Result:
    """Call a function that waits within this wait, or within none."""
    token = _current.set(wait)
    try:
        return function(*arguments)
    finally:
        _current.reset(token)


def until_readable(descriptor: int, deadline: float) -> None:
    """Wait until there is something to read; TimeoutError at the deadline, Left at the end of the state's wait."""
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN | select.POLLHUP)
    wait = current()
    with walking.pause():
        soon = min(_SOON_SECONDS, deadline - time.monotonic(), wait.remaining() if wait else _SOON_SECONDS)
        if waiting.poll(max(0.0, soon) * 1000):
            return
        if wait is not None:
            wait.check()
            waiting.register(wait.bell(), select.POLLIN)
        while (remaining := deadline - time.monotonic()) > 0:
            limit = min(remaining, wait.remaining() if wait else remaining)
            if any(found == descriptor for found, _ in waiting.poll(max(0.0, limit) * 1000 + 1)):
                return
            if wait is not None:
                wait.check()
    raise TimeoutError
