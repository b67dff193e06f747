"""ARNs in the requests of Step Functions: which are none, and which of another kind than the action takes.

Recorded: `InvalidArn` for what is no ARN and for executions of Express machines, which can be neither described nor
stopped; `StateMachineDoesNotExist` for the executions of a machine that there is not.
"""

import re
from collections.abc import Callable

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions.start_execution import Request, Response, error

_ARN = re.compile(r"arn:aws[a-z-]*:states:[a-z0-9-]+:[0-9]{12}:([A-Za-z]+):(.+)", re.DOTALL)
# What each action takes, by the member of its request.
_MACHINE = ("stateMachineArn", ("stateMachine",))
_EXECUTION = ("executionArn", ("execution",))
_ACTIONS = {
    "_describe_execution": _EXECUTION,
    "_get_execution_history": _EXECUTION,
    "_stop_execution": _EXECUTION,
    "_list_map_runs": _EXECUTION,
    "_describe_state_machine_for_execution": _EXECUTION,
    "_describe_state_machine": _MACHINE,
    "_start_execution": _MACHINE,
    "_start_sync_execution": _MACHINE,
    "_list_executions": _MACHINE,
    "_update_state_machine": _MACHINE,
    "_delete_state_machine": _MACHINE,
}


def problem(arn: str, kinds: tuple[str, ...]) -> str | None:
    """What is wrong with an ARN where one of these kinds of resources is meant."""
    found = _ARN.fullmatch(arn)
    if found is None:
        return f"Invalid ARN prefix: {arn}"
    return None if found[1] in kinds else f"Resource type not valid in this context: {found[1]}"


def unknown_machine(arn: str) -> Response:
    """What is answered where there is no such machine."""
    return error("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")


def _checked(
    action: Callable[[Request], Response], member: str, kinds: tuple[str, ...]
) -> Callable[[Request], Response]:
    def check(request: Request) -> Response:
        # A mocked test case stands behind a machine's ARN.
        arn = str(request.get(member, "")).split("#")[0]
        wrong = problem(arn, kinds) if member in request else None
        return error("InvalidArn", f"Invalid Arn: '{wrong}'") if wrong else action(request)

    return check


def apply() -> None:
    """Check the ARNs before the actions do anything; must come after whatever replaces an action."""
    list_executions: Callable[[Request], Response] = stepfunctions._list_executions

    def list_of_machine(request: Request) -> Response:
        map_run = stepfunctions._map_runs.get(request.get("mapRunArn"), {})
        arn = request.get("stateMachineArn")
        machine = stepfunctions._state_machines.get(stepfunctions._resolve_state_machine_arn(arn))
        # A Map Run's machine has the Map's label behind its name.
        if arn and machine is None and "/" not in arn:
            return unknown_machine(arn)
        if (machine and machine["type"] == "EXPRESS") or map_run.get("_childType") == "EXPRESS":
            return error(
                "StateMachineTypeNotSupported", "This operation is not supported by this type of state machine"
            )
        return list_executions(request)

    stepfunctions._list_executions = list_of_machine
    for name, (member, kinds) in _ACTIONS.items():
        setattr(stepfunctions, name, _checked(getattr(stepfunctions, name), member, kinds))
