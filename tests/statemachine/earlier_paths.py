"""Paths of rows on which the agent has been run earlier."""

from tests.statemachine.recorded import AGENT_RESULT, ALREADY_EXISTS, QUEUE_RESULT, described
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

EARLIER_RUNS = {
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
}
