"""The inline Map: its history, at most 40 iterations at once, and the end of all when one fails.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html. Its events are linked as AWS was recorded to
link them: an iteration follows the last state's event of the one whose end let it begin, what follows the Map its last
iteration, and all that a failure brings about the event that was the failure.
"""

import contextvars
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import runs, state_walk, walking
from batchctl.local.emulator.fidelity.executions.execution_history import add_event
from batchctl.local.emulator.fidelity.executions.progress import Progress
from batchctl.local.emulator.fidelity.expressions import templates

MAXIMUM_CONCURRENCY = 40
# The kinds of states whose end by a failure beside them is an event.
ABORTED_BY_NAME = ("Map", "Parallel", "Task", "Wait")

State = dict[str, Any]
Outcome = tuple[Any, str | None]


class _Iterations:
    """One Map state's iterations over its items."""

    def __init__(
        self, state: State, data: Any, items: list[Any], execution: dict[str, Any], context: dict[str, Any]
    ) -> None:
        self.results: list[Any] = [None] * len(items)
        self._state, self._data, self._execution, self._context = state, data, execution, context
        self._name = context["State"]["Name"]
        self._processor = state.get("ItemProcessor") or state["Iterator"]
        self._pending: Iterator[tuple[int, Any]] = iter(enumerate(items))
        self._lock = threading.Lock()
        self._failure: Exception | None = None
        # The event that failed, and which iterations it ended.
        self._fatal_event_id = 0
        self._ended: set[int] = set()
        self._last_success_id = 0
        self._progress = runs.current().progress

    def run(self, workers: int) -> None:
        """Process every item; the first failure stops the others and is raised."""
        outer = runs.current()
        with outer.branch() as map_run:
            outer.wait_for(runs.when_all([self._start_worker(map_run) for _ in range(workers)]), None)
        if self._failure is not None:
            self._progress.last_event_id = self._fatal_event_id
            for index in sorted(self._ended):
                self._add_event("Aborted", index, leads_on=False)
                self._add_state_aborted(index)
            add_event(self._execution, "MapStateFailed")
            raise self._failure
        if self._last_success_id:
            self._progress.last_event_id = self._last_success_id

    def _start_worker(self, map_run: runs.Run) -> "Future[None]":
        done: Future[None] = Future()

        def work() -> None:
            previous = self._progress.last_event_id
            try:
                with walking.turn():
                    while (pending := self._next()) is not None:
                        previous = self._iterate(*pending, previous, map_run)
            finally:
                done.set_result(None)

        threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
        return done

    def _next(self) -> tuple[int, Any] | None:
        with self._lock:
            return next(self._pending, None)

    def _iterate(self, index: int, item: Any, previous: int, map_run: runs.Run) -> int:
        """Run one iteration, which follows this event; the last event of its states."""
        map_run.check()
        progress = self._progress.parts.setdefault(index, Progress(previous))
        if progress.is_finished:
            self.results[index] = progress.data
            return previous
        with map_run.branch(progress):
            try:
                if progress.state is None:
                    self._add_event("Started", index)
                self.results[index] = self._process(index, item)
                succeeded = self._add_event("Succeeded", index, leads_on=False)
                self._last_success_id = max(self._last_success_id, succeeded["id"])
            except runs.Stopped:
                self._ended.add(index)
            except Exception as exc:
                self._fail(index, exc, progress, map_run)
        return progress.last_event_id

    def _process(self, index: int, item: Any) -> Any:
        context = {
            **self._context,
            "Map": {"Item": {"Index": index, "Value": item}},
        }
        states, start_at = self._processor["States"], self._processor["StartAt"]
        return state_walk.run_states(states, start_at, self._item_input(item, context), self._execution, context)

    def _item_input(self, item: Any, context: dict[str, Any]) -> Any:
        selector = self._state.get("ItemSelector") or self._state.get("Parameters")
        if not selector:
            return item
        if stepfunctions._state_query_language(self._state, context) == "JSONata":
            return templates.field({"ItemSelector": selector}, "ItemSelector", self._data, context)
        effective = stepfunctions._apply_input_path(self._state, self._data, context)
        return stepfunctions._resolve_params_obj(selector, effective, context)

    def _fail(self, index: int, exc: Exception, progress: Progress, map_run: runs.Run) -> None:
        with self._lock:
            first, self._failure = self._failure is None, self._failure or exc
            self._pending = iter(())
        if not first:
            self._ended.add(index)
            return
        self._fatal_event_id = progress.last_event_id
        map_run.stop()
        # The execution may have ended meanwhile, or its history be full, which is then the failure.
        with suppress(runs.Stopped, stepfunctions._ExecutionError):
            self._add_event("Failed", index, leads_on=False)
            self._add_state_aborted(index)

    def _add_state_aborted(self, index: int) -> None:
        state = self._processor["States"].get(self._progress.parts[index].state, {})
        if state.get("Type") in ABORTED_BY_NAME:
            add_event(self._execution, f"{state['Type']}StateAborted", previous=self._fatal_event_id, leads_on=False)

    def _add_event(self, what: str, index: int, *, leads_on: bool = True) -> dict[str, Any]:
        details = {f"mapIteration{what}EventDetails": {"name": self._name, "index": index}}
        return add_event(self._execution, f"MapIteration{what}", details, leads_on=leads_on)


