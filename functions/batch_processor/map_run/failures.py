"""Says why a child of a Distributed Map gave no answer, in the words that the batch processor has for its rows."""

import re
from collections.abc import Mapping
from typing import Any

from batch_processor.contract import RowResult, Status
from batch_processor.results.failure import innermost, status_of_failure

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_NOT_IN_A_NAME = re.compile(r"[^ !#-\[\]-~]+")
_ERROR_CHARACTERS = 40
# Twenty of them stand in the summary, which must fit a payload of Step Functions.
_MESSAGE_CHARACTERS = 2_000
_CUT = " ... (cut)"
_NOT_STARTED = "The Map Run ended before it started this item."


def failure(error: str, message: str, status: Status = "FAILED") -> RowResult:
    """A row's result, its texts as the state machine cleans and cuts them; the index is not known here."""
    clean = _CONTROLS.sub(" ", message).replace('"', "'")
    if len(clean) > _MESSAGE_CHARACTERS:
        clean = clean[: _MESSAGE_CHARACTERS - len(_CUT)] + _CUT
    name = _NOT_IN_A_NAME.sub("?", error)
    if len(name) > _ERROR_CHARACTERS:  # of a long name the end says more than the package it is from
        name = "..." + name[3 - _ERROR_CHARACTERS :]
    return {"index": 0, "status": status, "error": name, "message": clean}


def failure_of(child: Mapping[str, Any]) -> RowResult:
    """The result of the rows of a child that is in a FAILED or PENDING file."""
    status, error, cause = child.get("Status"), _text(child, "Error"), _text(child, "Cause")
    match status:
        case "PENDING":
            return failure("RowNotProcessed", _NOT_STARTED, "NOT_RUN")
        case "TIMED_OUT":
            return failure(error or "States.Timeout", cause or "Execution timeout", "TIMEOUT")
        case "ABORTED":
            return failure(error, f"Execution aborted: {cause}" if cause else "Execution aborted")
        case "FAILED":
            return _failed(error, cause)
    return failure("RowNotProcessed", f"The Map Run ended with this item {status}.")


def _failed(error: str, cause: str) -> RowResult:
    if error == "States.Timeout":
        return failure(error, "Execution timeout", "TIMEOUT")
    name, words = innermost(error, cause)
    reasons = (name if name != error else "", words)
    return failure(error, ": ".join(filter(None, reasons)), status_of_failure(error, cause))


def _text(values: Mapping[str, Any], name: str) -> str:
    text = values.get(name)
    return text if isinstance(text, str) else ""
