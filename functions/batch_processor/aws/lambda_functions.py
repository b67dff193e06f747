"""Reads how Lambda functions are deployed."""

from typing import Any

from batch_processor.aws.client import client, error_code, translated
from batch_processor.errors import BatchProcessorError


def function_configuration(arn: str) -> dict[str, Any] | None:
    """The configuration of a function, with its code's digest; None if there is no such function."""
    try:
        with translated(f"Looking for {arn}"):
            configuration: dict[str, Any] = client("lambda").get_function_configuration(FunctionName=arn)
    except BatchProcessorError as exc:
        if error_code(exc) == "ResourceNotFoundException":
            return None
        raise
    return configuration
