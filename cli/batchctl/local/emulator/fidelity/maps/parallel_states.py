"""The Parallel state: its history, its JSONata fields, and the end of all branches when one fails.

https://docs.aws.amazon.com/step-functions/latest/dg/state-parallel.html. MiniStack waits for every branch, whatever became
of the others. The events are linked as those of an inline Map.
"""

import contextvars
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import runs, state_walk, walking
from batchctl.local.emulator.fidelity.executions.execution_history import add_event
from batchctl.local.emulator.fidelity.executions.progress import Progress
from batchctl.local.emulator.fidelity.maps.inline_map import ABORTED_BY_NAME, outcome

State = dict[str, Any]
Outcome = tuple[Any, str | None]


class _Branches:
    """One Parallel state's branches over its input."""

    def __init__(self, state: State, data: Any, execution: dict[str, Any], context: dict[str, Any]) -> None:
        self._branches: list[State] = state["Branches"]
        self.results: list[Any] = [None] * len(self._branches)
        self._data, self._execution, self._context = data, execution, context
        self._outer = runs.current().progress
        self._progress = [Progress(self._outer.last_event_id) for _ in self._branches]
        self._lock = threading.Lock()
        self._failure: Exception | None = None
        self._fatal_event_id = 0
        self._ended: set[int] = set()

    def run(self) -> None:
        """Run every branch; the first failure stops the others and is raised."""
        run = runs.current()
        with run.branch() as together:
            run.wait_for(runs.when_all([self._start(number, together) for number in range(len(self._branches))]), None)
        if self._failure is None:
            self._outer.last_event_id = max(progress.last_event_id for progress in self._progress)
            return
        self._outer.last_event_id = self._fatal_event_id
        for number in sorted(self._ended):
            self._add_state_aborted(number)
        add_event(self._execution, "ParallelStateFailed")
        raise self._failure

    def _start(self, number: int, together: runs.Run) -> "Future[None]":
        done: Future[None] = Future()

        def work() -> None:
            try:
                with walking.turn(), together.branch(self._progress[number]):
                    self._walk(number, together)
            finally:
                done.set_result(None)

        threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
        return done

    def _walk(self, number: int, together: runs.Run) -> None:
        branch, context = self._branches[number], dict(self._context)
        try:
            walk = branch["States"], branch["StartAt"], self._data, self._execution, context
            self.results[number] = state_walk.run_states(*walk)
        except runs.Stopped:
            self._ended.add(number)
        except Exception as exc:
            self._fail(number, exc, together)

    def _fail(self, number: int, exc: Exception, together: runs.Run) -> None:
        with self._lock:
            first, self._failure = self._failure is None, self._failure or exc
        if not first:
            self._ended.add(number)
            return
        self._fatal_event_id = self._progress[number].last_event_id
        together.stop()
        with suppress(runs.Stopped, stepfunctions._ExecutionError):
            self._add_state_aborted(number)

    def _add_state_aborted(self, number: int) -> None:
        kind = self._branches[number]["States"].get(self._progress[number].state, {}).get("Type")
        if kind in ABORTED_BY_NAME:
            add_event(self._execution, f"{kind}StateAborted", previous=self._fatal_event_id, leads_on=False)


def _run_branches(state: State, data: Any, execution: dict[str, Any], context: dict[str, Any]) -> Outcome:
    if stepfunctions._state_query_language(state, context) == "JSONata":
        arguments = stepfunctions._apply_jsonata_arguments(state, data, context)
    else:
        effective = stepfunctions._apply_input_path(state, data, context)
        arguments = stepfunctions._apply_parameters(state, effective, context)
    add_event(execution, "ParallelStateStarted")
    branches = _Branches(state, arguments, execution, context)
    branches.run()
    add_event(execution, "ParallelStateSucceeded", leads_on=False)
    return outcome(state, data, branches.results, context)


def apply() -> None:
    """Replace the branches of a Parallel state."""
    stepfunctions._run_parallel_branches = _run_branches
