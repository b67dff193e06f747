"""The work folder's files of rows: written as a stream, read back by range."""

import json
import struct
from typing import Any

import pytest

from batch_processor.aws.s3 import READ_BYTES
from batch_processor.contract import Location, RowRange
from batch_processor.csv_file.records import Record
from batch_processor.errors import InvalidCsv, SourceUnavailable, StorageUnavailable
from batch_processor.loading import row_files
from batch_processor.loading.row_fitness import RowFitness
from batch_processor.loading.row_lines import RowLines, RowsFound
from tests.functional.account import DATA, answering, get, keys, losing_the_answer, open_uploads, put
from tests.unit.plans import NO_DEADLINE, PAD_ADDS, csv_of, make_plan

MEBIBYTE = 1024 * 1024
WORK = Location(bucket=DATA, prefix="work/night-1a2b3c4d/")
NAME = {"fields": [{"field": "name", "column": "name"}], "columns": {"name": 0}}
NAMES = ("originals.csv", "originals.index", "rows.jsonl")
PEOPLE = 'name,email\nAna,a@x.org\n"Ç\na",é@x.org\n\nBo\nCy,c@x.org,1\n,\n'


def write(content: str, **sections: Any) -> RowsFound:
    plan = make_plan(**sections)
    return row_files.write_rows(RowLines(csv_of(content), plan, RowFitness(plan)), WORK, NO_DEADLINE)


def file(name: str) -> bytes:
    return get(f"{WORK['prefix']}{name}")


def cells(first: int, last: int) -> list[list[str]]:
    return [record.cells for record in row_files.originals(WORK, RowRange(first=first, last=last))]


def test_rows_are_written_with_all_their_cells_and_where_they_are() -> None:
    found = write(PEOPLE)
    lines = file("rows.jsonl").decode().split("\n")
    assert [json.loads(line) for line in lines[:-1]] == [
        {"index": 1, "row": {"email": "a@x.org"}},
        {"index": 2, "row": {"email": "é@x.org"}},
        {
            "index": 3,
            "row": {},
            "problem": {
                "error": "RaggedRow",
                "message": f"Line 6 has 1 cell, the header has 2{PAD_ADDS}",
            },
        },
        {"index": 4, "row": {}, "problem": {"error": "RaggedRow", "message": "Line 7 has 3 cells, the header has 2."}},
        {
            "index": 5,
            "row": {},
            "problem": {"error": "EmptyRow", "message": "Line 8: all cells are empty, so there is nothing to send."},
        },
    ]
    assert lines[-1] == ""
    originals = file("originals.csv")
    assert originals == 'Ana,a@x.org\r\n"Ç\na",é@x.org\r\nBo\r\nCy,c@x.org,1\r\n,\r\n'.encode()
    assert struct.unpack("<6Q", file("originals.index")) == (0, 13, 30, 34, 48, 51)
    assert found == RowsFound(5, len(file("rows.jsonl")), blank_lines=1, surplus_cells=True)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (1, 1, [["Ana", "a@x.org"]]),
        (2, 4, [["Ç\na", "é@x.org"], ["Bo"], ["Cy", "c@x.org", "1"]]),
        (5, 5, [["", ""]]),
        (1, 0, []),
    ],
)
def test_originals_of_a_range_come_back(first: int, last: int, expected: list[list[str]]) -> None:
    write(PEOPLE)
    assert cells(first, last) == expected


def test_line_of_an_original_is_not_known() -> None:
    write(PEOPLE)
    assert list(row_files.originals(WORK, RowRange(first=1, last=1))) == [Record(0, ["Ana", "a@x.org"])]


def test_header_alone_makes_files_without_rows() -> None:
    assert write("name,email\n") == RowsFound(0, 0)
    assert [file(name) for name in NAMES] == [b"", b"\0" * 8, b""]


def test_rows_of_several_parts_are_written_whole_and_read_by_range() -> None:
    note = "é" * 30_000
    count = 2 * READ_BYTES // len(note.encode()) + 10
    rows = [[f"{index}{note}", f"{index}@x.org"] for index in range(1, count + 1)]
    found = write("name,email\n" + "".join(f"{','.join(row)}\n" for row in rows), input=NAME)
    assert (found.row_count, found.line_bytes) == (count, len(file("rows.jsonl")))
    assert len(file("originals.csv")) > 2 * READ_BYTES
    assert cells(1, count) == rows
    assert cells(count - 1, count) == rows[-2:]
    assert [json.loads(line)["row"]["name"] for line in file("rows.jsonl").splitlines()] == [row[0] for row in rows]
    assert open_uploads(DATA) == []


def test_repeated_run_replaces_what_it_finds() -> None:
    write(PEOPLE)
    write("name,email\nBo,b@x.org\n")
    assert cells(1, 1) == [["Bo", "b@x.org"]]
    assert keys(DATA) == [f"{WORK['prefix']}{name}" for name in NAMES]


@pytest.mark.parametrize("rows", [1, 60])
def test_error_in_the_last_row_leaves_no_files(rows: int) -> None:
    large = f"{'x' * (MEBIBYTE // 4)},a@x.org\n"
    with pytest.raises(InvalidCsv, match=rf"^Line {rows + 2}: a quoted cell is opened and never closed"):
        write("name,email\n" + large * rows + '"oops')
    assert keys(DATA) == []
    assert open_uploads(DATA) == []


def test_files_of_an_earlier_attempt_stand_until_all_are_written_anew() -> None:
    write(PEOPLE)
    with answering("PutObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        write("name,email\nBo,b@x.org\n")
    assert cells(1, 1) == [["Ana", "a@x.org"]]


@pytest.mark.parametrize("operation", ["PutObject", "CompleteMultipartUpload"])
def test_file_whose_publication_was_not_answered_stands(operation: str) -> None:
    count = 1 if operation == "PutObject" else 30
    with losing_the_answer(operation):
        write("name,email\n" + f"{'x' * (MEBIBYTE // 4)},a@x.org\n" * count)
    assert len(cells(1, count)) == count


def test_originals_that_are_gone_are_told() -> None:
    with pytest.raises(SourceUnavailable, match=r"originals\.index: there is no such object"):
        cells(1, 1)


def test_originals_that_change_while_they_are_read_are_told() -> None:
    write("name,email\n" + f"{'x' * (MEBIBYTE // 4)},a@x.org\n" * 60)
    records = row_files.originals(WORK, RowRange(first=1, last=60))
    next(records)
    put(f"{WORK['prefix']}originals.csv", b"another\r\n")
    with pytest.raises(SourceUnavailable, match="has changed since it was pinned"):
        list(records)
