"""What the states that judge a failure and wait for the next attempt may meet, by name."""

from collections.abc import Iterator
from typing import Any

from tests.statemachine.recorded import (
    REFUSED,
    THROTTLED,
    TOO_LARGE,
    TOO_LONG,
    WRAPPED_THROTTLING,
    child,
    python_error,
    unread,
)
from tests.statemachine.samples import PROBLEM, ROW, call, plan
from tests.statemachine.situation import Situation


def retry_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _judge()
    yield from _wait()


def _judge() -> Iterator[Situation]:
    retryable = {"Error": "States.TaskFailed", "Cause": ""}
    cases: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
        ("attempts left", {}, retryable, "WaitBeforeRetry"),
        ("name alone", {}, {"Error": "States.Timeout"}, "WaitBeforeRetry"),
        ("last attempt", {"attempt": 3}, retryable, "SendToDeadLetterQueue"),
        ("answer of a tool too large", {"plan": plan(target={"type": "tool"})}, TOO_LARGE, "SendToDeadLetterQueue"),
        ("too large to be fetched", {"fetch": True, "unread": unread({})}, TOO_LARGE, "SendToDeadLetterQueue"),
        ("agent failed", {"fetch": True}, python_error("AgentExecutionFailed", "no"), "WaitBeforeRetry"),
        ("input too large", {"fetch": True}, python_error("AgentInputTooLarge", "no"), "SendToDeadLetterQueue"),
        ("no such tool", {}, {"Error": "Lambda.ResourceNotFoundException"}, "SendToDeadLetterQueue"),
        (
            "no such agent",
            {},
            {"Error": "StepFunctions.StateMachineDoesNotExistException"},
            "SendToDeadLetterQueue",
        ),
        (
            "unfit row",
            {"row": {**ROW, "problems": [PROBLEM]}},
            {"Error": "RaggedRow"},
            "SendToDeadLetterQueue",
        ),
        (
            "first failure ends the batch",
            {"attempt": 3, "plan": plan(execution={"continue_on_error": False})},
            retryable,
            "SendAbortingRowToDeadLetterQueue",
        ),
    ]
    cases += list(_throttled())
    for case, variables, error, leads_to in cases:
        yield Situation("JudgeFailure", case, error, variables=variables, expected={"output": error, "next": leads_to})
    # It was handed the answer, which is in the agent's execution as well.
    for attempt, target in ((1, {}), (3, {}), (1, {"type": "tool", "runs": "state_machine"})):
        yield Situation(
            "JudgeFailure",
            f"answer too large for extraction, attempt {attempt} {target}",
            TOO_LARGE,
            variables={"unread": unread(TOO_LONG), "attempt": attempt, "plan": plan(target=target)},
            expected={"assigned": {"fetch": True, "unread": {}}, "next": "ExtractStructuredOutput"},
        )


def _throttled() -> Iterator[tuple[str, dict[str, Any], dict[str, str], str]]:
    for case, error in WRAPPED_THROTTLING.items():
        yield case, {"attempt": 3}, error, "WaitForThrottling"
        yield f"{case}, last round", {"throttled": 7}, error, "WaitForThrottling"
        yield f"{case}, after the last round", {"throttled": 8}, error, "WaitBeforeRetry"
        yield (
            f"{case}, after the last round and attempt",
            {"throttled": 8, "attempt": 3},
            error,
            "SendToDeadLetterQueue",
        )
        # The answer is there, and paid for: whatever throttled its reading, the target is not called again.
        yield f"{case}, with an answer unread", {"unread": unread({})}, error, "SendToDeadLetterQueue"
    yield "refused", {}, REFUSED, "WaitBeforeRetry"
    yield "base class without a cause", {}, {"Error": "Lambda.AWSLambdaException"}, "WaitBeforeRetry"
    yield "throttled by name", {}, THROTTLED, "WaitForThrottling"
    yield "throttled by name for too long", {"throttled": 8}, THROTTLED, "WaitBeforeRetry"
    agent_throttled = child("FAILED", "ThrottlingException", "Rate exceeded")
    yield "agent that was throttled itself", {}, agent_throttled, "WaitBeforeRetry"


def _wait() -> Iterator[Situation]:
    for throttled, seconds in [(0, 4), (1, 8), (2, 15), (3, 30), (4, 60), (5, 90), (7, 90)]:
        yield Situation(
            "WaitForThrottling",
            f"round {throttled + 1}",
            WRAPPED_THROTTLING["tool throttled"],
            variables={"throttled": throttled, "attempt": 2},
            expected={
                "fields.Seconds": seconds,
                "assigned": {"throttled": throttled + 1},
                "next": "SelectTarget",
            },
        )
    for attempt, seconds in [(1, 2), (2, 3), (3, 6), (9, 225)]:
        yield Situation(
            "WaitBeforeRetry",
            f"after attempt {attempt}",
            {"Error": "E"},
            variables={"attempt": attempt},
            expected={
                "fields.Seconds": seconds,
                "assigned": {"attempt": attempt + 1, "call": call(attempt=attempt + 1), "fetch": False, "found": False},
                "next": "SelectTarget",
            },
        )
