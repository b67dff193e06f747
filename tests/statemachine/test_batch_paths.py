"""The paths through both machines and through a child of the Distributed Map, state by state."""

from typing import Any

import pytest

from tests.statemachine.definition import inside, load
from tests.statemachine.engines import JavaScriptEngine
from tests.statemachine.fan_out_situations import AGAIN
from tests.statemachine.recorded import (
    ALREADY_EXISTS,
    REFUSED,
    THRESHOLD_EXCEEDED,
    TOPIC_RESULT,
    child,
    function_result,
    python_error,
)
from tests.statemachine.samples import (
    FANNED_OUT,
    LOADED,
    LOADED_ROWS,
    PART,
    PLAN,
    RESULT,
    ROW_BATCH_MACHINE_ARN,
    ROW_BATCHES,
    RUN,
    SUMMARY,
)
from tests.statemachine.states import BATCH_SCOPES, ROW_BATCH_SCOPES
from tests.statemachine.visit import visit
from tests.statemachine.walk import Walk, walk

MACHINE, ROW_BATCH = BATCH_SCOPES[0], ROW_BATCH_SCOPES[0]
CHILD = inside("FanOutRowBatches", load())
CONFIG = {"config_s3_uri": "s3://bucket/config.json"}
PLANNED = function_result(PLAN)
NOTIFY = ["IsNotificationWanted", "PublishNotification", "EndBatch"]
ROW_FAILED = {"Error": "RowFailed", "Cause": "Row 2 failed and continue_on_error is false. E: no"}
PART_DONE = {"ExecutionArn": ROW_BATCHES, "Output": PART, "Status": "SUCCEEDED"}
ROW_BATCH_FAILED = child("FAILED", "RowFailed", ROW_FAILED["Cause"])


def in_machine(engine: JavaScriptEngine, data: Any, **tasks: list[Any]) -> Walk:
    """An execution of the batch machine."""
    return walk(MACHINE, engine, {}, data, tasks)


def in_row_batch(engine: JavaScriptEngine, data: Any, **tasks: list[Any]) -> Walk:
    """An execution of the row batch machine."""
    return walk(ROW_BATCH, engine, {}, data, tasks)


def test_a_small_batch_runs_in_one_execution(javascript: JavaScriptEngine) -> None:
    way = in_machine(
        javascript,
        CONFIG,
        ValidateInput=[PLANNED],
        LoadCSVData=[function_result({"rows": LOADED_ROWS, "loaded": LOADED})],
        ProcessCSV=[[RESULT]],
        AggregateResults=[function_result(SUMMARY)],
        PublishNotification=[TOPIC_RESULT],
    )
    start = ["ReceiveInput", "ValidateInput", "LoadCSVData", "ChooseMapMode"]
    assert way.visited == [*start, "ProcessCSV", "AggregateResults", *NOTIFY, "BatchSucceeded"]
    assert way.end == SUMMARY


def test_a_large_batch_fans_out(javascript: JavaScriptEngine) -> None:
    way = large_batch(javascript, {}, AggregateResults=[function_result(SUMMARY)])
    start = ["ReceiveInput", "ValidateInput", "LoadCSVData", "ChooseMapMode"]
    assert way.visited == [*start, "FanOutRowBatches", "AggregateResults", *NOTIFY, "BatchSucceeded"]
    [aggregated] = way.arguments("AggregateResults")
    assert aggregated["Payload"] == {"plan": PLAN, "loaded": FANNED_OUT, "results": []}


