"""Why an execution of the machine failed, and what that says about rows."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from batch_processor.contract import RowResult, Status
from batch_processor.results.precedence import NO_RESULT

# A cause may be JSON that was cut, so it is searched and not parsed: as $innermost and $unescaped of the state machine do,
# statemachine/source/functions.yaml.
_ERRORS = (re.compile('"errorType": ?"'), re.compile('"Error": ?"'))
_CAUSES = (re.compile('"errorMessage": ?"'), re.compile('"Cause": ?"'))
_ENDED = re.compile('"Status": ?"(TIMED_OUT|ABORTED)", ?"StopDate"')
_CONTROL = re.compile(r"[\x00\x03-\x1f]")
_CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_HALF_A_PAIR = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_PAIR = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[bfnrt/])")
_DEEPEST = 5
# What the machine puts before the name of an error when it ends.
_ENDING = re.compile(r"^(Batch|Unannounced)\.")
_ANSWERS_RECEIVED = re.compile(r"\n\nThe \d+ answers received until then: .*\Z", re.DOTALL)
_ABORTING_ROW = re.compile(r"Row (\d+) failed and continue_on_error is false\. ([^:]*): (.*)\Z", re.DOTALL)
_TIMEOUTS = ("States.Timeout", "Sandbox.Timedout")
_EXECUTION_TIMEOUT = "Execution timeout"  # the machine's words
_AGENT_TIMEOUT = "Execution timeout in the agent itself"
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
        outer = detail.get("error") or ""
        error, cause = innermost(outer, detail.get("cause") or "")
        return cls(detail["status"], _ENDING.sub("", error or outer), _ANSWERS_RECEIVED.sub("", cause))


def innermost(error: str, cause: str) -> tuple[str, str]:
    """Why something failed, by its cause: error and words of the innermost execution or function that it tells of.

    The error is "" where the words are of an execution that timed out or was aborted.
    """
    return _innermost(error, cause, _DEEPEST)


def _innermost(error: str, cause: str, depth: int) -> tuple[str, str]:
    if not cause.startswith("{") or not depth:
        return error, cause
    apart = cause.replace("\\\\", "\x01").replace('\\"', "\x02")
    before_input = apart.partition('"Input":')[0]  # whose cells could say the same words
    name, words = _first_text(_ERRORS, before_input), _first_text(_CAUSES, before_input)
    ends = set(_ENDED.findall(apart))
    own = error if name is None else name
    if "TIMED_OUT" in ends:
        return "", _AGENT_TIMEOUT
    if words is not None:
        told = _innermost(own, words, depth - 1)
    else:
        is_described = bool(ends) or (name is not None and '"ExecutionArn":' in apart)
        told = (name or "", "") if is_described else (own, cause)
    return ("", ": ".join(filter(None, ("Execution aborted", *told)))) if ends else told


def _first_text(keys: Iterable[re.Pattern[str]], set_apart: str) -> str | None:
    """The text behind the first of the keys that is there, up to its closing quote or where it was cut."""
    found = next((match for key in keys if (match := key.search(set_apart))), None)
    return None if found is None else _unescaped(set_apart[found.end() :].partition('"')[0])


def _unescaped(text: str) -> str:
    whole = _CUT_ESCAPE.sub("", _CONTROL.sub(" ", text))
    sound = _HALF_A_PAIR.sub("\ufffd", whole) if _HALF_A_PAIR.search(_PAIR.sub("", whole)) else whole
    if "\\" in _ESCAPE.sub("", sound):  # no JSON
        return sound.replace("\\n", "\n").replace("\x02", '"').replace("\x01", "\\")
    escaped = sound.replace("\x02", '\\"').replace("\x01", "\\\\")
    return str(json.loads(f'"{escaped}"'))


def status_of_failure(error: str, cause: str) -> Status:
    """TIMEOUT where the time of a target was up, FAILED otherwise: by AWS's error and its cause, as the machine tells them."""
    function_timed_out = error == "Lambda.Unknown" and _FUNCTION_TIMEOUT in cause
    agent_timed_out = (end := _ENDED.search(cause)) is not None and end[1] == "TIMED_OUT"
    return "TIMEOUT" if error in _TIMEOUTS or function_timed_out or agent_timed_out else "FAILED"


def aborting_row(failure: Failure, reasons: Mapping[int, str] | None = None) -> RowResult | None:
    """The result of the row that ended its batch, where `continue_on_error` is false; None if no row did.

    `reasons` has by row what the history tells of it, as the cause may not have its words.
    """
    match = _ABORTING_ROW.match(failure.cause)
    if not match:
        return None
    error, message = match[2], (reasons or {}).get(int(match[1]), match[3])
    # The machine has told the cause in words of its own.
    status = "TIMEOUT" if message.startswith(_EXECUTION_TIMEOUT) else status_of_failure(error, message)
    return {"index": int(match[1]), "status": status, "error": error, "message": message}


def result_of_others(failure: Failure) -> RowResult:
    """The result of a failed row batch's rows that never ran: its failure, or NO_RESULT if another row ended it."""
    if aborting_row(failure):
        return NO_RESULT
    return {**NO_RESULT, **_reason(failure, "RowBatchFailed", f"The row batch's execution ended as {failure.status}.")}


def interrupted(index: int, call: str, failure: Failure) -> RowResult:
    """The result of a row whose target was called and had not answered at the end; `call` is the end of the call's name."""
    result = RowResult(index=index, status="FAILED", unread=call)
    # Neither another row's failure nor the reason of a stop is why this row has no answer.
    if aborting_row(failure) or failure.status == "ABORTED":
        failure = Failure(failure.status, "", "")
    return {**result, **_reason(failure, "RowInterrupted", "The batch ended before the target had answered.")}


def _reason(failure: Failure, error: str, message: str) -> Any:
    return {"error": failure.error or error, "message": failure.cause[:_MESSAGE_CHARACTERS] or message}
