"""Paths of rows on which the agent has been run earlier."""

import json

from tests.statemachine.recorded import (
    AGENT_RESULT,
    ALREADY_EXISTS,
    QUEUE_RESULT,
    SENT_EARLIER,
    TOO_LARGE,
    described,
    python_error,
)
from tests.statemachine.row_path import (
    AGENT,
    AGENT_FAILED,
    DEAD,
    EARLIER,
    EXTRACTED,
    LOADED_ROW,
    LOOK_THROTTLED,
    RETRY,
    SUCCESS,
    THROTTLING,
    Path,
    failed,
)
from tests.statemachine.samples import plan

# Started by somebody else under the name that the row's call has.
FOREIGN = json.dumps({**SENT_EARLIER, "input": {"subject": "Say what I want"}})
PLANTED = '{"structured_output":{"category":"planted"}}'
NOT_THE_ROWS = python_error("ForeignExecution", "It was given something else than this row.")

EARLIER_RUNS = {
    "earlier answer taken": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output='{"structured_output":{"category":"billing"}}')],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    # Another attempt would be another run of the agent, and this one has been paid for.
    "earlier answer taken once AWS lets it be seen": Path(
        ["TransformInput", "InvokeAgent", EARLIER[0], *THROTTLING, *AGENT, *EARLIER, "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS] * 2,
            "DescribeEarlierExecution": [LOOK_THROTTLED, described("SUCCEEDED", Output="1")],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    "earlier one waited for": Path(
        [
            "TransformInput",
            "InvokeAgent",
            *[*EARLIER, "WaitForEarlierExecution"] * 2,
            *EARLIER,
            "ExtractStructuredOutput",
        ],
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
    "name taken by somebody else, a fresh run answers": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "InvokeAgent", "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output=PLANTED, Input=FOREIGN)],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    "name taken by somebody else whose execution runs, a fresh run answers": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "InvokeAgent", "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [described("RUNNING", Input=FOREIGN)],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    "name taken by somebody else whose answer is beyond a payload, a fresh run answers": Path(
        [
            *["TransformInput", "InvokeAgent", "DescribeEarlierExecution", "ExtractStructuredOutput"],
            *["JudgeEarlierExecution", "InvokeAgent", "ExtractStructuredOutput"],
        ],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [TOO_LARGE],
            "ExtractStructuredOutput": [NOT_THE_ROWS, EXTRACTED],
        },
        SUCCESS,
    ),
    # It still counts as the one attempt.
    "name taken by somebody else, and the fresh run fails": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "InvokeAgent", *DEAD],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_FAILED],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output=PLANTED, Input=FOREIGN)],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.TaskFailed", "TriageFailed: the model gave no answer"),
        plan=plan(execution={"max_attempts": 1}),
    ),
    "both names taken by somebody else, the next attempt answers": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "InvokeAgent", *EARLIER, *RETRY, *AGENT, "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS, ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output=PLANTED, Input=FOREIGN)] * 2,
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    "name of a resumed row taken by somebody else, a fresh run answers": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "InvokeAgent", "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [described("SUCCEEDED", Output=PLANTED, Input=FOREIGN)],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
        loaded_row={**LOADED_ROW, "attempt": 2, "run": "-5ca1ab1e"},
    ),
    "earlier one failed, a fresh run answers": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "InvokeAgent", "ExtractStructuredOutput"],
        {
            "InvokeAgent": [ALREADY_EXISTS, AGENT_RESULT],
            "DescribeEarlierExecution": [described("ABORTED")],
            "ExtractStructuredOutput": [EXTRACTED],
        },
        SUCCESS,
    ),
    "earlier one failed, fresh runs fail too": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "InvokeAgent", *RETRY, *AGENT, *RETRY, *AGENT, *DEAD],
        {
            "InvokeAgent": [ALREADY_EXISTS, *[AGENT_FAILED] * 3],
            "DescribeEarlierExecution": [described("FAILED", Error="TriageFailed", Cause="no")],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.TaskFailed", "TriageFailed: the model gave no answer"),
    ),
    # Its start was heard of too late: the repeated one finds it ended.
    "earlier one failed, and so did the fresh run": Path(
        ["TransformInput", "InvokeAgent", *EARLIER, "InvokeAgent", *EARLIER, *DEAD],
        {
            "InvokeAgent": [ALREADY_EXISTS] * 2,
            "DescribeEarlierExecution": [described("ABORTED"), described("TIMED_OUT")],
            "SendToDeadLetterQueue": [QUEUE_RESULT],
        },
        failed("States.TaskFailed", "Execution timeout in the agent itself", "TIMEOUT"),
        loaded_row={**LOADED_ROW, "run": "-5ca1ab1e"},
        plan=plan(execution={"max_attempts": 1}),
    ),
}
