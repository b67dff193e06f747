"""Finds the answers of a batch that failed in the history of its execution, where nothing gets lost."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from batch_processor.contract import Loaded, Plan, RowResult, Status
from batch_processor.errors import StorageUnavailable, StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.structured_output import extract_cells

_INVOCATIONS = {"InvokeAgent", "InvokeTool"}
_RESULT_STATES = {"ExtractStructuredOutput", "SendToDeadLetterQueue", "RecordRowFailure"}
_ENDS = {
    "MapStateFailed", "MapStateSucceeded", "MapStateAborted",
    "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut",
}  # fmt: skip
_ABORTING_ROW = re.compile(
    r"Row (\d+) failed and continue_on_error is false\. ([^:]*): (.*?)(\n\nThe \d+ answers received.*)?\Z", re.DOTALL
)
_TIMEOUTS = {"States.Timeout", "Sandbox.Timedout"}
_TIMEOUT_MESSAGE = re.compile(r"^Execution timeout|Task timed out after")


@dataclass(slots=True)
class Salvage:
    """What a history holds: the plan, what loading found, the results by row, and answers nobody has read yet."""

    plan: Plan | None = None
    loaded: Loaded | None = None
    results: dict[int, RowResult] = field(default_factory=dict)
    answers: dict[int, Any] = field(default_factory=dict)
    _state: dict[int | None, str] = field(default_factory=dict)
    _succeeded: dict[int | None, bool] = field(default_factory=dict)

    def read(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Takes in all events, oldest first; StorageUnavailable if the end of the rows is not among them yet."""
        row_of: dict[int, int | None] = {}
        ended = False
        for event in events:
            row = row_of.get(event.get("previousEventId", 0))
            if started := event.get("mapIterationStartedEventDetails"):
                row = started["index"] + 1  # rows count from 1
            row_of[event["id"]] = row
            ended = ended or event["type"] in _ENDS
            self._take(event, row)
        if not ended:
            raise StorageUnavailable("The history does not have the end of the rows yet.")

    def _take(self, event: Mapping[str, Any], row: int | None) -> None:
        if entered := event.get("stateEnteredEventDetails"):
            self._state[row] = entered["name"]
            self._succeeded[row] = False
        elif succeeded := event.get("taskSucceededEventDetails"):
            self._succeeded[row] = True
            if row is None:
                self._take_preparation(self._state.get(row, ""), json.loads(succeeded["output"]))
        elif row is not None and (exited := event.get("stateExitedEventDetails")):
            self._take_row(exited, row)

    def _take_preparation(self, state: str, result: Any) -> None:
        if state == "ValidateInput":
            self.plan = result["Payload"]
        elif state == "LoadCSVData":
            self.loaded = result["Payload"]["loaded"]

    def _take_row(self, exited: Mapping[str, Any], row: int) -> None:
        # A state whose error was caught exits too, with the error.
        if exited["name"] in _INVOCATIONS and self._succeeded[row]:
            self.answers[row] = json.loads(exited["output"])
        elif exited["name"] in _RESULT_STATES and "index" in (result := json.loads(exited["output"])):
            self.results[row] = result

    def row_results(self, failure: Mapping[str, Any]) -> list[RowResult]:
        """The results of all rows that were answered or failed, that of the row which ended the batch among them."""
        assert self.plan
        results = dict(self.results)
        for row, answer in self.answers.items():
            if row not in results:
                results[row] = _read_late(row, answer, self.plan)
        if aborting := _ABORTING_ROW.match(failure.get("cause") or ""):
            row, error, message = int(aborting[1]), aborting[2], aborting[3]
            timed_out = error in _TIMEOUTS or _TIMEOUT_MESSAGE.search(message) is not None
            status: Status = "TIMEOUT" if timed_out else "FAILED"
            results[row] = {"index": row, "status": status, "error": error, "message": message}
        return list(results.values())


def _read_late(row: int, answer: Any, plan: Plan) -> RowResult:
    try:
        return {"index": row, "status": "SUCCESS", "cells": extract_cells(answer, plan["output"])}
    except (StructuredOutputMissing, StructuredOutputInvalid) as exc:
        return {"index": row, "status": "FAILED", "error": type(exc).__name__, "message": str(exc)}


def partial(plan: Plan) -> Plan:
    """The plan with another name for its output: what is not complete never stands under the final name.

    It goes into the stack's own bucket, as the output's may be what failed.
    """
    output, bucket = plan["output"], plan["spill"]["bucket"]
    folder, _, name = output["key"].rpartition("/")
    folder = folder if output["bucket"] == bucket else "outputs"
    key = f"{folder}/{name.removesuffix('.csv')}.partial.csv".lstrip("/")
    return {**plan, "output": {**output, "bucket": bucket, "key": key}}
