"""StartExecution: idempotent while the same run is going on, and strict about name and input.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
"""

import json
import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import payload_quota, runs

Request = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

_MAXIMUM_NAME_LENGTH = 80
# Blanks, brackets, wildcards, special and control characters.
_FORBIDDEN_IN_NAME = re.compile(r"""[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]""")


def refusal(request: Request) -> Response | None:
    """What a request to start an execution is refused with, whatever the machine."""
    name, text = request.get("name"), request.get("input", "{}")
    if name is not None and not 1 <= len(name) <= _MAXIMUM_NAME_LENGTH:
        return _too_long("name", _MAXIMUM_NAME_LENGTH)
    if name is not None and _FORBIDDEN_IN_NAME.search(name):
        return error("InvalidName", f"Invalid Name: '{name}'")
    if payload_quota.exceeds(text):
        return _too_long("input", payload_quota.MAXIMUM_BYTES)
    try:
        json.loads(text)
    except ValueError as exc:
        return error("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{exc}'")
    return None


def _too_long(member: str, maximum: int) -> Response:
    return error(
        "ValidationException",
        f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
        f"Member must have length less than or equal to {maximum}",
    )


def error(code: str, message: str) -> Response:
    """An error response of the Step Functions API."""
    response: Response = error_response_json(code, message, 400)
    return response


def _running_twin(request: Request) -> dict[str, Any] | None:
    machine_arn = stepfunctions._resolve_state_machine_arn(request.get("stateMachineArn", ""))
    machine = stepfunctions._state_machines.get(machine_arn)
    if machine is None or "name" not in request:
        return None
    arn = f"arn:aws:states:{get_region()}:{get_account_id()}:execution:{machine['name']}:{request['name']}"
    twin: dict[str, Any] | None = stepfunctions._executions.get(arn)
    same = twin and twin["status"] == "RUNNING" and twin["input"] == request.get("input", "{}")
    return twin if same else None


def apply() -> None:
    """Wrap StartExecution, for the API and for nested executions alike."""
    start: Callable[[Request], Response] = stepfunctions._start_execution

    def start_execution(request: Request) -> Response:
        refused = refusal(request)
        if refused is not None:
            return refused
        with runs.RECORDS:
            twin = _running_twin(request)
            if twin is None:
                return start(request)
        response: Response = json_response({"executionArn": twin["executionArn"], "startDate": twin["startDate"]})
        return response

    stepfunctions._start_execution = start_execution
