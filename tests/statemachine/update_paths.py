"""Paths of rows whose answer a function of another contract was handed."""

from typing import Any

from tests.statemachine.recorded import AGENT_RESULT, TOO_LARGE, function_result, python_error
from tests.statemachine.row_path import SUCCESS, Path
from tests.statemachine.samples import plan

REFUSED = python_error("StackUpdated", "The stack was updated while this batch ran")


def left(unread: str) -> dict[str, Any]:
    """The result of a row whose answer stays where it is."""
    stamps = {"at": SUCCESS["at"], "ms": 0}
    return {"index": 2, "status": "FAILED", "error": "StackUpdated", "unread": unread, **stamps}


UPDATES = {
    "answer left in the history": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", "LeaveAnswer"],
        {"InvokeAgent": [AGENT_RESULT], "ExtractStructuredOutput": [REFUSED]},
        left("1"),
    ),
    "answer left where any failure ends the batch": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", "LeaveAnswer"],
        {"InvokeAgent": [AGENT_RESULT], "ExtractStructuredOutput": [REFUSED]},
        left("1"),
        plan=plan(execution={"continue_on_error": False}),
    ),
    "answer of a tool left in the history": Path(
        ["TransformInput", "InvokeTool", "ExtractStructuredOutput", "LeaveAnswer"],
        {"InvokeTool": [function_result({})], "ExtractStructuredOutput": [REFUSED]},
        left(""),
        plan=plan(target={"type": "tool"}),
    ),
    "answer beyond a payload left in the agent's execution": Path(
        ["TransformInput", "InvokeAgent", "ExtractStructuredOutput", "LeaveAnswer"],
        {"InvokeAgent": [TOO_LARGE], "ExtractStructuredOutput": [REFUSED]},
        left("1"),
    ),
}
