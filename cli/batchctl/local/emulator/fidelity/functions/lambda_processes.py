"""As many processes of a function as it needs, but hardly more.

MiniStack starts one for each concurrent invocation, which on a small machine takes longer than the work, and keeps one of
each function for ever, which on a small machine takes most of the memory.
"""

import os
import threading
import time
from collections import defaultdict, deque
from typing import Any

from ministack.core import lambda_runtime

from batchctl.local.emulator.fidelity.executions import waits

# A function that has a process for each core gets another when there have been invocations that wait for so long, the
# first of them for long enough to tell its calls from short ones; and one at a time: starting forty at once would keep a
# small machine busy for longer than all the work takes. While none has started yet, it cannot be said that they are too few.
_PROCESSES_AT_ONCE = max(2, os.cpu_count() or 2)
_PATIENCE_SECONDS = 0.5
_MOST_PATIENCE_SECONDS = 5.0
_SPACING_SECONDS = 0.25
# So many of a function's processes may go on with invocations that nobody waits for, as if they were not there.
_MOST_LEFT = 16
# Beyond so many that wait for work, one of each function that a batch goes through, those that a function has besides end
# first, and then those that have waited for longest; but not between two batches.
_MOST_IDLE = 8
_LEAST_IDLE_SECONDS = 5.0


class _Queue:
    """Those who wait for a process of one function: whoever came first is served first."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.places: deque[threading.Condition] = deque()
        # On the monotonic clock: since when somebody has been waiting, and when a process was started last.
        self.waited_since = 0.0
        self.started_at = 0.0

    def call_next(self) -> None:
        """Tell whose turn it is that there may be a process."""
        if self.places:
            self.places[0].notify()


_queues: defaultdict[str, _Queue] = defaultdict(_Queue)
_reaper = threading.Lock()


def _patience_seconds() -> float:
    # More processes help functions that wait, but not where the cores have more to do than they can.
    overload = max(1.0, os.getloadavg()[0] / _PROCESSES_AT_ONCE)
    return float(min(_PATIENCE_SECONDS * overload**2, _MOST_PATIENCE_SECONDS))


class Lease:
    """A process for one invocation of a function."""

    worker: Any

    def __init__(self, function: dict[str, Any]) -> None:
        self._function, self._config = function, function["config"]
        self._key = lambda_runtime._worker_key(self._config["FunctionName"], self._config, self._config["Version"])
        self._queue = _queues[self._key]

    def take(self) -> bool:
        """Whether there was one, or one was started, for which nobody had to wait."""
        with self._queue.lock:
            if self._queue.places or not self._is_served():
                return False
            self._acquire()
            return True

    def wait(self) -> None:
        """Take one as soon as there is one; Left if the state that calls waits no longer."""
        with self._queue.lock:
            place = threading.Condition(self._queue.lock)
            if not self._queue.places:
                self._queue.waited_since = time.monotonic()
            self._queue.places.append(place)
            try:
                self._wait(place)
                self._acquire()
            finally:
                self._queue.places.remove(place)
                self._queue.call_next()

    def leave(self) -> None:
        """Whoever made the invocation waits for it no longer: others may have a process in place of this one."""
        with self._queue.lock:
            self.worker.is_left = True
            self._queue.call_next()

    def release(self) -> None:
        """The invocation is over."""
        with self._queue.lock:
            self.worker.is_left, self.worker.last_used = False, time.time()
            lambda_runtime.release_worker(self.worker)
            self._queue.call_next()

    def _wait(self, place: threading.Condition) -> None:
        since, wait = time.monotonic(), waits.current()
        while self._queue.places[0] is not place or not self._is_served():
            if self._queue.places[0] is place and self._are_too_few(since):
                break
            if wait is not None:
                wait.check()
            place.wait(min(_SPACING_SECONDS, wait.remaining() if wait else _SPACING_SECONDS))

    def _are_too_few(self, since: float) -> bool:
        now = time.monotonic()
        first = min((worker.started_at for worker in self._workers() if worker.started_at), default=now)
        waited_seconds = now - max(self._queue.waited_since, first)
        if waited_seconds < _PATIENCE_SECONDS or now - max(since, self._queue.started_at) < _SPACING_SECONDS:
            return False
        return waited_seconds >= _patience_seconds()

    def _workers(self) -> list[Any]:
        workers: list[Any] = lambda_runtime._workers.get(self._key, [])
        return workers

    def _is_served(self) -> bool:
        workers = self._workers()
        left = min(sum(worker.is_left for worker in workers), _MOST_LEFT)
        return len(workers) - left < _PROCESSES_AT_ONCE or not all(worker.in_use for worker in workers)

    def _acquire(self) -> None:
        name, qualifier = self._config["FunctionName"], self._config["Version"]
        self.worker, how = lambda_runtime.acquire_worker(
            name, self._config, self._function["code_zip"], qualifier=qualifier
        )
        if how == "spawn":
            self._queue.started_at = time.monotonic()
            if _reaper.acquire(blocking=False):
                threading.Thread(target=_reap, daemon=True, name="idle processes").start()


def _reap() -> None:
    """End what nobody needs, for as long as there are so many processes that this may happen."""
    while True:
        time.sleep(_LEAST_IDLE_SECONDS / 5)
        lambda_runtime.kill_workers(take_idle())
        with lambda_runtime._lock:
            if sum(len(pool) for pool in lambda_runtime._workers.values()) <= _MOST_IDLE:
                _reaper.release()
                return


def take_idle() -> list[Any]:
    """Processes that nobody needs, taken out of reach."""
    long_ago = time.time() - _LEAST_IDLE_SECONDS
    with lambda_runtime._lock:
        firsts, besides = [], []
        for pool in lambda_runtime._workers.values():
            *others, first = sorted((worker for worker in pool if not worker.in_use), key=_last_used) or (None,)
            firsts += [first] if first else []
            besides += others
        idle = sorted(besides, key=_last_used) + sorted(firsts, key=_last_used)
        taken = [worker for worker in idle[: max(0, len(idle) - _MOST_IDLE)] if worker.last_used < long_ago]
        for pool in lambda_runtime._workers.values():
            pool[:] = [worker for worker in pool if worker not in taken]
    return taken


def _last_used(worker: Any) -> float:
    when: float = worker.last_used
    return when
