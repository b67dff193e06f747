"""What the states that give a row up may meet, by name."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.statemachine.recorded import (
    HOSTILE,
    LETTER_CAUSE_CHARACTERS,
    QUEUE_RESULT,
    TIMED_OUT_TASK,
    TOO_LARGE,
    UNREACHABLE_QUEUE,
    cause_text,
    failures,
    not_taken,
)
from tests.statemachine.samples import LOADED, PROBLEM, QUOTING, WITHHELD
from tests.statemachine.situation import Situation


def dead_letter_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _dead_letter()
    yield from _unreachable_queue()
    yield from _abort()


def _cut(character: str, widest: int) -> str:
    """What is left of very many of the character, each of which may take so many bytes."""
    mark = " ... (cut; the dead letter has it whole)"
    return f"{character * (LOADED['message_bytes'] // widest - len(mark))}{mark}"


def _dead_letter() -> Iterator[Situation]:
    expected: dict[str, dict[str, Any]] = {
        "agent failed": {"message": "TriageFailed: the model gave no answer", "error": "States.TaskFailed"},
        "agent failed without a cause": {"message": "TriageFailed"},
        "agent failed without an error name, on a row that has one": {
            "message": failures()["agent failed without an error name, on a row that has one"]["Cause"].replace(
                '"', "'"
            )
        },
        "agent failed on a Python function": {"message": "ModelError: bad 'x'"},
        "agent failed with a hostile cause": {
            "message": r"TriageFailed: quotes ' and \' and ', a newline, \ a backslash, tab , 日本語, 😀,   and C:" "\\"
        },
        "agent failed on a path": {"message": "TriageFailed: no C:\\new nor C:\\"},
        "agent timed out": {"status": "TIMEOUT", "message": "Execution timeout in the agent itself"},
        "agent was aborted": {"message": "Execution aborted"},
        "agent failed on a row that says TIMED_OUT": {"status": "FAILED", "message": "TriageFailed: no"},
        "agent was aborted on a row that has an Error": {"message": "Execution aborted"},
        "agent failed and its description is cut": {"message": "TriageFailed: no"},
        "agent failed with an empty cause": {"message": "TriageFailed"},
        "task timed out": {"status": "TIMEOUT", "message": "Execution timeout after 300 s"},
        "task timed out with an empty cause": {"status": "TIMEOUT"},
        "Python function failed": {"message": "Nothing at 'structured_output'."},
        "Node function failed": {"error": "TypeError", "message": "x is undefined"},
        "function timed out": {
            "status": "TIMEOUT",
            "message": "RequestId: 5b1c368c Error: Task timed out after 3.00 seconds",
        },
        "function timed out, by its old name": {"status": "TIMEOUT"},
        "Python function failed on a path": {"message": "no C:\\new nor C:\\"},
        "row was unfit": {"error": "RaggedRow", "message": PROBLEM["message"]},
        "nothing but a name": {"message": "", "status": "FAILED"},
        "longest plain cause": {"message": _cut("a", 1)},
        "longest cause of quotes": {"message": _cut("'", 1)},
        "longest cause of control characters": {"message": _cut(" ", 1)},
        "longest cause of backslashes": {"message": _cut("\\", 2)},
        "longest cause of two-byte characters": {"message": _cut("\u07ff", 2)},
        "longest cause of three-byte characters": {"message": _cut("\u0800", 4)},
        "longest cause of emoji": {"message": _cut("😀", 4)},
    }
    for case, error in failures().items():
        outputs = {f"output.{key}": value for key, value in expected.pop(case, {}).items()}
        letter = {
            "fields.Arguments.MessageBody.error": error["Error"],
            "fields.Arguments.MessageBody.cause": cause_text(error)[:LETTER_CAUSE_CHARACTERS],
            "fields.Arguments.MessageBody.unread": {},
        }
        yield Situation(
            "SendToDeadLetterQueue",
            case,
            error,
            QUEUE_RESULT,
            expected={**letter, "next": None, "output.unread": "", **outputs},
        )
        yield Situation(
            "SendAbortingRowToDeadLetterQueue",
            case,
            error,
            QUEUE_RESULT,
            expected={**letter, "output.Error": error["Error"], "output.unread": "", "next": "AbortBatch"},
        )
    assert not expected


def _unreachable_queue() -> Iterator[Situation]:
    timeouts = {
        "agent timed out",
        "task timed out",
        "task timed out with an empty cause",
        "function timed out",
        "function timed out, by its old name",
    }
    said = {
        "task timed out": "Execution timeout after 300 s",
        "empty cause": "",
        "row was unfit": PROBLEM["message"],
        "function timed out": "RequestId: 5b1c368c Error: Task timed out after 3.00 seconds",
    }
    refusals = {"unreachable": UNREACHABLE_QUEUE, "letter too large": TOO_LARGE, "timeout": TIMED_OUT_TASK}
    for (queue, refusal), (case, error) in product(refusals.items(), failures().items()):
        name, kept = f"queue {queue}, {case}", not_taken(error, refusal)
        to_record = {"output": kept, "next": "RecordRowFailure"}
        to_abort = {
            "output.unread": "",
            **({"output.reason": said[case]} if case in said else {}),
            "next": "AbortBatch",
        }
        yield Situation("SendToDeadLetterQueue", name, error, error=refusal, expected=to_record)
        yield Situation("SendAbortingRowToDeadLetterQueue", name, error, error=refusal, expected=to_abort)
        message = f"The dead letter queue did not take the row ({refusal['Error']}). "
        yield Situation(
            "RecordRowFailure",
            name,
            kept,
            expected={
                "output.status": "TIMEOUT" if case in timeouts else "FAILED",
                "output.unread": "",
                **({"output.message": message + said[case]} if case in said else {}),
            },
        )
    hostile = {"Error": HOSTILE, "Cause": HOSTILE, "QueueError": HOSTILE * 9}
    yield Situation("RecordRowFailure", "hostile names", hostile, expected={"output.status": "FAILED"})
    yield Situation(
        "RecordRowFailure",
        "a share below its own words",
        not_taken(failures()["agent failed"], UNREACHABLE_QUEUE),
        variables={"loaded": {**LOADED, "message_bytes": 40}},
        expected={"output.message": "The dead letter queue did not  ... (cut)"},
    )


def _abort() -> Iterator[Situation]:
    said = {
        "agent failed": "States.TaskFailed: TriageFailed: the model gave no answer",
        "agent failed on a path": "States.TaskFailed: TriageFailed: no C:\\new nor C:\\",
        "nothing but a name": "Odd: ",
    }
    row = "Row 2 failed and continue_on_error is false. "
    for case, error in failures().items():
        kept = {**error, "unread": "", "reason": said.get(case, ": ").partition(": ")[2]}
        quoted = {"fields.Cause": row + said[case]} if case in said else {}
        ends = {"fields.Error": "RowFailed", "next": None}
        yield Situation("AbortBatch", f"{case}, quoted", kept, variables={"plan": QUOTING}, expected=ends | quoted)
        withheld = {"fields.Cause": f"{row}{error['Error']}: {WITHHELD}"}
        yield Situation("AbortBatch", case, kept, expected=ends | withheld)
