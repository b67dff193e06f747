"""`startExecution.sync`: AWS's errors, the child's description as Cause, and no orphans.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html. A failed child is
States.TaskFailed with the DescribeExecution document (keys capitalised, times in milliseconds) as Cause; Error
and Cause are absent from it for a child that timed out.
"""

import json
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import redrive, runs
from batchctl.local.emulator.fidelity.executions.execution_history import json_text
from batchctl.local.emulator.fidelity.tasks import service_errors
from batchctl.local.emulator.fidelity.tasks.task_history import TaskHistory

_START = "arn:aws:states:::states:startExecution"


def is_job(resource: str) -> bool:
    """Whether the task waits for the child's end."""
    return resource.startswith(f"{_START}.sync")


def run_child(resource: str, arguments: Any, timeout_seconds: float | None, history: TaskHistory) -> dict[str, Any]:
    """Start or join the child, wait for its end and describe it; a child left behind is stopped."""
    machine = stepfunctions._state_machines.get(str(arguments.get("StateMachineArn")), {})
    if machine.get("type") == "EXPRESS":
        # Nobody can ask what becomes of its executions; nothing recorded says in which words AWS refuses it.
        words = "This operation is not supported by this type of state machine"
        raise service_errors.failure("StepFunctions", "StateMachineTypeNotSupported", words)
    started = _start(arguments)
    history.submitted(json_text(started))
    child = stepfunctions._executions[started["ExecutionArn"]]
    try:
        runs.current().wait_for(runs.run_of(child).ended, timeout_seconds)
    except (TimeoutError, runs.Stopped):
        stepfunctions._stop_execution({"executionArn": started["ExecutionArn"]})
        raise
    description = describe(child)
    if child["status"] != "SUCCEEDED":
        raise stepfunctions._ExecutionError("States.TaskFailed", json_text(description))
    if resource.endswith(".sync:2"):
        description |= {name: json.loads(description[name]) for name in ("Input", "Output")}
    return description


def describe(execution: dict[str, Any]) -> dict[str, Any]:
    """DescribeExecution as a task result."""
    succeeded = execution["status"] == "SUCCEEDED"
    redrive_status, reason = redrive.redrivability(execution)
    description = {
        "Cause": execution.get("cause"),
        "Error": execution.get("error"),
        "ExecutionArn": execution["executionArn"],
        "Input": execution["input"],
        "InputDetails": {"Included": True},
        "Name": execution["name"],
        "Output": execution["output"] if succeeded else None,
        "OutputDetails": {"Included": True} if succeeded else None,
        "RedriveCount": execution.get("redriveCount", 0),
        "RedriveStatus": redrive_status,
        "RedriveStatusReason": reason,
        "StartDate": stepfunctions._iso_to_epoch_ms(execution["startDate"]),
        "StateMachineArn": execution["stateMachineArn"],
        "Status": execution["status"],
        "StopDate": stepfunctions._iso_to_epoch_ms(execution["stopDate"]),
    }
    return {name: value for name, value in description.items() if value is not None}


def _start(arguments: Any) -> dict[str, Any]:
    request = stepfunctions._nested_start_execution_request(arguments)
    nested_input = arguments.get("Input", {})
    if not isinstance(nested_input, str):
        request["input"] = json_text(nested_input)
    status, _, body = stepfunctions._start_execution(request)
    answer = json.loads(body)
    if status >= 400:
        raise service_errors.failure("StepFunctions", answer["__type"], answer["message"], status)
    return {
        "ExecutionArn": answer["executionArn"],
        "StartDate": stepfunctions._iso_to_epoch_ms(answer["startDate"]),
    }


def _start_only(_resource: str, arguments: Any) -> dict[str, Any]:
    return _start(arguments)


def apply() -> None:
    """Replace starting a child without waiting; waiting for one is the Task state's."""
    stepfunctions._invoke_nested_start_execution = _start_only
