"""What the states of the row pipeline may meet, by name."""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

from tests.statemachine.recorded import (
    AGENT_RESULT,
    HOSTILE,
    LETTER_CAUSE_CHARACTERS,
    QUEUE_RESULT,
    REFUSED,
    THROTTLED,
    TIMED_OUT_FUNCTION,
    TIMED_OUT_TASK,
    TOO_LARGE,
    TOO_LONG,
    UNREACHABLE_QUEUE,
    WRAPPED_THROTTLING,
    answers,
    cause_text,
    child,
    failures,
    function_result,
    in_execution,
    long_answers,
    not_taken,
    python_error,
    unread,
)
from tests.statemachine.samples import FANNED_OUT, LOADED, LOADED_ROWS, PLAN, PROBLEM, ROW, call, plan
from tests.statemachine.situation import Situation, named


def row_situations() -> Iterator[Situation]:
    """Every situation, state by state."""
    yield from _transform()
    yield from _select()
    yield from _agent()
    yield from _tool()
    yield from _extract()
    yield from _unread()
    yield from _judge()
    yield from _wait()
    yield from _dead_letter()
    yield from _unreachable_queue()
    yield from _abort()


def _transform() -> Iterator[Situation]:
    """Every field shape; test_transform_input compares random ones with an oracle."""
    deep = {"a": [{"b": None}], "e": [], "o": {}, "one": [1], "two": [[1]]}
    cells = {
        "name": 'Ana "A" O\\Hara',
        "email#2": "ana@example.com",
        "column_1": "",
        "emoji": "😀é",
        "json": json.dumps({"items": [{"sku": "0012"}], "none": None, "last": [1, [2]]}),
        "null": "null",
        "list": "[[7]]",
    }

    def case(name: str, field: dict[str, Any], *value: Any) -> Situation:
        made = {"f": value[0]} if value else {}
        return _transformed(name, cells, [{"field": "f", **field}], {}, made)

    yield case("column", {"column": "name"}, cells["name"])
    yield case("duplicate name", {"column": "email#2"}, "ana@example.com")
    yield case("empty cell", {"column": "column_1"}, "")
    yield case("one joined column", {"columns": ["emoji"], "separator": ", "}, "😀é")
    yield case(
        "joined columns",
        {"columns": ["emoji", "column_1", "name"], "separator": "|"},
        f"😀é||{cells['name']}",
    )
    yield case("template", {"segments": [{"text": "Hi {"}, {"column": "emoji"}, {"text": ""}]}, "Hi {😀é")
    yield case("template of one empty cell", {"segments": [{"column": "column_1"}]}, "")
    yield case("path", {"column": "json", "path": ["items", 0, "sku"]}, "0012")
    yield case("path to one element", {"column": "json", "path": ["items"]}, [{"sku": "0012"}])
    yield case("path from the end", {"column": "json", "path": ["last", -1]}, [2])
    yield case("path to null", {"column": "json", "path": ["none"]}, None)
    yield case("path through null", {"column": "json", "path": ["none", "x"]})
    yield case("missing path", {"column": "json", "path": ["items", 1]})
    yield case("name in a list", {"column": "list", "path": ["x"]})
    yield case("index in an object", {"column": "json", "path": [0]})
    yield case("path into lists", {"column": "list", "path": [0, 0]}, 7)
    yield case("whole cell", {"column": "list", "path": []}, [[7]])
    yield case("whole cell of null", {"column": "null", "path": []}, None)
    yield case("path into a cell of null", {"column": "null", "path": ["a"]})
    yield _transformed("constants", {}, [], deep, deep)
    yield _transformed("nothing", {}, [], {}, {})
    yield _transformed("one field", {"x": "1"}, [{"field": "x", "column": "x"}], {}, {"x": "1"})
    yield _transformed("constant under a field", {"x": "1"}, [{"field": "a", "column": "x"}], deep, {**deep, "a": "1"})
    many = {f"c{number}": "é" * 100 for number in range(500)}
    yield _transformed("big", many, [{"field": name, "column": name} for name in many], {}, many)
    yield Situation(
        "TransformInput",
        "unfit row",
        {"index": 2, "row": {}, "problem": PROBLEM},
        expected={
            "assigned.row.input": {},
            "assigned.row.problems": [PROBLEM],
            "assigned.attempt": 1,
            "assigned.throttled": 0,
            "assigned.fetch": False,
            "assigned.unread": {},
            "assigned.row.run": "",
        },
    )
    yield Situation(
        "TransformInput",
        "row whose answer nobody could read in the batch that this one resumes",
        {**LOADED_ROWS[2], "attempt": 2, "run": ""},
        expected={
            "assigned.row.run": "",
            "assigned.attempt": 2,
            "assigned.call": call(row={"index": 3, "run": ""}, attempt=2),
        },
    )
    yield Situation(
        "TransformInput",
        "row that failed in the batch that this one resumes",
        LOADED_ROWS[2],
        expected={
            "assigned.row.run": "-5ca1ab1e",
            "assigned.row.index": 3,
            "assigned.attempt": 1,
            "assigned.call": call(row=LOADED_ROWS[2]),
        },
    )


