"""What the states that look for an earlier run of the agent on the row may meet, by name."""

import json
from collections.abc import Iterator
from typing import Any

from tests.statemachine.engines import NOW_MS
from tests.statemachine.recorded import ALREADY_EXISTS, SENT_EARLIER, TOO_LARGE, answers, described, python_error
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
    yield from _of_row()
    yield from _foreign()
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
        expected = {f"output.{key}": value for key, value in {"is_of_row": True, **output}.items()}
        yield Situation(
            "DescribeEarlierExecution", case, {}, result, expected={**expected, "next": "JudgeEarlierExecution"}
        )
    gone = {"Error": "Sfn.ExecutionDoesNotExistException", "Cause": "Execution Does Not Exist"}
    ends: list[tuple[dict[str, str], dict[str, bool], str]] = [
        (gone, {}, "JudgeFailure"),
        (TOO_LARGE, {"fetch": True, "found": True}, "ExtractStructuredOutput"),
    ]
    for error, assigned, leads_to in ends:
        caught: dict[str, Any] = {"output": error, "assigned": assigned, "next": leads_to}
        yield Situation("DescribeEarlierExecution", error["Error"], error=error, expected=caught)


# Whatever a row may send: as the target's format has it, with what another batch had in place of this one's own.
_VALUES: dict[str, Any] = {
    "row": ROW["input"],
    "no input": {},
    "nulls": {"a": None, "b": [None, {"c": None}], "prompt": None},
    "lists": {"none": [], "one": [1], "of one": [[1]], "of empty": [[], {}]},
    "numbers": {"i": 7, "f": 0.1, "e": 1e21, "small": 1e-7, "whole": 2.0, "long": 12345678901234567890, "minus": -0.5},
    "texts": {"quotes": 'a "b" \\ c', "breaks": "a\r\n\tb\u0000", "other": "é 😀 日本語", "empty": "", "number": "007"},
    "nested": {"a": {"b": {"c": [{"d": True}, False, "x"]}}},
}
_TARGETS: dict[str, dict[str, Any]] = {
    "agent": {},
    "registered agent": {"name": "triage", "version": "1.2.0"},
    "agent of messages": {"input_format": "messages"},
    "agent of prompts and data": {"input_format": "prompt_data"},
    "tool": {"type": "tool", "name": "quote", "runs": "state_machine"},
}


def _sent(target: str, value: Any) -> Any:
    """What an earlier batch sent."""
    if target == "tool":
        return {"name": "quote", "input": value, "id": "run-1-2-1"}
    compact = json.dumps(value.get("prompt", value), ensure_ascii=False, separators=(",", ":"))
    if target == "agent of messages":
        return {"messages": [{"role": "user", "content": compact}], "input": value}
    if target == "agent of prompts and data":
        return {"batchContext": SENT_EARLIER["batchContext"], "prompt": compact, "data": value}
    agent = {"agent": _TARGETS[target]} if target == "registered agent" else {}
    return {**SENT_EARLIER, "batchContext": {**SENT_EARLIER["batchContext"], **agent}, "input": value}


def _of_row() -> Iterator[Situation]:
    """An input is known again, however Step Functions writes it down."""
    for target, changes in _TARGETS.items():
        for case, value in _VALUES.items():
            # How JSONata writes numbers into a message is its own affair.
            if target in ("agent of messages", "agent of prompts and data") and case == "numbers":
                continue
            sent = _sent(target, value)
            for form, text in [
                ("compact", json.dumps(sent, ensure_ascii=False, separators=(",", ":"))),
                ("ASCII", json.dumps(sent)),
                ("sorted", json.dumps(sent, sort_keys=True)),
            ]:
                yield _looked_at(f"{case} sent to the {target}, {form}", text, True, changes, value)
    # Step Functions may keep a whole number as it likes.
    for sent, kept in [
        ("7", "7.0"),
        ("2.0", "2"),
        ("1e21", "1E+21"),
    ]:
        text = json.dumps({**SENT_EARLIER, "input": {"a": "N"}}).replace('"N"', kept)
        yield _looked_at(f"{sent} kept as {kept}", text, True, {}, {"a": json.loads(sent)})


