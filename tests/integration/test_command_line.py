"""`batchctl` as a user types it, from a CSV and an agent's name to the CSV with the answers."""

import csv
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from batchctl.demo.job import EXAMPLES
from batchctl.local import connection
from batchctl.local.foreground import shell_variables
from batchctl.local.stack import LocalStack
from batchctl.registry.seed import seed
from tests.cli.command_line import exit_code

pytestmark = pytest.mark.skipif("BATCH_STACK_NAMES" in os.environ, reason="is about the local stack, found by itself")
TICKETS = EXAMPLES / "tickets.csv"
AGENT = ("--agent", "ticket_triage", "--no-input")
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(
    local_stack: LocalStack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Types a command in an empty folder, of a shell that knows no stack; what it ends with and prints."""
    seed(local_stack, print)
    monkeypatch.setattr(connection, "FILE", tmp_path / "connection" / "environment.sh")
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = exit_code(*words)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    with connection.published(shell_variables(local_stack)):
        yield run


def rows_of(path: str) -> list[dict[str, str]]:
    with Path(path.strip()).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def test_trial_then_the_whole_of_a_csv_by_an_agents_name_alone(typed: Typed) -> None:
    code, out, err = typed("run", TICKETS, *AGENT, "--max-rows", 20)
    assert code == 0, err
    assert len([row for row in rows_of(out) if row["_status"] == "SUCCESS"]) == 20
    assert "ALL 20 ROWS ANSWERED" in err
    assert f"Next:\n  batchctl run {TICKETS} --agent ticket_triage\n" in err

    code, out, err = typed("run", TICKETS, *AGENT, "--json")
    document = json.loads(out)
    assert code == 3, err
    assert document["status"] == "COMPLETED_WITH_ERRORS"
    rows = rows_of(document["output_path"])
    assert len(rows) == document["rows_total"] == 206
    assert sum(row["_status"] != "SUCCESS" for row in rows) == document["rows_failed"]
    assert all(row["category"] for row in rows if row["_status"] == "SUCCESS")
    assert f"{document['rows_failed']} OF 206 ROWS FAILED" in err

    # All that is told of it later is the same.
    for command in ("watch", "results"):
        later, out, _ = typed(command, document["batch"], "--json", "rows_failed,status")
        told = {"status": "COMPLETED_WITH_ERRORS", "rows_failed": document["rows_failed"]}
        assert (later, json.loads(out)) == (3, told)


def test_batch_without_rows_is_done(typed: Typed) -> None:
    Path("none.csv").write_text("ticket_id,description\n")
    code, out, err = typed("run", "none.csv", *AGENT)
    assert (code, rows_of(out)) == (0, [])
    assert "NO ROWS: the CSV has none below its header" in err
