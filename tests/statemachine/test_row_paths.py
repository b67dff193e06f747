"""The paths through the row pipeline, state by state, with what the tasks would give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from .definition import load, scopes
from .engines import JavaScriptEngine
from .recorded import (
    AGENT_RESULT,
    LOADED,
    PLAN,
    PROBLEM,
    QUEUE_RESULT,
    THROTTLED,
    TIMED_OUT_TASK,
    TOO_LARGE,
    TOO_LONG,
    UNREACHABLE_QUEUE,
    child,
    function_result,
    plan,
    python_error,
    unread,
)
from .visit import visit

[_, PIPELINE] = scopes(load())
LOADED_ROW = {"index": 2, "row": {"subject": "Charged twice", "email#2": "ana@example.com"}}
MADE_INPUT = {"subject": "Charged twice", "mail": "ana@example.com", "level": "full"}
CELLS = {"index": 2, "status": "SUCCESS", "cells": ["billing"]}
SUCCESS = {**CELLS, "at": "2026-11-21T09:34:44.123Z", "ms": 0}
MISSING = python_error("StructuredOutputMissing", "Nothing at 'structured_output'.")
AGENT_FAILED = child("FAILED", "TriageFailed", "the model gave no answer")
AGENT_TIMED_OUT = child("TIMED_OUT")
NO_S3 = python_error("StorageUnavailable", "S3 failed")
NOT_TAKEN = "The dead letter queue did not take the row (SQS.SdkClientException). "
EXTRACTED = function_result(CELLS)
# A retry goes through SelectTarget again.
AGENT = ["SelectTarget", "InvokeAgent"]
RETRY = ["JudgeFailure", "WaitBeforeRetry"]
DEAD = ["JudgeFailure", "SendToDeadLetterQueue"]
ABORT = ["JudgeFailure", "SendAbortingRowToDeadLetterQueue", "AbortBatch"]


@dataclass(frozen=True)
class Path:
    """`tasks` gives each task's results in turn; an object with Error is an error."""

    visited: list[str]
    tasks: Mapping[str, list[Any]]
    result: Mapping[str, Any]
    loaded_row: Mapping[str, Any] = field(default_factory=lambda: LOADED_ROW)
    plan: Mapping[str, Any] = field(default_factory=lambda: PLAN)
    loaded: Mapping[str, Any] = field(default_factory=lambda: LOADED)


def failed(error: str, message: str, status: str = "FAILED") -> dict[str, Any]:
    """The row result of a failure."""
    stamps = {"at": SUCCESS["at"], "ms": 0}
    return {"index": 2, "status": status, "error": error, "message": message, **stamps}


