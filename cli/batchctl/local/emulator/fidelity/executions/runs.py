"""Executions and Map iterations that can be stopped at once, also while they wait for something.

MiniStack lets an aborted or timed-out execution run on to its end; on AWS nothing further happens in it.
"""

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import waits, walking
from batchctl.local.emulator.fidelity.executions.progress import Progress

Result = TypeVar("Result")

# One lock for every change of an execution's status or history; each holds it for microseconds.
RECORDS = threading.RLock()

# Task invocations run here so that the state waiting for one can be interrupted. Nothing in this pool ever
# waits for another place in it, so a bound cannot deadlock.
_invocations = ThreadPoolExecutor(max_workers=1024, thread_name_prefix="task")
_current: contextvars.ContextVar["Run"] = contextvars.ContextVar("run")
_runs: dict[str, "Run"] = {}
_progress: dict[str, Progress] = {}


class Stopped(SystemExit):
    """Unwinds a run that was stopped; not an Exception, so that no Catch sees it, and quiet at a thread's end."""


class Run:
    """One execution, or one iteration of a Map in it."""

    def __init__(self, execution: dict[str, Any], progress: Progress, whole: "Run | None" = None) -> None:
        self.execution = execution
        self.progress = progress
        # The run of the execution, also for one of its iterations, and when that has ended.
        self.whole = whole or self
        self.ended: Future[None] = whole.ended if whole else Future()
        # What the history of the execution says before its last event, should it be stopped now.
        self.last_events: list[str] = []
        self._children: set[Run] = set()
        self._stopped = False
        self._lock = threading.Lock()
        # Most iterations never wait by it.
        self._changed: threading.Condition | None = None
        self._bell = waits.Bell()

    def stop(self) -> None:
        """Wake whatever waits in this run or below it, and let no further state start."""
        with self._lock:
            self._stopped = True
            self._bell.ring()
            self._wake()
            children = list(self._children)
        for child in children:
            child.stop()

    @property
    def is_stopped(self) -> bool:
        """Whether nothing may happen in this run any more, even if the execution was redriven since."""
        return self._stopped

    def check(self) -> None:
        """Raise Stopped once the run was stopped."""
        if self._stopped:
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait, but not beyond the end of the run."""
        with walking.pause(), self._lock:
            self._wait_until(lambda: self._stopped, seconds)
        self.check()

    def wait_for(self, future: "Future[Result]", timeout_seconds: float | None) -> Result:
        """The future's result; TimeoutError when it comes too late."""
        future.add_done_callback(lambda _: self._notify())
        with walking.pause(), self._lock:
            self._wait_until(lambda: self._stopped or future.done(), timeout_seconds)
        self.check()
        if not future.done():
            raise TimeoutError
        return future.result()

    def call(self, function: Callable[..., Result], *arguments: Any, timeout_seconds: float | None) -> Result:
        """Run a blocking function; when its time is up or the run is stopped, leave it to itself."""
        scope = contextvars.copy_context()
        return self.wait_for(_invocations.submit(scope.run, function, *arguments), timeout_seconds)

    def call_here(self, function: Callable[..., Result], *arguments: Any, timeout_seconds: float | None) -> Result:
        """As `call`, without another thread: of a function that waits by `waits`, or not at all."""
        self.check()
        try:
            result = waits.within(waits.Wait(self, timeout_seconds), function, *arguments)
        except waits.Left:
            self.check()
            raise TimeoutError from None
        self.check()
        return result

    def bell(self) -> int:
        """A descriptor that is readable once the run is stopped."""
        with self._lock:
            return self._bell.descriptor()

    @contextmanager
    def branch(self, progress: Progress | None = None) -> Iterator["Run"]:
        """A run that stops with this one, and alone; current inside the block."""
        child = Run(self.execution, progress or Progress(self.progress.last_event_id), self.whole)
        with self._lock:
            self._children.add(child)
            child._stopped = self._stopped
        token = _current.set(child)
        try:
            yield child
        finally:
            _current.reset(token)
            with self._lock:
                self._children.discard(child)
            child.close()

    @contextmanager
    def last_words(self, event_type: str) -> Iterator[None]:
        """An event that the history of the execution gets if it is stopped inside the block."""
        last_events = self.whole.last_events
        last_events.append(event_type)
        try:
            yield
        finally:
            last_events.remove(event_type)

    def close(self) -> None:
        """Nothing waits in this run any more."""
        with self._lock:
            self._bell.close()

    def _notify(self) -> None:
        with self._lock:
            self._wake()

    def _wake(self) -> None:
        if self._changed is not None:
            self._changed.notify_all()

    def _wait_until(self, is_over: Callable[[], bool], timeout_seconds: float | None) -> None:
        self._changed = self._changed or threading.Condition(self._lock)
        self._changed.wait_for(is_over, timeout_seconds)


def is_express(execution: dict[str, Any]) -> bool:
    """Whether it is an Express execution: one without history, which nobody can ask after."""
    return "events" not in execution


def current() -> Run:
    """The run whose state is being executed."""
    return _current.get()


def current_for(execution: dict[str, Any]) -> Run | None:
    """The current run if it belongs to this execution."""
    run = _current.get(None)
    return run if run is not None and run.execution is execution else None


def run_of(execution: dict[str, Any]) -> Run:
    """The execution's run, also before its thread is there and after it ended."""
    with RECORDS:
        if execution["status"] != "RUNNING":
            run = Run(execution, Progress())
            run.stop()
            run.ended.set_result(None)
            return run
        arn = execution["executionArn"]
        if arn not in _runs:
            _runs[arn] = Run(execution, _progress.setdefault(arn, Progress()))
        return _runs[arn]


def has_progress(execution: dict[str, Any]) -> bool:
    """Whether it is known where the execution stopped."""
    return execution["executionArn"] in _progress


@contextmanager
def running(execution: dict[str, Any]) -> Iterator[Run]:
    """The execution's run, current inside the block."""
    run = run_of(execution)
    token = _current.set(run)
    try:
        yield run
    finally:
        _current.reset(token)
        run.close()


def end(execution: dict[str, Any]) -> None:
    """Stop what still runs in a closed execution and tell those who wait for its end."""
    arn = execution["executionArn"]
    with RECORDS:
        run = _runs.pop(arn, None)
        # An Express child begins anew when its Map Run is redriven.
        if execution["status"] == "SUCCEEDED" or is_express(execution):
            _progress.pop(arn, None)
    if run is not None:
        run.stop()
        run.ended.set_result(None)


def when_all(futures: list["Future[None]"]) -> "Future[None]":
    """A future that is done when all of these are."""
    done: Future[None] = Future()
    remaining = len(futures)
    lock = threading.Lock()

    def count(_: "Future[None]") -> None:
        nonlocal remaining
        with lock:
            remaining -= 1
            last = remaining == 0
        if last:
            done.set_result(None)

    for future in futures:
        future.add_done_callback(count)
    if not futures:
        done.set_result(None)
    return done


def _interruptible_sleep(seconds: float) -> None:
    scaled = seconds * stepfunctions._SFN_WAIT_SCALE
    if scaled > 0:
        current().sleep(scaled)


def apply() -> None:
    """Wait states and retry intervals end with their run."""
    stepfunctions._scaled_sleep = _interruptible_sleep