def test_an_output_too_large_for_one_call_is_joined_in_two_levels(javascript: JavaScriptEngine) -> None:
    ranges = [{"first": 1, "last": 50_000}, {"first": 50_001, "last": 100_000}]
    way = large_batch(
        javascript,
        {},
        AggregateResults=[python_error("JoinedInRanges", "25,000,000,000 bytes")],
        CutOutput=[function_result({"ranges": ranges})],
        JoinParts=[ranges],
        AggregateJoinedParts=[function_result(SUMMARY)],
    )
    joined = ["AggregateResults", "CutOutput", "JoinParts", "AggregateJoinedParts"]
    assert way.visited[-len(joined) - len(NOTIFY) - 1 :] == [*joined, *NOTIFY, "BatchSucceeded"]
    [aggregated] = way.arguments("AggregateJoinedParts")
    assert aggregated["Payload"]["loaded"] == {**FANNED_OUT, "joined": ranges}
    assert way.end == SUMMARY


def test_a_large_batch_that_a_row_ends_names_the_row_and_the_partial_csv(javascript: JavaScriptEngine) -> None:
    summary = {"status": "PARTIAL", "rows_succeeded": 2, "csv_location": "s3://b/k"}
    salvaged = {"rows": 2, "summary": summary, "error": "RowFailed", "cause": ROW_FAILED["Cause"]}
    way = large_batch(javascript, THRESHOLD_EXCEEDED, SalvageAnswers=[function_result(salvaged)])
    start = ["ReceiveInput", "ValidateInput", "LoadCSVData", "ChooseMapMode"]
    end = ["SalvageAnswers", "DescribeBatchFailure", *NOTIFY, "BatchFailed"]
    assert way.visited == [*start, "FanOutRowBatches", *end]
    assert way.end == {
        "Error": "Batch.RowFailed",
        "Cause": f"{ROW_FAILED['Cause']}\n\nThe 2 answers received until then: s3://b/k",
    }


def large_batch(engine: JavaScriptEngine, mapped: dict[str, Any], **tasks: list[Any]) -> Walk:
    """A batch whose Distributed Map comes to `mapped`."""
    return in_machine(
        engine,
        CONFIG,
        ValidateInput=[PLANNED],
        LoadCSVData=[function_result({"rows": [], "loaded": FANNED_OUT})],
        FanOutRowBatches=[mapped],
        PublishNotification=[TOPIC_RESULT],
        **tasks,
    )


def test_what_a_child_starts_the_row_batch_machine_runs(javascript: JavaScriptEngine) -> None:
    [given] = child_of(javascript, RunRowBatch=[PART_DONE]).arguments("RunRowBatch")
    way = in_row_batch(javascript, given["Input"], ProcessCSV=[[RESULT]], AggregateResults=[function_result(PART)])
    assert way.visited == ["ReceiveRows", "ProcessCSV", "AggregateResults"]
    assert way.end == PART
    [rows] = way.given["ProcessCSV"]
    assert (rows["Items"], rows["MaxConcurrency"]) == (LOADED_ROWS, FANNED_OUT["rows_at_once"])
    [aggregated] = way.arguments("AggregateResults")
    assert aggregated["Payload"]["loaded"] == {**FANNED_OUT, "row_batch": {"first": 1, "last": 3}}


def test_what_a_child_starts_again_looks_first_for_what_has_been_answered(javascript: JavaScriptEngine) -> None:
    way = child_of(javascript, RunRowBatch=[ALREADY_EXISTS], RunRowBatchAgain=[PART_DONE])
    assert way.visited == ["NameRowBatch", "RunRowBatch", "RunRowBatchAgain"]
    assert way.end == PART
    [given] = way.arguments("RunRowBatchAgain")
    loaded = {**FANNED_OUT, "row_batch": {"first": 1, "last": 3}}
    again = in_row_batch(
        javascript,
        given["Input"],
        LoadCSVData=[function_result({"rows": LOADED_ROWS[2:], "loaded": loaded})],
        ProcessCSV=[[RESULT]],
        AggregateResults=[function_result(PART)],
    )
    assert again.visited == ["ReceiveRows", "LoadCSVData", "ProcessCSV", "AggregateResults"]
    [asked] = again.arguments("LoadCSVData")
    ended = ROW_BATCHES + RUN["name"]
    assert asked["Payload"]["given"] == {"rows": LOADED_ROWS, "loaded": FANNED_OUT, "again": ended}


