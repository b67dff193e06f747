"""A turn with the agent, as Step Functions runs it."""

import json
from typing import Any

import pytest

from batch_processor.aws import step_functions
from batch_processor.aws.step_functions import AgentExecution
from batch_processor.errors import AgentExecutionFailed
from batch_processor.operations import talking

AGENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:orchestrator"


class Agent:
    """Executions that answer what they are given, each asked after as often as it has states."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *states: dict[str, Any]) -> None:
        self.given: list[tuple[str, str, dict[str, Any]]] = []
        self._states = list(states)
        monkeypatch.setattr(step_functions, "start_execution", self._start)
        monkeypatch.setattr(step_functions, "agent_execution", lambda _: AgentExecution("", self._states.pop(0)))
        monkeypatch.setattr(talking, "_POLL_SECONDS", 0)

    def _start(self, machine: str, name: str, document: str) -> bool:
        self.given.append((machine, name, json.loads(document)))
        return True


def test_turn_is_an_execution_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    output = {
        "conversation_id": "c",
        "reply": "Done.",
        "messages": ["left out"],
        "tool_calls": [],
        "confirmation": {"token": "t"},
    }
    agent = Agent(monkeypatch, {"status": "RUNNING"}, {"status": "SUCCEEDED", "output": json.dumps(output)})
    turn = talking.say("Run it", AGENT, "c", "t0")
    assert turn == {"conversation_id": "c", "reply": "Done.", "tool_calls": [], "confirmation": {"token": "t"}}
    [(machine, name, given)] = agent.given
    assert (machine, given) == (AGENT, {"message": "Run it", "conversation_id": "c", "confirmation": "t0"})
    assert name.startswith("chat-")


def test_first_turn_says_nothing_of_a_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    output = {"conversation_id": "c", "reply": "Hello."}
    agent = Agent(monkeypatch, {"status": "SUCCEEDED", "output": json.dumps(output)})
    assert talking.say("Hi", AGENT) == {"conversation_id": "c", "reply": "Hello.", "tool_calls": []}
    assert agent.given[0][2] == {"message": "Hi"}


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (
            {"status": "FAILED", "error": "InvalidArguments", "cause": "message is empty", "executionArn": "x"},
            "InvalidArguments: message is empty",
        ),
        ({"status": "TIMED_OUT", "executionArn": "x"}, "TIMED_OUT"),
    ],
)
def test_turn_that_fails_says_why(state: dict[str, Any], told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Agent(monkeypatch, state)
    with pytest.raises(AgentExecutionFailed, match=told):
        talking.say("Hi", AGENT)
