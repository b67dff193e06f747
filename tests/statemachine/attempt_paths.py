"""Paths of rows whose attempts come to an end, whichever that is."""

from tests.statemachine.recorded import AGENT_RESULT, QUEUE_RESULT, TIMED_OUT_TASK, UNREACHABLE_QUEUE, function_result
from tests.statemachine.row_path import (
    ABORT,
    AGENT,
    AGENT_FAILED,
    AGENT_THROTTLED,
    AGENT_TIMED_OUT,
    DEAD,
    EXTRACTED,
    MISSING,
    NOT_TAKEN,
    RETRY,
    SUCCESS,
    THROTTLING,
    Path,
    failed,
)
from tests.statemachine.samples import PROBLEM, WITHHELD, plan

EMPTY = {"error": "EmptyRow", "message": "Line 3: all cells are empty, so there is nothing to send."}

ATTEMPTS = {
    "happy agent": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput"],
        {"InvokeAgent": [AGENT_RESULT], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
    ),
    "happy tool": Path(
        ["TransformInput", "InvokeTool", "ExtractStructuredOutput"],
        {"InvokeTool": [function_result({})], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
        plan=plan(target={"type": "tool"}),
    ),
    "retry then success": Path(
        ["TransformInput", "InvokeAgent", *RETRY, *AGENT, "ExtractStructuredOutput"],
        {"InvokeAgent": [AGENT_FAILED, AGENT_RESULT], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
    ),
    "timeout": Path(
        ["TransformInput", "InvokeAgent", *RETRY, *AGENT, *RETRY, *AGENT, *DEAD],
        {"InvokeAgent": [TIMED_OUT_TASK] * 3, "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.Timeout", "Execution timeout after 300 s", "TIMEOUT"),
    ),
    "agent failure": Path(
        ["TransformInput", "InvokeAgent", *RETRY, *AGENT, *RETRY, *AGENT, *DEAD],
        {"InvokeAgent": [AGENT_FAILED] * 3, "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.TaskFailed", "TriageFailed: the model gave no answer"),
    ),
    "missing structured output": Path(
        [
            *["TransformInput", "InvokeAgent", "ExtractStructuredOutput", *RETRY],
            *[*AGENT, "ExtractStructuredOutput", *RETRY],
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
        ["TransformInput", "InvokeTool", *DEAD],
        {
            "InvokeTool": [{"Error": "Lambda.ResourceNotFoundException", "Cause": "Function not found"}],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("Lambda.ResourceNotFoundException", "Function not found"),
        plan=plan(target={"type": "tool"}),
    ),
    "abort": Path(
        ["TransformInput", "InvokeAgent", *RETRY, *AGENT, *RETRY, *AGENT, *ABORT],
        {"InvokeAgent": [AGENT_FAILED] * 3, "SendAbortingRowToDeadLetterQueue": [UNREACHABLE_QUEUE]},
        {
            "Error": "RowFailed",
            "Cause": f"Row 2 failed and continue_on_error is false. States.TaskFailed: {WITHHELD}",
        },
        plan=plan(execution={"continue_on_error": False}),
    ),
    "unfit row": Path(
        ["TransformInput", *DEAD],
        {"SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("RaggedRow", PROBLEM["message"]),
        loaded_row={"index": 2, "row": {}, "problem": PROBLEM},
    ),
    "nothing to send": Path(
        ["TransformInput", "SkipRow"],
        {},
        {"index": 2, "status": "SKIPPED", **EMPTY, "at": SUCCESS["at"]},
        loaded_row={"index": 2, "row": {}, "problem": EMPTY},
    ),
    "dead letter queue unreachable": Path(
        ["TransformInput", "InvokeAgent", *RETRY, *AGENT, *RETRY, *AGENT, *DEAD, "RecordRowFailure"],
        {"InvokeAgent": [AGENT_FAILED] * 3, "SendToDeadLetterQueue": [UNREACHABLE_QUEUE]},
        failed("States.TaskFailed", NOT_TAKEN + "TriageFailed: the model gave no answer"),
    ),
    "agent timed out, dead letter queue unreachable": Path(
        ["TransformInput", "InvokeAgent", *DEAD, "RecordRowFailure"],
        {"InvokeAgent": [AGENT_TIMED_OUT], "SendToDeadLetterQueue": [UNREACHABLE_QUEUE]},
        failed("States.TaskFailed", NOT_TAKEN + "Execution timeout in the agent itself", "TIMEOUT"),
        plan=plan(execution={"max_attempts": 1}),
    ),
    "throttled inside a generic error": Path(
        ["TransformInput", "InvokeAgent", *[*THROTTLING, *AGENT] * 2, "ExtractStructuredOutput"],
        {"InvokeAgent": [AGENT_THROTTLED, AGENT_THROTTLED, AGENT_RESULT], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
        plan=plan(execution={"max_attempts": 1}),
    ),
    "throttled inside a generic error for good": Path(
        ["TransformInput", "InvokeAgent", *[*THROTTLING, *AGENT] * 8, *RETRY, *AGENT, *DEAD],
        {"InvokeAgent": [AGENT_THROTTLED] * 10, "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("StepFunctions.AWSStepFunctionsException", AGENT_THROTTLED["Cause"]),
        plan=plan(execution={"max_attempts": 2}),
    ),
}