PATHS = {
    "happy agent": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput"],
        {"InvokeAgent": [AGENT_RESULT], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
    ),
    "happy tool": Path(
        ["TransformInput", "SelectTarget", "InvokeTool", "ExtractStructuredOutput"],
        {"InvokeTool": [function_result({})], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
        plan=plan(target={"type": "tool"}),
    ),
    "retry then success": Path(
        ["TransformInput", *AGENT, *RETRY, *AGENT, "ExtractStructuredOutput"],
        {"InvokeAgent": [THROTTLED, AGENT_RESULT], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
    ),
    "timeout": Path(
        ["TransformInput", *AGENT, *RETRY, *AGENT, *RETRY, *AGENT, *DEAD],
        {"InvokeAgent": [TIMED_OUT_TASK] * 3, "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.Timeout", "Execution timeout after 300 s", "TIMEOUT"),
    ),
    "agent failure": Path(
        ["TransformInput", *AGENT, *RETRY, *AGENT, *RETRY, *AGENT, *DEAD],
        {"InvokeAgent": [AGENT_FAILED] * 3, "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.TaskFailed", "TriageFailed: the model gave no answer"),
    ),
    "missing structured output": Path(
        [
            "TransformInput",
            *[*AGENT, "ExtractStructuredOutput", *RETRY] * 2,
            *AGENT,
            "ExtractStructuredOutput",
            *DEAD,
        ],
        {
            "InvokeAgent": [AGENT_RESULT] * 3,
            "ExtractStructuredOutput": [MISSING] * 3,
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("StructuredOutputMissing", "Nothing at 'structured_output'."),
    ),
    "no such tool": Path(
        ["TransformInput", "SelectTarget", "InvokeTool", *DEAD],
        {
            "InvokeTool": [{"Error": "Lambda.ResourceNotFoundException", "Cause": "Function not found"}],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("Lambda.ResourceNotFoundException", "Function not found"),
        plan=plan(target={"type": "tool"}),
    ),
    "abort": Path(
        ["TransformInput", *AGENT, *RETRY, *AGENT, *RETRY, *AGENT, *ABORT],
        {"InvokeAgent": [AGENT_FAILED] * 3, "SendAbortingRowToDeadLetterQueue": [UNREACHABLE_QUEUE]},
        {
            "Error": "RowFailed",
            "Cause": "Row 2 failed and continue_on_error is false. "
            "States.TaskFailed: TriageFailed: the model gave no answer",
        },
        plan=plan(execution={"continue_on_error": False}),
    ),
    "unfit row": Path(
        ["TransformInput", "SelectTarget", *DEAD],
        {"SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("RaggedRow", PROBLEM["message"]),
        loaded_row={"index": 2, "row": {}, "problem": PROBLEM},
    ),
    "dead letter queue unreachable": Path(
        ["TransformInput", *AGENT, *RETRY, *AGENT, *RETRY, *AGENT, *DEAD, "RecordRowFailure"],
        {"InvokeAgent": [AGENT_FAILED] * 3, "SendToDeadLetterQueue": [UNREACHABLE_QUEUE]},
        failed("States.TaskFailed", NOT_TAKEN + AGENT_FAILED["Cause"].replace('"', "?")),
    ),
    "agent timed out, dead letter queue unreachable": Path(
        ["TransformInput", *AGENT, *DEAD, "RecordRowFailure"],
        {"InvokeAgent": [AGENT_TIMED_OUT], "SendToDeadLetterQueue": [UNREACHABLE_QUEUE]},
        failed("States.TaskFailed", NOT_TAKEN + AGENT_TIMED_OUT["Cause"].replace('"', "?"), "TIMEOUT"),
        loaded={**LOADED, "max_attempts": 1},
    ),
    "answer unread": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", *DEAD],
        {"InvokeAgent": [AGENT_RESULT], "ExtractStructuredOutput": [NO_S3], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("StorageUnavailable", "S3 failed"),
    ),
    "answer of null unread": Path(
        ["TransformInput", "SelectTarget", "InvokeTool", "ExtractStructuredOutput", *DEAD],
        {
            "InvokeTool": [function_result(None)],
            "ExtractStructuredOutput": [NO_S3],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("StorageUnavailable", "S3 failed"),
        plan=plan(target={"type": "tool"}),
    ),
    "answer too large to be read": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", *DEAD],
        {
            "InvokeAgent": [{**AGENT_RESULT, "Output": {"text": "a" * 250_000}}],
            "ExtractStructuredOutput": [TOO_LARGE],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.DataLimitExceeded", TOO_LARGE["Cause"]),
    ),
    "missing structured output, then an answer unread": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", *RETRY, *AGENT, "ExtractStructuredOutput", *DEAD],
        {
            "InvokeAgent": [AGENT_RESULT, {**AGENT_RESULT, "Output": "second"}],
            "ExtractStructuredOutput": [MISSING, NO_S3],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("StorageUnavailable", "S3 failed"),
    ),
    "abort with an answer unread": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", *ABORT],
        {
            "InvokeAgent": [AGENT_RESULT],
            "ExtractStructuredOutput": [NO_S3],
            "SendAbortingRowToDeadLetterQueue": [QUEUE_RESULT],
        },
        {
            "Error": "RowFailed",
            "Cause": "Row 2 failed and continue_on_error is false. StorageUnavailable: S3 failed",
        },
        plan=plan(execution={"continue_on_error": False}),
    ),
}


def events(path: Path) -> int:
    """The events that the path leaves in the execution's history."""
    by_type = {"Pass": 2, "Choice": 2, "Wait": 2, "Task": 5, "Fail": 1}
    submitted = path.visited.count("InvokeAgent")
    started_and_succeeded = 2
    return started_and_succeeded + submitted + sum(by_type[PIPELINE.states[name]["Type"]] for name in path.visited)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_row_takes_its_path_and_ends_with_its_result(path: Path, javascript: JavaScriptEngine) -> None:
    visited, result, arguments = walk(path, javascript)
    assert visited == path.visited
    assert result == path.result
    for name, given in path.tasks.items():
        assert len(arguments[name]) == len(given), f"{name} was to run {len(given)} times"


@pytest.mark.parametrize("name", ["happy agent", "happy tool"])
def test_a_row_without_trouble_costs_four_transitions(name: str) -> None:
    assert len(PATHS[name].visited) == 4


def test_every_attempt_at_an_agent_has_a_name_of_its_own(javascript: JavaScriptEngine) -> None:
    _, _, arguments = walk(PATHS["timeout"], javascript)
    assert [call["Name"] for call in arguments["InvokeAgent"]] == ["run-1-2-1", "run-1-2-2", "run-1-2-3"]


def test_the_dead_letter_holds_what_it_takes_to_run_the_row_again(javascript: JavaScriptEngine) -> None:
    _, _, arguments = walk(PATHS["agent failure"], javascript)
    [letter] = [call["MessageBody"] for call in arguments["SendToDeadLetterQueue"]]
    assert letter == {
        "batch": PLAN["batch"],
        "source": PLAN["source"]["uri"],
        "target": PLAN["target"],
        "row": 2,
        "input": MADE_INPUT,
        "attempts": 3,
        "unread": {},
        "error": AGENT_FAILED["Error"],
        "cause": AGENT_FAILED["Cause"],
    }


@pytest.mark.parametrize(
    ("name", "queue", "attempts", "carried"),
    [
        ("answer unread", "SendToDeadLetterQueue", 1, unread(AGENT_RESULT["Output"])),
        ("answer of null unread", "SendToDeadLetterQueue", 1, unread(None)),
        ("answer too large to be read", "SendToDeadLetterQueue", 1, unread(TOO_LONG)),
        ("missing structured output, then an answer unread", "SendToDeadLetterQueue", 2, unread("second")),
        ("abort with an answer unread", "SendAbortingRowToDeadLetterQueue", 1, unread(AGENT_RESULT["Output"])),
        ("missing structured output", "SendToDeadLetterQueue", 3, {}),
    ],
)
def test_an_answer_that_could_not_be_read_goes_into_the_letter(
    name: str, queue: str, attempts: int, carried: dict[str, Any], javascript: JavaScriptEngine
) -> None:
    _, _, arguments = walk(PATHS[name], javascript)
    [letter] = [call["MessageBody"] for call in arguments[queue]]
    assert (letter["attempts"], letter["unread"]) == (attempts, carried)


def walk(path: Path, engine: JavaScriptEngine) -> tuple[list[str], Any, dict[str, list[Any]]]:
    """The states visited, what the iteration ends with, and the arguments of each task's runs."""
    variables: dict[str, Any] = {"plan": path.plan, "loaded": path.loaded}
    answers = {name: iter(given) for name, given in path.tasks.items()}
    visited: list[str] = []
    arguments: dict[str, list[Any]] = {}
    name: str | None = PIPELINE.start
    data: Any = path.loaded_row
    while name is not None:
        state = PIPELINE.states[name]
        answer = next(answers[name]) if state["Type"] == "Task" else None
        error = answer if answer and "Error" in answer else None
        seen = visit(state, engine, variables, data, answer, error)
        visited.append(name)
        if state["Type"] == "Task":
            arguments.setdefault(name, []).append(seen.fields["Arguments"])
        if state["Type"] == "Fail":
            return visited, seen.fields, arguments
        variables |= seen.assigned
        data, name = seen.output, seen.next
    return visited, data, arguments
