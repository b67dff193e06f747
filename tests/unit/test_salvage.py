import json
from typing import Any

from batch_processor.salvage import partial, row_results
from tests.unit.plans import PLAN, failure, make_plan, success


def exited(state: str, output: Any) -> dict[str, Any]:
    """An event of an execution's history."""
    return {
        "type": "TaskStateExited",
        "id": 7,
        "stateExitedEventDetails": {"name": state, "output": json.dumps(output), "outputDetails": {"truncated": False}},
    }


def test_results_are_those_of_the_states_that_end_a_row() -> None:
    results = [success(1, "a", "é"), failure(2, "Busy", "no"), failure(3, "Busy", "large")]
    events = [
        {"type": "ExecutionStarted", "id": 1, "executionStartedEventDetails": {"input": "{}"}},
        exited("TransformInput", {"index": 1, "row": {}}),
        exited("InvokeAgent", {"index": 9}),
        exited("ExtractStructuredOutput", results[0]),
        exited("SendToDeadLetterQueue", results[1]),
        exited("RecordRowFailure", results[2]),
    ]
    assert row_results(events, {"Error": "States.Timeout"}) == results


def test_state_that_failed_and_was_caught_has_no_result() -> None:
    caught = exited("ExtractStructuredOutput", {"Error": "StructuredOutputMissing", "Cause": "{}"})
    assert row_results([caught, exited("ExtractStructuredOutput", success(1, "a"))], {}) == [success(1, "a")]


def test_row_that_ended_the_batch_has_its_reason() -> None:
    cause = "Row 12 failed and continue_on_error is false. ToolBroke: could not: handle\nit"
    assert row_results([], {"Error": "RowFailed", "Cause": cause}) == [
        {"index": 12, "status": "FAILED", "error": "ToolBroke", "message": "could not: handle\nit"}
    ]


def test_partial_output_never_has_the_final_name() -> None:
    plan = make_plan(output={"key": "outputs/people.csv"})
    assert partial(plan)["output"]["key"] == "outputs/people.partial.csv"
    assert plan["output"]["key"] == "outputs/people.csv"
    assert partial(PLAN)["batch"] == PLAN["batch"]
