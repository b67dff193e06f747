"""256 KiB for whatever passes between states, counted in bytes of UTF-8 JSON.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-task-executions
"""

from collections.abc import Iterable
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions.execution_history import json_text

MAXIMUM_BYTES = 262_144


def size(text: str) -> int:
    """The text's length in bytes of UTF-8."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def exceeds(text: str) -> bool:
    """Whether the text is larger than the quota."""
    return len(text) > MAXIMUM_BYTES or size(text) > MAXIMUM_BYTES


def checked_text(value: Any, name: str) -> str:
    """The value as JSON text; States.DataLimitExceeded when the state or task `name` produced too much."""
    text = json_text(value)
    if exceeds(text):
        raise _exceeded(name)
    return text


def check_together(texts: Iterable[str], name: str) -> None:
    """States.DataLimitExceeded when these texts of the field `name` are more than the quota together."""
    if sum(map(size, texts)) > MAXIMUM_BYTES:
        raise _exceeded(name)


def _exceeded(name: str) -> Exception:
    error: Exception = stepfunctions._ExecutionError(
        "States.DataLimitExceeded",
        f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit.",
    )
    return error
