"""`batchctl chat`, with what the agent says."""

import io
import json
import sys
from contextlib import nullcontext
from typing import Any

import pytest

from batch_processor.errors import AgentExecutionFailed
from batchctl.asking import Asking
from batchctl.chat import conversing
from tests.cli.command_line import exit_code
from tests.cli.operations import Operations

AGENT = "arn:aws:states:eu-west-1:123456789012:stateMachine:orchestrator"


class Stack:
    def __init__(self, **outputs: str) -> None:
        self.outputs = outputs


def turn(reply: str, **keys: Any) -> dict[str, Any]:
    calls = [{"name": "list_batches", "input": {"limit": 5}, "outcome": "OK"}]
    return {"conversation_id": "c-1", "reply": reply, "tool_calls": calls, **keys}


ASKS = turn("Shall I?", confirmation={"token": "secret", "message": "2,000 rows, about $18"})


@pytest.fixture
def agent(operations: Operations, monkeypatch: pytest.MonkeyPatch) -> Operations:
    monkeypatch.setattr(conversing, "account_of", lambda _: Stack(OrchestratorAgentArn=AGENT))
    monkeypatch.setattr(conversing, "using", lambda _: nullcontext())
    return operations


def test_one_thing_is_said(agent: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    agent.answer(conversing, say=turn("Two batches ran.\x1b[2J"))
    assert exit_code("chat", "Which batches ran?", "--conversation", "c-1") == 0
    assert agent.calls[0][1] == ("Which batches ran?", AGENT, "c-1", None)
    printed = capsys.readouterr()
    assert printed.out.startswith("Two batches ran.")
    assert "\x1b" not in printed.out
    assert '· list_batches {"limit": 5} → OK' in printed.err
    assert "batchctl chat --conversation c-1" in printed.err


def test_what_nobody_confirms_is_not_started_and_its_token_is_shown_nowhere(
    agent: Operations, capsys: pytest.CaptureFixture[str]
) -> None:
    agent.answer(conversing, say=ASKS)
    assert exit_code("chat", "Run it", "--no-input", "--json") == 2
    printed = capsys.readouterr()
    assert "confirmation" not in json.loads(printed.out)
    assert "secret" not in printed.out + printed.err
    assert "2,000 rows, about $18" in printed.err


def test_confirmation_goes_beside_the_message(agent: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    agent.answer(conversing, say=[ASKS, turn("It runs.")])
    assert exit_code("chat", "Run it", "--yes") == 0
    message, _, conversation, token = agent.calls[1][1]
    assert (conversation, token) == ("c-1", "secret")
    assert "secret" not in message
    assert capsys.readouterr().out == "It runs.\n"


def test_conversation_goes_on_until_nothing_is_typed(
    agent: Operations, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Asking, "is_possible", property(lambda _: True))
    monkeypatch.setattr(sys, "stdin", io.StringIO("Hello\n\nAnd now?\n"))
    agent.answer(conversing, say=[AgentExecutionFailed("The agent did not answer: Throttled"), turn("Hello.")])
    assert exit_code("chat") == 0
    assert [call[1][0] for call in agent.calls] == ["Hello", "And now?"]
    printed = capsys.readouterr()
    assert printed.out == "Hello.\n"
    assert "did not answer: Throttled" in printed.err


def test_without_a_terminal_a_message_is_needed(agent: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("chat") == 2
    assert "There is no terminal to talk at" in capsys.readouterr().err


def test_stack_without_the_agent_is_told(
    agent: Operations, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(conversing, "account_of", lambda _: Stack())
    assert exit_code("chat", "Hi") == 2
    assert "OrchestratorModelId" in capsys.readouterr().err
