"""The paths through the machine and through a child of its Distributed Map, state by state."""

from typing import Any

import pytest

from tests.statemachine.definition import inside, load, scopes
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
from tests.statemachine.samples import EXECUTIONS, FANNED_OUT, LOADED, LOADED_ROWS, PART, PLAN, RESULT, RUN, SUMMARY
from tests.statemachine.visit import visit
from tests.statemachine.walk import Walk, walk

[MACHINE, *_] = scopes(load())
CHILD = inside("FanOutRowBatches", load())
CONFIG = {"config_s3_uri": "s3://bucket/config.json"}
PLANNED = function_result(PLAN)
NOTIFY = ["IsNotificationWanted", "PublishNotification", "EndBatch"]
QUIETLY = ["IsNotificationWanted", "EndBatch"]
ROW_FAILED = {"Error": "RowFailed", "Cause": "Row 2 failed and continue_on_error is false. E: no"}
PART_DONE = {"ExecutionArn": EXECUTIONS, "Output": PART, "Status": "SUCCEEDED"}
ROW_BATCH_FAILED = child("FAILED", "Batch.RowFailed", ROW_FAILED["Cause"])


def in_machine(engine: JavaScriptEngine, data: Any, **tasks: list[Any]) -> Walk:
    """An execution of the machine."""
    return walk(MACHINE, engine, {}, data, tasks)


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


def test_what_a_child_starts_is_a_row_batch_to_the_machine(javascript: JavaScriptEngine) -> None:
    [given] = child_of(javascript, RunRowBatch=[PART_DONE]).arguments("RunRowBatch")
    way = in_machine(javascript, given["Input"], ProcessCSV=[[RESULT]], AggregateResults=[function_result(PART)])
    assert way.visited == ["ReceiveInput", "ProcessCSV", "AggregateResults", *QUIETLY, "BatchSucceeded"]
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
    again = in_machine(
        javascript,
        given["Input"],
        LoadCSVData=[function_result({"rows": LOADED_ROWS[2:], "loaded": loaded})],
        ProcessCSV=[[RESULT]],
        AggregateResults=[function_result(PART)],
    )
    start = ["ReceiveInput", "LoadCSVData", "ChooseMapMode"]
    assert again.visited == [*start, "ProcessCSV", "AggregateResults", *QUIETLY, "BatchSucceeded"]
    [asked] = again.arguments("LoadCSVData")
    ended = EXECUTIONS + RUN["name"]
    assert asked["Payload"]["given"] == {"rows": LOADED_ROWS, "loaded": FANNED_OUT, "again": ended}


def test_a_failing_row_batch_announces_nothing(javascript: JavaScriptEngine) -> None:
    [given] = child_of(javascript, RunRowBatch=[PART_DONE]).arguments("RunRowBatch")
    way = in_machine(javascript, given["Input"], ProcessCSV=[ROW_FAILED], SalvageAnswers=[function_result({"rows": 1})])
    end = ["SalvageAnswers", "DescribeBatchFailure", *QUIETLY, "BatchFailed"]
    assert way.visited == ["ReceiveInput", "ProcessCSV", *end]
    # The rule on failed executions passes over it twice: by its name, and by its error.
    assert way.end["Error"] == "Batch.RowFailed"


def test_a_row_batch_that_ended_twice_is_started_once_more(javascript: JavaScriptEngine) -> None:
    way = child_of(javascript, RunRowBatch=[ALREADY_EXISTS], RunRowBatchAgain=[ALREADY_EXISTS, PART_DONE])
    assert way.visited == ["NameRowBatch", "RunRowBatch", *["RunRowBatchAgain"] * 2]
    names = [call["Name"] for state in ("RunRowBatch", "RunRowBatchAgain") for call in way.arguments(state)]
    assert names == ["row-batch-run-1-1", *[f"row-batch-run-1-1{AGAIN}"] * 2]


@pytest.mark.parametrize("started", ["RunRowBatch", "RunRowBatchAgain"])
def test_what_a_failed_row_batch_left_is_salvaged_from_the_execution_that_ran(
    started: str, javascript: JavaScriptEngine
) -> None:
    tasks = {"RunRowBatch": [ROW_BATCH_FAILED]}
    if started == "RunRowBatchAgain":
        tasks = {"RunRowBatch": [ALREADY_EXISTS], "RunRowBatchAgain": [ROW_BATCH_FAILED]}
    way = child_of(javascript, **tasks, SalvageRowBatch=[function_result({"rows": 3})])
    assert way.visited == ["NameRowBatch", *tasks, "SalvageRowBatch", "RowBatchFailed"]
    assert way.end == {"Error": "States.TaskFailed", "Cause": ROW_BATCH_FAILED["Cause"]}
    [salvaged] = way.arguments("SalvageRowBatch")
    detail = salvaged["Payload"]["detail"]
    [call] = way.arguments(started)
    assert detail["executionArn"] == EXECUTIONS + call["Name"]


def test_a_row_batch_that_could_not_be_salvaged_fails_for_its_first_reason(javascript: JavaScriptEngine) -> None:
    no_s3 = python_error("StorageUnavailable", "S3 failed")
    way = child_of(javascript, RunRowBatch=[REFUSED], SalvageRowBatch=[no_s3])
    assert way.end == REFUSED


def child_of(engine: JavaScriptEngine, **tasks: list[Any]) -> Walk:
    """A child of the Distributed Map with three rows; it has the input that the Map's own fields make."""
    variables = {"plan": PLAN, "loaded": FANNED_OUT}
    batcher = visit(MACHINE.states["FanOutRowBatches"], engine, variables, [], {}).fields["ItemBatcher"]
    data = {"BatchInput": batcher["BatchInput"], "Items": LOADED_ROWS}
    return walk(CHILD, engine, {}, data, tasks)
