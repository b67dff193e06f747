"""What FanOutRowBatches and its children may meet, by name."""

from collections.abc import Iterator
from typing import Any

from tests.statemachine.recorded import (
    ALREADY_EXISTS,
    MAP_FAILURES,
    TIMED_OUT_TASK,
    TOO_LARGE,
    child,
    function_result,
    python_error,
)
from tests.statemachine.samples import (
    BATCH_INPUT,
    FANNED_OUT,
    LOADED_ROWS,
    PART,
    ROW_BATCH_MACHINE_ARN,
    ROW_BATCHES,
    RUN,
    batch_items,
    plan,
)
from tests.statemachine.situation import Situation, named

ONE_ROW, THREE_ROWS = batch_items(LOADED_ROWS[0]), batch_items(*LOADED_ROWS)
# Of the machine, when a child of its Map has run it on rows.
ROW_BATCH_RESULT = {"ExecutionArn": ROW_BATCHES + RUN["name"], "Output": PART, "Status": "SUCCEEDED"}
AGAIN = "-7a1b2c"
FAILURES: dict[str, dict[str, str]] = {
    "failed": child("FAILED", "Batch.RowFailed", "Row 2 failed and continue_on_error is false."),
    "timed out": child("TIMED_OUT"),
    "stopped": child("ABORTED"),
    "history full": child("FAILED", "States.Runtime", "The execution reached the maximum number of history events."),
    "its cause is cut": child("FAILED", "Batch.RowFailed", "Caf\u00e9 " * 20_000),
    "task timed out": TIMED_OUT_TASK,
    "input too large": TOO_LARGE,
}


def fan_out_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _fan_out()
    yield from _name()
    yield from _run()
    yield from _salvage()


def _fan_out() -> Iterator[Situation]:
    for continue_on_error, tolerated in [(True, 100), (False, 0)]:
        planned = plan(execution={"continue_on_error": continue_on_error})
        yield Situation(
            "FanOutRowBatches",
            f"continue_on_error {continue_on_error}",
            [],
            {"MapRunArn": "arn:aws:states:eu-west-1:123456789012:mapRun:batch-processor-dev/RowBatches:1"},
            variables={"plan": planned, "loaded": FANNED_OUT},
            expected={
                "fields.ItemReader.Arguments": {"Bucket": "bucket", "Key": "work/run-1/rows.jsonl"},
                "fields.ItemBatcher": {
                    "MaxItemsPerBatch": 100,
                    "MaxInputBytesPerBatch": 100_000,
                    "BatchInput": {**BATCH_INPUT, "machine_arn": "${RowBatchStateMachineArn}", "plan": planned},
                },
                "fields.MaxConcurrency": 40,
                "fields.ToleratedFailurePercentage": tolerated,
                "fields.ResultWriter.Arguments": {"Bucket": "bucket", "Prefix": "work/run-1/map"},
                "output": [],
                "next": "AggregateResults",
            },
        )
    for failure in MAP_FAILURES:
        yield Situation(
            "FanOutRowBatches",
            failure["Error"],
            [],
            error=failure,
            variables={"loaded": FANNED_OUT},
            expected={"output": failure, "next": "SalvageAnswers"},
        )


def _name() -> Iterator[Situation]:
    longest = {**BATCH_INPUT, "plan": plan(batch={"key": "k" * 58})}
    last = {"index": 99_999_999, "row": {}}
    for case, data, name in [
        ("one row", ONE_ROW, "run-1-1"),
        ("rows", THREE_ROWS, "run-1-1"),
        ("last rows of the longest batch", {"BatchInput": longest, "Items": [last]}, f"{'k' * 58}-99999999"),
    ]:
        yield Situation(
            "NameRowBatch",
            case,
            data,
            expected={"assigned.run": {**RUN, "name": name}, "output": data, "next": "RunRowBatch"},
        )
    # The Standard pass behind Express: one item is a row batch, also if none of its rows is to be run any more.
    for case, rows in named(
        {"rest of one row": LOADED_ROWS[1:2], "rest of rows": LOADED_ROWS[1:], "rest of no row": []}
    ):
        loaded = {**FANNED_OUT, "fan_out": {**FANNED_OUT["fan_out"], "is_rest": True}}
        given = {**BATCH_INPUT, "loaded": loaded}
        row_batch = {"first": 1, "last": 40}
        yield Situation(
            "NameRowBatch",
            case,
            {"BatchInput": given, "Items": [{**row_batch, "rows": rows}]},
            expected={
                "assigned.run": RUN,
                "output": {"BatchInput": {**given, "loaded": {**loaded, "row_batch": row_batch}}, "Items": rows},
                "next": "RunRowBatch",
            },
        )
    for suffix in (":7", ":live"):
        data = {**ONE_ROW, "BatchInput": {**BATCH_INPUT, "machine_arn": ROW_BATCH_MACHINE_ARN + suffix}}
        yield Situation(
            "NameRowBatch",
            f"machine ARN with {suffix}",
            data,
            expected={"assigned.run": {**RUN, "machine_arn": ROW_BATCH_MACHINE_ARN + suffix}},
        )


