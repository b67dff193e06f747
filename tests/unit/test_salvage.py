from typing import Any

import pytest

from batch_processor.errors import StorageUnavailable
from batch_processor.salvage import Salvage, partial
from tests.unit.histories import History
from tests.unit.plans import PLAN, failure, make_loaded, make_plan, success

LOADED = make_loaded(4)
FOUND = {"structured_output": {"category": "billing", "score": 3}}


def prepared() -> History:
    """The history of a batch whose rows have begun."""
    return History().prepared(PLAN, LOADED)


def results_of(history: History, failure: Any = None) -> dict[int, Any]:
    salvage = Salvage()
    salvage.read(history.events)
    return {result["index"]: result for result in salvage.row_results(failure or {})}


def test_plan_and_what_was_loaded_are_in_the_history() -> None:
    salvage = Salvage()
    salvage.read(prepared().ended().events)
    assert (salvage.plan, salvage.loaded) == (PLAN, LOADED)


def test_history_of_a_batch_without_a_plan_has_nothing() -> None:
    salvage = Salvage()
    salvage.read(History().failed_task("ValidateInput").ended("ExecutionFailed").events)
    assert (salvage.plan, salvage.loaded, salvage.results, salvage.answers) == (None, None, {}, {})


def test_results_are_those_of_the_states_that_end_a_row() -> None:
    results = [success(1, "a", "é"), failure(2, "Busy", "no"), failure(3, "Busy", "large")]
    history = (
        prepared()
        .task("ExtractStructuredOutput", results[0], row=1)
        .task("SendToDeadLetterQueue", results[1], row=2)
        .passed("RecordRowFailure", results[2], row=3)
        .passed("TransformInput", {"index": 4}, row=4)
        .ended()
    )
    assert results_of(history) == {1: results[0], 2: results[1], 3: results[2]}


def test_rows_that_ran_at_a_time_are_told_apart() -> None:
    history = prepared()
    for row in (1, 2, 3):
        history.entered("InvokeAgent", row=row)
    for row in (3, 1, 2):
        history.succeeded(row=row)
        history.exited("InvokeAgent", {"structured_output": {"category": f"row {row}"}}, row=row)
    assert {row: result["cells"][0] for row, result in results_of(history.ended()).items()} == {
        row: f"row {row}" for row in (1, 2, 3)
    }


@pytest.mark.parametrize("state", ["InvokeAgent", "InvokeTool"])
def test_answer_that_nobody_has_read_is_read_late(state: str) -> None:
    history = prepared().task(state, FOUND, row=2).ended()
    assert results_of(history) == {2: {"index": 2, "status": "SUCCESS", "cells": ["billing", "3"]}}


def test_answer_that_cannot_be_read_is_a_failure_with_its_reason() -> None:
    history = prepared().task("InvokeAgent", {"other": 1}, row=1).task("InvokeAgent", {"structured_output": 1}, row=2)
    results = results_of(history.ended())
    assert {row: (result["status"], result["error"]) for row, result in results.items()} == {
        1: ("FAILED", "StructuredOutputMissing"),
        2: ("FAILED", "StructuredOutputInvalid"),
    }
    assert results[2]["message"] == "The structured output is not an object but a number."


def test_answer_that_was_read_is_not_read_again() -> None:
    spilled = {"index": 1, "status": "SUCCESS", "spilled": True}
    history = prepared().task("InvokeAgent", FOUND, row=1).task("ExtractStructuredOutput", spilled, row=1)
    assert results_of(history.ended()) == {1: spilled}


@pytest.mark.parametrize("event", ["TaskFailed", "TaskTimedOut", "TaskSubmitFailed", "TaskStartFailed", None])
def test_invocation_that_failed_and_was_caught_is_no_answer(event: str | None) -> None:
    history = prepared().failed_task("InvokeAgent", event, row=1).ended()
    assert results_of(history) == {}
    after_an_answer = prepared().task("InvokeAgent", FOUND, row=1).failed_task("InvokeAgent", event, row=1).ended()
    assert results_of(after_an_answer)[1]["cells"] == ["billing", "3"]


