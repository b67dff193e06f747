"""Talks with batch-orchestrator-agent: one execution of it is one turn."""

import json
import time
from typing import Any, NotRequired, TypedDict
from uuid import uuid4

from batch_processor.aws import step_functions
from batch_processor.errors import AgentExecutionFailed

_POLL_SECONDS = 0.4


class ToolCall(TypedDict):
    """A call that the agent made in the turn; `outcome` is OK, a status, or the name of an error."""

    name: str
    input: dict[str, Any]
    outcome: str


class AskedConfirmation(TypedDict):
    """What a person is asked; `token` is handed back beside the next message if they say yes, and stands in no message."""

    token: str
    expires_at: NotRequired[str]
    message: NotRequired[str]
    estimate: NotRequired[dict[str, Any]]


class SpokenTurn(TypedDict):
    """A turn that has ended; the conversation goes on under `conversation_id`."""

    conversation_id: str
    reply: str
    tool_calls: list[ToolCall]
    confirmation: NotRequired[AskedConfirmation]


def say(
    message: str, agent_arn: str, conversation_id: str | None = None, confirmation: str | None = None
) -> SpokenTurn:
    """What the agent answers; AgentExecutionFailed says why if it does not. The turn goes on if nobody waits for it."""
    given = {"message": message, "conversation_id": conversation_id, "confirmation": confirmation}
    name = f"chat-{uuid4().hex}"
    document = json.dumps({key: value for key, value in given.items() if value}, ensure_ascii=False)
    step_functions.start_execution(agent_arn, name, document)
    turn = _ended(f"{agent_arn.replace(':stateMachine:', ':execution:')}:{name}")
    spoken = SpokenTurn(
        conversation_id=turn["conversation_id"], reply=turn["reply"], tool_calls=turn.get("tool_calls", [])
    )
    if "confirmation" in turn:
        spoken["confirmation"] = turn["confirmation"]
    return spoken


def _ended(execution_arn: str) -> dict[str, Any]:
    while (execution := step_functions.agent_execution(execution_arn).described)["status"] == "RUNNING":
        time.sleep(_POLL_SECONDS)
    if execution["status"] != "SUCCEEDED":
        told = ": ".join(filter(None, (execution.get("error"), execution.get("cause"))))
        raise AgentExecutionFailed(f"The agent did not answer: {told or execution['status']} ({execution_arn})")
    turn: dict[str, Any] = json.loads(execution["output"])
    return turn
