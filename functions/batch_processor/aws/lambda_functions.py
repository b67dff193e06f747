"""Reads how Lambda functions are deployed, and has one called."""

import json
from typing import Any

from batch_processor.aws.client import client, described, translated


def function_configuration(arn: str, functions: Any = None) -> dict[str, Any] | None:
    """The configuration of a function, with its code's digest; None if there is no such function.

    `functions` is a client of Lambda, the functions' own by default.
    """
    functions = functions or client("lambda")
    return described(arn, "ResourceNotFoundException", lambda: functions.get_function_configuration(FunctionName=arn))


def invoke_later(function: str, event: dict[str, Any], functions: Any = None) -> None:
    """Has a function called with the event, without waiting for it; Lambda tries twice more if it fails."""
    functions = functions or client("lambda")
    with translated(f"Calling {function}"):
        functions.invoke(FunctionName=function, InvocationType="Event", Payload=json.dumps(event).encode())
