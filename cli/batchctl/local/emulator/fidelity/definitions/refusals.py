"""CreateStateMachine, UpdateStateMachine and CloudFormation refuse what AWS refuses; ValidateStateMachineDefinition tells it.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from batchctl.local.emulator.fidelity.definitions import problems
from batchctl.local.emulator.fidelity.executions.start_execution import Request, Response, error


def _problems(text: Any, kind: str) -> list[problems.Problem]:
    found = problems.find(text if isinstance(text, str) else "", is_express=kind == "EXPRESS")
    unparsable: str | None = stepfunctions._validate_definition_jsonata(text)
    if unparsable:
        words, _, place = unparsable.partition("\n  at ")
        code, _, message = words.partition(": ")
        found.append(problems.Problem(code, message, place))
    return found


def _refusal(text: Any, kind: str) -> Response | None:
    found = _problems(text, kind)
    if not found:
        return None
    return error("InvalidDefinition", f"Invalid State Machine Definition: '{', '.join(map(str, found))}'")


def _validate(request: Request) -> Response:
    found = _problems(request.get("definition"), request.get("type", "STANDARD"))
    diagnostics = [
        {"severity": "ERROR", "code": problem.code, "message": problem.message}
        | ({"location": problem.location} if problem.location else {})
        for problem in found
    ]
    maximum = int(request.get("maxResults") or 100)
    response: Response = json_response(
        {
            "result": "FAIL" if found else "OK",
            "diagnostics": diagnostics[:maximum],
            "truncated": len(diagnostics) > maximum,
        }
    )
    return response


def apply() -> None:
    """Check definitions wherever a machine gets one."""
    create: Callable[[Request], Response] = stepfunctions._create_state_machine
    update: Callable[[Request], Response] = stepfunctions._update_state_machine
    provision: Callable[..., Any] = provisioners._sfn_state_machine_create

    def create_if_valid(request: Request) -> Response:
        return _refusal(request.get("definition"), request.get("type", "STANDARD")) or create(request)

    def update_if_valid(request: Request) -> Response:
        machine = stepfunctions._state_machines.get(request.get("stateMachineArn"))
        refusal = _refusal(request["definition"], machine["type"]) if machine and "definition" in request else None
        return refusal or update(request)

    def provision_if_valid(logical_id: str, properties: Any, stack_name: str) -> Any:
        kind = properties.get("StateMachineType", "STANDARD")
        refusal = _refusal(provisioners._sfn_definition(properties), kind)
        if refusal:
            raise provisioners._sfn_service_error(refusal)
        return provision(logical_id, properties, stack_name)

    stepfunctions._create_state_machine = create_if_valid
    stepfunctions._update_state_machine = update_if_valid
    stepfunctions._validate_state_machine_definition = _validate
    provisioners._sfn_state_machine_create = provision_if_valid
    provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]["create"] = provision_if_valid
