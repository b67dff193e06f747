"""Looks whether a target is there and can be used, before rows are sent to it one by one, and what is deployed there."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from batch_processor.aws.lambda_functions import function_configuration
from batch_processor.aws.step_functions import state_machine

# What decides how a function answers; not when it was deployed, as a deployment without changes moves that too.
_FUNCTION_PARTS = ("CodeSha256", "Runtime", "Handler", "ImageConfigResponse")
_REVISION_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class Deployed:
    """`fault` is what keeps a target from being used, if anything; `revision`, a digest, changes with the target.

    `is_express` tells a state machine whose executions are Express ones; `timeout_seconds` is its own, or a function's.
    """

    fault: str | None
    revision: str = ""
    timeout_seconds: int | None = None
    is_express: bool = False


# Of a target that is only named, or that no batch may use.
NOT_LOOKED_AT = Deployed(None)


def look_at_target(target_type: str, arn: str, client_of: Callable[[str], Any] | None = None) -> Deployed:
    """What is deployed under the ARN of an agent or tool; `client_of` gives other clients than the functions' own."""
    if target_type == "tool":
        function = function_configuration(arn, client_of and client_of("lambda"))
        if function is None:
            return _absent(arn)
        return Deployed(None, _function_revision(function), timeout_seconds=function.get("Timeout"))
    machine = state_machine(arn, client_of and client_of("stepfunctions"))
    if machine is None:
        return _absent(arn)
    revision = _digest(machine["definition"])
    if machine["type"] != "EXPRESS":
        return Deployed(None, revision)
    return Deployed(None, revision, json.loads(machine["definition"]).get("TimeoutSeconds"), is_express=True)


def _absent(arn: str) -> Deployed:
    return Deployed(f"there is no {arn}; check the ARN")


def _function_revision(function: Mapping[str, Any]) -> str:
    environment = function.get("Environment", {})
    layers = [layer["Arn"] for layer in function.get("Layers", [])]
    parts: list[Any] = [[function.get(part) for part in _FUNCTION_PARTS], environment.get("Variables", {}), layers]
    if "Error" in environment:
        # Encrypted with a key that this role may not use, they cannot be seen to change: any deployment counts as a change.
        parts.append(function.get("LastModified"))
    return _digest(parts)


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_REVISION_CHARACTERS]
