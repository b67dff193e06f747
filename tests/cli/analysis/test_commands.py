"""`batchctl analyze` of real files, and `batchctl estimate` with what the operation answers."""

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from batchctl.analysis import estimated
from batchctl.project import ROOT
from tests.cli.command_line import exit_code
from tests.cli.operations import Operations
from tests.cli.shapes import cost

TICKETS = ROOT / "examples" / "tickets.csv"


def test_csv_is_analyzed_without_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("analyze", TICKETS, "--rows", "1") == 0
    printed = capsys.readouterr()
    assert "tickets.csv: 206 rows, 6 columns" in printed.out
    assert "T-01001" in printed.out
    assert f"batchctl run {TICKETS} --agent NAME --max-rows 20" in printed.err


def test_analysis_as_json_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("analyze", TICKETS, "--json", "columns,row_count") == 0
    assert json.loads(capsys.readouterr().out)["row_count"] == 206


def test_file_of_another_kind_is_told_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_bytes(b"PAR1" + b"\0" * 40)
    assert exit_code("analyze", tmp_path / "a.csv") == 2
    assert exit_code("analyze", tmp_path / "b.csv") == 2
    told = capsys.readouterr().err
    assert "a Parquet file" in told
    assert "there is no file" in told


def estimate(**changes: Any) -> dict[str, Any]:
    return {
        "rows": 2000,
        "rows_are_exact": True,
        "map_mode": "distributed",
        "expected": cost(1.81, target_usd=1.2),
        "low_usd": 1.6,
        "high_usd": 2.0,
        "target_price": "registered",
        "seconds": 300.0,
        "seconds_low": 240.0,
        "seconds_high": 400.0,
        "binds": "max_concurrency 10",
        "assumptions": ["2 % of rows are tried twice"],
        "confirmation_required": False,
        "allowed": True,
        "reasons": [],
        **changes,
    }


class Stack:
    outputs = {"BucketName": "data"}  # noqa: RUF012

    def client(self, service: str) -> str:
        return service


class Deployed:
    data_bucket = "data"


@pytest.fixture
def asked(operations: Operations, monkeypatch: pytest.MonkeyPatch) -> Operations:
    monkeypatch.setattr(estimated, "account_of", lambda _: Stack())
    monkeypatch.setattr(estimated, "using", lambda _: nullcontext(Deployed()))
    made = {"config": {"csv_s3_uri": "s3://data/t.csv"}, "missing_required": []}
    operations.answer(estimated, estimate_batch_cost=estimate(), generate_batch_config=made)
    return operations


def test_cost_is_estimated_with_what_it_was_reckoned_with(
    asked: Operations, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("estimate", "s3://data/t.csv", "--agent", "ticket_triage", "--trial", "night") == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("$1.81 for 2,000 rows, $1.60 to $2.00\n")
    assert "target         $1.20, its registered price" in printed.out
    assert "about 5:00, 4:00 to 6:40" in printed.out
    assert asked.calls[-1][1][2].endswith(":night")
    assert "batchctl run s3://data/t.csv --agent ticket_triage" in printed.err


def test_configuration_is_filled_in(asked: Operations, tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    config = {
        "csv_s3_uri": "s3://${BUCKET}/inputs/t.csv",
        "target": "ticket_triage",
        "input_mapping": {"column_mappings": {"description": "ticket"}},
        "output_mapping": {"structured_output_fields": ["category"]},
    }
    path.write_text(json.dumps(config))
    assert exit_code("estimate", "--config", path, "--json") == 0
    assert asked.calls[-1][1][0] == {**config, "csv_s3_uri": "s3://data/inputs/t.csv"}


def test_file_that_cannot_be_read_is_told_without_a_table_of_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "tickets.csv"
    path.write_bytes("id;text\n1;Störung\n".encode("cp1252"))
    assert exit_code("analyze", path) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "A batch would be refused: Line 2, column 5" in printed.err
    assert "the option --encoding cp1252." in printed.err
    assert exit_code("analyze", path, "--encoding", "cp1252") == 0
    printed = capsys.readouterr()
    assert "Störung" in printed.out
    assert f"batchctl run {path} --encoding cp1252 --agent NAME" in printed.err


def test_csv_of_this_machine_is_uploaded_for_its_plan(asked: Operations, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")
    asked.answer(estimated, upload="", csv_uri=("s3://data/inputs/0f/t.csv", "0f"))
    assert exit_code("estimate", tmp_path / "t.csv", "--agent", "ticket_triage") == 0
    [uploaded] = [call for call in asked.calls if call[0] == "upload"]
    assert uploaded[1][:2] == (tmp_path / "t.csv", "data")
    assert asked.calls[-1][1][0] == {"csv_s3_uri": "s3://data/inputs/0f/t.csv"}


def test_batch_beyond_a_cap_ends_with_4(asked: Operations, capsys: pytest.CaptureFixture[str]) -> None:
    asked.answer(
        estimated, estimate_batch_cost=estimate(allowed=False, reasons=["more than MostRows"], expected=cost(1.0))
    )
    assert exit_code("estimate", "s3://data/t.csv", "--agent", "a") == 4
    printed = capsys.readouterr()
    assert "refused        more than MostRows" in printed.out
    assert "unknown: no price is registered" in printed.out


@pytest.mark.parametrize(
    "words",
    [
        "",
        "t.csv",
        "--agent x",
        "t.csv --agent x --config y.json",
        "s3://data/t.csv --config absent.json",
        "absent.csv --agent x",
    ],
)
def test_what_is_not_enough_is_told(words: str, asked: Operations) -> None:
    assert exit_code("estimate", *words.split()) == 2
    assert asked.calls == []
