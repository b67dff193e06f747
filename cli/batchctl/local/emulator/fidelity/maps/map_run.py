"""One run of a Distributed Map: its children, how many at once, and what ends them all.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

import contextvars
import threading
from collections.abc import Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import executions, express, runs, walking
from batchctl.local.emulator.fidelity.maps import child_executions, item_reader
from batchctl.local.emulator.fidelity.maps.item_batcher import ChildInput, child_inputs
from batchctl.local.emulator.fidelity.maps.map_run_record import MapRunRecord, Tolerance
from batchctl.local.emulator.fidelity.maps.result_writer import ResultWriter

MAXIMUM_CONCURRENCY = 10_000
# Keeps small maps quick, whatever the rate at which AWS starts children.
_BURST = 40
# Threads of stopped children end at once unless they are in a call that cannot be interrupted; Express children are not
# stopped, and end by themselves.
_UNWINDING_SECONDS = {"STANDARD": 5.0, "EXPRESS": express.MAXIMUM_SECONDS + 5.0}

State = dict[str, Any]
Execution = dict[str, Any]


class MapRun:
    """One run of a Map state over its items, which a redrive continues."""

    def __init__(self, state: State, data: Any, execution: Execution, context: dict[str, Any]) -> None:
        items = None if "ItemReader" in state else item_reader.read(state, data, execution, context)
        concurrency = int(_number(state, "MaxConcurrency", data, context) or 0)
        percentage = _number(state, "ToleratedFailurePercentage", data, context)
        count = _number(state, "ToleratedFailureCount", data, context)
        tolerance = Tolerance(percentage, None if count is None else int(count))
        processor = state["ItemProcessor"]
        self._kind: str = processor["ProcessorConfig"]["ExecutionType"]
        self.record = MapRunRecord(
            execution, _label(state, context), self._kind, items.total if items else 0, concurrency, tolerance
        )
        self.writer = ResultWriter(state, data, execution, context)
        self.children: list[Execution] = []
        self._scope = state, data, execution, context
        self._pending: Iterator[ChildInput] | None = child_inputs(state, items, data, context) if items else None
        self._workers = min(concurrency or MAXIMUM_CONCURRENCY, MAXIMUM_CONCURRENCY)
        self._machine = stepfunctions._state_machines[execution["stateMachineArn"].split("/")[0]]
        language = processor.get("QueryLanguage", context["QueryLanguage"])
        seconds = express.MAXIMUM_SECONDS if self._kind == "EXPRESS" else None
        self._definition = executions.Definition(processor["States"], processor["StartAt"], language, seconds)
        self._again: Iterator[Execution] = iter(())
        self._busy: list[Future[None]] = []
        self._is_over = threading.Event()
        self._lock = threading.Lock()
        self._failure: BaseException | None = None

    def run(self) -> Any:
        """The state's result once all children are through; whatever ends it early ends them."""
        self._is_over.clear()
        try:
            if self._pending is None:
                self._read()
            self._dispatch(runs.current())
            if self._failure is not None:
                raise self._failure
            return self._result()
        except runs.Stopped:
            self._end("ABORTED")
            raise
        except Exception:
            self._end("FAILED")
            raise
        finally:
            self._is_over.set()

    def _read(self) -> None:
        state, data, execution, context = self._scope
        items = item_reader.read(state, data, execution, context)
        self.record.found(items.total)
        self._pending = child_inputs(state, items, data, context)

    def reopen(self) -> None:
        """Prepare another run, which continues the children that did not succeed and starts the remaining ones."""
        with walking.pause():
            self._is_over.wait()
        unsuccessful = [child for child in self.children if child["status"] != "SUCCEEDED"]
        for child in unsuccessful:
            self.record.changed(child["itemCount"], child["status"], "PENDING_REDRIVE")
            child["status"] = "PENDING_REDRIVE"
        self._again, self._failure = iter(unsuccessful), None
        self.record.redriven()

    def _dispatch(self, outer: runs.Run) -> None:
        self._busy = []
        while len(self._busy) < self._workers and (child := self._next()) is not None:
            self._busy.append(self._start_worker(child))
            if len(self._busy) >= _BURST:
                outer.sleep(1 / child_executions.PER_SECOND[self._kind])
        outer.wait_for(runs.when_all(self._busy), None)

    def _start_worker(self, first: Execution) -> "Future[None]":
        done: Future[None] = Future()

        def work() -> None:
            child: Execution | None = first
            try:
                while child is not None:
                    child_executions.walk(child, self._definition, self._machine)
                    self._ended(child)
                    child = self._next()
            finally:
                done.set_result(None)

        threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
        return done

    def _next(self) -> Execution | None:
        with self._lock:
            if self._failure is not None:
                return None
            if (child := next(self._again, None)) is not None:
                return self._continue(child)
            try:
                child_input = next(self._pending or iter(()), None)
            except Exception as exc:  # an ItemSelector that cannot be evaluated, a line that is no JSON
                self._failure = exc
            else:
                return None if child_input is None else self._start(child_input)
        self._abort_children()
        return None

    def _start(self, child_input: ChildInput) -> Execution:
        child = child_executions.start(self.record, child_input, self._machine, self._kind)
        self.children.append(child)
        self.record.started(child_input.item_count)
        return child

    def _continue(self, child: Execution) -> Execution:
        child_executions.start_again(child)
        self.record.changed(child["itemCount"], "PENDING_REDRIVE", "RUNNING")
        return child

    def _ended(self, child: Execution) -> None:
        self.record.changed(child["itemCount"], "RUNNING", child["status"])
        child_executions.forget_what_nobody_reads(child, is_described=self.writer.describes_successes)
        with self._lock:
            if self._failure is not None or not self.record.has_too_many_failures():
                return
            self._failure = stepfunctions._ExecutionError(
                "States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded"
            )
        self._abort_children()

    def _abort_children(self) -> None:
        with self._lock:
            running = [child for child in self.children if child["status"] == "RUNNING"]
        for child in running:
            child_executions.stop(child)

    def _result(self) -> Any:
        write = self._export if self.writer.exports else self.writer.results
        result = write(self.children)
        self.record.end("SUCCEEDED")
        return result

    def _export(self, children: list[Execution]) -> Any:
        pending = list(self._pending or ())
        self._pending = iter(pending)
        return self.writer.export(self.record, children, pending)

    def _end(self, status: str) -> None:
        with self._lock:
            self._failure = self._failure or runs.Stopped()
        self._abort_children()
        with walking.pause():
            wait(self._busy, _UNWINDING_SECONDS[self._kind])
        if self.writer.exports and status == "FAILED":
            # What failed the Map Run is the error, not what then keeps its results from being written.
            with suppress(stepfunctions._ExecutionError):
                self._export(self.children)
        self.record.end(status)


def _number(state: State, field: str, data: Any, context: dict[str, Any]) -> float | None:
    if field not in state:
        return None
    number: float = stepfunctions._jsonata_state_field(state, field, "number", data, context)
    return number


def _label(state: State, context: dict[str, Any]) -> str:
    # AWS makes one up when the machine has none; this one is at least always the same.
    return str(state.get("Label") or context["State"]["Name"].replace(" ", ""))
