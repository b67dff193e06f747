import copy
import json
from datetime import timedelta, timezone
from typing import Any

import pytest

from batch_processor.contract import Loaded, Plan
from batch_processor.errors import StorageUnavailable
from batch_processor.output.publishing import partial
from batch_processor.results.failure import Failure
from batch_processor.results.salvage import Salvage
from tests.unit.histories import History
from tests.unit.plans import PLAN, failure, make_loaded, make_plan, success

LOADED = make_loaded(4)
FOUND = {"structured_output": {"category": "billing", "score": 3}}


def prepared() -> History:
    """The history of a batch whose rows have begun."""
    return History().prepared(PLAN, LOADED)


def read(history: History) -> Salvage:
    salvage = Salvage()
    salvage.read(history.events)
    return salvage


def read_row_batch(history: History, plan: Plan | None = None, loaded: Loaded | None = None) -> Salvage:
    salvage = Salvage(plan, loaded, is_row_batch=True)
    salvage.read(history.events)
    return salvage


def results_of(history: History, cause: str = "") -> dict[int, Any]:
    failure = Failure("FAILED", "E", cause)
    return {result["index"]: result for result in read(history).row_results(failure)}


def test_plan_and_what_was_loaded_are_in_the_history() -> None:
    salvage = read(prepared().ended())
    assert (salvage.plan, salvage.loaded) == (PLAN, LOADED)


def test_what_follows_a_map_is_not_taken_for_its_last_iteration() -> None:
    history = History().passed("LookUp", {}, 1).ended("MapStateSucceeded").prepared(PLAN, LOADED)
    salvage = read(history.ended())
    assert (salvage.plan, salvage.loaded) == (PLAN, LOADED)


def row_batch(rows: list[int]) -> History:
    """The run of a row batch, which has its plan as input."""
    return History({"plan": PLAN, "loaded": LOADED, "rows": [{"index": row, "row": {}} for row in rows]}, first=rows[0])


def test_row_batch_has_its_plan_and_its_rows_as_input() -> None:
    salvage = read_row_batch(row_batch([41, 42, 43]).ended())
    assert (salvage.plan, salvage.loaded) == (PLAN, {**LOADED, "row_batch": {"first": 41, "last": 43}})


def test_plan_and_rows_in_the_input_of_a_batch_are_anybodys() -> None:
    salvage = read(row_batch([41, 42, 43]).ended())
    assert (salvage.plan, salvage.loaded, salvage.again) == (None, None, None)


def test_what_is_known_of_a_row_batch_is_not_taken_from_its_input() -> None:
    known = make_plan(batch={"id": "arn", "name": "known"})
    salvage = read_row_batch(row_batch([41, 43]).ended(), known, {**LOADED, "row_count": 99})
    assert salvage.plan == known
    assert salvage.loaded == {**LOADED, "row_count": 99, "row_batch": {"first": 41, "last": 43}}


def test_batch_that_is_called_like_a_row_batch_has_no_rows() -> None:
    """Before there was a machine for row batches they were told from batches by their names."""
    history = row_batch([41]).failed_task("ValidateInput").ended("ExecutionFailed", error="E", cause="no")
    assert read_row_batch(history, PLAN, LOADED).loaded is None


def test_when_an_execution_began_is_when_it_was_started_or_redriven_last() -> None:
    history = prepared()
    assert read(history.ended()).began_at == history.events[0]["timestamp"]
    history.ended("ExecutionFailed").ended("ExecutionRedriven")
    assert read(history.ended("ExecutionAborted")).began_at == history.events[-2]["timestamp"]
    nothing = Salvage()
    nothing.read([])
    assert nothing.began_at is None


def test_row_batch_that_runs_again_has_what_was_loaded_again() -> None:
    loaded = {**LOADED, "row_batch": {"first": 41, "last": 43}, "rows_at_once": 3}
    history = row_batch([41, 42, 43]).task("LoadCSVData", {"Payload": {"rows": [], "loaded": loaded}})
    assert read_row_batch(history.ended()).loaded == loaded