def test_answer_after_a_failed_attempt_counts() -> None:
    history = prepared().failed_task("InvokeAgent", "TaskFailed", row=1).task("InvokeAgent", FOUND, row=1).ended()
    assert results_of(history)[1]["cells"] == ["billing", "3"]


def test_extraction_that_failed_and_was_caught_has_no_result() -> None:
    history = prepared().failed_task("ExtractStructuredOutput", "TaskFailed", row=1)
    assert results_of(history.task("ExtractStructuredOutput", success(1, "a"), row=1).ended()) == {1: success(1, "a")}


def test_states_after_the_rows_are_no_rows() -> None:
    history = prepared().task("ExtractStructuredOutput", success(4, "a"), row=4).ended()
    history.failed_task("AggregateResults", row=4)  # the event after the rows follows one of the last row
    assert results_of(history) == {4: success(4, "a")}


@pytest.mark.parametrize(
    ("error", "message", "status"),
    [
        ("ToolBroke", "could not: handle\nit", "FAILED"),
        ("States.Timeout", "Execution timeout after 300 s", "TIMEOUT"),
        ("Sandbox.Timedout", "RequestId: 5b1c368c Error: Task timed out after 3.00 seconds", "TIMEOUT"),
        ("States.TaskFailed", "Execution timeout in the agent itself", "TIMEOUT"),
        ("Lambda.Unknown", "2024-11-26T00:36:39.604Z 5b1c368c Task timed out after 600.15 seconds", "TIMEOUT"),
        ("States.TaskFailed", "Execution aborted", "FAILED"),
    ],
)
def test_row_that_ended_the_batch_has_its_reason(error: str, message: str, status: str) -> None:
    cause = f"Row 12 failed and continue_on_error is false. {error}: {message}"
    history = prepared().task("InvokeAgent", {"other": 1}, row=12).ended("MapStateFailed")
    assert results_of(history, {"error": "RowFailed", "cause": cause}) == {
        12: {"index": 12, "status": status, "error": error, "message": message}
    }


@pytest.mark.parametrize("cause", [None, "", "The execution was aborted."])
def test_batch_that_no_row_ended_has_no_such_row(cause: str | None) -> None:
    assert results_of(prepared().ended("ExecutionAborted"), {"cause": cause}) == {}


@pytest.mark.parametrize(
    "end",
    [
        "MapStateFailed",
        "MapStateSucceeded",
        "MapStateAborted",
        "ExecutionFailed",
        "ExecutionAborted",
        "ExecutionTimedOut",
    ],
)
def test_history_is_whole_with_the_end_of_its_rows(end: str) -> None:
    unfinished = prepared().task("ExtractStructuredOutput", success(1, "a"), row=1)
    with pytest.raises(StorageUnavailable, match=r"^The history does not have the end of the rows yet\.$"):
        results_of(unfinished)
    assert results_of(unfinished.ended(end)) == {1: success(1, "a")}


def test_partial_output_never_has_the_final_name() -> None:
    plan = make_plan(output={"key": "outputs/people.csv", "bucket": "data"})
    assert partial(plan)["output"]["key"] == "outputs/people.partial.csv"
    assert plan["output"]["key"] == "outputs/people.csv"
    assert partial(PLAN)["batch"] == PLAN["batch"]


@pytest.mark.parametrize(
    ("bucket", "key", "where"),
    [
        ("data", "outputs/people.csv", "outputs/people.partial.csv"),
        ("data", "team/x/people.csv", "team/x/people.partial.csv"),
        ("data", "people.csv", "people.partial.csv"),
        ("results", "team/x/people.csv", "outputs/people.partial.csv"),
        ("results", "people.csv", "outputs/people.partial.csv"),
    ],
)
def test_partial_output_goes_into_the_stacks_own_bucket(bucket: str, key: str, where: str) -> None:
    output = partial(make_plan(output={"bucket": bucket, "key": key}))["output"]
    assert (output["bucket"], output["key"]) == ("data", where)