def _transformed(
    case: str,
    cells: dict[str, str],
    fields: list[dict[str, Any]],
    constants: dict[str, Any],
    made: dict[str, Any],
) -> Situation:
    return Situation(
        "TransformInput",
        case,
        {"index": 1, "row": cells},
        variables={"plan": plan(input={"constants": constants, "fields": fields})},
        expected={"assigned.row.input": made, "assigned.row.problems": [], "next": "SelectTarget"},
    )


def _select() -> Iterator[Situation]:
    loaded = {"index": 2, "row": {}, "problem": PROBLEM}
    yield Situation("SelectTarget", "agent", loaded, expected={"next": "InvokeAgent", "output": loaded})
    tool = plan(target={"type": "tool"})
    yield Situation("SelectTarget", "tool", variables={"plan": tool}, expected={"next": "InvokeTool"})
    machine = plan(target={"type": "tool", "runs": "state_machine"})
    yield Situation(
        "SelectTarget", "tool that is a machine", variables={"plan": machine}, expected={"next": "InvokeAgent"}
    )
    yield Situation(
        "SelectTarget",
        "unfit row",
        loaded,
        variables={"row": {**ROW, "problems": [PROBLEM], "input": {}}},
        expected={"next": "JudgeFailure", "output": {"Error": "RaggedRow", "Cause": PROBLEM["message"]}},
    )


def _agent() -> Iterator[Situation]:
    context = {"executionId": "run-1", "rowId": "2", "totalRows": 100}
    for case, given in named(
        {
            "row": ROW["input"],
            "no input": {},
            "one field": {"x": [1]},
            "null": {"x": None, "prompt": None},
        }
    ):
        yield Situation(
            "InvokeAgent",
            f"structured, {case}",
            {},
            AGENT_RESULT,
            variables={"row": {**ROW, "input": given}},
            expected={
                "fields.Arguments.Name": "run-1-2-1",
                "fields.Arguments.Input": {"batchContext": context, "input": given},
                "fields.TimeoutSeconds": 300,
                "output": AGENT_RESULT["Output"],
                "next": "ExtractStructuredOutput",
            },
        )
    registered = {"type": "agent", "name": "triage", "version": "1.2.0"}
    yield Situation(
        "InvokeAgent",
        "structured, registered",
        {},
        AGENT_RESULT,
        variables={"plan": plan(target=registered)},
        expected={"fields.Arguments.Input.batchContext": {**context, "agent": {"name": "triage", "version": "1.2.0"}}},
    )
    for case, given, content in [
        ("prompt", {"prompt": 'Say "hi" é😀'}, 'Say "hi" é😀'),
        ("empty prompt", {"prompt": ""}, ""),
        ("prompt of null", {"prompt": None}, "null"),
        ("prompt of JSON", {"prompt": {"a": [1, None]}}, '{"a":[1,null]}'),
        ("prompt of a list of one", {"prompt": ["x"]}, '["x"]'),
        (
            "no prompt",
            {"a": 'x "y"', "n": 1.5, "o": None, "l": []},
            '{"a":"x \\"y\\"","n":1.5,"o":null,"l":[]}',
        ),
        ("no input", {}, "{}"),
    ]:
        yield Situation(
            "InvokeAgent",
            f"messages, {case}",
            {},
            AGENT_RESULT,
            variables={"plan": plan(target={"input_format": "messages"}), "row": {**ROW, "input": given}},
            expected={"fields.Arguments.Input": {"messages": [{"role": "user", "content": content}], "input": given}},
        )
    for case, answer in named(
        {
            "null": None,
            "empty list": [],
            "list of one": [{}],
            "text": "é",
            "empty": {},
        }
    ):
        yield Situation(
            "InvokeAgent",
            f"answer of {case}",
            {},
            {**AGENT_RESULT, "Output": answer},
            expected={"output": answer},
        )
    for case, error in named(
        {
            "failed": child("FAILED", "E", "c"),
            "timed out": TIMED_OUT_TASK,
        }
    ):
        expected = {"output": error, "assigned": {}, "next": "JudgeFailure"}
        yield Situation("InvokeAgent", case, error=error, expected=expected)
    expected = {"output": TOO_LARGE, "assigned": {"fetch": True}, "next": "ExtractStructuredOutput"}
    yield Situation("InvokeAgent", "input and answer too large together", error=TOO_LARGE, expected=expected)


