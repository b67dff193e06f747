import pytest

from batch_processor.errors import BatchTooLarge, InvalidCsv, SourceUnavailable, StorageUnavailable
from batch_processor.handlers.load_csv_data import handle
from tests.functional.aws import DATA, RESULTS, answering, breaking_while_read, put
from tests.functional.batches import put_batch


def test_rows_and_what_they_allow_are_loaded() -> None:
    plan = put_batch("name,email\nAna,a@x.org\n\nBo\nÇa,ç@x.org\n".encode())
    answer = handle({"plan": plan}, None)
    assert answer["rows"] == [
        {"index": 1, "row": {"email": "a@x.org"}},
        {
            "index": 2,
            "row": {},
            "problem": {"error": "RaggedRow", "message": "Line 4 has 1 cells, the header has 2."},
        },
        {"index": 3, "row": {"email": "ç@x.org"}},
    ]
    assert answer["loaded"] == {
        "row_count": 3,
        "blank_lines": 1,
        "surplus_cells": False,
        "max_attempts": 3,
        "result_bytes": answer["loaded"]["result_bytes"],
        "message_bytes": answer["loaded"]["message_bytes"],
    }


def test_rows_are_those_of_the_pinned_version() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n")
    put("inputs/people.csv", b"name,email\nBo,b@x.org\nCy,c@x.org\n")
    assert handle({"plan": plan}, None)["rows"] == [{"index": 1, "row": {"email": "a@x.org"}}]


def test_csv_that_changed_is_refused_where_there_are_no_versions() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n", bucket=RESULTS)
    put("inputs/people.csv", b"name,email\nBob,b@x.org\n", RESULTS)
    with pytest.raises(SourceUnavailable, match="has changed since it was pinned"):
        handle({"plan": plan}, None)


def test_csv_in_its_encoding_and_with_its_delimiter_is_loaded() -> None:
    plan = put_batch("name;email\nJürgen;ü@x.org\n".encode("cp1252"), source={"encoding": "cp1252", "delimiter": ";"})
    assert handle({"plan": plan}, None)["rows"] == [{"index": 1, "row": {"email": "ü@x.org"}}]


def test_bytes_that_are_no_text_are_refused_with_their_place() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\nB\xff,b@x.org\n")
    with pytest.raises(InvalidCsv, match=r"^Line 3, column 2: the bytes ff are not utf-8"):
        handle({"plan": plan}, None)


def test_batch_beyond_the_inline_limits_is_refused() -> None:
    with pytest.raises(BatchTooLarge, match=r"^The mapped cells of the first"):
        handle({"plan": put_batch(b"name,email\n" + b"x,%b\n" % (b"y" * 100_000) * 3)}, None)


def test_connection_that_breaks_is_not_noticed() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n")
    with breaking_while_read(times=2) as broken:
        assert len(handle({"plan": plan}, None)["rows"]) == 1
    assert len(broken) == 2


def test_throttling_is_worth_another_attempt() -> None:
    plan = put_batch(b"name,email\nAna,a@x.org\n")
    with answering("GetObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        handle({"plan": plan}, None)


def test_csv_of_several_ranges_is_loaded_whole() -> None:
    rows = 20
    plan = put_batch(b"name,email\n" + b'"%b",a@x.org\n' % (b"long\n" * 100_000) * rows, bucket=DATA)
    assert plan["source"]["size_bytes"] > 9 * 1024 * 1024
    assert [row["row"] for row in handle({"plan": plan}, None)["rows"]] == [{"email": "a@x.org"}] * rows
