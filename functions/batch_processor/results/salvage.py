"""Finds results and answers in the history of a failed execution, where nothing gets lost."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from batch_processor.contract import Loaded, Plan, RowRange, RowResult
from batch_processor.contract.results import time_text
from batch_processor.contract.upgrades import upgraded
from batch_processor.errors import (
    AnswerSchemaInvalid,
    StorageUnavailable,
    StructuredOutputInvalid,
    StructuredOutputMissing,
)
from batch_processor.extraction.answer_usage import usage_of
from batch_processor.extraction.structured_output import extract_cells
from batch_processor.results.failure import Failure, aborting_row, interrupted

# Where the results of invocations have the answer.
_ANSWERS = {"InvokeAgent": "Output", "InvokeTool": "Payload"}
_RESULT_STATES = {"ExtractStructuredOutput", "SendToDeadLetterQueue", "RecordRowFailure", "SkipRow"}
_ENDS = {
    "MapStateFailed", "MapStateSucceeded", "MapStateAborted", "MapRunFailed", "MapRunSucceeded", "MapRunAborted",
    "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut",
}  # fmt: skip
_FAILURES = {"ExecutionFailed": "FAILED", "ExecutionAborted": "ABORTED", "ExecutionTimedOut": "TIMED_OUT"}


@dataclass(slots=True)
class Salvage:
    """What a history holds: the plan, what loading found, the results by row, and answers that nobody has read yet.

    `plan` and `loaded` are in today's form, whichever build left them, and may be known already. Else a row batch has them
    in its input (`is_row_batch`), which the batch machine alone gives it; the input of a batch is anybody's. `answers` has
    by row the answer and when it came. `again` is the ARN of the execution that this one repeats, for a row batch that is
    run once more. `began_at` is when it was started or, if it was `redriven`, redriven last; None if it never was. `over`
    tells whether it has ended, and `ended` how it failed, if it did.
    """

    plan: Plan | None = None
    loaded: Loaded | None = None
    is_row_batch: bool = False
    results: dict[int, RowResult] = field(default_factory=dict)
    answers: dict[int, tuple[Any, str]] = field(default_factory=dict)
    again: str | None = None
    began_at: datetime | None = None
    redriven: bool = False
    over: bool = False
    ended: Failure | None = None
    _given_plan: Any = None
    _calls: dict[int, str] = field(default_factory=dict)
    _unread: dict[int, str] = field(default_factory=dict)
    _reasons: dict[int, str] = field(default_factory=dict)
    _now: str = ""  # when the last event happened
    _row: dict[int, int] = field(default_factory=dict)
    _state: dict[int | None, str] = field(default_factory=dict)
    _succeeded: dict[int | None, bool] = field(default_factory=dict)

    def read(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Takes in all events, oldest first; StorageUnavailable if the end of the rows is not among them yet.

        An execution that never began has no events at all. StackUpdated if it is of a contract that cannot be read.
        """
        iteration_of: dict[int, int | None] = {}
        ended = False
        for event in events:
            iteration = iteration_of.get(event.get("previousEventId", 0))
            if started := event.get("mapIterationStartedEventDetails"):
                iteration = started["index"]
            elif event["type"].startswith("MapState"):
                # What follows a Map follows its last iteration's event, of which it is no part.
                iteration = None
            iteration_of[event["id"]] = iteration
            ended = ended or event["type"] in _ENDS
            self._now = _at(event)
            self._take(event, iteration)
        if iteration_of and not ended:
            raise StorageUnavailable("The history does not have the end of the rows yet.")

    def _take(self, event: Mapping[str, Any], iteration: int | None) -> None:
        if entered := event.get("stateEnteredEventDetails"):
            if iteration is not None:
                self._take_row(entered, iteration)
            elif entered["name"] == "ValidateInput":
                self.loaded = None  # a batch, whatever its name and its input say
            self._state[iteration] = entered["name"]
            self._succeeded[iteration] = False
        elif scheduled := event.get("taskScheduledEventDetails"):
            if iteration is not None and self._state.get(iteration) in _ANSWERS:
                row = self._row[iteration]
                self._calls[row] = self._end_of_name(scheduled, row)
        elif succeeded := event.get("taskSucceededEventDetails"):
            self._succeeded[iteration] = True
            state = self._state.get(iteration, "")
            if iteration is None:
                self._take_preparation(state, succeeded["output"])
            elif state in _ANSWERS:
                # The execution may have been stopped before the state was left.
                self.answers[self._row[iteration]] = json.loads(succeeded["output"])[_ANSWERS[state]], self._now
        elif exited := event.get("stateExitedEventDetails"):
            if iteration is not None:
                self._take_outcome(exited, iteration)
        else:
            self._take_bounds(event)

    def _take_preparation(self, state: str, output: str) -> None:
        if state == "ValidateInput":
            self._given_plan = json.loads(output)["Payload"]
            self.plan = upgraded({"plan": self._given_plan})["plan"]
        elif state == "LoadCSVData":
            loaded = json.loads(output)["Payload"]["loaded"]
            self.loaded = upgraded({"plan": self._given_plan, "loaded": loaded})["loaded"]

    def _take_bounds(self, event: Mapping[str, Any]) -> None:
        if started := event.get("executionStartedEventDetails"):
            self.began_at = event["timestamp"]
            if self.is_row_batch:
                self._take_input(json.loads(started.get("input") or "{}"))
        elif event["type"] == "ExecutionRedriven":
            self.began_at, self.redriven, self.over, self.ended = event["timestamp"], True, False, None
        elif event["type"] == "ExecutionSucceeded":
            self.over, self.ended = True, None
        elif status := _FAILURES.get(event["type"]):
            details = event.get(f"{event['type'][0].lower()}{event['type'][1:]}EventDetails") or {}
            self.over, self.ended = True, Failure.of({"status": status, **details})

    def _take_input(self, document: Any) -> None:
        # Behind Express, the range is the row batch's own, and none of its rows may be to be run.
        if isinstance(document, dict) and document.get("plan") and "rows" in document:
            self._given_plan, given = document["plan"], upgraded(document)
            self.plan = self.plan or given["plan"]
            loaded: Loaded = self.loaded or given["loaded"]
            if "row_batch" not in loaded and (rows := document["rows"]):
                loaded = {**loaded, "row_batch": RowRange(first=rows[0]["index"], last=rows[-1]["index"])}
            self.loaded = loaded
            self.again = document.get("again")

    def _take_row(self, entered: Mapping[str, Any], iteration: int) -> None:
        if entered["name"] == "TransformInput":
            self._row[iteration] = json.loads(entered["input"])["index"]
        elif entered["name"] == "ExtractStructuredOutput":
            self._take_answer(entered, iteration)
        elif entered["name"] == "WaitBeforeRetry":
            # The answer was of no use, and the next attempt asks another execution.
            self.answers.pop(self._row[iteration], None)

    def _end_of_name(self, scheduled: Mapping[str, Any], row: int) -> str:
        """What tells the call from others of its row, as names have it: `<attempt><run>`."""
        assert self.plan
        call = json.loads(scheduled["parameters"])
        name: str = call["Name"] if "Name" in call else call["Payload"]["id"]
        return name.removeprefix(f"{self.plan['batch']['origin_key']}-{row}-")

    def _take_answer(self, entered: Mapping[str, Any], iteration: int) -> None:
        row, previous_state = self._row[iteration], self._state[iteration]
        if previous_state == "JudgeEarlierExecution":
            # The answer comes from an earlier execution of the agent, without an invocation.
            self.answers[row] = json.loads(entered["input"]), self._now
        elif previous_state != "JudgeFailure" and not self._succeeded[iteration]:
            # The answer is beyond a payload: a batch that resumes this one finds it in the agent's execution.
            self.answers.pop(row, None)

    def _take_outcome(self, exited: Mapping[str, Any], iteration: int) -> None:
        # A state whose error was caught exits too, with the error.
        if exited["name"] in _ANSWERS and self._succeeded[iteration]:
            self.answers[self._row[iteration]] = json.loads(exited["output"]), self._now
        elif exited["name"] == "SendAbortingRowToDeadLetterQueue":
            self._take_abort(self._row[iteration], json.loads(exited["output"]))
        elif exited["name"] in _RESULT_STATES and "index" in (result := json.loads(exited["output"])):
            self.results[result["index"]] = result
            if result["status"] == "SUCCESS":
                self.answers.pop(result["index"], None)

    def _take_abort(self, row: int, output: Mapping[str, str]) -> None:
        self._unread[row] = output.get("unread", "")
        if "reason" in output:
            self._reasons[row] = output["reason"]

    def row_results(self, failure: Failure) -> list[RowResult]:
        """The results of all rows that were answered or failed, with the row that ended the batch.

        A failed row whose answer can be read, as after a failure of storage, counts as answered. One whose target was
        called, and had not answered at the end, has failed; a row that was not called yet has no result.
        """
        results = dict(self.results)
        if aborting := aborting_row(failure, self._reasons):
            aborting["at"] = self._now
            if unread := self._unread.get(aborting["index"]):
                aborting["unread"] = unread
            results[aborting["index"]] = aborting
        for row, (answer, at) in self.answers.items():
            assert self.plan
            read_now = _read_answer(row, answer, self.plan)
            if read_now["status"] == "SUCCESS" or row not in results:
                results[row] = {**read_now, "at": at}
        for row, call in self._calls.items():
            results.setdefault(row, interrupted(row, call, failure))
        return list(results.values())


def _at(event: Mapping[str, Any]) -> str:
    at: datetime = event["timestamp"]
    return time_text(at)


def _read_answer(row: int, answer: Any, plan: Plan) -> RowResult:
    try:
        result = RowResult(index=row, status="SUCCESS", cells=extract_cells(answer, plan["output"]))
        return {**result, "usage": usage} if (usage := usage_of(answer)) else result
    except (StructuredOutputMissing, StructuredOutputInvalid, AnswerSchemaInvalid) as exc:
        return {"index": row, "status": "FAILED", "error": type(exc).__name__, "message": str(exc)}