def _tool() -> Iterator[Situation]:
    yield Situation(
        "InvokeAgent",
        "tool that is a state machine",
        {},
        AGENT_RESULT,
        variables={"plan": plan(target={"type": "tool", "name": "quote", "runs": "state_machine"})},
        expected={
            "fields.Arguments.Name": "run-1-2-1",
            "fields.Arguments.Input": {"name": "quote", "input": ROW["input"], "id": "run-1-2-1"},
            "output": AGENT_RESULT["Output"],
        },
    )
    tool = plan(
        target={
            "type": "tool",
            "name": "enrich",
            "arn": "arn:aws:lambda:eu-west-1:123456789012:function:enrich",
        }
    )
    for case, answer in named(
        {
            "answer": {"type": "structured_output"},
            "null": None,
            "empty list": [],
            "list": [1],
        }
    ):
        yield Situation(
            "InvokeTool",
            case,
            {},
            function_result(answer),
            variables={"plan": tool},
            expected={
                "fields.Arguments.Payload": {"name": "enrich", "input": ROW["input"], "id": "run-1-2-1"},
                "output": answer,
            },
        )
    yield Situation(
        "InvokeTool",
        "fresh run of a row of a resumed batch",
        {},
        function_result({}),
        variables={
            "plan": {**tool, "batch": {**tool["batch"], "origin_key": "run-0"}},
            "row": {**ROW, "run": "-5ca1ab1e"},
        },
        expected={"fields.Arguments.Payload.id": "run-0-2-1-5ca1ab1e"},
    )
    yield Situation(
        "InvokeTool",
        "throttled",
        error=THROTTLED,
        variables={"plan": tool},
        expected={"next": "JudgeFailure"},
    )


def _extract() -> Iterator[Situation]:
    for case, answer in named(
        {
            "null": None,
            "answer": {"structured_output": {}},
            "empty list": [],
            "list": [None],
        }
    ):
        yield Situation(
            "ExtractStructuredOutput",
            f"given {case}",
            answer,
            function_result({"index": 2, "status": "SUCCESS", "cells": ["é"]}),
            expected={"fields.Arguments.Payload.answer": answer, "fields.Arguments.Payload.answered_by": ""},
        )
    yield from _fetched()
    for case, made in named(
        {
            "cells": {"cells": ["a", ""]},
            "one cell": {"cells": [""]},
            "no cells": {"cells": []},
            "spilled": {"spilled": True},
            "stored": {"stored": True},
        }
    ):
        row = {"index": 2, "status": "SUCCESS", "at": "2026-11-21T09:34:44.123Z", "ms": 1500, **made}
        yield Situation(
            "ExtractStructuredOutput",
            case,
            {},
            function_result(row),
            expected={"output": row, "next": None},
        )
    yield from _extract_input()