def _foreign() -> Iterator[Situation]:
    """Anything else is no input of the row's."""
    context = SENT_EARLIER["batchContext"]
    for target, changes in _TARGETS.items():
        sent = _sent(target, ROW["input"])
        for case, given in [
            ("nothing", {}),
            ("null", None),
            ("a number", 1),
            ("a text", json.dumps(sent)),
            ("a list", []),
            ("a list of it", [sent]),
            ("more beside it", {**sent, "more": 1}),
            ("another input", {**sent, "input": {**ROW["input"], "mail": "eve@example.com"}}),
            ("less input", {**sent, "input": {}}),
            ("more input", {**sent, "input": {**ROW["input"], "more": None}}),
            ("input of another type", {**sent, "input": [ROW["input"]]}),
            ("context of another type", {**sent, "batchContext": [context, context]}),
            ("context of texts", {**sent, "batchContext": "executionId"}),
        ]:
            yield _looked_at(f"{case} sent to the {target}", json.dumps(given), False, changes)
    for case, given in [
        ("of another row", {**SENT_EARLIER, "batchContext": {**context, "rowId": "3"}}),
        ("of a row without a number", {**SENT_EARLIER, "batchContext": {"executionId": "run-0", "totalRows": 7}}),
        (
            "for another agent",
            {**SENT_EARLIER, "batchContext": {**context, "agent": {"name": "x", "version": "1.0.0"}}},
        ),
    ]:
        yield _looked_at(f"input {case}", json.dumps(given), False, {})
    yield _looked_at(
        "the id of another call", json.dumps({**_sent("tool", {}), "id": "run-1-3-1"}), False, _TARGETS["tool"]
    )
    for case, value, text in [
        ("null is no text", {"a": None}, '{"a": "null"}'),
        ("null is not nothing", {"a": None}, "{}"),
        ("zero is not false", {"a": 0}, '{"a": false}'),
        ("a number is no text", {"a": 7}, '{"a": "7"}'),
        ("a list of one is not the one", {"a": [1]}, '{"a": 1}'),
        ("an order is an order", {"a": [1, 2]}, '{"a": [2, 1]}'),
    ]:
        sent = json.dumps({**SENT_EARLIER, "input": "I"}).replace('"I"', text)
        yield _looked_at(case, sent, False, {}, value)
    result = described("SUCCEEDED", Output="1")
    del result["Input"]
    yield Situation("DescribeEarlierExecution", "no input told", {}, result, expected={"output.is_of_row": False})
    too_deep = {"Error": "States.QueryEvaluationError", "Cause": "Maximum call stack size exceeded"}
    foreign = {"is_of_row": False, "Status": "FOREIGN"}
    yield Situation(
        "DescribeEarlierExecution",
        "input too deep",
        error=too_deep,
        expected={"output": foreign, "assigned": {}, "next": "JudgeEarlierExecution"},
    )
    yield Situation(
        "ExtractStructuredOutput",
        "answer to be fetched is somebody else's",
        TOO_LARGE,
        error=python_error("ForeignExecution", "no"),
        variables={"fetch": True, "found": True},
        expected={"output": foreign, "assigned": {"fetch": False, "found": False}, "next": "JudgeEarlierExecution"},
    )
    for data in [foreign, *(judged(status, is_of_row=False) for status in ("SUCCEEDED", "RUNNING", "FAILED"))]:
        fresh = {**ROW, "run": FRESH, "fresh": True}
        yield Situation(
            "JudgeEarlierExecution",
            f"somebody else's, {data['Status']}",
            data,
            # There is no waiting for it, however much time is left.
            variables={"row": {**ROW, "started_ms": NOW_MS}},
            expected={
                "assigned": {"row": {**fresh, "started_ms": NOW_MS}, "call": call(row=fresh)},
                "next": "InvokeAgent",
            },
        )
        yield Situation(
            "JudgeEarlierExecution",
            f"somebody else's again, {data['Status']}",
            data,
            variables={"row": fresh},
            expected={
                "output.Error": "ForeignExecution",
                "output.Cause": f"Somebody else has started {_EXECUTION}:run-1-2-1{FRESH} on another input than this row. "
                "See who may start executions of that machine, and resume the batch.",
                "assigned": {},
                "next": "JudgeFailure",
            },
        )


def _looked_at(case: str, given: str, is_of_row: bool, target: dict[str, Any], value: Any = ROW["input"]) -> Situation:
    return Situation(
        "DescribeEarlierExecution",
        case,
        {},
        described("SUCCEEDED", Output="1", Input=given),
        variables={"plan": plan(target=target), "row": {**ROW, "input": value}},
        expected={"output.is_of_row": is_of_row, "next": "JudgeEarlierExecution"},
    )


def _answered() -> Iterator[Situation]:
    for case, answer in answers().items():
        yield Situation(
            "JudgeEarlierExecution",
            f"answer of {case}",
            judged("SUCCEEDED", json.dumps(answer)),
            expected={"output": answer, "assigned": {"found": True}, "next": "ExtractStructuredOutput"},
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


def judged(status: str, answer: str = "null", *, is_of_row: bool = True) -> dict[str, Any]:
    """What DescribeEarlierExecution hands on."""
    cause = json.dumps({"Status": status, "StopDate": ""}, separators=(",", ":"))
    return {"Status": status, "is_of_row": is_of_row, "Answer": answer, "Error": "States.TaskFailed", "Cause": cause}
