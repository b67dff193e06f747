"""Paths of rows with an answer that nobody could read."""

from tests.statemachine.recorded import (
    AGENT_RESULT,
    ALREADY_EXISTS,
    QUEUE_RESULT,
    UNREACHABLE_QUEUE,
    described,
    function_result,
)
from tests.statemachine.row_path import (
    ABORT,
    AGENT,
    AGENT_FAILED,
    DEAD,
    EARLIER,
    EXTRACTED,
    LOADED_ROW,
    MISSING,
    NO_S3,
    NOT_TAKEN,
    RETRY,
    SUCCESS,
    TOOL_THROTTLED,
    Path,
    failed,
)
from tests.statemachine.samples import WITHHELD, plan

UNREAD_ANSWERS = {
    "answer unread": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", *DEAD],
        {"InvokeAgent": [AGENT_RESULT], "ExtractStructuredOutput": [NO_S3], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("StorageUnavailable", "S3 failed", unread="1"),
    ),
    "answer of a later attempt of a resumed row unread": Path(
        ["TransformInput", "InvokeAgent", *RETRY, *AGENT, "ExtractStructuredOutput", *DEAD, "RecordRowFailure"],
        {
            "InvokeAgent": [AGENT_FAILED, AGENT_RESULT],
            "ExtractStructuredOutput": [NO_S3],
            "SendToDeadLetterQueue": [UNREACHABLE_QUEUE],
        },
        failed("StorageUnavailable", NOT_TAKEN + "S3 failed", unread="2-5ca1ab1e"),
        loaded_row={**LOADED_ROW, "run": "-5ca1ab1e"},
    ),
    "answer that nobody could read found again": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "ExtractStructuredOutput"],
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
        ["TransformInput", "InvokeAgent", *EARLIER, "ExtractStructuredOutput", *RETRY, *AGENT, *DEAD],
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
        ["TransformInput", "InvokeTool", "ExtractStructuredOutput", *DEAD],
        {
            "InvokeTool": [function_result(None)],
            "ExtractStructuredOutput": [NO_S3],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("StorageUnavailable", "S3 failed"),
        plan=plan(target={"type": "tool"}),
    ),
    "missing structured output, then an answer unread": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", *RETRY, *AGENT, "ExtractStructuredOutput", *DEAD],
        {
            "InvokeAgent": [AGENT_RESULT, {**AGENT_RESULT, "Output": "second"}],
            "ExtractStructuredOutput": [MISSING, NO_S3],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("StorageUnavailable", "S3 failed", unread="2"),
    ),
    "answer unread, as the function was throttled": Path(
        ["TransformInput", "InvokeTool", "ExtractStructuredOutput", *DEAD],
        {
            "InvokeTool": [function_result({})],
            "ExtractStructuredOutput": [TOOL_THROTTLED],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("Lambda.AWSLambdaException", TOOL_THROTTLED["Cause"]),
        plan=plan(target={"type": "tool"}),
    ),
    "abort with an answer unread": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", *ABORT],
        {
            "InvokeAgent": [AGENT_RESULT],
            "ExtractStructuredOutput": [NO_S3],
            "SendAbortingRowToDeadLetterQueue": [QUEUE_RESULT],
        },
        {
            "Error": "RowFailed",
            "Cause": f"Row 2 failed and continue_on_error is false. StorageUnavailable: {WITHHELD}",
        },
        plan=plan(execution={"continue_on_error": False}),
    ),
}
