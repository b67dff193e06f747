"""Reads how Lambda functions are deployed."""

from typing import Any

from batch_processor.aws.client import client, described


def function_configuration(arn: str, functions: Any = None) -> dict[str, Any] | None:
    """The configuration of a function, with its code's digest; None if there is no such function.

    `functions` is a client of Lambda, the functions' own by default.
    """
    functions = functions or client("lambda")
    return described(arn, "ResourceNotFoundException", lambda: functions.get_function_configuration(FunctionName=arn))
