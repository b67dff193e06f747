"""256 KiB for whatever passes between states, counted in bytes of UTF-8 JSON.

https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html#service-limits-task-executions
"""

import marshal
from collections.abc import Iterable
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import runs
from batchctl.local.emulator.fidelity.executions.execution_history import json_text

MAXIMUM_BYTES = 262_144
# A value has at most so many bytes of JSON for each that marshal writes for it: `\u0000` for a character, `false,` for a
# constant. Version 2 writes out what stands in it twice.
_JSON_BYTES_OF_ONE, _WRITTEN_OUT = 6, 2


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


def most_bytes(value: Any) -> int:
    """What the value's JSON has at the most; reckoned in a fraction of the time that it takes to write it."""
    return len(marshal.dumps(value, _WRITTEN_OUT)) * _JSON_BYTES_OF_ONE


def _surely_fits(value: Any) -> bool:
    try:
        return most_bytes(value) <= MAXIMUM_BYTES
    except ValueError:  # nested too deeply for it, for instance
        return False


def told(value: Any, name: str, execution: dict[str, Any]) -> str:
    """As `checked_text`, for the history of the execution: of an Express one, which has none, no text need be made."""
    return "" if runs.is_express(execution) and _surely_fits(value) else checked_text(value, name)


def told_together(values: dict[str, Any], field: str, execution: dict[str, Any]) -> dict[str, str]:
    """As `told` of each of these values by their names, which must not be more than the quota together either."""
    if runs.is_express(execution) and _surely_fits(values):
        return {}
    texts = {name: checked_text(value, name) for name, value in values.items()}
    _check_together(texts.values(), field)
    return texts


def _check_together(texts: Iterable[str], name: str) -> None:
    if sum(map(size, texts)) > MAXIMUM_BYTES:
        raise _exceeded(name)


def _exceeded(name: str) -> Exception:
    error: Exception = stepfunctions._ExecutionError(
        "States.DataLimitExceeded",
        f"The state/task '{name}' returned a result with a size exceeding the maximum number of bytes service limit.",
    )
    return error
