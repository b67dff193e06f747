"""What the states that look for an earlier run of the agent on the row may meet, by name."""

import json
from collections.abc import Iterator
from typing import Any

from tests.statemachine.engines import NOW_MS
from tests.statemachine.recorded import ALREADY_EXISTS, TOO_LARGE, answers, described
from tests.statemachine.samples import ROW, call, plan
from tests.statemachine.situation import Situation

_AGENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:support-agent"
_EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:support-agent"
# As a Task state would have it of a nested execution, so that the row's failure is read alike.
_TIMED_OUT = '{"Status":"TIMED_OUT","StopDate":"2026-11-21T09:35:44.123Z"}'
_ABORTED = '{"Status":"ABORTED","StopDate":"2026-11-21T09:35:44.123Z"}'
_FAILED = '{"Cause":"no \\"subject\\"","Error":"TriageFailed","Status":"FAILED","StopDate":"2026-11-21T09:35:44.123Z"}'
FRESH = "-7a1b2c3d"


def earlier_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _found()
    yield from _described()
    yield from _answered()
    yield from _running()
    yield from _failed()


def _found() -> Iterator[Situation]:
    for name in ("StepFunctions.ExecutionAlreadyExistsException", "StepFunctions.ExecutionAlreadyExists"):
        yield Situation(
            "InvokeAgent",
            name,
            error={**ALREADY_EXISTS, "Error": name},
            expected={"output": {}, "assigned": {}, "next": "DescribeEarlierExecution"},
        )
    for case, suffix, row, planned, name in [
        ("plain agent", "", ROW, {}, "run-1-2-1"),
        ("version of an agent", ":7", ROW, {}, "run-1-2-1"),
        ("alias of an agent", ":live", ROW, {}, "run-1-2-1"),
        ("resumed batch", "", ROW, {"key": "run-2", "origin_key": "run-0"}, "run-0-2-1"),
        ("fresh run", "", {**ROW, "run": FRESH}, {}, f"run-1-2-1{FRESH}"),
    ]:
        variables = {"plan": plan(target={"arn": _AGENT + suffix}, batch=planned), "row": row}
        yield Situation(
            "InvokeAgent",
            case,
            {},
            {"Output": {}},
            variables=variables,
            expected={"fields.Arguments.Name": name, "fields.Arguments.StateMachineArn": _AGENT + suffix},
        )
        # An execution's ARN names its machine without version or alias.
        yield Situation(
            "DescribeEarlierExecution",
            case,
            {},
            described("RUNNING"),
            variables=variables,
            expected={"fields.Arguments.ExecutionArn": f"{_EXECUTION}:{name}"},
        )


def _described() -> Iterator[Situation]:
    for case, result, output in [
        ("running", described("RUNNING"), {"Status": "RUNNING", "Answer": "null"}),
        ("answered", described("SUCCEEDED", Output='{"a": 1}'), {"Status": "SUCCEEDED", "Answer": '{"a": 1}'}),
        ("answer not included", described("SUCCEEDED"), {"Answer": "null"}),
        ("timed out", described("TIMED_OUT"), {"Status": "TIMED_OUT", "Cause": _TIMED_OUT}),
        ("stopped", described("ABORTED"), {"Status": "ABORTED", "Cause": _ABORTED}),
        (
            "failed",
            described("FAILED", Error="TriageFailed", Cause='no "subject"'),
            {"Status": "FAILED", "Error": "States.TaskFailed", "Cause": _FAILED},
        ),
        ("failed without a cause", described("FAILED", Error="TriageFailed"), {"Status": "FAILED"}),
        ("pending redrive", described("PENDING_REDRIVE"), {"Status": "PENDING_REDRIVE"}),
    ]:
        expected = {f"output.{key}": value for key, value in output.items()}
        yield Situation(
            "DescribeEarlierExecution", case, {}, result, expected={**expected, "next": "JudgeEarlierExecution"}
        )
    gone = {"Error": "Sfn.ExecutionDoesNotExistException", "Cause": "Execution Does Not Exist"}
    ends: list[tuple[dict[str, str], dict[str, bool], str]] = [
        (gone, {}, "JudgeFailure"),
        (TOO_LARGE, {"fetch": True}, "ExtractStructuredOutput"),
    ]
    for error, assigned, leads_to in ends:
        caught: dict[str, Any] = {"output": error, "assigned": assigned, "next": leads_to}
        yield Situation("DescribeEarlierExecution", error["Error"], error=error, expected=caught)


def _answered() -> Iterator[Situation]:
    for case, answer in answers().items():
        yield Situation(
            "JudgeEarlierExecution",
            f"answer of {case}",
            judged("SUCCEEDED", json.dumps(answer)),
            expected={"output": answer, "assigned": {}, "next": "ExtractStructuredOutput"},
        )


def _running() -> Iterator[Situation]:
    for case, milliseconds, next_state, output in [
        ("in time", 299_999, "WaitForEarlierExecution", judged("RUNNING")),
        ("out of time", 300_000, "JudgeFailure", {"Error": "States.Timeout", "Cause": ""}),
    ]:
        yield Situation(
            "JudgeEarlierExecution",
            f"running, {case}",
            judged("RUNNING"),
            variables={"row": {**ROW, "started_ms": NOW_MS - milliseconds}},
            expected={"output": output, "assigned": {}, "next": next_state},
        )
    for timeout, seconds in [(1, 5), (25, 5), (26, 6), (300, 60), (86_400, 17_280)]:
        yield Situation(
            "WaitForEarlierExecution",
            f"of at most {timeout} s",
            judged("RUNNING"),
            variables={"plan": plan(execution={"timeout_seconds": timeout})},
            expected={"fields.Seconds": seconds, "next": "DescribeEarlierExecution"},
        )


def _failed() -> Iterator[Situation]:
    for status in ("FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"):
        data, fresh = judged(status), {**ROW, "run": FRESH, "fresh": True}
        # A row may have a run of its own from loading, which the batch itself may have used before a redrive.
        for run in ("", "-5ca1ab1e"):
            yield Situation(
                "JudgeEarlierExecution",
                f"{status} once, run {run!r}",
                data,
                variables={"row": {**ROW, "run": run}},
                expected={"assigned": {"row": fresh, "call": call(row=fresh)}, "next": "InvokeAgent"},
            )
        yield Situation(
            "JudgeEarlierExecution",
            f"{status} again",
            data,
            variables={"row": {**ROW, "run": "-0ddba115", "fresh": True}},
            expected={"output": data, "assigned": {}, "next": "JudgeFailure"},
        )


def judged(status: str, answer: str = "null") -> dict[str, Any]:
    """What DescribeEarlierExecution hands on."""
    cause = json.dumps({"Status": status, "StopDate": ""}, separators=(",", ":"))
    return {"Status": status, "Answer": answer, "Error": "States.TaskFailed", "Cause": cause}
