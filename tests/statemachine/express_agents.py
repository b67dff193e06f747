"""What StartSyncExecution answers of an Express agent, the situations of the states that ask it, and paths of its rows.

A failed run is returned, as recorded on AWS of the API: `error` and `cause` without `output`, and neither where its time was
up. As a Task the keys are in Pascal case and times ISO text, as of every SDK integration.
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.statemachine.engines import NOW_MS
from tests.statemachine.recorded import HOSTILE, QUEUE_RESULT, TIMED_OUT_TASK, TOO_LARGE
from tests.statemachine.row_path import DEAD, EXTRACTED, MISSING, RETRY, SUCCESS, THROTTLING, Path, failed
from tests.statemachine.samples import EXPRESS_PLAN, EXPRESS_ROW, LOADED_ROWS, PLAN, ROW, plan
from tests.statemachine.situation import Situation, named

AGENT = plan(target={"express": True})
IDEMPOTENT = plan(target={"express": True, "idempotent": True})
_STOPPED = "2026-11-21T09:34:46.123Z"
_AGAIN = ["SelectTarget", "InvokeExpressAgent"]
_FIRST = ["TransformInput", "InvokeExpressAgent"]
_JUDGED = "JudgeSyncExecution"
UNREACHABLE = {"Error": "Sfn.SdkClientException", "Cause": "Unable to execute HTTP request: Read timed out"}
REFUSED_BY_NAME = {"Error": "Sfn.ThrottlingException", "Cause": "Rate exceeded (Service: Sfn, Status Code: 400)"}
REFUSED_IN_CAUSE = {"Error": "Sfn.SfnException", "Cause": "Rate exceeded (Service: Sfn, Status Code: 400)"}
NO_SUCH = {"Error": "Sfn.StateMachineDoesNotExistException", "Cause": "State Machine Does Not Exist"}


def ended(status: str, **details: str) -> dict[str, Any]:
    """The result of the task, of an execution that ended so."""
    return {
        "BillingDetails": {"BilledDurationInMilliseconds": 200, "BilledMemoryUsedInMB": 64},
        "ExecutionArn": "arn:aws:states:eu-west-1:123456789012:express:support-agent:run-1-2-1:0c4d",
        "InputDetails": {"Included": True},
        "Name": "run-1-2-1",
        "OutputDetails": {"Included": True},
        "StartDate": "2026-11-21T09:34:44.123Z",
        "StateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:support-agent",
        "Status": status,
        "StopDate": _STOPPED,
        **details,
    }


def answered(answer: Any) -> dict[str, Any]:
    """The result of the task, of an execution with that answer."""
    return ended("SUCCEEDED", Output=json.dumps(answer, ensure_ascii=False))


ANSWER = {"structured_output": {"category": "billing"}}
FAILED = ended("FAILED", Error="TriageFailed", Cause="the model gave no answer")


def situations() -> Iterator[Situation]:
    """Every situation of InvokeExpressAgent and JudgeSyncExecution."""
    yield Situation(
        "TransformInput",
        "Express agent",
        LOADED_ROWS[0],
        variables={"plan": AGENT},
        expected={"assigned.row.index": 1, "assigned.call.is_state_machine": False, "next": "InvokeExpressAgent"},
    )
    yield Situation(
        "SelectTarget", "Express agent", {}, variables={"plan": AGENT}, expected={"next": "InvokeExpressAgent"}
    )
    yield Situation(
        "InvokeExpressAgent",
        "agent",
        {},
        answered(ANSWER),
        variables={"plan": AGENT},
        expected={
            "fields.Arguments.Name": "run-1-2-1",
            "fields.Arguments.Input": {
                "batchContext": {"executionId": "run-1", "rowId": "2", "totalRows": 100},
                "input": ROW["input"],
            },
            "fields.TimeoutSeconds": 300,
            "output.Status": "SUCCEEDED",
            "output.Answer": json.dumps(ANSWER),
            "next": "JudgeSyncExecution",
        },
    )
    yield Situation(
        "InvokeExpressAgent",
        "tool that is an Express machine",
        {},
        answered(ANSWER),
        variables={"plan": plan(target={"type": "tool", "name": "quote", "runs": "state_machine", "express": True})},
        expected={"fields.Arguments.Input": {"name": "quote", "input": ROW["input"], "id": "run-1-2-1"}},
    )
    for case, result in named(
        {
            "failed": FAILED,
            "failed in hostile words": ended("FAILED", Error="E", Cause=HOSTILE),
            "failed without a reason": ended("FAILED"),
            "timed out": ended("TIMED_OUT"),
        }
    ):
        told = {key: result[key] for key in ("Cause", "Error", "Status", "StopDate") if key in result}
        yield Situation(
            "InvokeExpressAgent",
            case,
            {},
            result,
            variables={"plan": AGENT},
            expected={
                "output": {
                    "Status": result["Status"],
                    "Answer": "null",
                    "Error": "States.TaskFailed",
                    "Cause": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
                }
            },
        )
    for case, error in named({"time up": TIMED_OUT_TASK, "no connection": UNREACHABLE, "too large": TOO_LARGE}):
        expected = {"output": error, "assigned": {}, "next": "JudgeFailure"}
        yield Situation("InvokeExpressAgent", case, error=error, variables={"plan": AGENT}, expected=expected)
    for case, answer in named(
        {"object": ANSWER, "null": None, "empty list": [], "list of one": [{}], "text": "é😀", "number": 7}
    ):
        data = {"Status": "SUCCEEDED", "Answer": json.dumps(answer), "Error": "States.TaskFailed", "Cause": "{}"}
        yield Situation(
            "JudgeSyncExecution",
            f"answer of {case}",
            data,
            variables={"plan": AGENT},
            expected={"output": answer, "next": "ExtractStructuredOutput"},
        )
    for status in ("FAILED", "TIMED_OUT"):
        data = {"Status": status, "Answer": "null", "Error": "States.TaskFailed", "Cause": "{}"}
        expected = {"output": data, "next": "JudgeFailure"}
        yield Situation("JudgeSyncExecution", status, data, variables={"plan": AGENT}, expected=expected)


def child_situations() -> Iterator[Situation]:
    """Every situation of the states that ask an Express agent in an Express child."""
    agent = {**EXPRESS_PLAN, "target": {**PLAN["target"], "express": True}}
    idempotent = {**agent, "target": {**agent["target"], "idempotent": True}}
    row = LOADED_ROWS[0]
    for case, started_ms, target in (("in time", NOW_MS, "InvokeExpressAgentInChild"), ("late", 0, "LeaveRow")):
        yield Situation(
            "TransformInputInChild",
            f"Express agent, {case}",
            row,
            variables={"plan": agent, "started_ms": started_ms},
            expected={"assigned.row.index": 1, "assigned.attempt": 1, "next": target},
        )
    yield Situation(
        "InvokeExpressAgentInChild",
        "answer",
        {},
        answered(ANSWER),
        variables={"plan": agent},
        expected={
            "fields.Arguments.Name": "run-1-2-1",
            "fields.Arguments.Input.input": EXPRESS_ROW["input"],
            "fields.Arguments.Input.batchContext.rowId": "2",
            "fields.TimeoutSeconds": 30,
            "output.Answer": json.dumps(ANSWER),
            "next": "JudgeSyncExecutionInChild",
        },
    )
    for error in (TIMED_OUT_TASK, UNREACHABLE):
        expected = {"output": error, "next": "JudgeFailureInChild"}
        yield Situation(
            "InvokeExpressAgentInChild", error["Error"], {}, error=error, variables={"plan": agent}, expected=expected
        )
        for case, planned, target in (("once", agent, "StoreFailure"), ("again", idempotent, "SelectTargetInChild")):
            yield Situation(
                "JudgeFailureInChild",
                f"Express agent, {error['Error']}, {case}",
                error,
                variables={"plan": planned},
                expected={"next": target},
            )
    answers: list[Any] = [ANSWER, None, [{}], "é"]
    for answer in answers:
        data = {"Status": "SUCCEEDED", "Answer": json.dumps(answer), "Error": "States.TaskFailed", "Cause": "{}"}
        expected = {"output": answer, "next": "StoreAnswer"}
        yield Situation(
            "JudgeSyncExecutionInChild", json.dumps(answer), data, variables={"plan": agent}, expected=expected
        )
    failed_run = {"Status": "FAILED", "Answer": "null", "Error": "States.TaskFailed", "Cause": "{}"}
    yield Situation(
        "JudgeSyncExecutionInChild",
        "failed",
        failed_run,
        variables={"plan": agent},
        expected={"output": failed_run, "next": "JudgeFailureInChild"},
    )
    for planned, target in ((agent, "InvokeExpressAgentInChild"), (EXPRESS_PLAN, "InvokeToolInChild")):
        yield Situation("CallAgainInChild", target, {}, variables={"plan": planned}, expected={"next": target})


PATHS = {
    "happy Express agent": Path(
        [*_FIRST, _JUDGED, "ExtractStructuredOutput"],
        {"InvokeExpressAgent": [answered(ANSWER)], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
        plan=AGENT,
    ),
    "Express agent failed and then answered": Path(
        [*_FIRST, _JUDGED, *RETRY, *_AGAIN, _JUDGED, "ExtractStructuredOutput"],
        {"InvokeExpressAgent": [FAILED, answered(ANSWER)], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
        plan=AGENT,
    ),
    "Express agent failed three times": Path(
        [*_FIRST, _JUDGED, *RETRY, *_AGAIN, _JUDGED, *RETRY, *_AGAIN, _JUDGED, *DEAD],
        {"InvokeExpressAgent": [FAILED] * 3, "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.TaskFailed", "TriageFailed: the model gave no answer"),
        plan=AGENT,
    ),
    "Express agent timed out by itself": Path(
        [*_FIRST, _JUDGED, *RETRY, *_AGAIN, _JUDGED, *RETRY, *_AGAIN, _JUDGED, *DEAD],
        {"InvokeExpressAgent": [ended("TIMED_OUT")] * 3, "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.TaskFailed", "Execution timeout in the agent itself", "TIMEOUT"),
        plan=AGENT,
    ),
    "Express agent whose end is unknown": Path(
        [*_FIRST, *DEAD],
        {"InvokeExpressAgent": [TIMED_OUT_TASK], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.Timeout", "Execution timeout after 300 s", "TIMEOUT"),
        plan=AGENT,
    ),
    "Express agent that could not be heard": Path(
        [*_FIRST, *DEAD],
        {"InvokeExpressAgent": [UNREACHABLE], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed(UNREACHABLE["Error"], UNREACHABLE["Cause"]),
        plan=AGENT,
    ),
    "idempotent Express agent whose end is unknown": Path(
        [*_FIRST, *RETRY, *_AGAIN, *RETRY, *_AGAIN, _JUDGED, "ExtractStructuredOutput"],
        {
            "InvokeExpressAgent": [TIMED_OUT_TASK, UNREACHABLE, answered(ANSWER)],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
        plan=IDEMPOTENT,
    ),
    "Express agent throttled": Path(
        [*_FIRST, *THROTTLING, *_AGAIN, *THROTTLING, *_AGAIN, _JUDGED, "ExtractStructuredOutput"],
        {
            "InvokeExpressAgent": [REFUSED_BY_NAME, REFUSED_IN_CAUSE, answered(ANSWER)],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
        plan=AGENT,
    ),
    "no such Express agent": Path(
        [*_FIRST, *DEAD],
        {"InvokeExpressAgent": [NO_SUCH], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed(NO_SUCH["Error"], NO_SUCH["Cause"]),
        plan=IDEMPOTENT,
    ),
    "answer of an Express agent beyond a payload": Path(
        [*_FIRST, *DEAD],
        {"InvokeExpressAgent": [TOO_LARGE], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed(TOO_LARGE["Error"], TOO_LARGE["Cause"].replace('"', "'")),
        plan=IDEMPOTENT,
    ),
    "answer of an Express agent without structured output": Path(
        [*_FIRST, _JUDGED, "ExtractStructuredOutput", *RETRY, *_AGAIN, _JUDGED, "ExtractStructuredOutput"],
        {"InvokeExpressAgent": [answered({}), answered(ANSWER)], "ExtractStructuredOutput": [MISSING, EXTRACTED]},
        SUCCESS,
        plan=AGENT,
    ),
}
