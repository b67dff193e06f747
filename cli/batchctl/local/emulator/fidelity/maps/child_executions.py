"""A Distributed Map's children: executions of their own, with the Map's label in their names.

https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
"""

from typing import Any

from ministack.core.responses import new_uuid, now_iso
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import executions
from batchctl.local.emulator.fidelity.maps.item_batcher import ChildInput
from batchctl.local.emulator.fidelity.maps.map_run_record import MapRunRecord
from batchctl.local.emulator.fidelity.tasks import nested_executions

Execution = dict[str, Any]

_TOO_LARGE = "The input of the child workflow execution exceeds the maximum number of bytes service limit."


def start(record: MapRunRecord, child_input: ChildInput, machine: dict[str, Any]) -> Execution:
    """A new child, running but not walking yet."""
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
    if child_input.is_too_large:
        executions.fail(child, "States.DataLimitExceeded", _TOO_LARGE)
    return child


def describe(child: Execution) -> dict[str, Any]:
    """A child in a file of results."""
    description = nested_executions.describe(child)
    for date in ("StartDate", "StopDate"):
        description[date] = child[f"{date[0].lower()}{date[1:]}"]
    return description


def describe_pending(child_input: ChildInput) -> dict[str, Any]:
    """A child that never started in a file of results."""
    return {"Input": child_input.text, "InputDetails": {"Included": True}}