def _run() -> Iterator[Situation]:
    taken = [ALREADY_EXISTS, {**ALREADY_EXISTS, "Error": "StepFunctions.ExecutionAlreadyExists"}]
    first = ROW_BATCHES + RUN["name"]
    once_more = {**RUN, "again": "-0ddba1", "ended": first}
    for state, run, extra in [("RunRowBatch", RUN, {}), ("RunRowBatchAgain", once_more, {"again": first})]:
        name = run["name"] + run["again"]
        for case, data in named({"one row": ONE_ROW, "rows": THREE_ROWS}):
            given = {"plan": BATCH_INPUT["plan"], "loaded": FANNED_OUT, "rows": data["Items"], **extra}
            yield Situation(
                state,
                case,
                data,
                ROW_BATCH_RESULT,
                variables={"run": run},
                expected={
                    "fields.Arguments": {"StateMachineArn": ROW_BATCH_MACHINE_ARN, "Name": name, "Input": given},
                    "output": PART,
                    "next": None,
                },
            )
        for error in taken:
            yield Situation(
                state,
                error["Error"],
                THREE_ROWS,
                error=error,
                variables={"run": run},
                # Whatever the last one's, so that the name stays within its limit.
                expected={
                    "assigned.run": {**run, "again": AGAIN, "ended": ROW_BATCHES + name},
                    "output": THREE_ROWS,
                    "next": "RunRowBatchAgain",
                },
            )
        for case, failure in FAILURES.items():
            yield Situation(
                state,
                case,
                THREE_ROWS,
                error=failure,
                variables={"run": run},
                expected={"output": salvage_input(failure, ROW_BATCHES + name), "next": "SalvageRowBatch"},
            )
    yield Situation(
        "RunRowBatch",
        "one row failed",
        ONE_ROW,
        error=FAILURES["failed"],
        expected={"output.loaded.row_batch": {"first": 1, "last": 1}},
    )


def salvage_input(failure: dict[str, str], execution_arn: str) -> dict[str, Any]:
    """What SalvageRowBatch gets of three rows' failure."""
    return {
        "detail": {
            "executionArn": execution_arn,
            "status": "FAILED",
            "error": failure["Error"],
            "cause": failure.get("Cause", "")[:8_000],
        },
        "plan": BATCH_INPUT["plan"],
        "loaded": {**FANNED_OUT, "row_batch": {"first": 1, "last": 3}},
    }


def _salvage() -> Iterator[Situation]:
    for case, failure in FAILURES.items():
        data = salvage_input(failure, ROW_BATCHES + RUN["name"])
        detail = data["detail"]
        yield Situation(
            "SalvageRowBatch",
            case,
            data,
            function_result({"rows": 3}),
            expected={"fields.Arguments.Payload": data, "output": detail, "next": "JudgeRowBatch"},
        )
        for error in (python_error("StorageUnavailable", "no"), TOO_LARGE):
            yield Situation(
                "SalvageRowBatch",
                f"{case}, then {error['Error']}",
                data,
                error=error,
                expected={"output": detail, "next": "JudgeRowBatch"},
            )
        yield Situation("JudgeRowBatch", case, detail, expected={"output": detail, "next": "RowBatchFailed"})
        said = {"fields.Error": failure["Error"], "fields.Cause": failure.get("Cause", "")[:8_000], "next": None}
        yield Situation("RowBatchFailed", case, detail, expected=said)
    updated = child("FAILED", "StackUpdated", 'Start {"resume_from": "run-1"} to go on with it.')
    for case, failure in named({"of the row batch": updated, "of itself": python_error("StackUpdated", "no")}):
        detail = {"executionArn": ROW_BATCHES, "status": "FAILED", "error": failure["Error"], "cause": failure["Cause"]}
        yield Situation("JudgeRowBatch", f"update {case}", detail, expected={"next": "RowBatchRefused"})
    yield Situation("RowBatchRefused", "update", detail, expected={"output": detail, "next": None})