def _items(state: State, data: Any, context: dict[str, Any]) -> list[Any]:
    if stepfunctions._state_query_language(state, context) == "JSONata":
        items = data
        if "Items" in state:
            items = stepfunctions._jsonata_state_field(state, "Items", "array", data, context)
    else:
        effective = stepfunctions._apply_input_path(state, data, context)
        items = stepfunctions._resolve_path_or_ctx(state.get("ItemsPath", "$"), effective, context)
    return list(items) if isinstance(items, list) else [items]


def _concurrency(state: State, data: Any, context: dict[str, Any]) -> int:
    value = stepfunctions._jsonata_state_field(
        {"MaxConcurrency": 0, **state}, "MaxConcurrency", "number", data, context
    )
    return min(int(value) or MAXIMUM_CONCURRENCY, MAXIMUM_CONCURRENCY)


def _run_map(state: State, data: Any, execution: dict[str, Any], context: dict[str, Any]) -> Outcome:
    items = _items(state, data, context)
    if not runs.current().progress.parts:
        add_event(execution, "MapStateStarted", {"mapStateStartedEventDetails": {"length": len(items)}})
    iterations = _Iterations(state, data, items, execution, context)
    if items:
        workers = min(_concurrency(state, data, context), len(items))
        iterations.run(workers)
    add_event(execution, "MapStateSucceeded", leads_on=False)
    return outcome(state, data, iterations.results, context)


def outcome(state: State, data: Any, results: list[Any], context: dict[str, Any]) -> Outcome:
    """What a Map or Parallel state makes of the results of its iterations or branches, and the next state's name."""
    following = stepfunctions._next_or_end(state)
    if stepfunctions._state_query_language(state, context) == "JSONata":
        output = stepfunctions._apply_jsonata_output(state, data, context, result=results, default=results)
        stepfunctions._apply_state_assign(state, data, context, result=results)
        return output, following
    selected = stepfunctions._apply_result_selector(state, results)
    output = stepfunctions._apply_result_path(state, data, selected)
    return stepfunctions._apply_output_path(state, output, context), following


def apply() -> None:
    """Replace the inline Map; a Distributed Map stays MiniStack's."""
    run_distributed: Callable[..., Outcome] = stepfunctions._run_map_items

    def run_map_items(state: State, data: Any, execution: dict[str, Any], context: dict[str, Any]) -> Outcome:
        config = (state.get("ItemProcessor") or {}).get("ProcessorConfig") or {}
        run = run_distributed if config.get("Mode") == "DISTRIBUTED" else _run_map
        return run(state, data, execution, context)

    stepfunctions._run_map_items = run_map_items
