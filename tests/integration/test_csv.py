"""CSVs of every kind go through the deployed stack: no cell changes, no row is lost, the order stays."""

import codecs
import csv
import io
import random
import uuid
from typing import Any, Literal

import pytest
from botocore.exceptions import ClientError

from tests.batch_run import BatchError, BatchRun
from tests.integration.batches import Batches, behaviours, to_csv, wait_until

TRICKY = [
    "", " ", "  padded  ", "007", "1.10", "1e5", "NA", "null", "12345678901234567890123", "-0", "+44 20 7946 0000",
    'say "hi"', "a,b", "a;b|c\td", "line\nbreak", "line\r\nbreak", "line\rbreak", "back\\slash", "\\", "'quoted'",
    "=1+1", "@cmd", "-2+3", "\ttab", "Ünïcödé", "日本語", "👩‍👩‍👧", "\u200b", "\ufeff", "\x00", "\x1f", "\u2028",
    "{% $x %}", "${y}", "{{z}}", "$.a", "<b>&amp;</b>", "x" * 5000,
]  # fmt: skip


def _table(seed: int, rows: int = 40) -> list[list[str]]:
    source = random.Random(seed)
    header = ["text", "", "dup", "dup", "ümlaut ", 'quo"te', "with,comma", "new\nline"]
    return [header, *([source.choice(TRICKY) for _ in header] for _ in range(rows))]


def _write(table: list[list[str]], delimiter: str, line_end: str) -> str:
    text = io.StringIO(newline="")
    # The writer quotes a cell with a line end only if it is its own; quotes around all make every line end safe.
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(table)
    return text.getvalue()


@pytest.mark.parametrize(
    ("delimiter", "line_end", "encoding", "declared"),
    [
        (",", "\r\n", "utf-8", {}),
        (",", "\n", "utf-8-sig", {}),
        (",", "\r", "utf-8", {}),
        (";", "\r\n", "utf-8", {"encoding_certain": True}),  # a row begins with a cell that is a byte order mark
        ("\t", "\n", "utf-16", {}),
        ("|", "\r\n", "utf-8", {"delimiter": "pipe", "encoding_certain": True}),
        ("^", "\n", "utf-16-le", {"delimiter": "^", "encoding": "utf-16-le"}),
    ],
)
def test_every_cell_comes_back_unchanged(
    batches: Batches, delimiter: str, line_end: str, encoding: str, declared: dict[str, Any]
) -> None:
    table = _table(seed=ord(delimiter))
    changes: dict[str, Any] = {"csv_format": declared} if declared else {}
    outcome = batches.run(_write(table, delimiter, line_end).encode(encoding), **changes)
    width = len(table[0])
    assert [row[:width] for row in outcome.table] == table
    assert outcome.summary["row_count"] == len(table) - 1
    assert outcome.column("length") == [str(len(row[0])) for row in table[1:]]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_declared_single_byte_encoding_is_read(batches: Batches, encoding: str) -> None:
    outcome = batches.run("text\nGrün – £5\n".replace("–", "-").encode(encoding), csv_format={"encoding": encoding})
    assert outcome.column("echo") == ["Grün - £5"]


def test_cell_of_megabytes_passes_by_the_target(batches: Batches) -> None:
    big = "y" * 3_000_000
    outcome = batches.run(to_csv(("text", "attachment"), ("a", big), ("b", "")))
    assert outcome.column("attachment") == [big, ""]
    assert outcome.column("echo") == ["a", "b"]


def test_row_that_is_too_large_to_send_fails_alone(batches: Batches) -> None:
    outcome = batches.run(to_csv(("text",), ("y" * 300_000,), ("b",)))
    assert outcome.column("_status") == ["FAILED", "SUCCESS"]
    assert outcome.rows[0]["_error_message"].startswith("RowTooLarge: Line 2: ")
    assert outcome.column("text") == ["y" * 300_000, "b"]


def test_ragged_rows_fail_with_all_their_cells_and_the_others_go_on(batches: Batches) -> None:
    outcome = batches.run(b'text,b,c\n1,2\n1,2,3\n1,2,3,4,"5,\n6"\n\n7,8,9\n')
    assert outcome.table[0][-1] == "_surplus_cells"
    assert [row["_status"] for row in outcome.rows] == ["FAILED", "SUCCESS", "FAILED", "SUCCESS"]
    assert [row["_surplus_cells"] for row in outcome.rows] == ["", "", '["4", "5,\\n6"]', ""]
    assert outcome.rows[0]["_error_message"] == (
        "RaggedRow: Line 2 has 2 cells, the header has 3 (guessed delimiter: 'comma'; "
        "csv_format.delimiter declares another); csv_format.ragged 'pad' would add empty ones."
    )
    assert [(row["text"], row["b"], row["c"]) for row in outcome.rows] == [
        ("1", "2", ""), ("1", "2", "3"), ("1", "2", "3"), ("7", "8", "9"),
    ]  # fmt: skip
    assert outcome.summary["blank_lines_skipped"] == 1


def test_header_only_gives_a_header_only(batches: Batches) -> None:
    outcome = batches.run(b"text\n")
    assert len(outcome.table) == 1
    assert outcome.summary["status"] == "SUCCEEDED"