def test_rows_of_a_row_batch_are_known_by_their_own_numbers() -> None:
    history = row_batch([41, 43]).task("InvokeTool", FOUND, row=41).task("InvokeTool", FOUND, row=43)
    results = read_row_batch(history.ended()).row_results(Failure("FAILED", "E", ""))
    assert {result["index"]: result["cells"] for result in results} == {
        41: ["billing", "3"],
        43: ["billing", "3"],
    }


@pytest.mark.parametrize(
    ("event", "status"),
    [("ExecutionFailed", "FAILED"), ("ExecutionAborted", "ABORTED"), ("ExecutionTimedOut", "TIMED_OUT")],
)
def test_execution_says_itself_how_it_ended(event: str, status: str) -> None:
    assert read(prepared().ended(event, error="Batch.Broke", cause="no")).ended == Failure(status, "Broke", "no")
    assert read(prepared().ended(event)).ended == Failure(status, "", "")
    assert read(prepared().ended(event)).over


@pytest.mark.parametrize(
    ("events", "over"), [((), False), (("ExecutionSucceeded",), True), (("ExecutionRedriven",), False)]
)
def test_failure_of_before_a_redrive_is_none_any_more(events: list[str], over: bool) -> None:
    history = prepared().ended("ExecutionFailed", error="E", cause="no") if events else prepared()
    for event in ("MapStateFailed", *events):
        history.ended(event)
    salvage = read(history)
    assert (salvage.over, salvage.ended) == (over, None)


def test_execution_that_never_began_has_nothing() -> None:
    salvage = Salvage()
    salvage.read([])
    assert (salvage.plan, salvage.row_results(Failure("FAILED", "E", ""))) == (None, [])


def test_history_of_a_batch_without_a_plan_has_nothing() -> None:
    salvage = read(History().failed_task("ValidateInput").ended("ExecutionFailed"))
    assert (salvage.plan, salvage.loaded, salvage.results, salvage.answers) == (None, None, {}, {})


def test_results_are_those_of_the_states_that_end_a_row() -> None:
    results = [success(1, "a", "é"), failure(2, "Busy", "no"), failure(3, "Busy", "large")]
    history = (
        prepared()
        .task("ExtractStructuredOutput", results[0], row=1)
        .task("SendToDeadLetterQueue", results[1], row=2)
        .passed("RecordRowFailure", results[2], row=3)
        .entered("SelectTarget", row=4)
        .ended()
    )
    assert results_of(history) == {1: results[0], 2: results[1], 3: results[2]}


def test_rows_that_ran_at_a_time_are_told_apart() -> None:
    history = prepared()
    for row in (1, 2, 3):
        history.entered("InvokeAgent", row=row)
    for row in (3, 1, 2):
        answer = {"structured_output": {"category": f"row {row}"}}
        history.succeeded(row, {"Output": answer}).exited("InvokeAgent", answer, row=row)
    assert {row: result["cells"][0] for row, result in results_of(history.ended()).items()} == {
        row: f"row {row}" for row in (1, 2, 3)
    }


@pytest.mark.parametrize("state", ["InvokeAgent", "InvokeTool"])
def test_answer_that_nobody_has_read_is_read_late(state: str) -> None:
    history, at = prepared(), {}
    for row in (2, 3):
        at[row] = history.task(state, FOUND, row=row).now
    assert results_of(history.ended()) == {
        row: {"index": row, "status": "SUCCESS", "cells": ["billing", "3"], "at": at[row]} for row in (2, 3)
    }
    assert at[2] < at[3] < history.now


@pytest.mark.parametrize(("state", "place"), [("InvokeAgent", "Output"), ("InvokeTool", "Payload")])
def test_answer_counts_as_soon_as_it_came(state: str, place: str) -> None:
    history = prepared().entered(state, row=2).succeeded(2, {place: FOUND})
    at = history.now
    [result] = results_of(history.ended("ExecutionAborted")).values()
    assert (result["cells"], result["at"]) == (["billing", "3"], at)


