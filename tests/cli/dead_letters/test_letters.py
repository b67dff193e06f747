"""`batchctl dead-letters`, with what operations answer."""

from typing import Any

import pytest

from batchctl.batches import again
from batchctl.dead_letters import letters
from tests.cli.command_line import exit_code
from tests.cli.operations import Operations
from tests.cli.shapes import ARN

LETTERS: dict[str, Any] = {
    "messages": 14,
    "groups": [
        {
            "batch": "tickets",
            "execution_arn": ARN,
            "cause": "timeout",
            "count": 13,
            "first_rows": [5, 9],
            "oldest": "2026-11-21T14:50:00Z",
        }
    ],
    "unreadable": 1,
    "complete": True,
    "next_steps": ["batchctl dead-letters rerun tickets"],
}


def test_letters_are_listed_by_batch_and_cause(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(letters, list_dead_letters=LETTERS)
    assert exit_code("dead-letters", "list") == 0
    printed = capsys.readouterr()
    assert "The queue holds 14 messages." in printed.out
    assert "tickets  timeout       13  5, 9 …      2026-11-21 14:50" in printed.out
    assert "1 message of them are no letters" in printed.err
    assert "batchctl dead-letters rerun tickets" in printed.err
    assert operations.calls[0][1][1] is None


def test_rows_of_letters_run_again(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    started = {
        "execution_arn": ARN,
        "batch": "tickets-2",
        "status": "RUNNING",
        "start_time": "",
        "already": False,
        "next_steps": [],
    }
    operations.answer(letters, rerun_dead_letters=started)
    operations.answer(again, finish=3)
    assert exit_code("dead-letters", "rerun", "tickets") == 3
    assert exit_code("dead-letters", "rerun", "tickets", "--no-wait") == 0
    assert capsys.readouterr().out == "tickets-2\n"


def test_draining_takes_what_is_dealt_with(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(letters, drain_dead_letters={"removed": 3, "kept": 2, "message": "3 letters were taken out."})
    assert exit_code("dead-letters", "drain") == 0
    assert operations.calls[0][2] == {"dealt_with_only": True}
    printed = capsys.readouterr()
    assert printed.out == "3 letters were taken out.\n"
    assert "batchctl dead-letters list" in printed.err


def test_draining_all_asks(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(letters, drain_dead_letters={"removed": 3, "kept": 0, "message": "", "fault": "denied"})
    assert exit_code("dead-letters", "drain", "tickets", "--all") == 4
    assert operations.calls == []
    assert "batchctl dead-letters drain tickets --all --yes" in capsys.readouterr().err
    assert exit_code("dead-letters", "drain", "tickets", "--all", "--yes") == 1
    assert operations.calls[0][2] == {"dealt_with_only": False}
