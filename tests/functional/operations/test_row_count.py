"""Counting the rows of CSVs in S3: at once where they are small, else started once and asked after."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from batch_processor.aws import lambda_functions
from batch_processor.operations.analysis import row_count
from batch_processor.operations.analysis.origin import origin_of
from batch_processor.operations.analysis.row_count import count_csv_rows, count_now, counted
from batch_processor.operations.analysis.structure import analyze_csv_structure
from tests.functional.account import DATA, get, keys, put
from tests.functional.operations.deployments import DEPLOYMENT

URI = "s3://data/inputs/large.csv"
COUNTING = replace(DEPLOYMENT, reading_function="read-batches")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What would be called later; every file is a large one."""
    made: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(row_count, "WHOLE_BYTES", 10)
    monkeypatch.setattr(lambda_functions, "invoke_later", lambda function, event: made.append((function, event)))
    put("inputs/large.csv", b'a,b\n1,"two\nlines"\n\n3,4\n')
    return made


def test_a_small_file_is_counted_at_once() -> None:
    put("inputs/small.csv", b"a,b\n1,2\n3,4\n")
    answer = count_csv_rows("s3://data/inputs/small.csv", COUNTING)
    assert (answer["status"], answer["row_count"]) == ("DONE", 2)


def test_a_count_is_started_once_and_asked_after(calls: list[tuple[str, dict[str, str]]]) -> None:
    assert count_csv_rows(URI, COUNTING)["status"] == "RUNNING"
    assert count_csv_rows(URI, COUNTING)["status"] == "RUNNING"
    assert calls == [("read-batches", {"name": "count_csv_rows_now", "s3_uri": URI})]
    count_now(URI, COUNTING)
    answer = count_csv_rows(URI, COUNTING)
    assert (answer["status"], answer["row_count"]) == ("DONE", 2)


def test_a_new_version_of_the_file_is_counted_anew(calls: list[tuple[str, dict[str, str]]]) -> None:
    count_now(URI, COUNTING)
    put("inputs/large.csv", b"a,b\n1,2\n3,4\n5,6\n")
    assert count_csv_rows(URI, COUNTING)["status"] == "RUNNING"
    count_now(URI, COUNTING)
    assert count_csv_rows(URI, COUNTING)["row_count"] == 3


def test_a_count_that_was_cut_off_is_started_anew(calls: list[tuple[str, dict[str, str]]]) -> None:
    count_csv_rows(URI, COUNTING)
    (key,) = [key for key in keys(DATA) if key.startswith("work/counts/")]
    began = datetime.now(UTC) - timedelta(minutes=20)
    put(key, json.dumps({**json.loads(get(key)), "started_at": began.isoformat()}).encode())
    assert count_csv_rows(URI, COUNTING)["status"] == "RUNNING"
    assert len(calls) == 2


def test_a_file_that_cannot_be_counted_is_said_so(calls: list[tuple[str, dict[str, str]]]) -> None:
    put("inputs/large.csv", b'a,b\n1,"open and never closed\n')
    count_now(URI, COUNTING)
    answer = count_csv_rows(URI, COUNTING)
    assert answer["status"] == "FAILED"
    assert "Line 2" in answer["error"]


def test_what_is_kept_has_no_cell_and_no_name_of_a_file(calls: list[tuple[str, dict[str, str]]]) -> None:
    count_now(URI, COUNTING)
    (key,) = [key for key in keys(DATA) if key.startswith("work/counts/")]
    assert {*json.loads(get(key))} == {"status", "row_count", "started_at"}


def test_without_a_function_that_counts_and_for_local_files_the_caller_waits(
    calls: list[tuple[str, dict[str, str]]], tmp_path: Path
) -> None:
    assert count_csv_rows(URI, DEPLOYMENT)["row_count"] == 2
    (tmp_path / "a.csv").write_text("a,b\n1,2\n" * 20)
    assert count_csv_rows(str(tmp_path / "a.csv"), COUNTING)["row_count"] == 39
    assert not calls


def test_progress_is_told_while_the_caller_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_count, "_TOLD_EVERY_ROWS", 2)
    (tmp_path / "a.csv").write_text("a,b\n" + "1,2\n" * 5)
    told: list[int] = []
    path = str(tmp_path / "a.csv")
    assert counted(path, origin_of(path), told.append)["row_count"] == 5
    assert told == [2, 4]


def test_analysis_reads_s3_as_it_reads_a_path() -> None:
    put("inputs/a.csv", b"id,email\n1,a@x.example\n2,b@x.example\n")
    structure = analyze_csv_structure("s3://data/inputs/a.csv")
    assert (structure["row_count"], structure["profiles"][1]["role"]) == (2, "email")
