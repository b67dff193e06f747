"""`batchctl config new`, with what the operation makes."""

import json
from pathlib import Path
from typing import Any

import pytest

from batchctl.config import made
from tests.cli.command_line import exit_code
from tests.cli.operations import Operations


def generated(**changes: Any) -> dict[str, Any]:
    return {
        "config": {"csv_s3_uri": "tickets.csv", "target": {"name": "ticket_triage"}},
        "mapping": [
            {
                "field": "ticket",
                "column": "description",
                "how": "synonym",
                "confidence": 0.83,
                "guessed": True,
                "required": True,
            }
        ],
        "unmapped_columns": ["channel"],
        "missing_required": [],
        "warnings": ["Two columns are dates."],
        "questions": [
            {
                "field": "reference",
                "question": "Which column is the reference?",
                "candidates": ["ticket_id"],
                "required": False,
            }
        ],
        "agent_name": "ticket_triage",
        "version": "1.0.0",
        **changes,
    }


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tickets.csv").write_text("ticket_id,description\nT-1,Broken\n")
    return tmp_path


def test_configuration_is_written_and_its_guesses_are_shown(
    operations: Operations, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operations.answer(made, generate_batch_config=generated())
    assert exit_code("config", "new", "tickets.csv", "--agent", "ticket_triage", "--map", "a=b=ticket") == 0
    assert json.loads((folder / "tickets.config.json").read_text()) == {
        "csv_s3_uri": "s3://${BUCKET}/inputs/tickets.csv",
        "target": {"name": "ticket_triage"},
    }
    assert operations.calls[0][1][:2] == ("tickets.csv", "ticket_triage")
    assert operations.calls[0][1][3] == {"a=b": "ticket"}
    printed = capsys.readouterr()
    assert "ticket*  description  another word for it   83%  guessed: look at it" in printed.out
    assert "Which column is the reference?\n  --map ticket_id=reference" in printed.err
    assert "batchctl run tickets.csv --config tickets.config.json --max-rows 20" in printed.err


def test_file_is_never_written_over(operations: Operations, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(made, generate_batch_config=generated())
    (folder / "mine.json").write_text("{}")
    assert exit_code("config", "new", "tickets.csv", "--agent", "x", "-o", "mine.json") == 2
    assert (folder / "mine.json").read_text() == "{}"
    assert operations.calls == []
    assert "mine.json exists, and is not written over" in capsys.readouterr().err


def test_field_that_nothing_fills_ends_with_2(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    operations.answer(made, generate_batch_config=generated(mapping=[], missing_required=["ticket"]))
    assert exit_code("config", "new", "tickets.csv", "--agent", "ticket_triage") == 2
    printed = capsys.readouterr()
    assert "requires what no column was found for: ticket" in printed.err
    # What is not complete would stand in the way of the next attempt.
    assert not Path("tickets.config.json").exists()
    assert "Next:\n  batchctl config new tickets.csv --agent ticket_triage --map COLUMN=ticket\n" in printed.err


def test_next_commands_are_as_a_shell_takes_them(operations: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    Path("my tickets.csv").write_text("a\n1\n")
    operations.answer(made, generate_batch_config=generated())
    assert exit_code("config", "new", "my tickets.csv", "--agent", "x", "--encoding", "latin1") == 0
    assert operations.calls[0][1][4] == "latin-1"
    assert "batchctl run 'my tickets.csv' --config 'my tickets.config.json' --max-rows 20" in capsys.readouterr().err


@pytest.mark.parametrize("words", ["absent.csv --agent x", "tickets.csv --agent x --map ticket", "tickets.csv"])
def test_what_cannot_be_done_as_typed_asks_no_stack(words: str, operations: Operations) -> None:
    operations.answer(made, generate_batch_config=AssertionError("asked"))
    assert exit_code("config", "new", *words.split()) == 2