def test_answer_of_an_express_agent_counts_as_soon_as_it_came() -> None:
    ended = {"Status": "SUCCEEDED", "Output": json.dumps(FOUND)}
    called_only = prepared().entered("InvokeExpressAgent", row=2).succeeded(2, ended)
    at = called_only.now
    [result] = results_of(called_only.ended("ExecutionAborted")).values()
    assert (result["cells"], result["at"]) == (["billing", "3"], at)


def test_answer_of_an_express_agent_stays_while_it_is_judged_and_read() -> None:
    described = {"Status": "SUCCEEDED", "Answer": json.dumps(FOUND), "Error": "States.TaskFailed", "Cause": "{}"}
    history = prepared().entered("InvokeExpressAgent", row=2)
    history.succeeded(2, {"Status": "SUCCEEDED", "Output": json.dumps(FOUND)})
    history.exited("InvokeExpressAgent", described, row=2)
    assert results_of(copy.deepcopy(history).ended())[2]["cells"] == ["billing", "3"]
    history.passed("JudgeSyncExecution", FOUND, row=2).failed_task("ExtractStructuredOutput", row=2)
    assert results_of(history.ended())[2]["cells"] == ["billing", "3"]


def test_express_agent_that_failed_has_answered_nothing() -> None:
    history = called(prepared(), "InvokeExpressAgent", 2, f"{PLAN['batch']['origin_key']}-2-1")
    history.succeeded(2, {"Status": "FAILED", "Error": "Busy", "Cause": "Too many."})
    history.exited("InvokeExpressAgent", {"Status": "FAILED", "Answer": "null", "Error": "E", "Cause": "{}"}, row=2)
    [result] = results_of(history.ended("ExecutionAborted")).values()
    assert (result["status"], result["unread"]) == ("FAILED", "1")


def test_execution_that_was_run_again_is_known() -> None:
    assert read_row_batch(row_batch([41]).ended()).again is None
    given = {"plan": PLAN, "loaded": LOADED, "rows": [{"index": 1, "row": {}}], "again": "arn"}
    assert read_row_batch(History(given).ended()).again == "arn"


def test_times_are_told_in_utc_wherever_the_function_runs() -> None:
    history = prepared().task("InvokeTool", FOUND, row=2).ended()
    for event in history.events:
        event["timestamp"] = event["timestamp"].astimezone(timezone(timedelta(hours=-5)))
    assert results_of(history)[2]["at"].startswith("2026-11-21T09:35:00.")


def test_answer_that_was_of_no_use_is_not_that_of_the_next_attempt() -> None:
    """The row has not failed: the agent's second execution is found by its name."""
    history = prepared().task("InvokeAgent", {"other": 1}, row=1).failed_task("ExtractStructuredOutput", row=1)
    history.passed("JudgeFailure", {}, row=1).entered("WaitBeforeRetry", row=1)
    assert results_of(history.ended()) == {}


@pytest.mark.parametrize("state", ["SendToDeadLetterQueue", "RecordRowFailure"])
def test_row_that_failed_for_another_reason_than_its_answer_is_answered(state: str) -> None:
    failed = failure(1, "StorageUnavailable", "DynamoDB failed")
    history = prepared().task("InvokeTool", FOUND, row=1).failed_task("ExtractStructuredOutput", row=1)
    assert results_of(history.task(state, failed, row=1).ended())[1]["cells"] == ["billing", "3"]


def test_row_that_failed_for_its_answer_keeps_its_reason() -> None:
    failed = failure(1, "StructuredOutputMissing", "as the machine has it")
    history = prepared().task("InvokeTool", {"other": 1}, row=1).failed_task("ExtractStructuredOutput", row=1)
    assert results_of(history.task("SendToDeadLetterQueue", failed, row=1).ended())[1] == failed


