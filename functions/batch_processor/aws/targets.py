"""Looks whether a target is there and can be used, before rows are sent to it one by one."""

from batch_processor.aws.client import client, translated
from batch_processor.errors import BatchProcessorError


def target_fault(target_type: str, arn: str) -> str | None:
    """What keeps the agent or tool from being used, or None."""
    try:
        with translated(f"Looking for {arn}"):
            if target_type == "tool":
                client("lambda").get_function_configuration(FunctionName=arn)
                return None
            return _machine_fault(client("stepfunctions").describe_state_machine(stateMachineArn=arn))
    except BatchProcessorError as exc:
        if _code(exc) in ("StateMachineDoesNotExist", "ResourceNotFoundException"):
            return f"there is no {arn}; check the ARN"
        raise


def _machine_fault(machine: dict[str, str]) -> str | None:
    if machine["type"] != "STANDARD":
        return f"{machine['name']} is an {machine['type']} state machine, which cannot be waited for; an agent must be STANDARD"
    return None


def _code(exc: BatchProcessorError) -> str:
    response = getattr(exc.__cause__, "response", {})
    return str(response.get("Error", {}).get("Code", ""))
