"""Why an execution of the machine failed, and what that says about rows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from batch_processor.contract import RowResult, Status
from batch_processor.results.precedence import NO_RESULT

# What the machine puts before the name of an error when it ends.
_ENDING = re.compile(r"^(Batch|Unannounced)\.")
_ANSWERS_RECEIVED = re.compile(r"\n\nThe \d+ answers received until then: .*\Z", re.DOTALL)
_ABORTING_ROW = re.compile(r"Row (\d+) failed and continue_on_error is false\. ([^:]*): (.*)\Z", re.DOTALL)
_TIMEOUTS = ("States.Timeout", "Sandbox.Timedout")
_EXECUTION_TIMEOUT = "Execution timeout"  # the machine's words
_FUNCTION_TIMEOUT = "Task timed out after"  # Lambda's, in a cause that may have no other sign of it
# Enough for any reason, which each row of a row batch may have to carry.
_MESSAGE_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Failure:
    """How an execution ended: FAILED, ABORTED or TIMED_OUT, the error's own name, and the cause in words."""

    status: str
    error: str
    cause: str

    @classmethod
    def of(cls, detail: Mapping[str, Any]) -> Self:
        """From {status, error, cause} as an event or the machine tells it; there may be no error and no cause."""
        error, cause = detail.get("error") or "", detail.get("cause") or ""
        return cls(detail["status"], _ENDING.sub("", error), _ANSWERS_RECEIVED.sub("", cause))


def status_of_failure(error: str, cause: str) -> Status:
    """TIMEOUT where the time of a target was up, FAILED otherwise: by AWS's error and its cause, as the machine tells them."""
    function_timed_out = error == "Lambda.Unknown" and _FUNCTION_TIMEOUT in cause
    return "TIMEOUT" if error in _TIMEOUTS or function_timed_out else "FAILED"


def aborting_row(failure: Failure) -> RowResult | None:
    """The result of the row that ended its batch, where `continue_on_error` is false; None if no row did."""
    match = _ABORTING_ROW.match(failure.cause)
    if not match:
        return None
    error, message = match[2], match[3]
    # The machine has told the cause in words of its own.
    status = "TIMEOUT" if message.startswith(_EXECUTION_TIMEOUT) else status_of_failure(error, message)
    return {"index": int(match[1]), "status": status, "error": error, "message": message}


def result_of_others(failure: Failure) -> RowResult:
    """The result of a failed row batch's rows that have none: its failure, or NO_RESULT if another row ended it."""
    if aborting_row(failure):
        return NO_RESULT
    error = failure.error or "RowBatchFailed"
    cause = failure.cause[:_MESSAGE_CHARACTERS] or f"The row batch's execution ended as {failure.status}."
    return {"index": 0, "status": "FAILED", "error": error, "message": cause}