def _fetched() -> Iterator[Situation]:
    executions = "arn:aws:states:eu-west-1:123456789012:execution:support-agent"
    for case, suffix, variables, name in [
        ("agent", "", {}, "run-1-2-1"),
        ("version of an agent", ":7", {}, "run-1-2-1"),
        (
            "fresh run at the second attempt",
            "",
            {"row": {**ROW, "run": "-5ca1ab1e"}, "attempt": 2},
            "run-1-2-2-5ca1ab1e",
        ),
    ]:
        target = plan(target={"arn": PLAN["target"]["arn"] + suffix})
        there = {**variables, "fetch": True, "plan": target}
        yield Situation(
            "ExtractStructuredOutput",
            f"answer of the {case} fetched",
            TOO_LARGE,
            function_result({"index": 2, "status": "SUCCESS", "cells": ["é"]}),
            variables=there,
            expected={
                "fields.Arguments.Payload.answer": None,
                "fields.Arguments.Payload.answered_by": f"{executions}:{name}",
                "next": None,
            },
        )
        for error in (python_error("StorageUnavailable", "no"), TIMED_OUT_TASK, TOO_LARGE):
            yield Situation(
                "ExtractStructuredOutput",
                f"answer of the {case} not to be fetched, {error['Error']}",
                TOO_LARGE,
                error=error,
                variables=there,
                expected={"assigned": {"unread": in_execution(name)}, "next": "JudgeFailure"},
            )
        for error_name in ("AgentExecutionFailed", "AgentInputTooLarge"):
            error = python_error(error_name, "no")
            yield Situation(
                "ExtractStructuredOutput",
                f"{error_name} of the {case}",
                TOO_LARGE,
                error=error,
                variables=there,
                expected={"output": error, "assigned": {}, "next": "JudgeFailure"},
            )


def _extract_input() -> Iterator[Situation]:
    """The table keeps a row's input beside its answer, where one payload holds both."""
    stored = {"loaded": FANNED_OUT}
    room = 60_000 - len(json.dumps(PLAN["output"], separators=(",", ":"))) - len('[{"a":""},"",]')
    for case, variables, given, answer, sent in [
        ("inline", {}, ROW["input"], {}, None),
        ("table", stored, ROW["input"], {}, ROW["input"]),
        ("table, nothing given", stored, {}, None, {}),
        ("table, list of one", stored, {"a": [1]}, [1], {"a": [1]}),
        ("table, no answer in it", stored, {"a": None}, [], {"a": None}),
        ("table, most that fits", stored, {"a": "x"}, "y" * (room - 2), {"a": "x"}),
        ("table, one character too many", stored, {"a": "xx"}, "y" * (room - 2), None),
        ("table, large answer", stored, {"a": "x"}, {"text": "😀" * 60_000}, None),
        ("table, large input", stored, {"a": "😀" * 60_000}, {}, None),
    ]:
        yield Situation(
            "ExtractStructuredOutput",
            f"input for the {case}",
            answer,
            function_result({"index": 2, "status": "SUCCESS", "stored": True}),
            variables={**variables, "row": {**ROW, "input": given}},
            expected={
                "fields.Arguments.Payload.input": sent,
                "fields.Arguments.Payload.store": variables.get("loaded", LOADED)["storage"],
                "fields.Arguments.Payload.work": PLAN["work"],
                "fields.Arguments.Payload.started_ms": ROW["started_ms"],
                "fields.Arguments.Payload.output": PLAN["output"],
            },
        )


def _unread() -> Iterator[Situation]:
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
            "AbortBatch",
            f"{error['Error']} while an answer was read",
            error,
            variables={"unread": unread({})},
            expected={
                "fields.Cause": f"Row 2 failed and continue_on_error is false. {error['Error']}: {said}",
            },
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
                "assigned": {"attempt": attempt + 1, "call": call(attempt=attempt + 1), "fetch": False},
                "next": "SelectTarget",
            },
        )


