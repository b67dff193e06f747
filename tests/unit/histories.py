"""Histories of batch executions, as GetExecutionHistory tells them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from batch_processor.contract import Loaded, Plan

_RESOURCE = {"resourceType": "lambda", "resource": "invoke"}
BEGAN = datetime(2026, 11, 21, 9, 35, tzinfo=UTC)
CAUGHT = {"Error": "StructuredOutputMissing", "Cause": "{}"}


class History:
    """The events so far; each names the one it follows, by which those of a row are known.

    They are linked as AWS was recorded to link them: an iteration follows the last event of the one whose end let it
    begin, and what comes after the Map follows its last iteration.

    `first` is the row that the Map's first iteration is of.
    """

    def __init__(self, given: Any = None, *, first: int = 1) -> None:
        self.events: list[dict[str, Any]] = []
        self._first = first
        self._last: dict[int | None, int] = {None: 0}
        self._last_of_rows = 0
        self._output: dict[int | None, Any] = {}
        self._add("ExecutionStarted", executionStartedEventDetails={"input": json.dumps(given or {})})

    def prepared(self, plan: Plan, loaded: Loaded) -> Self:
        """Up to the rows."""
        self.task("ValidateInput", {"Payload": plan, "StatusCode": 200}, output=plan)
        self.task("LoadCSVData", {"Payload": {"rows": [], "loaded": loaded}, "StatusCode": 200}, output={})
        return self._add("MapStateStarted", mapStateStartedEventDetails={"length": loaded["row_count"]})

    def task(self, state: str, result: Any, row: int | None = None, output: Any = None) -> Self:
        """A task that succeeded; its state's output is the result unless told otherwise."""
        place = {"InvokeAgent": "Output", "InvokeTool": "Payload"}.get(state)
        self.entered(state, row).succeeded(row, {place: result} if place else result)
        return self.exited(state, result if output is None else output, row)

    def failed_task(self, state: str, event: str | None = "TaskFailed", row: int | None = None) -> Self:
        """A task whose error was caught; without an event it failed before it was tried."""
        self.entered(state, row)
        if event:
            name = f"{event[0].lower()}{event[1:]}EventDetails"
            self._add(event, row, **{name: {**_RESOURCE, "error": CAUGHT["Error"], "cause": CAUGHT["Cause"]}})
        return self.exited(state, CAUGHT, row)

    def passed(self, state: str, output: Any, row: int, given: Any = None) -> Self:
        """A state that asks nobody."""
        return self.entered(state, row, given).exited(state, output, row)

    @property
    def now(self) -> str:
        """When the last event was, as results have it."""
        return f"2026-11-21T09:35:00.{len(self.events):03}Z"

    def ended(self, event: str = "MapStateFailed", **failure: str) -> Self:
        """The end of the rows, or of the execution, with {error, cause} if it failed."""
        name = f"{event[0].lower()}{event[1:]}EventDetails"
        return self._add(event, None, **({name: failure} if failure else {}))

    def entered(self, state: str, row: int | None = None, given: Any = None) -> Self:
        """A state begins; its input is the output of the one before unless told otherwise."""
        if row is not None and row not in self._last:
            self._add("MapIterationStarted", row, mapIterationStartedEventDetails={"index": row - self._first})
            self.passed("TransformInput", {}, row, given={"index": row, "row": {"email": "a@x.org"}})
        return self._add(
            "StateEntered",
            row,
            stateEnteredEventDetails={"name": state, "input": json.dumps(given or self._output.get(row))},
        )

    def succeeded(self, row: int | None = None, result: Any = None) -> Self:
        return self._add("TaskSucceeded", row, taskSucceededEventDetails={**_RESOURCE, "output": json.dumps(result)})

    def scheduled(self, row: int, call: Any) -> Self:
        """A task is given its parameters."""
        details = {**_RESOURCE, "region": "eu-west-1", "parameters": json.dumps(call)}
        return self._add("TaskScheduled", row, taskScheduledEventDetails=details)

    def exited(self, state: str, output: Any, row: int | None = None) -> Self:
        self._output[row] = output
        details = {"name": state, "output": json.dumps(output), "outputDetails": {"truncated": False}}
        return self._add("StateExited", row, stateExitedEventDetails=details)

    def _add(self, kind: str, row: int | None = None, **details: Any) -> Self:
        number = len(self.events) + 1
        latest = max(self._last[None], self._last_of_rows)
        before = latest if row is None else self._last.get(row, latest)
        self.events.append(
            {
                "timestamp": BEGAN + timedelta(milliseconds=number),
                "type": kind,
                "id": number,
                "previousEventId": before,
                **details,
            }
        )
        # The first state follows nothing, as the beginning itself.
        if number > 1:
            self._last[row] = number
        if row is not None:
            self._last_of_rows = number
        return self
