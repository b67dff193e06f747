"""Paths of rows with an input or an answer that is too large for a payload."""

import json

from tests.statemachine.recorded import (
    AGENT_RESULT,
    ALREADY_EXISTS,
    QUEUE_RESULT,
    TOO_LARGE,
    described,
    function_result,
)
from tests.statemachine.row_path import (
    AGENT,
    DEAD,
    EARLIER,
    EXTRACTED,
    LOADED_ROW,
    NEVER_RAN,
    NO_ANSWER,
    NO_S3,
    RETRY,
    SUCCESS,
    Path,
    failed,
)
from tests.statemachine.samples import plan

LARGE_ANSWERS = {
    "answer of a tool too large to be read": Path(
        ["TransformInput", "InvokeTool", "ExtractStructuredOutput", *DEAD],
        {
            "InvokeTool": [function_result({"text": "a" * 250_000})],
            "ExtractStructuredOutput": [TOO_LARGE],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.DataLimitExceeded", TOO_LARGE["Cause"]),
        plan=plan(target={"type": "tool"}),
    ),
    "answer of a tool too large": Path(
        ["TransformInput", "InvokeTool", *DEAD],
        {"InvokeTool": [TOO_LARGE], "SendToDeadLetterQueue": [QUEUE_RESULT]},
        failed("States.DataLimitExceeded", TOO_LARGE["Cause"]),
        plan=plan(target={"type": "tool"}),
    ),
    "answer too large for extraction, fetched": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", "JudgeFailure", "ExtractStructuredOutput"],
        {
            "InvokeAgent": [{**AGENT_RESULT, "Output": {"text": "a" * 250_000}}],
            "ExtractStructuredOutput": [TOO_LARGE, EXTRACTED],
        },
        SUCCESS,
    ),
    "answer too large beside its input, fetched": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput"],
        {"InvokeAgent": [TOO_LARGE], "ExtractStructuredOutput": [EXTRACTED]},
        SUCCESS,
    ),
    "earlier answer too large beside its input, fetched": Path(
        ["TransformInput", "InvokeAgent", EARLIER[0], "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS],
            "DescribeEarlierExecution": [TOO_LARGE],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
        loaded_row={**LOADED_ROW, "run": "-5ca1ab1e"},
    ),
    "earlier answer too large for extraction, fetched": Path(
        [
            "TransformInput",
            "InvokeAgent",
            *EARLIER,
            "ExtractStructuredOutput",
            "JudgeFailure",
            "ExtractStructuredOutput",
        ],
        {
            "InvokeAgent": [ALREADY_EXISTS],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output=json.dumps({"text": "a" * 250_000}))],
            "ExtractStructuredOutput": [TOO_LARGE, EXTRACTED],
        },
        SUCCESS,
    ),
    "answer not to be fetched": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", *DEAD],
        {
            "InvokeAgent": [TOO_LARGE],
            "ExtractStructuredOutput": [NO_S3],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("StorageUnavailable", "S3 failed", unread="1"),
    ),
    "input too large": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", *DEAD],
        {
            "InvokeAgent": [TOO_LARGE],
            "ExtractStructuredOutput": [NEVER_RAN],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("AgentInputTooLarge", "The row's input is too large."),
    ),
    # Each attempt begins with what the agent itself gives.
    "answer to be fetched was none, the next one is handed on": Path(
        [
            "TransformInput",
            "InvokeAgent",
            EARLIER[0],
            "ExtractStructuredOutput",
            *RETRY,
            *AGENT,
            "ExtractStructuredOutput",
        ],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [TOO_LARGE],
            "ExtractStructuredOutput": [NO_ANSWER, EXTRACTED],
        },
        SUCCESS,
    ),
}
