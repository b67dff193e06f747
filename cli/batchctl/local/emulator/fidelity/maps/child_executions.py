"""A Distributed Map's children: executions of their own, with the Map's label in their names, of either kind.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html and, for what a redrive does with each kind,
redrive-map-run.html. Whether AWS runs an Express child at most or at least once is not documented: `faults` runs some twice.
"""

from typing import Any

from ministack.core.responses import new_uuid, now_iso
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import executions, express, redrive, runs
from batchctl.local.emulator.fidelity.maps.item_batcher import ChildInput
from batchctl.local.emulator.fidelity.maps.map_run_record import MapRunRecord
from batchctl.local.emulator.fidelity.tasks import nested_executions

Execution = dict[str, Any]

_TOO_LARGE = "The input of the child workflow execution exceeds the maximum number of bytes service limit."


# AWS starts about so many children a second.
PER_SECOND = {"STANDARD": 100, "EXPRESS": 1_000}


def start(record: MapRunRecord, child_input: ChildInput, machine: dict[str, Any], kind: str) -> Execution:
    """A new child, running but not walking yet."""
    child = _express(record, child_input) if kind == "EXPRESS" else _standard(record, child_input, machine)
    if child_input.is_too_large:
        executions.fail(child, "States.DataLimitExceeded", _TOO_LARGE)
    return child


def _express(record: MapRunRecord, child_input: ChildInput) -> Execution:
    child = express.begin(record.child_machine_arn, child_input.text)
    return {**child, "mapRunArn": record.arn, "itemCount": child_input.item_count}


def _standard(record: MapRunRecord, child_input: ChildInput, machine: dict[str, Any]) -> Execution:
    name, started = new_uuid(), now_iso()
    began = {"input": child_input.text, "inputDetails": {"truncated": False}, "roleArn": machine["roleArn"]}
    child: Execution = {
        "executionArn": f"{record.child_machine_arn.replace(':stateMachine:', ':execution:')}:{name}",
        "stateMachineArn": record.child_machine_arn,
        "name": name,
        "status": "RUNNING",
        "startDate": started,
        "stopDate": None,
        "input": child_input.text,
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": {"included": True},
        "mapRunArn": record.arn,
        "itemCount": child_input.item_count,
        "testCase": "",
        "mockAttempts": {},
        "events": [{"id": 1, "previousEventId": 0, "type": "ExecutionStarted", "timestamp": started,
                    "executionStartedEventDetails": began}],
    }  # fmt: skip
    stepfunctions._executions[child["executionArn"]] = child
    stepfunctions._emit_execution_status_event(child)
    return child


def walk(child: Execution, definition: executions.Definition, machine: dict[str, Any]) -> None:
    """Walk a child to its end, in this thread."""
    executions.walk(child, definition, machine)


def stop(child: Execution) -> None:
    """End a child before its time; an Express one runs to its end, for which its Map Run waits."""
    if not runs.is_express(child):
        executions.close(child, "ABORTED", {})


def start_again(child: Execution) -> None:
    """Let a child that did not succeed run once more: from where it was, or an Express one from its first state."""
    if not runs.is_express(child):
        redrive.reopen(child)
        return
    with runs.RECORDS:
        for name in ("error", "cause"):
            child.pop(name, None)
        child.update(status="RUNNING", startDate=now_iso(), stopDate=None)


def forget_what_nobody_reads(child: Execution, *, is_described: bool) -> None:
    """Drop the input of an Express child that succeeded, unless its description goes into a file of results."""
    if runs.is_express(child) and child["status"] == "SUCCEEDED" and not is_described:
        del child["input"]


def describe(child: Execution) -> dict[str, Any]:
    """A child in a file of results."""
    description = nested_executions.describe(child)
    if runs.is_express(child):
        description = {name: value for name, value in description.items() if not name.startswith("Redrive")}
    for date in ("StartDate", "StopDate"):
        description[date] = child[f"{date[0].lower()}{date[1:]}"]
    return description


def describe_pending(child_input: ChildInput) -> dict[str, Any]:
    """A child that never started in a file of results."""
    return {"Input": child_input.text, "InputDetails": {"Included": True}}
