"""What the states may meet once there is an answer that could not be read, by name."""

from collections.abc import Iterator
from typing import Any

from tests.statemachine.recorded import (
    QUEUE_RESULT,
    TIMED_OUT_FUNCTION,
    TIMED_OUT_TASK,
    TOO_LARGE,
    TOO_LONG,
    UNREACHABLE_QUEUE,
    answers,
    long_answers,
    not_taken,
    python_error,
    unread,
)
from tests.statemachine.samples import ROW, plan
from tests.statemachine.situation import Situation


def unread_situations() -> Iterator[Situation]:
    """Every situation."""
    given = {case: (answer, unread(answer)) for case, answer in answers().items()}
    given |= {case: (answer, unread(TOO_LONG)) for case, answer in long_answers().items()}
    for case, (answer, kept) in given.items():
        for name in ("StructuredOutputMissing", "StructuredOutputInvalid"):
            error = python_error(name, "Nothing there.")
            expected = {"output": error, "assigned": {}, "next": "JudgeFailure"}
            yield Situation("ExtractStructuredOutput", f"{name} in {case}", answer, error=error, expected=expected)
        for error in (TOO_LARGE, TIMED_OUT_TASK, TIMED_OUT_FUNCTION, python_error("StorageUnavailable", "no")):
            expected = {"output": error, "assigned.unread": kept, "next": "JudgeFailure"}
            yield Situation(
                "ExtractStructuredOutput", f"{error['Error']} with {case}", answer, error=error, expected=expected
            )
        for policy, leads_to in [(True, "SendToDeadLetterQueue"), (False, "SendAbortingRowToDeadLetterQueue")]:
            yield Situation(
                "JudgeFailure",
                f"attempts left, {case} unread, continue_on_error {policy}",
                {"Error": "StorageUnavailable"},
                variables={"unread": kept, "plan": plan(execution={"continue_on_error": policy})},
                expected={"next": leads_to},
            )
            yield Situation(
                leads_to,
                f"{case} unread",
                python_error("StorageUnavailable", "no"),
                QUEUE_RESULT,
                variables={"unread": kept},
                expected={"fields.Arguments.MessageBody.unread": kept, "output.unread": "1"},
            )
    for error in (TIMED_OUT_TASK, TIMED_OUT_FUNCTION):
        said = "Execution timeout while the answer was read, not of the target"
        yield Situation(
            "SendToDeadLetterQueue",
            f"{error['Error']} while an answer was read",
            error,
            QUEUE_RESULT,
            variables={"unread": unread({})},
            expected={"output.message": said, "output.status": "TIMEOUT"},
        )
        yield Situation(
            "SendAbortingRowToDeadLetterQueue",
            f"{error['Error']} while an answer was read",
            error,
            QUEUE_RESULT,
            variables={"unread": unread({})},
            expected={"output.reason": said},
        )
    yield from _execution_of_an_unread_answer()


def _execution_of_an_unread_answer() -> Iterator[Situation]:
    error = python_error("StorageUnavailable", "no")
    tool, machine = plan(target={"type": "tool"}), plan(target={"type": "tool", "runs": "state_machine"})
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("agent", {"unread": unread(None)}, "1"),
        ("fresh run", {"unread": unread({}), "attempt": 10, "row": {**ROW, "run": "-5ca1ab1e"}}, "10-5ca1ab1e"),
        ("tool", {"unread": unread({}), "plan": tool}, ""),
        ("tool that is a state machine", {"unread": unread({}), "plan": machine}, "1"),
        ("agent, all read", {"unread": {}, "attempt": 2}, ""),
    ]
    for case, variables, execution in cases:
        name, told = f"execution of an unread answer, {case}", {"output.unread": execution}
        for state in ("SendToDeadLetterQueue", "SendAbortingRowToDeadLetterQueue"):
            yield Situation(state, name, error, QUEUE_RESULT, variables=variables, expected=told)
        for refusal in (UNREACHABLE_QUEUE, TOO_LARGE):
            yield Situation(
                "SendAbortingRowToDeadLetterQueue",
                f"{name}, {refusal['Error']}",
                error,
                error=refusal,
                variables=variables,
                expected=told,
            )
        kept = not_taken(error, UNREACHABLE_QUEUE)
        yield Situation("RecordRowFailure", name, kept, variables=variables, expected=told)
