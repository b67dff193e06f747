"""What happens when an execution's time is up: one thread for all of them, as thousands may run at once."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

logger = logging.getLogger("states")

Action = Callable[[], None]

_FEW = 1_000


class TimeLimits:
    """Actions by the times when they are due, in a thread that begins with the first of them."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int]] = []
        self._actions: dict[int, Action] = {}
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @contextmanager
    def after(self, seconds: float, action: Action) -> Iterator[None]:
        """Do this unless the block ends before."""
        number = self._add(time.monotonic() + seconds, action)
        try:
            yield
        finally:
            with self._changed:
                self._actions.pop(number, None)

    def _add(self, due: float, action: Action) -> int:
        with self._changed:
            number = next(self._numbers)
            self._actions[number] = action
            self._forget_what_ended()
            heapq.heappush(self._due, (due, number))
            if self._thread is None:
                self._thread = threading.Thread(target=self._act, name="time-limits", daemon=True)
                self._thread.start()
            if self._due[0][1] == number:
                self._changed.notify()
        return number

    def _forget_what_ended(self) -> None:
        # Most executions end long before their time is up.
        if len(self._due) > _FEW + 2 * len(self._actions):
            self._due = [entry for entry in self._due if entry[1] in self._actions]
            heapq.heapify(self._due)

    def _act(self) -> None:
        while True:
            with self._changed:
                while not self._due or self._due[0][0] > time.monotonic():
                    self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
                action = self._actions.pop(heapq.heappop(self._due)[1], None)
            if action is not None:
                _do(action)


def _do(action: Action) -> None:
    try:
        action()
    except Exception:
        # The others have their limits too.
        logger.exception("What is due at a time limit failed")


after = TimeLimits().after