def test_one_row_is_a_batch(batches: Batches) -> None:
    assert batches.run(b"text\nonly").column("echo") == ["only"]


@pytest.mark.before_modes
@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        (b"", "InvalidCsv", "is empty; the first line must be a header"),
        (codecs.BOM_UTF16_LE + b"t\x00\x00\xd8x\x00", "InvalidCsv", r"Line 1, column 2: "),
        (b"other\nx\n", "InvalidConfiguration", r"csv_column: the CSV has no column 'text'"),
        (b"text,text\nx,y\n", "InvalidConfiguration", r"say which one: 'text#1', 'text#2'"),
        (
            b"text,echo\nx,y\n",
            "InvalidConfiguration",
            r"structured_output_fields/0: the CSV has a column 'echo' already",
        ),
        (b"text,_status\nx,y\n", "InvalidConfiguration", r"the CSV has a column '_status' already"),
    ],
)
def test_bad_header_is_refused_before_anything_is_called(
    batches: Batches, body: bytes, error: str, message: str
) -> None:
    run = _refused(batches, body, error, message)
    # Nobody has chosen a mode.
    assert not any(_entered(batches, run, state) for state in ("LoadCSVData", "ChooseMapMode"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"text\nok\nna\xefve\n", r"Line 3, column 3: the bytes ef"),
        (b'text\n"open\nnever closed', r"Line 2: a quoted cell is opened and never closed"),
        (b'text\n"a"b\n', r"Line 2: a closing quote is followed by more text"),
    ],
)
def test_bad_csv_is_refused_before_anything_is_called(batches: Batches, body: bytes, message: str) -> None:
    run = _refused(batches, body, "InvalidCsv", message)
    assert not any(event["type"] == "MapStateEntered" for event in batches.events(run))


def _refused(batches: Batches, body: bytes, error: str, message: str) -> BatchRun:
    run = batches.start(batches.config(body))
    with pytest.raises(BatchError, match=rf"Batch\.{error}\n(.|\n)*{message}"):
        run.wait()
    return run


def _entered(batches: Batches, run: BatchRun, state: str) -> bool:
    events = (event.get("stateEnteredEventDetails", {}) for event in batches.events(run))
    return any(details.get("name") == state for details in events)


def test_input_in_a_bucket_without_versions_may_change_while_the_batch_runs(batches: Batches) -> None:
    other = f"batch-example-{uuid.uuid4().hex}"
    batches.s3.create_bucket(Bucket=other)
    batches.s3.put_object(Bucket=other, Key="in/put.csv", Body=behaviours("echo", "wait", "echo"))
    config = batches.config(b"text\n", csv_s3_uri=f"s3://{other}/in/put.csv", output_s3_prefix=f"s3://{other}/out")
    run = batches.start(config)
    wait_until(lambda: run.look() == 2)
    batches.s3.put_object(Bucket=other, Key="in/put.csv", Body=b"text\nsomething else\n")
    outcome = batches.outcome(run.wait())
    assert outcome.column("echo") == ["text 1", "text 2", "text 3"]
    assert outcome.summary["csv_location"].startswith(f"s3://{other}/out/put-")


def test_csv_that_is_deleted_while_the_batch_runs_is_needed_no_more(batches: Batches) -> None:
    config = batches.config(behaviours("echo", "wait", "echo"))
    run = batches.start(config)
    wait_until(lambda: run.look() == 2)
    key = config["csv_s3_uri"].partition(f"{batches.bucket}/")[2]
    versions = batches.s3.list_object_versions(Bucket=batches.bucket, Prefix=key)["Versions"]
    for version in versions:
        batches.s3.delete_object(Bucket=batches.bucket, Key=key, VersionId=version["VersionId"])
    outcome = batches.outcome(run.wait())
    assert outcome.column("echo") == outcome.column("text") == ["text 1", "text 2", "text 3"]


@pytest.mark.before_modes
def test_copy_of_an_object_that_has_changed_is_refused(batches: Batches) -> None:
    etag = batches.s3.put_object(Bucket=batches.bucket, Key="work/a", Body=b"a")["ETag"]
    batches.s3.put_object(Bucket=batches.bucket, Key="work/a", Body=b"b")
    source = {"Bucket": batches.bucket, "Key": "work/a"}
    with pytest.raises(ClientError, match="PreconditionFailed"):
        batches.s3.copy_object(Bucket=batches.bucket, Key="work/b", CopySource=source, CopySourceIfMatch=etag)


def test_file_of_many_megabytes_is_read_in_pieces(batches: Batches) -> None:
    rows = [(f"text {number}", str(number) * 600_000) for number in range(40)]
    outcome = batches.run(to_csv(("text", "big"), *rows))
    assert [tuple(row[:2]) for row in outcome.table[1:]] == rows
    assert set(outcome.column("_status")) == {"SUCCESS"}


@pytest.mark.inline
def test_too_many_rows_for_one_execution_are_refused_with_the_limit_named(batches: Batches) -> None:
    run = batches.start(batches.config(b"text\n" + b"x\n" * 1200, map_mode="inline"))
    with pytest.raises(
        BatchError, match=r"Batch\.BatchTooLarge\n1,200 rows; an execution's history holds 1,117 .*row batches"
    ):
        run.wait()
