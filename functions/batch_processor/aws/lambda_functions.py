"""Reads how Lambda functions are deployed."""

from typing import Any

from batch_processor.aws.client import client, error_code, translated
from batch_processor.errors import BatchProcessorError


def function_configuration(arn: str) -> dict[str, Any] | None:
    """The configuration of a function, its code's digest among others; None if there is none."""
    try:
        with translated(f"Looking for {arn}"):
            found: dict[str, Any] = client("lambda").get_function_configuration(FunctionName=arn)
    except BatchProcessorError as exc:
        if error_code(exc) == "ResourceNotFoundException":
            return None
        raise
    return found