def test_a_row_batch_that_may_take_answers_of_others_looks_for_them_first(javascript: JavaScriptEngine) -> None:
    [given] = child_of(javascript, RunRowBatch=[PART_DONE]).arguments("RunRowBatch")
    shared = {
        **given["Input"],
        "plan": {**PLAN, "cache": {"scope": "b/outputs", "made_by": "1a", "max_age_seconds": 60}},
    }
    loaded = {**FANNED_OUT, "row_batch": {"first": 1, "last": 3}}
    way = in_row_batch(
        javascript,
        shared,
        LoadCSVData=[function_result({"rows": LOADED_ROWS[2:], "loaded": loaded})],
        ProcessCSV=[[RESULT]],
        AggregateResults=[function_result(PART)],
    )
    assert way.visited == ["ReceiveRows", "LoadCSVData", "ProcessCSV", "AggregateResults"]
    [asked] = way.arguments("LoadCSVData")
    assert asked["Payload"]["given"] == {"rows": LOADED_ROWS, "loaded": FANNED_OUT}


def test_a_failing_row_batch_announces_nothing_and_fails_by_its_errors_own_name(javascript: JavaScriptEngine) -> None:
    [given] = child_of(javascript, RunRowBatch=[PART_DONE]).arguments("RunRowBatch")
    way = in_row_batch(javascript, given["Input"], ProcessCSV=[ROW_FAILED])
    assert way.visited == ["ReceiveRows", "ProcessCSV", "RowsFailed"]
    assert way.end == ROW_FAILED


@pytest.mark.parametrize("again", [{}, {"again": f"{ROW_BATCHES}run-1-1"}])
def test_a_plan_and_rows_are_no_input_of_a_batch(again: dict[str, str], javascript: JavaScriptEngine) -> None:
    refusal = python_error("InvalidConfiguration", "The configuration has 3 problems: …")
    forged = {"plan": PLAN, "loaded": FANNED_OUT, "rows": LOADED_ROWS, **again}
    way = in_machine(javascript, forged, ValidateInput=[refusal], PublishNotification=[TOPIC_RESULT])
    assert way.visited == ["ReceiveInput", "ValidateInput", "DescribeBatchFailure", *NOTIFY, "BatchFailed"]
    [asked] = way.arguments("ValidateInput")
    assert asked["Payload"]["input"] == forged
    # Where the stack says, not the plan that came.
    [told] = way.arguments("PublishNotification")
    assert told["TopicArn"] == "${TopicArn}"


def test_a_row_batch_that_ended_twice_is_started_once_more(javascript: JavaScriptEngine) -> None:
    way = child_of(javascript, RunRowBatch=[ALREADY_EXISTS], RunRowBatchAgain=[ALREADY_EXISTS, PART_DONE])
    assert way.visited == ["NameRowBatch", "RunRowBatch", *["RunRowBatchAgain"] * 2]
    names = [call["Name"] for state in ("RunRowBatch", "RunRowBatchAgain") for call in way.arguments(state)]
    assert names == ["run-1-1", *[f"run-1-1{AGAIN}"] * 2]


@pytest.mark.parametrize("started", ["RunRowBatch", "RunRowBatchAgain"])
def test_what_a_failed_row_batch_left_is_salvaged_from_the_execution_that_ran(
    started: str, javascript: JavaScriptEngine
) -> None:
    tasks = {"RunRowBatch": [ROW_BATCH_FAILED]}
    if started == "RunRowBatchAgain":
        tasks = {"RunRowBatch": [ALREADY_EXISTS], "RunRowBatchAgain": [ROW_BATCH_FAILED]}
    way = child_of(javascript, **tasks, SalvageRowBatch=[function_result({"rows": 3})])
    assert way.visited == ["NameRowBatch", *tasks, "SalvageRowBatch", "JudgeRowBatch", "RowBatchFailed"]
    assert way.end == {"Error": "States.TaskFailed", "Cause": ROW_BATCH_FAILED["Cause"]}
    [salvaged] = way.arguments("SalvageRowBatch")
    detail = salvaged["Payload"]["detail"]
    [call] = way.arguments(started)
    assert detail["executionArn"] == ROW_BATCHES + call["Name"]


