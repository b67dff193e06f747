"""Express executions: ARNs of their own, no history that can be read, and synchronous ones that answer with their end.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html. Recorded: a failed execution is
an answer like any other, with `error` and `cause` and no `output`; a Standard machine cannot be run so.
"""

import contextvars
import math
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ministack.core.responses import get_account_id, get_region, json_response, new_uuid, now_iso
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import arns, start_execution
from batchctl.local.emulator.fidelity.executions.start_execution import Request, Response, error

Execution = dict[str, Any]

_BILLED_MILLISECONDS = 100
_BILLED_MEGABYTES = 64


def _begin(machine: dict[str, Any], request: Request) -> Execution:
    name, text, started = request.get("name") or new_uuid(), request.get("input", "{}"), now_iso()
    scope = f"{get_region()}:{get_account_id()}:express:{machine['name']}"
    began = {"input": text, "inputDetails": {"truncated": False}, "roleArn": machine["roleArn"]}
    execution: Execution = {
        "executionArn": f"arn:aws:states:{scope}:{name}:{new_uuid()}",
        "stateMachineArn": machine["stateMachineArn"],
        "name": name,
        "status": "RUNNING",
        "startDate": started,
        "stopDate": None,
        "input": text,
        "output": None,
        "testCase": "",
        "mockAttempts": {},
        # EventBridge is not told of it.
        "sync": True,
        "events": [{"id": 1, "previousEventId": 0, "type": "ExecutionStarted", "timestamp": started,
                    "executionStartedEventDetails": began}],
    }  # fmt: skip
    stepfunctions._executions[execution["executionArn"]] = execution
    return execution


def _answer(execution: Execution) -> Response:
    began, ended = (datetime.fromisoformat(execution[name]) for name in ("startDate", "stopDate"))
    took = (ended - began).total_seconds() * 1000
    billed = max(1, math.ceil(took / _BILLED_MILLISECONDS)) * _BILLED_MILLISECONDS
    names = (
        "executionArn",
        "stateMachineArn",
        "name",
        "startDate",
        "stopDate",
        "status",
        "input",
        "output",
        "error",
        "cause",
    )
    response: Response = json_response(
        {
            **{name: execution[name] for name in names if execution.get(name) is not None},
            "inputDetails": {"included": True},
            "outputDetails": {"included": True},
            "billingDetails": {"billedDurationInMilliseconds": billed, "billedMemoryUsedInMB": _BILLED_MEGABYTES},
        }
    )
    return response


def _start_sync_execution(request: Request) -> Response:
    machine = stepfunctions._state_machines.get(stepfunctions._resolve_state_machine_arn(request["stateMachineArn"]))
    if machine is None:
        return arns.unknown_machine(request["stateMachineArn"])
    if machine["type"] != "EXPRESS":
        return error("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
    refusal = start_execution.refusal(request)
    if refusal is not None:
        return refusal
    execution = _begin(machine, request)
    stepfunctions._run_execution(execution["executionArn"])
    return _answer(execution)


def _start(machine: dict[str, Any], request: Request) -> Response:
    execution = _begin(machine, request)
    walk = contextvars.copy_context().run
    arguments = (stepfunctions._run_execution, execution["executionArn"])
    threading.Thread(target=walk, args=arguments, daemon=True).start()
    response: Response = json_response({name: execution[name] for name in ("executionArn", "startDate")})
    return response


def apply() -> None:
    """Replace StartSyncExecution, and start the executions of Express machines; both name machines that there are not."""
    start_standard: Callable[[Request], Response] = stepfunctions._start_execution

    def start(request: Request) -> Response:
        arn = request["stateMachineArn"].split("#")[0]
        machine = stepfunctions._state_machines.get(stepfunctions._resolve_state_machine_arn(arn))
        if machine is None:
            return arns.unknown_machine(arn)
        if machine["type"] != "EXPRESS":
            return start_standard(request)
        return start_execution.refusal(request) or _start(machine, request)

    stepfunctions._start_execution = start
    stepfunctions._start_sync_execution = _start_sync_execution
