"""Runs two things at once so that each of their calls of AWS comes in the order that is wanted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Semaphore, Thread, local
from typing import Any

import pytest
from botocore.client import BaseClient

# Far more than any call takes in memory.
_PATIENCE_SECONDS = 30


class _Turns:
    """One of the two: it waits before each of its calls until it is given one more."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work, self._given, self._reached = work, Semaphore(0), Semaphore(0)
        self._error: BaseException | None = None
        self.is_over = False
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()
        self._wait()

    def pause(self) -> None:
        """Before a call, on its own thread."""
        self._reached.release()
        assert self._given.acquire(timeout=_PATIENCE_SECONDS)

    def call(self, times: int) -> int:
        """Lets it make so many calls, or what it has left; returns how many."""
        for made in range(times):
            if self.is_over:
                return made
            self._given.release()
            self._wait()
        return times

    def finish(self) -> None:
        """Lets it come to its end."""
        while not self.is_over:
            self.call(1)
        if self._error:
            raise self._error

    def _run(self) -> None:
        _OWN.turns = self
        try:
            self._work()
        except BaseException as exc:
            self._error = exc
        self.is_over = True
        self._reached.release()

    def _wait(self) -> None:
        assert self._reached.acquire(timeout=_PATIENCE_SECONDS)


_OWN = local()


@contextmanager
def calls_in_turn(is_wanted: Callable[[str, Any], bool]) -> Iterator[None]:
    """Within it `in_orders_of_two_switches` works, for the calls that are wanted by the operation and its arguments."""
    call = BaseClient._make_api_call

    def in_turn(self: Any, operation: str, arguments: Any) -> Any:
        if (turns := getattr(_OWN, "turns", None)) and is_wanted(operation, arguments):
            turns.pause()
        return call(self, operation, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", in_turn)
        yield


def in_orders_of_two_switches(
    one: Callable[[int], Any], other: Callable[[int], Any], check: Callable[[int, tuple[int, int]], None]
) -> int:
    """Of both the first calls, any number of each, the one's first; then the rest of the one, and the rest of the other.

    Each is told which time it is, and so is `check`, behind each pair, with the numbers of calls. Returns how often.
    """
    time, first, is_last = 0, 0, False
    while not is_last:
        # Without a call of the other in between, one's are in one piece, however many come first.
        second, was_last = min(first, 1), False
        while not was_last:
            here, there = (_Turns(lambda work=work, at=time: work(at)) for work in (one, other))  # type: ignore[misc]
            is_last = here.call(first) < first or here.is_over
            was_last = there.call(second) < second or there.is_over
            here.finish()
            there.finish()
            check(time, (first, second))
            time, second = time + 1, second + 1
        first += 1
    return time
