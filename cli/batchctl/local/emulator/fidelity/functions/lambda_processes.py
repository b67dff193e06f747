"""As many processes of a function as it needs, but hardly more.

MiniStack starts one for each concurrent invocation, which on a small machine takes longer than the work, and keeps one of
each function for ever, which on a small machine takes most of the memory.
"""

import os
import threading
import time
from collections import defaultdict
from typing import Any

from ministack.core import lambda_runtime

from batchctl.local.emulator.fidelity.executions import waits, walking

# A function that has a process for each core gets another when an invocation had to wait this long for one, and one at
# a time: starting forty at once would keep a small machine busy for longer than all the work takes.
_PROCESSES_AT_ONCE = max(2, os.cpu_count() or 2)
_PATIENCE_SECONDS = 0.5
_MOST_PATIENCE_SECONDS = 5.0
_SPACING_SECONDS = 0.25
# Beyond so many that wait for work, those that have done so for longest end; but not between two batches.
_MOST_IDLE = 4
_LEAST_IDLE_SECONDS = 5.0
_freed: defaultdict[str, threading.Condition] = defaultdict(threading.Condition)
_started_at: defaultdict[str, float] = defaultdict(float)


def _patience_seconds() -> float:
    # More processes help functions that wait, but not where the cores have more to do than they can.
    overload = max(1.0, os.getloadavg()[0] / _PROCESSES_AT_ONCE)
    return float(min(_PATIENCE_SECONDS * overload**2, _MOST_PATIENCE_SECONDS))


def lease(name: str, config: dict[str, Any], code: bytes, qualifier: str) -> tuple[str, Any]:
    """A process for one invocation, and the key to give it back with; Left if the state that calls waits no longer."""
    key = lambda_runtime._worker_key(name, config, qualifier)

    def is_served() -> bool:
        workers = lambda_runtime._workers.get(key, ())
        return len(workers) < _PROCESSES_AT_ONCE or not all(worker.in_use for worker in workers)

    wait = waits.current()
    with walking.pause(), _freed[key]:
        patient_until = 0.0
        while not is_served():
            patient_until = patient_until or time.monotonic() + _patience_seconds()
            remaining = max(patient_until, _started_at[key] + _SPACING_SECONDS) - time.monotonic()
            if remaining <= 0:
                break
            if wait is not None:
                wait.check()
                remaining = min(remaining, wait.remaining())
            _freed[key].wait(min(remaining, _SPACING_SECONDS))
        worker, how = lambda_runtime.acquire_worker(name, config, code, qualifier=qualifier)
        if how == "spawn":
            _started_at[key] = time.monotonic()
    if how == "spawn" and (idle := take_idle()):
        threading.Thread(target=lambda_runtime.kill_workers, args=(idle,), daemon=True).start()
    return key, worker


def take_idle() -> list[Any]:
    """Processes that nobody needs, taken out of reach."""
    long_ago = time.time() - _LEAST_IDLE_SECONDS
    with lambda_runtime._lock:
        idle = [worker for pool in lambda_runtime._workers.values() for worker in pool if not worker.in_use]
        idle.sort(key=lambda worker: worker.last_used)
        taken = [worker for worker in idle[: max(0, len(idle) - _MOST_IDLE)] if worker.last_used < long_ago]
        for pool in lambda_runtime._workers.values():
            pool[:] = [worker for worker in pool if worker not in taken]
    return taken


def release(key: str, worker: Any) -> None:
    """The invocation is over."""
    with _freed[key]:
        lambda_runtime.release_worker(worker)
        _freed[key].notify()