def test_answer_that_cannot_be_read_is_a_failure_with_its_reason() -> None:
    history = prepared().task("InvokeAgent", {"other": 1}, row=1).task("InvokeAgent", {"structured_output": 1}, row=2)
    results = results_of(history.ended())
    assert {row: (result["status"], result["error"]) for row, result in results.items()} == {
        1: ("FAILED", "StructuredOutputMissing"),
        2: ("FAILED", "StructuredOutputInvalid"),
    }
    assert results[2]["message"] == "The structured output is not an object but a number."


def test_schema_that_cannot_be_used_does_not_cost_the_other_rows() -> None:
    plan = make_plan(output={"schema": {"properties": {"category": {"$ref": "#/nowhere"}}}})
    history = (
        History()
        .prepared(plan, LOADED)
        .task("InvokeAgent", FOUND, row=1)
        .task("InvokeAgent", {"structured_output": 1}, row=2)
    )
    results = results_of(history.ended())
    assert {row: result["error"] for row, result in results.items()} == {
        1: "AnswerSchemaInvalid",
        2: "StructuredOutputInvalid",
    }


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


def test_answer_of_an_earlier_execution_of_the_agent_is_read_late() -> None:
    history = (
        prepared().failed_task("InvokeAgent", row=1).task("DescribeEarlierExecution", {"Status": "SUCCEEDED"}, row=1)
    )
    history.passed("JudgeEarlierExecution", FOUND, row=1).entered("ExtractStructuredOutput", row=1)
    assert results_of(history.ended())[1]["cells"] == ["billing", "3"]


def test_row_that_ended_the_batch_keeps_word_of_the_answer_that_nobody_could_read() -> None:
    cause = "Row 12 failed and continue_on_error is false. StorageUnavailable: S3 failed"
    history = prepared().failed_task("InvokeAgent", row=12).failed_task("ExtractStructuredOutput", row=12)
    letter = {"Error": "StorageUnavailable", "Cause": "S3 failed", "unread": "1"}
    history.passed("SendAbortingRowToDeadLetterQueue", letter, row=12)
    result = results_of(history.ended(), cause)[12]
    assert (result["unread"], result["at"]) == ("1", history.now)


def test_row_that_ended_the_batch_has_the_reason_that_its_cause_withholds() -> None:
    cause = "Row 12 failed and continue_on_error is false. States.TaskFailed: the reason is in its dead letter."
    history = prepared().failed_task("InvokeAgent", row=12)
    kept = {"Error": "States.TaskFailed", "unread": "", "reason": "Execution timeout in the agent itself"}
    history.passed("SendAbortingRowToDeadLetterQueue", kept, row=12)
    result = results_of(history.ended(), cause)[12]
    assert (result["status"], result["message"]) == ("TIMEOUT", kept["reason"])


def test_row_that_ended_the_batch_is_answered_if_its_answer_can_be_read() -> None:
    cause = "Row 12 failed and continue_on_error is false. StorageUnavailable: S3 failed"
    history = prepared().task("InvokeTool", FOUND, row=12).failed_task("ExtractStructuredOutput", row=12)
    assert results_of(history.ended(), cause)[12]["cells"] == ["billing", "3"]


@pytest.mark.parametrize("state", ["InvokeAgent", "DescribeEarlierExecution"])
def test_answer_beyond_a_payload_is_left_to_the_batch_that_goes_on(state: str) -> None:
    history = prepared().task("InvokeAgent", {"other": 1}, row=1).failed_task("ExtractStructuredOutput", row=1)
    history.passed("JudgeFailure", {}, row=1).failed_task(state, row=1).entered("ExtractStructuredOutput", row=1)
    assert results_of(history.ended()) == {}


def test_answer_that_could_not_be_handed_on_stands_in_the_history() -> None:
    history = prepared().task("InvokeAgent", FOUND, row=1).failed_task("ExtractStructuredOutput", None, row=1)
    history.passed("JudgeFailure", {"Error": "States.DataLimitExceeded"}, row=1).entered(
        "ExtractStructuredOutput", row=1
    )
    assert results_of(history.ended())[1]["cells"] == ["billing", "3"]


