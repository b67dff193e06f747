"""Why rows fail, in a fixed vocabulary that people and programs can count by.

The names of errors say it where they can: ours, those of Step Functions and Lambda, and by what their endings have in common
those of agents, tools and AWS's services. Where a name says too little, the words tell, which begin with the name of the
innermost error (`$reason_of` in statemachine/source/functions.yaml).
"""

import re
from collections.abc import Mapping
from typing import Literal

Cause = Literal[
    "timeout",
    "throttled",
    "invalid_answer",
    "refused",
    "bad_input",
    "target_error",
    "not_found",
    "denied",
    "too_large",
    "storage",
    "stack_updated",
    "not_run",
]

# Errors of rows whose target was not called, as loading found them unfit; and of answers that came and could not be read.
UNFIT = ("RaggedRow", "RequiredCellEmpty", "InvalidJsonCell", "RowTooLarge", "EmptyRow")
UNREADABLE = ("StructuredOutputMissing", "StructuredOutputInvalid")

_BY_NAME: Mapping[str, Cause] = {
    "StructuredOutputMissing": "invalid_answer",
    "StructuredOutputInvalid": "invalid_answer",
    "AnswerSchemaInvalid": "invalid_answer",
    "AgentInputTooLarge": "too_large",
    "RowTooLarge": "too_large",
    "States.DataLimitExceeded": "too_large",
    "RaggedRow": "bad_input",
    "RequiredCellEmpty": "bad_input",
    "InvalidJsonCell": "bad_input",
    "EmptyRow": "bad_input",
    # Of batches as a whole.
    "InvalidConfiguration": "bad_input",
    "InvalidCsv": "bad_input",
    "BatchTooLarge": "too_large",
    "SourceUnavailable": "storage",
    "StorageUnavailable": "storage",
    "StoredAnswerMissing": "storage",
    "StackUpdated": "stack_updated",
    "RowInterrupted": "not_run",
    "RowBatchFailed": "not_run",
    "RowNotProcessed": "not_run",
    "RowFailed": "not_run",
    "States.Timeout": "timeout",
    "Sandbox.Timedout": "timeout",
    "States.HeartbeatTimeout": "timeout",
    "States.Permissions": "denied",
}
# By the last word of an error's name, whosever it is. The first that fits decides.
_ENDINGS: tuple[tuple[Cause, str], ...] = (
    ("timeout", r"time(d)?_?out|deadline_?exceeded"),
    ("throttled", r"throttl(ed|ing)|too_?many_?requests|rate_?limit(ed)?|rate_?exceeded|slow_?down"),
    ("throttled", r"(throughput|request_?limit|execution_?limit|quota)_?exceeded|overloaded|model_?not_?ready"),
    ("denied", r"access_?denied|unauthori[sz]ed|forbidden|permission_?denied|unrecognized_?client|expired_?token"),
    ("not_found", r"not_?found|does_?not_?exist|no_?such_?\w*"),
    ("too_large", r"too_?(large|long|big)|payload_?too_?large|(size|length)_?(limit_?)?exceeded"),
    ("invalid_answer", r"invalid_?(answer|output|response)|output_?parser"),
    ("refused", r"refus(ed|al)|content_?filter(ed)?|guardrail_?intervened|content_?policy_?violation"),
    ("bad_input", r"validation|invalid_?(input|request|parameter(_?value)?|argument)|bad_?request|serialization"),
)
_BY_ENDING = [
    (cause, re.compile(rf"({endings})(Error|Exception|Fault)?\Z", re.IGNORECASE)) for cause, endings in _ENDINGS
]
# Names that say only that something failed: what did is in the words.
_GENERIC = re.compile(
    r"(States\.TaskFailed|Lambda\.Unknown|AgentExecutionFailed|(\w+\.)?\w*Exception|(\w+\.)?\w*Error|)\Z"
)
_FIRST_NAME = re.compile(r"\s*([A-Za-z_][\w.$-]*)(?=: |\s*\Z)")
_WORDS: tuple[tuple[Cause, str], ...] = (
    ("timeout", r"^Execution timeout|Task timed out after|\btimed out\b"),
    ("throttled", r"\bthrottl|too many requests|rate exceeded|rate limit|\b429\b"),
    ("denied", r"not authorized|access denied|\bforbidden\b|\b403\b|\b401\b"),
    ("not_found", r"\bnot found\b|does not exist|\b404\b"),
    ("refused", r"\brefus(ed|al)\b|content[ _]filter"),
)
_BY_WORDS = [(cause, re.compile(words, re.IGNORECASE)) for cause, words in _WORDS]


def cause_of(error_name: str, message: str = "") -> Cause:
    """Why a row failed, by the name of its error and what is said of it."""
    if known := _BY_NAME.get(error_name) or _by_ending(error_name):
        return known
    if not _GENERIC.match(error_name):
        return "target_error"
    if (inner := _FIRST_NAME.match(message)) and (known := _BY_NAME.get(inner[1]) or _by_ending(inner[1])):
        return known
    return next((cause for cause, words in _BY_WORDS if words.search(message)), "target_error")


def _by_ending(error_name: str) -> Cause | None:
    return next((cause for cause, ending in _BY_ENDING if ending.search(error_name)), None)