@pytest.mark.parametrize("continue_on_error", [True, False])
def test_a_row_batch_of_another_contract_calls_nobody_and_stops_no_other(
    continue_on_error: bool, javascript: JavaScriptEngine
) -> None:
    older = {key: value for key, value in PLAN.items() if key != "contract"}
    given = {"plan": {**older, "execution": {**PLAN["execution"], "continue_on_error": continue_on_error}}}
    way = in_row_batch(javascript, {**given, "loaded": FANNED_OUT, "rows": LOADED_ROWS})
    assert way.visited == ["ReceiveRows", "RowsFailed"]
    assert way.end["Error"] == "StackUpdated"
    assert '{"resume_from":"run-1"}' in way.end["Cause"]
    refused = child("FAILED", way.end["Error"], way.end["Cause"])
    waiting = child_of(javascript, RunRowBatch=[refused], SalvageRowBatch=[function_result({"rows": 0})])
    assert waiting.visited[-3:] == ["SalvageRowBatch", "JudgeRowBatch", "RowBatchRefused"]


def test_a_plan_of_another_contract_goes_no_further(javascript: JavaScriptEngine) -> None:
    older = {key: value for key, value in PLAN.items() if key != "contract"}
    way = in_machine(
        javascript,
        CONFIG,
        ValidateInput=[function_result(older)],
        LoadCSVData=[function_result({"rows": LOADED_ROWS, "loaded": LOADED})],
        PublishNotification=[TOPIC_RESULT],
    )
    assert way.visited[-6:] == ["ChooseMapMode", "DescribeBatchFailure", *NOTIFY, "BatchFailed"]
    assert way.end["Error"] == "Batch.StackUpdated"
    assert "start it once more, with the same input" in way.end["Cause"]


def test_answers_of_a_batch_that_its_function_refuses_are_salvaged(javascript: JavaScriptEngine) -> None:
    refusal = python_error("StackUpdated", 'Start {"resume_from": "run-1"} to go on with it')
    summary = {"status": "PARTIAL", "rows_succeeded": 2, "csv_location": "s3://b/k"}
    way = large_batch(
        javascript, {}, AggregateResults=[refusal], SalvageAnswers=[function_result({"rows": 2, "summary": summary})]
    )
    assert way.visited[-7:] == ["AggregateResults", "SalvageAnswers", "DescribeBatchFailure", *NOTIFY, "BatchFailed"]
    assert way.end["Error"] == "Batch.StackUpdated"
    assert 'Start {"resume_from": "run-1"} to go on with it' in way.end["Cause"]
    assert "s3://b/k" in way.end["Cause"]


def test_a_row_batch_that_could_not_be_salvaged_fails_for_its_first_reason(javascript: JavaScriptEngine) -> None:
    no_s3 = python_error("StorageUnavailable", "S3 failed")
    way = child_of(javascript, RunRowBatch=[REFUSED], SalvageRowBatch=[no_s3])
    assert way.end == REFUSED


def child_of(engine: JavaScriptEngine, **tasks: list[Any]) -> Walk:
    """A child of the Distributed Map with three rows; it has the input that the Map's own fields make."""
    variables = {"plan": PLAN, "loaded": FANNED_OUT}
    batcher = visit(MACHINE.states["FanOutRowBatches"], engine, variables, [], {}).fields["ItemBatcher"]
    # As the template substitutes it.
    data = {"BatchInput": {**batcher["BatchInput"], "machine_arn": ROW_BATCH_MACHINE_ARN}, "Items": LOADED_ROWS}
    return walk(CHILD, engine, {}, data, tasks)
