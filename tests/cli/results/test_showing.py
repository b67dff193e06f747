"""`batchctl results`: the answer is on stdout, the exit code is the batch's."""

import json
from pathlib import Path
from typing import Any

import pytest

from batch_processor.operations.running import outcome
from batchctl.results import showing
from tests.cli import shapes
from tests.cli.command_line import exit_code
from tests.cli.run.conftest import OUTPUT, Stack, stack

__all__ = ["stack"]  # a fixture
ROWS = [{"ticket_id": "T-1", "note": "\x1b[31mred\u202e\nnext", "_status": "SUCCESS"}, {"ticket_id": "T-2" * 40}]


@pytest.fixture(autouse=True)
def shown(stack: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stack:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(showing, "account_of", lambda _: stack)
    monkeypatch.setenv("COLUMNS", "100")

    def get(batch: str, _: Any, sample_rows: int = 0, download_link: bool = False) -> Any:
        stack.given.append((batch, sample_rows, download_link))
        rows = {"sample_rows": ROWS[:sample_rows]} if sample_rows else {}
        return stack.results | rows | ({"download_url": "https://link"} if download_link else {})

    monkeypatch.setattr(outcome, "get_batch_results", get)
    return stack


def test_verdict_and_rows_are_on_stdout_and_what_is_next_is_not(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("results", "@last", "--rows", 2, "--link", "--stack", "batch-processor-dev") == 3
    assert stack.given == [("@last", 2, True)]
    printed = capsys.readouterr()
    assert printed.out.startswith("54 OF 2,000 ROWS FAILED, 1,946 ANSWERED")
    assert f"output   {shapes.OUTPUT}\n" in printed.out
    assert "link     https://link\n" in printed.out
    assert "Rows 1 to 2 of 2,000 rows" in printed.out
    # Nothing that a cell says reaches the terminal as more than text on its line.
    assert "\ufffd[31mred\ufffd⏎next" in printed.out
    assert "T-2" * 9 + "T-…" in printed.out
    assert "Next:\n  batchctl retry tickets-20261121 --stack batch-processor-dev\n" in printed.err


def test_rows_that_do_not_fit_beside_each_other_come_below(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert exit_code("results", "@last", "--rows", 2) == 3
    printed = capsys.readouterr().out
    assert "Row 1 of 2,000 rows" in printed
    assert "Row 2 of 2,000 rows" in printed


def test_csv_that_is_not_here_is_fetched_by_what_is_next(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    stack.results = shapes.results(status="SUCCEEDED", rows_failed=0, next_steps=["batchctl rows tickets-20261121"])
    assert exit_code("results", "@last") == 0
    fetch = "  batchctl results tickets-20261121 --download .\n"
    assert f"Next:\n{fetch}  batchctl rows tickets-20261121\n" in capsys.readouterr().err
    assert exit_code("results", "@last", "--download", ".") == 0
    assert fetch not in capsys.readouterr().err


def test_download_tells_where_it_is(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("results", "tickets", "--download", "here", "--json", "output_path") == 3
    assert json.loads(capsys.readouterr().out) == {"output_path": "here/tickets-20261121.csv"}
    assert Path("here/tickets-20261121.csv").read_bytes() == OUTPUT


def test_download_into_a_file_is_wrong_usage(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine").write_text("mine")
    assert exit_code("results", "tickets", "--download", "mine") == 2
    assert "--download: mine is a file" in capsys.readouterr().err
    assert stack.given == []


@pytest.mark.parametrize(
    ("status", "told", "code"),
    [
        ("RUNNING", "RUNNING: 2,000 of 2,000 rows so far", 0),
        ("PARTIAL", "ENDED EARLY: 1,946 of 2,000 rows answered", 4),
    ],
)
def test_batch_that_has_not_come_to_its_end(
    stack: Stack, status: str, told: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.results = shapes.results(status=status, output_csv_uri=None, summary_uri=None)
    assert exit_code("results", "tickets") == code
    assert capsys.readouterr().out.startswith(told)
