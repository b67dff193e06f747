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

from ministack.core.responses import json_response, new_uuid, now_iso
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import arns, executions, start_execution
from batchctl.local.emulator.fidelity.executions.executions import Definition
from batchctl.local.emulator.fidelity.executions.start_execution import Request, Response, error

Execution = dict[str, Any]

# https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAXIMUM_SECONDS = 300.0
_TOLD = (
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
_BILLED_MILLISECONDS = 100
_BILLED_MEGABYTES = 64


def begin(machine_arn: str, text: str, name: str | None = None) -> Execution:
    """A new execution of an Express machine, or of a Map of one by the Map's label, that does not walk yet.

    It has no history, and nobody finds it by its ARN, whose last part is its own even if another has its name.
    """
    name = name or new_uuid()
    return {
        "executionArn": f"{machine_arn.replace(':stateMachine:', ':express:')}:{name}:{new_uuid()}",
        "stateMachineArn": machine_arn,
        "name": name,
        "status": "RUNNING",
        "startDate": now_iso(),
        "stopDate": None,
        "input": text,
        "output": None,
        "testCase": "",
        "mockAttempts": {},
    }


def definition_of(machine: dict[str, Any]) -> Definition:
    """What an execution of an Express machine walks through, for at most five minutes."""
    definition = executions.definition_of(machine["definition"])
    return definition._replace(timeout_seconds=min(definition.timeout_seconds or MAXIMUM_SECONDS, MAXIMUM_SECONDS))


def answer(execution: Execution) -> dict[str, Any]:
    """What StartSyncExecution tells of an execution at its end."""
    began, ended = (datetime.fromisoformat(execution[name]) for name in ("startDate", "stopDate"))
    took = (ended - began).total_seconds() * 1000
    billed = max(1, math.ceil(took / _BILLED_MILLISECONDS)) * _BILLED_MILLISECONDS
    return {
        **{name: execution[name] for name in _TOLD if execution.get(name) is not None},
        "inputDetails": {"included": True},
        "outputDetails": {"included": True},
        "billingDetails": {"billedDurationInMilliseconds": billed, "billedMemoryUsedInMB": _BILLED_MEGABYTES},
    }


def started(request: Request) -> Execution | Response:
    """The execution that StartSyncExecution asks for, not walking yet, or what the request is refused with."""
    arn = request["stateMachineArn"]
    wrong = arns.problem(arn, ("stateMachine",))
    if wrong:
        return error("InvalidArn", f"Invalid Arn: '{wrong}'")
    machine = stepfunctions._state_machines.get(stepfunctions._resolve_state_machine_arn(arn))
    if machine is None:
        return arns.unknown_machine(arn)
    if machine["type"] != "EXPRESS":
        return error("StateMachineTypeNotSupported", "This operation is not supported by this type of state machine")
    return start_execution.refusal(request) or _begin(machine, request)


def _begin(machine: dict[str, Any], request: Request) -> Execution:
    return begin(machine["stateMachineArn"], request.get("input", "{}"), request.get("name"))


def walk(execution: Execution) -> None:
    """Walk an execution of an Express machine to its end, in this thread."""
    machine = stepfunctions._state_machines[execution["stateMachineArn"]]
    executions.walk(execution, definition_of(machine), machine)


def walk_alone(execution: Execution) -> None:
    """The same in a thread of its own."""
    threading.Thread(target=contextvars.copy_context().run, args=(walk, execution), daemon=True).start()


def _start_sync_execution(request: Request) -> Response:
    execution = started(request)
    if isinstance(execution, tuple):
        return execution
    walk(execution)
    response: Response = json_response(answer(execution))
    return response


def _start(machine: dict[str, Any], request: Request) -> Response:
    execution = _begin(machine, request)
    walk_alone(execution)
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
