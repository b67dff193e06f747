"""Histories of inline Maps that run: what GetExecutionHistory tells of them at any moment, without inputs and outputs.

Rows begin in their order, one as soon as another ends, as AWS was recorded to do it; each takes as long as dice say.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

BEGAN = datetime(2026, 11, 21, 9, 35, tzinfo=UTC)
# What becomes of a row: the states that it goes through after its call, and the error of the call if it failed.
ENDS: dict[str, tuple[tuple[str, ...], str]] = {
    "answered": (("ExtractStructuredOutput",), ""),
    "failed": (("JudgeFailure", "SendToDeadLetterQueue"), "ToolBroke"),
    "slow": (("JudgeFailure", "SendToDeadLetterQueue"), "States.Timeout"),
    "retried": (
        ("JudgeFailure", "WaitBeforeRetry", "SelectTarget", "InvokeTool", "ExtractStructuredOutput"),
        "ToolBroke",
    ),
    "throttled": (
        ("JudgeFailure", "WaitForThrottling", "SelectTarget", "InvokeTool", "ExtractStructuredOutput"),
        "Lambda.TooManyRequestsException",
    ),
    "skipped": (("SkipRow",), ""),
    "unfit": (("JudgeFailure", "SendToDeadLetterQueue"), ""),
}
_CALLED = {"answered", "failed", "slow", "retried", "throttled"}
_TASKS = {"InvokeTool", "ExtractStructuredOutput", "SendToDeadLetterQueue"}


@dataclass
class InlineMap:
    """The events of a Map over these rows, so many at once, until all are done, and how many were done after each."""

    rows: list[str]
    at_once: int
    seed: int = 1
    events: list[dict[str, Any]] = field(default_factory=list)
    done_after: list[int] = field(default_factory=list)
    _done: int = 0
    _at: datetime = BEGAN

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._add("ExecutionStarted", 0, executionStartedEventDetails={})
        self._add("PassStateEntered", 1, stateEnteredEventDetails={"name": "ReceiveInput"})
        self._add("PassStateExited", 2, stateExitedEventDetails={"name": "ReceiveInput"})
        entered = self._add("MapStateEntered", 3, stateEnteredEventDetails={"name": "ProcessCSV"})
        self._last = self._add("MapStateStarted", entered, mapStateStartedEventDetails={"length": len(self.rows)})
        self._run()
        self._add("MapStateSucceeded", self._last)
        self._add("MapStateExited", self._last, stateExitedEventDetails={"name": "ProcessCSV"})

    def until(self, count: int, most: int | None = None) -> list[dict[str, Any]]:
        """The newest `most` of the first `count` events, newest first."""
        return self.events[:count][::-1][:most]

    def _run(self) -> None:
        # Each row on its way is what it does next, and when.
        waiting, on_way = (
            iter(enumerate(self.rows)),
            [(0.0, number, self._slot(number)) for number in range(self.at_once)],
        )
        self._waiting = waiting
        heapq.heapify(on_way)
        while on_way:
            when, number, slot = heapq.heappop(on_way)
            self._at = BEGAN + timedelta(seconds=when)
            if (pause := next(slot, None)) is not None:
                heapq.heappush(on_way, (when + pause, number, slot))

    def _slot(self, number: int) -> Iterator[float]:
        """One place of the Map: rows one after the other; yields how long until its next event."""
        previous = self._last
        for index, end in self._waiting:
            previous = self._add(
                "MapIterationStarted", previous, mapIterationStartedEventDetails={"index": index, "name": "ProcessCSV"}
            )
            for kind, details in self._row(end):
                previous = self._add(kind, previous, **details)
                yield self._dice.uniform(0, 2 if kind == "TaskScheduled" else 0.01)
            self._add(
                "MapIterationSucceeded",
                previous,
                mapIterationSucceededEventDetails={"index": index, "name": "ProcessCSV"},
            )
            self._last = previous

    def _row(self, end: str) -> Iterator[tuple[str, dict[str, Any]]]:
        states, error = ENDS[end]
        called = ("SelectTarget", "InvokeTool") if end in _CALLED else ("SelectTarget",)
        for name in ("TransformInput", *called, *states):
            yield f"{'Task' if name in _TASKS else 'Pass'}StateEntered", {"stateEnteredEventDetails": {"name": name}}
            if name in _TASKS:
                yield "TaskScheduled", {"taskScheduledEventDetails": {}}
                if name == "InvokeTool" and error:
                    yield "TaskFailed", {"taskFailedEventDetails": {"error": error, "cause": "{}"}}
                    error = ""
                else:
                    yield "TaskSucceeded", {"taskSucceededEventDetails": {}}
            yield f"{'Task' if name in _TASKS else 'Pass'}StateExited", {"stateExitedEventDetails": {"name": name}}

    def _add(self, kind: str, previous: int, **details: Any) -> int:
        number = len(self.events) + 1
        self.events.append({"id": number, "previousEventId": previous, "type": kind, "timestamp": self._at, **details})
        self._done += kind == "MapIterationSucceeded"
        self.done_after.append(self._done)
        return number