def test_row_that_ended_the_batch_keeps_its_status_and_reason() -> None:
    cause = "Row 12 failed and continue_on_error is false. States.Timeout: Execution timeout after 300 s"
    history = prepared().task("InvokeAgent", {"other": 1}, row=12).ended("MapStateFailed")
    reason = {"error": "States.Timeout", "message": "Execution timeout after 300 s"}
    assert results_of(history, cause) == {12: {"index": 12, "status": "TIMEOUT", **reason, "at": history.now}}


@pytest.mark.parametrize(
    "end",
    [
        "MapStateFailed",
        "MapStateSucceeded",
        "MapStateAborted",
        "MapRunFailed",
        "MapRunAborted",
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
        ("data", "outputs/team/x/people.csv", "outputs/team/x/people.partial.csv"),
        # Of a batch that began when outputs could go anywhere in the bucket.
        ("data", "team/x/people.csv", "outputs/people.partial.csv"),
        ("data", "people.csv", "outputs/people.partial.csv"),
        ("results", "team/x/people.csv", "outputs/people.partial.csv"),
        ("results", "people.csv", "outputs/people.partial.csv"),
    ],
)
def test_partial_output_goes_into_the_stacks_own_bucket(bucket: str, key: str, where: str) -> None:
    output = partial(make_plan(output={"bucket": bucket, "key": key}))["output"]
    assert (output["bucket"], output["key"]) == ("data", where)


def test_partial_output_of_a_batch_that_goes_on_with_another_is_no_output_of_another_bucket() -> None:
    """Who may read outputs need not be who may read the bucket that the earlier batch wrote to."""
    earlier = {"batch": "evening", "only_failed": False, "rows": [], "runs": []}
    output = partial(make_plan(output={"bucket": "results", "key": "team/people.csv"}, earlier=earlier))["output"]
    assert (output["bucket"], output["key"]) == ("data", "work/night-1a2b3c4d/people.partial.csv")
    output = partial(make_plan(output={"bucket": "data", "key": "outputs/people.csv"}, earlier=earlier))["output"]
    assert (output["bucket"], output["key"]) == ("data", "outputs/people.partial.csv")


def called(history: History, state: str, row: int, name: str) -> History:
    call = {"Name": name, "Input": {}} if state.endswith("Agent") else {"Payload": {"id": name, "input": {"Name": "x"}}}
    return history.entered(state, row).scheduled(row, call)


@pytest.mark.parametrize("state", ["InvokeAgent", "InvokeExpressAgent", "InvokeTool"])
def test_row_whose_target_was_called_and_had_not_answered_has_failed_and_names_the_call(state: str) -> None:
    history = called(prepared(), state, 2, f"{PLAN['batch']['origin_key']}-2-1")
    history = called(history.entered("SelectTarget", row=1), state, 3, f"{PLAN['batch']['origin_key']}-3-2-5ca1ab1e")
    results = results_of(history.ended("ExecutionAborted"))
    assert {row: (result["status"], result["unread"]) for row, result in results.items()} == {
        2: ("FAILED", "1"),
        3: ("FAILED", "2-5ca1ab1e"),
    }


def test_row_that_was_called_and_has_a_result_keeps_it() -> None:
    history = called(prepared(), "InvokeTool", 2, f"{PLAN['batch']['origin_key']}-2-1")
    history.task("SendToDeadLetterQueue", failure(2, "Busy", "no"), row=2)
    assert results_of(history.ended())[2] == failure(2, "Busy", "no")


def test_row_that_was_skipped_is_known() -> None:
    skipped = {"index": 2, "status": "SKIPPED", "error": "EmptyRow", "message": "m"}
    assert results_of(prepared().passed("SkipRow", skipped, row=2).ended()) == {2: skipped}
