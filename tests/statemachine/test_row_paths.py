"""The paths through the row pipeline, state by state, with what the tasks would give."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.statemachine.definition import inside, load
from tests.statemachine.earlier_situations import FRESH
from tests.statemachine.engines import Engine, JavaScriptEngine
from tests.statemachine.recorded import (
    AGENT_RESULT,
    ALREADY_EXISTS,
    QUEUE_RESULT,
    TIMED_OUT_TASK,
    TOO_LARGE,
    TOO_LONG,
    UNREACHABLE_QUEUE,
    WRAPPED_THROTTLING,
    child,
    described,
    function_result,
    in_execution,
    python_error,
    unread,
)
from tests.statemachine.samples import LOADED, PLAN, PROBLEM, RESULT, plan
from tests.statemachine.walk import Walk, walk

PIPELINE = inside("ProcessCSV", load())
LOADED_ROW = {"index": 2, "row": {"subject": "Charged twice", "email#2": "ana@example.com"}}
MADE_INPUT = {"subject": "Charged twice", "mail": "ana@example.com", "level": "full"}
SUCCESS = RESULT
MISSING = python_error("StructuredOutputMissing", "Nothing at 'structured_output'.")
AGENT_FAILED = child("FAILED", "TriageFailed", "the model gave no answer")
AGENT_TIMED_OUT = child("TIMED_OUT")
AGENT_THROTTLED, TOOL_THROTTLED = (WRAPPED_THROTTLING[f"{kind} throttled"] for kind in ("agent", "tool"))
LOOK_THROTTLED = WRAPPED_THROTTLING["look at an earlier run throttled"]
NEVER_RAN = python_error("AgentInputTooLarge", "The row's input is too large.")
NO_ANSWER = python_error("AgentExecutionFailed", "The agent's execution ended as FAILED.")
NO_S3 = python_error("StorageUnavailable", "S3 failed")
NOT_TAKEN = "The dead letter queue did not take the row (SQS.SdkClientException). "
EXTRACTED = function_result(SUCCESS)
# A retry goes through SelectTarget again.
AGENT = ["SelectTarget", "InvokeAgent"]
RETRY = ["JudgeFailure", "WaitBeforeRetry"]
THROTTLING = ["JudgeFailure", "WaitForThrottling"]
EARLIER = ["DescribeEarlierExecution", "JudgeEarlierExecution"]
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

    def take(self, engine: Engine) -> Walk:
        """The walk of this row."""
        return walk(PIPELINE, engine, {"plan": self.plan, "loaded": LOADED}, self.loaded_row, self.tasks)


def failed(error: str, message: str, status: str = "FAILED", unread: str = "") -> dict[str, Any]:
    """The row result of a failure; `unread` ends the name of the agent's execution whose answer nobody could read."""
    stamps = {"at": SUCCESS["at"], "ms": 0}
    return {"index": 2, "status": status, "error": error, "message": message, "unread": unread, **stamps}


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
        {"InvokeAgent": [AGENT_FAILED, AGENT_RESULT], "ExtractStructuredOutput": [EXTRACTED]},
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
        plan=plan(execution={"max_attempts": 1}),
    ),
    "answer unread": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", *DEAD],
        {"InvokeAgent": [AGENT_RESULT], "ExtractStructuredOutput": [NO_S3], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("StorageUnavailable", "S3 failed", unread="1"),
    ),
    "answer of a later attempt of a resumed row unread": Path(
        ["TransformInput", *AGENT, *RETRY, *AGENT, "ExtractStructuredOutput", *DEAD, "RecordRowFailure"],
        {
            "InvokeAgent": [AGENT_FAILED, AGENT_RESULT],
            "ExtractStructuredOutput": [NO_S3],
            "SendToDeadLetterQueue": [UNREACHABLE_QUEUE],
        },
        failed("StorageUnavailable", NOT_TAKEN + re.sub(r'["\\]+', "?", NO_S3["Cause"]), unread="2-5ca1ab1e"),
        loaded_row={**LOADED_ROW, "run": "-5ca1ab1e"},
    ),
    "answer that nobody could read found again": Path(
        ["TransformInput", *AGENT, *EARLIER, "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output="1")],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
        loaded_row={**LOADED_ROW, "attempt": 2, "run": "-5ca1ab1e"},
    ),
    # What is left of the attempts, and no more.
    "answer that nobody could read was none": Path(
        ["TransformInput", *AGENT, *EARLIER, "ExtractStructuredOutput", *RETRY, *AGENT, *DEAD],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_FAILED],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output="1")],
            "ExtractStructuredOutput": [MISSING],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.TaskFailed", "TriageFailed: the model gave no answer"),
        loaded_row={**LOADED_ROW, "attempt": 2, "run": ""},
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
    "answer of a tool too large to be read": Path(
        ["TransformInput", "SelectTarget", "InvokeTool", "ExtractStructuredOutput", *DEAD],
        {
            "InvokeTool": [function_result({"text": "a" * 250_000})],
            "ExtractStructuredOutput": [TOO_LARGE],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.DataLimitExceeded", TOO_LARGE["Cause"]),
        plan=plan(target={"type": "tool"}),
    ),
    "answer of a tool too large": Path(
        ["TransformInput", "SelectTarget", "InvokeTool", *DEAD],
        {"InvokeTool": [TOO_LARGE], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.DataLimitExceeded", TOO_LARGE["Cause"]),
        plan=plan(target={"type": "tool"}),
    ),
    "answer too large for extraction, fetched": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", "JudgeFailure", "ExtractStructuredOutput"],
        {
            "InvokeAgent": [{**AGENT_RESULT, "Output": {"text": "a" * 250_000}}],
            "ExtractStructuredOutput": [TOO_LARGE, EXTRACTED],
        },
        SUCCESS,
    ),
    "answer too large beside its input, fetched": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput"],
        {"InvokeAgent": [TOO_LARGE], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
    ),
    "earlier answer too large beside its input, fetched": Path(
        ["TransformInput", *AGENT, EARLIER[0], "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS],
            "DescribeEarlierExecution": [TOO_LARGE],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
        loaded_row={**LOADED_ROW, "run": "-5ca1ab1e"},
    ),
    "answer not to be fetched": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", *DEAD],
        {
            "InvokeAgent": [TOO_LARGE],
            "ExtractStructuredOutput": [NO_S3],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("StorageUnavailable", "S3 failed", unread="1"),
    ),
    "input too large": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", *DEAD],
        {
            "InvokeAgent": [TOO_LARGE],
            "ExtractStructuredOutput": [NEVER_RAN],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("AgentInputTooLarge", "The row's input is too large."),
    ),
    # Each attempt begins with what the agent itself gives.
    "answer to be fetched was none, the next one is handed on": Path(
        ["TransformInput", *AGENT, EARLIER[0], "ExtractStructuredOutput", *RETRY, *AGENT, "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [TOO_LARGE],
            "ExtractStructuredOutput": [NO_ANSWER, EXTRACTED],
        },
        SUCCESS,
    ),
    "missing structured output, then an answer unread": Path(
        ["TransformInput", *AGENT, "ExtractStructuredOutput", *RETRY, *AGENT, "ExtractStructuredOutput", *DEAD],
        {
            "InvokeAgent": [AGENT_RESULT, {**AGENT_RESULT, "Output": "second"}],
            "ExtractStructuredOutput": [MISSING, NO_S3],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("StorageUnavailable", "S3 failed", unread="2"),
    ),
    "earlier answer taken": Path(
        ["TransformInput", *AGENT, *EARLIER, "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output='{"structured_output":{"category":"billing"}}')],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    # Another attempt would be another run of the agent, and this one has been paid for.
    "earlier answer taken once AWS lets it be seen": Path(
        ["TransformInput", *AGENT, EARLIER[0], *THROTTLING, *AGENT, *EARLIER, "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS] * 2,
            "DescribeEarlierExecution": [LOOK_THROTTLED, described("SUCCEEDED", Output="1")],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    "earlier one waited for": Path(
        ["TransformInput", *AGENT, *[*EARLIER, "WaitForEarlierExecution"] * 2, *EARLIER, "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS],
            "DescribeEarlierExecution": [
                described("RUNNING"),
                described("RUNNING"),
                described("SUCCEEDED", Output="1"),
            ],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    "earlier one failed, a fresh run answers": Path(
        ["TransformInput", *AGENT, *EARLIER, "InvokeAgent", "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [described("ABORTED")],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    "earlier one failed, fresh runs fail too": Path(
        ["TransformInput", *AGENT, *EARLIER, "InvokeAgent", *RETRY, *AGENT, *RETRY, *AGENT, *DEAD],
        {
            "InvokeAgent": [ALREADY_EXISTS, *[AGENT_FAILED] * 3],
            "DescribeEarlierExecution": [described("FAILED", Error="TriageFailed", Cause="no")],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.TaskFailed", "TriageFailed: the model gave no answer"),
    ),
    # Its start was heard of too late: the repeated one finds it ended.
    "earlier one failed, and so did the fresh run": Path(
        ["TransformInput", *AGENT, *EARLIER, "InvokeAgent", *EARLIER, *DEAD],
        {
            "InvokeAgent": [ALREADY_EXISTS] * 2,
            "DescribeEarlierExecution": [described("ABORTED"), described("TIMED_OUT")],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.TaskFailed", "Execution timeout in the agent itself", "TIMEOUT"),
        loaded_row={**LOADED_ROW, "run": "-5ca1ab1e"},
        plan=plan(execution={"max_attempts": 1}),
    ),
    "throttled inside a generic error": Path(
        ["TransformInput", *AGENT, *[*THROTTLING, *AGENT] * 2, "ExtractStructuredOutput"],
        {"InvokeAgent": [AGENT_THROTTLED, AGENT_THROTTLED, AGENT_RESULT], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
        plan=plan(execution={"max_attempts": 1}),
    ),
    "throttled inside a generic error for good": Path(
        ["TransformInput", *AGENT, *[*THROTTLING, *AGENT] * 8, *RETRY, *AGENT, *DEAD],
        {"InvokeAgent": [AGENT_THROTTLED] * 10, "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("StepFunctions.AWSStepFunctionsException", AGENT_THROTTLED["Cause"]),
        plan=plan(execution={"max_attempts": 2}),
    ),
    "answer unread, as the function was throttled": Path(
        ["TransformInput", "SelectTarget", "InvokeTool", "ExtractStructuredOutput", *DEAD],
        {
            "InvokeTool": [function_result({})],
            "ExtractStructuredOutput": [TOOL_THROTTLED],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("Lambda.AWSLambdaException", TOOL_THROTTLED["Cause"]),
        plan=plan(target={"type": "tool"}),
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


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_a_row_takes_its_path_and_ends_with_its_result(path: Path, javascript: JavaScriptEngine) -> None:
    way = path.take(javascript)
    assert way.visited == path.visited
    assert way.end == path.result


@pytest.mark.parametrize(
    ("name", "handed"),
    [
        ("happy agent", [(AGENT_RESULT["Output"], "")]),
        ("answer too large beside its input, fetched", [(None, "run-1-2-1")]),
        ("answer too large for extraction, fetched", [({"text": "a" * 250_000}, ""), (None, "run-1-2-1")]),
        ("earlier answer too large beside its input, fetched", [(None, "run-1-2-1-5ca1ab1e")]),
        (
            "answer to be fetched was none, the next one is handed on",
            [(None, "run-1-2-1"), (AGENT_RESULT["Output"], "")],
        ),
    ],
)
def test_an_answer_is_handed_on_or_fetched_from_the_execution_that_gave_it(
    name: str, handed: list[tuple[Any, str]], javascript: JavaScriptEngine
) -> None:
    payloads = [call["Payload"] for call in PATHS[name].take(javascript).arguments("ExtractStructuredOutput")]
    assert [(given["answer"], given["answered_by"].rpartition(":")[2]) for given in payloads] == handed


@pytest.mark.parametrize("name", ["happy agent", "happy tool"])
def test_a_row_without_trouble_costs_four_transitions(name: str) -> None:
    assert len(PATHS[name].visited) == 4


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("timeout", ["run-1-2-1", "run-1-2-2", "run-1-2-3"]),
        ("missing structured output", ["run-1-2-1", "run-1-2-2", "run-1-2-3"]),
        # What was throttled did not run: the name is still free.
        ("throttled inside a generic error", ["run-1-2-1"] * 3),
        ("earlier one failed, a fresh run answers", ["run-1-2-1", f"run-1-2-1{FRESH}"]),
        (
            "earlier one failed, fresh runs fail too",
            ["run-1-2-1", f"run-1-2-1{FRESH}", f"run-1-2-2{FRESH}", f"run-1-2-3{FRESH}"],
        ),
        ("answer that nobody could read found again", ["run-1-2-2-5ca1ab1e"]),
        ("answer that nobody could read was none", ["run-1-2-2", "run-1-2-3"]),
        ("earlier one failed, and so did the fresh run", ["run-1-2-1-5ca1ab1e", f"run-1-2-1{FRESH}"]),
    ],
)
def test_every_attempt_at_an_agent_has_a_name_of_its_own(
    name: str, names: list[str], javascript: JavaScriptEngine
) -> None:
    calls = PATHS[name].take(javascript).arguments("InvokeAgent")
    assert [call["Name"] for call in calls] == names


def test_the_execution_that_is_described_is_the_one_that_could_not_be_started(javascript: JavaScriptEngine) -> None:
    way = PATHS["earlier one waited for"].take(javascript)
    [call] = way.arguments("InvokeAgent")
    described = {described["ExecutionArn"] for described in way.arguments("DescribeEarlierExecution")}
    assert described == {f"{PLAN['target']['arn'].replace(':stateMachine:', ':execution:')}:{call['Name']}"}


def test_an_earlier_answer_is_read_as_it_was_given(javascript: JavaScriptEngine) -> None:
    [call] = PATHS["earlier answer taken"].take(javascript).arguments("ExtractStructuredOutput")
    assert call["Payload"]["answer"] == AGENT_RESULT["Output"]


def test_the_dead_letter_holds_what_it_takes_to_run_the_row_again(javascript: JavaScriptEngine) -> None:
    [call] = PATHS["agent failure"].take(javascript).arguments("SendToDeadLetterQueue")
    letter = call["MessageBody"]
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
        ("answer of a tool too large to be read", "SendToDeadLetterQueue", 1, unread(TOO_LONG)),
        ("answer not to be fetched", "SendToDeadLetterQueue", 1, in_execution("run-1-2-1")),
        ("input too large", "SendToDeadLetterQueue", 1, {}),
        ("missing structured output, then an answer unread", "SendToDeadLetterQueue", 2, unread("second")),
        ("abort with an answer unread", "SendAbortingRowToDeadLetterQueue", 1, unread(AGENT_RESULT["Output"])),
        ("answer unread, as the function was throttled", "SendToDeadLetterQueue", 1, unread({})),
        ("missing structured output", "SendToDeadLetterQueue", 3, {}),
    ],
)
def test_an_answer_that_could_not_be_read_goes_into_the_letter(
    name: str, queue: str, attempts: int, carried: dict[str, Any], javascript: JavaScriptEngine
) -> None:
    [call] = PATHS[name].take(javascript).arguments(queue)
    letter = call["MessageBody"]
    assert (letter["attempts"], letter["unread"]) == (attempts, carried)