def _dead_letter() -> Iterator[Situation]:
    expected: dict[str, dict[str, Any]] = {
        "agent failed": {"message": "TriageFailed: the model gave no answer", "error": "States.TaskFailed"},
        "agent failed without a cause": {"message": "TriageFailed"},
        "agent failed without an error name, on a row that has one": {
            "message": failures()["agent failed without an error name, on a row that has one"]["Cause"].replace(
                '"', "'"
            )
        },
        "agent failed on a Python function": {
            "message": r"ModelError: {'errorMessage': 'bad \'x\'', 'errorType': 'ModelError', "
            "'requestId': 'dadaf7fd-c55a-441a-9345-e8b0945a1c32', 'stackTrace': "
            r"""['  File \'/var/task/app.py\', line 14, in lambda_handler\n    raise Error(message)\n']}"""
        },
        "agent failed with a hostile cause": {
            "message": r"TriageFailed: quotes ' and \' and ', a newline, \ a backslash, tab\t, 日本語, 😀, \u0000 and C:"
            "\\"
        },
        "agent failed on a path": {"message": "TriageFailed: no C:\\new nor C:\\"},
        "agent timed out": {"status": "TIMEOUT", "message": "Execution timeout in the agent itself"},
        "agent was aborted": {"message": "Execution aborted"},
        "agent failed on a row that says TIMED_OUT": {"status": "FAILED", "message": "TriageFailed: no"},
        "agent was aborted on a row that has an Error": {"message": "Execution aborted"},
        "agent failed and its description is cut": {"message": "TriageFailed: no"},
        "agent failed with an empty cause": {"message": "TriageFailed: "},
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
        "longest plain cause": {"message": "a" * LOADED["message_bytes"]},
        "longest cause of quotes": {"message": "'" * LOADED["message_bytes"]},
        "longest cause of control characters": {"message": " " * LOADED["message_bytes"]},
        "longest cause of backslashes": {"message": "\\" * (LOADED["message_bytes"] // 2)},
        "longest cause of two-byte characters": {"message": "\u07ff" * (LOADED["message_bytes"] // 2)},
        "longest cause of three-byte characters": {"message": "\u0800" * (LOADED["message_bytes"] // 4)},
        "longest cause of emoji": {"message": "😀" * (LOADED["message_bytes"] // 4)},
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
            expected={**letter, "output": {**error, "unread": ""}, "next": "AbortBatch"},
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
        "task timed out": "",
        "empty cause": "",
        "row was unfit": PROBLEM["message"],
        "function timed out": "{?errorType?:?Sandbox.Timedout?,"
        "?errorMessage?:?RequestId: 5b1c368c Error: Task timed out after 3.00 seconds?}",
    }
    refusals = {"unreachable": UNREACHABLE_QUEUE, "letter too large": TOO_LARGE, "timeout": TIMED_OUT_TASK}
    for (queue, refusal), (case, error) in product(refusals.items(), failures().items()):
        name, kept = f"queue {queue}, {case}", not_taken(error, refusal)
        to_record = {"output": kept, "next": "RecordRowFailure"}
        to_abort = {"output": {**error, "unread": ""}, "next": "AbortBatch"}
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
        expected={"output.message": "The dead letter queue did not take the r"},
    )


def _abort() -> Iterator[Situation]:
    said = {
        "agent failed": "Row 2 failed and continue_on_error is false. "
        "States.TaskFailed: TriageFailed: the model gave no answer",
        "agent failed on a path": "Row 2 failed and continue_on_error is false. "
        "States.TaskFailed: TriageFailed: no C:\\new nor C:\\",
        "nothing but a name": "Row 2 failed and continue_on_error is false. Odd: ",
    }
    for case, error in failures().items():
        cause = {"fields.Cause": said[case]} if case in said else {}
        yield Situation("AbortBatch", case, error, expected={"fields.Error": "RowFailed", "next": None, **cause})
