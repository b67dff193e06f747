"""What the shell offers for a word, with a stack and without one."""

import os
import subprocess
import sys
import threading
import time
from contextlib import nullcontext
from typing import Any

import pytest

from batch_processor.operations.agents import compatibility
from batch_processor.operations.running import listing
from batchctl import account, completion
from batchctl.local.connection import NoLocalStack


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "deployed", lambda _: nullcontext())
    batches = {"batches": [{"name": "tickets-1"}, {"name": "contacts-1"}]}
    monkeypatch.setattr(listing, "list_batches", lambda *_, **__: batches)
    agents = {"agents": [{"agent_name": "ticket_triage"}, {"agent_name": "parcel_quote"}]}
    monkeypatch.setattr(compatibility, "list_compatible_agents", lambda _: agents)


def test_names_of_the_stack_are_offered(stack: None) -> None:
    assert completion.batch_names("ti") == ["tickets-1"]
    assert completion.batch_names("") == ["@last", "tickets-1", "contacts-1"]
    assert completion.agent_names("parcel") == ["parcel_quote"]


def test_without_a_stack_nothing_is_offered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(_: Any) -> Any:
        raise NoLocalStack("No local stack runs")

    monkeypatch.setattr(account, "deployed", absent)
    assert completion.agent_names("") == []
    assert completion.batch_names("@") == ["@last"]
    assert capsys.readouterr().err == ""


def test_stack_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(completion, "_SECONDS", 0.05)
    monkeypatch.setattr(completion, "_ask", lambda *_: answers.wait(10))
    began = time.monotonic()
    assert completion.agent_names("") == []
    assert time.monotonic() - began < 5
    answers.set()


def test_shell_gets_them(tmp_path: Any) -> None:
    words = {"_BATCHCTL_COMPLETE": "complete_bash", "COMP_WORDS": "batchctl failures @", "COMP_CWORD": "2"}
    environment = {**os.environ, **words}
    ended = subprocess.run(
        [sys.executable, "-m", "batchctl"], env=environment, capture_output=True, text=True, check=True
    )
    assert ended.stdout.split() == ["@last"]
