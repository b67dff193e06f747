"""Making new objects, as the handlers rely on it."""

import hashlib
import io

import pytest

from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable
from tests.functional.account import (
    RESULTS,
    answering,
    get,
    keys,
    losing_the_answer,
    open_uploads,
    put,
)
from tests.functional.aws.objects import LARGE, MEBIBYTE, OWNER, fail_while_writing, write


@pytest.mark.parametrize("body", [b"", b"a,b\r\n", LARGE], ids=["empty", "small", "several parts"])
def test_new_object_appears_complete_when_it_is_published(body: bytes) -> None:
    write(body)
    head = client("s3").head_object(Bucket=RESULTS, Key="out.csv")
    assert get("out.csv", RESULTS) == body
    assert (head["ContentType"], head["Metadata"]) == (
        "text/csv; charset=utf-8",
        {"owner": hashlib.sha256(OWNER.encode()).hexdigest()},
    )
    assert open_uploads(RESULTS) == []


def test_parts_that_end_with_the_object_are_all_of_it() -> None:
    write(LARGE[: 16 * MEBIBYTE])
    assert get("out.csv", RESULTS) == LARGE[: 16 * MEBIBYTE]


@pytest.mark.parametrize("body", [b"a,b\r\n", LARGE], ids=["small", "several parts"])
def test_new_object_that_is_not_published_leaves_nothing(body: bytes) -> None:
    write(body, publish=False)
    assert keys(RESULTS) == []
    assert open_uploads(RESULTS) == []


@pytest.mark.parametrize("body", [b"a,b\r\n", LARGE], ids=["small", "several parts"])
def test_error_while_writing_leaves_nothing_and_gets_through(body: bytes) -> None:
    target = s3.NewObject(RESULTS, "out.csv", "text/csv", OWNER)
    with pytest.raises(ValueError, match="in the middle"):
        fail_while_writing(target, io.BufferedWriter(target), body)
    assert keys(RESULTS) == []
    assert open_uploads(RESULTS) == []


@pytest.mark.parametrize(("status", "code"), [(503, "SlowDown"), (403, "AccessDenied"), (404, "NoSuchUpload")])
def test_upload_that_cannot_be_aborted_does_not_hide_the_first_error(status: int, code: str) -> None:
    target = s3.NewObject(RESULTS, "out.csv", "text/csv", OWNER)
    with (
        answering("AbortMultipartUpload", status, code) as refused,
        pytest.raises(ValueError, match="in the middle"),
    ):
        fail_while_writing(target, io.BufferedWriter(target), LARGE)
    assert refused
    assert keys(RESULTS) == []


def test_owner_need_not_be_ascii() -> None:
    for _ in range(2):
        write(b"a,b\r\n", owner=f"{OWNER}-münchen")
    with pytest.raises(BatchProcessorError, match="nothing is overwritten"):
        write(b"a,b\r\n", owner=f"{OWNER}-munchen")


def test_buffer_flushed_after_an_error_begins_no_upload() -> None:
    target = s3.NewObject(RESULTS, "out.csv", "text/csv", OWNER)
    text = io.TextIOWrapper(io.BufferedWriter(target), encoding="utf-8", newline="")
    with pytest.raises(ValueError, match="in the middle"):
        fail_while_writing(target, text, "x" * (s3.PART_BYTES - 100), "y" * 1_000)
    text.close()
    assert open_uploads(RESULTS) == []


@pytest.mark.parametrize("body", [b"", b"{}\n", LARGE], ids=["empty", "small", "several parts"])
def test_work_object_replaces_the_one_before_when_it_is_published(body: bytes) -> None:
    put("rows.jsonl", b"theirs", RESULTS)
    with s3.WorkObject(RESULTS, "rows.jsonl", "application/jsonl") as target:
        for start in range(0, len(body), MEBIBYTE):
            target.write(body[start : start + MEBIBYTE])
        assert get("rows.jsonl", RESULTS) == b"theirs"
        target.publish()
    assert get("rows.jsonl", RESULTS) == body
    assert client("s3").head_object(Bucket=RESULTS, Key="rows.jsonl")["ContentType"] == "application/jsonl"
    assert open_uploads(RESULTS) == []


@pytest.mark.parametrize("body", [b"{}\n", LARGE], ids=["small", "several parts"])
def test_work_object_that_is_not_published_leaves_the_one_before(body: bytes) -> None:
    put("rows.jsonl", b"theirs", RESULTS)
    with s3.WorkObject(RESULTS, "rows.jsonl", "application/jsonl") as target:
        target.write(body)
    assert get("rows.jsonl", RESULTS) == b"theirs"
    assert open_uploads(RESULTS) == []


@pytest.mark.parametrize("body", [b"a,b\r\n", LARGE], ids=["small", "several parts"])
def test_object_of_another_batch_is_never_overwritten(body: bytes) -> None:
    write(b"theirs", owner="another batch")
    with pytest.raises(BatchProcessorError, match="another object has this name, and nothing is overwritten"):
        write(body)
    assert get("out.csv", RESULTS) == b"theirs"
    assert open_uploads(RESULTS) == []


def test_object_without_an_owner_is_never_overwritten() -> None:
    put("out.csv", b"theirs", RESULTS)
    with pytest.raises(BatchProcessorError, match="nothing is overwritten"):
        write(b"ours")
    assert get("out.csv", RESULTS) == b"theirs"


@pytest.mark.parametrize("body", [b"a,b\r\n", LARGE], ids=["small", "several parts"])
def test_own_object_of_an_earlier_attempt_is_accepted(body: bytes) -> None:
    write(body)
    written = client("s3").head_object(Bucket=RESULTS, Key="out.csv")["LastModified"]
    write(body)
    assert get("out.csv", RESULTS) == body
    assert client("s3").head_object(Bucket=RESULTS, Key="out.csv")["LastModified"] == written
    assert open_uploads(RESULTS) == []


@pytest.mark.parametrize(
    ("operation", "body"),
    [("PutObject", b"a,b\r\n"), ("CompleteMultipartUpload", LARGE)],
    ids=["small", "several parts"],
)
def test_object_whose_publication_was_not_answered_is_accepted(operation: str, body: bytes) -> None:
    with losing_the_answer(operation):
        write(body)
    assert get("out.csv", RESULTS) == body
    assert open_uploads(RESULTS) == []


@pytest.mark.parametrize(
    ("operation", "status", "code"),
    [
        ("CreateMultipartUpload", 503, "SlowDown"),
        ("UploadPart", 500, "InternalError"),
        ("CompleteMultipartUpload", 409, "ConditionalRequestConflict"),
        ("CompleteMultipartUpload", 404, "NoSuchUpload"),
    ],
)
def test_writing_that_s3_refuses_for_now_is_worth_another_attempt(operation: str, status: int, code: str) -> None:
    with answering(operation, status, code), pytest.raises(StorageUnavailable, match=code):
        write(LARGE)
    assert keys(RESULTS) == []
    assert open_uploads(RESULTS) == []


def test_write_that_meets_another_one_is_worth_another_attempt() -> None:
    with answering("PutObject", 409, "ConditionalRequestConflict"), pytest.raises(StorageUnavailable):
        write(b"a,b\r\n")


def test_forbidden_output_is_told() -> None:
    with answering("PutObject", 403, "AccessDenied"), pytest.raises(SourceUnavailable, match="OutputBucketPattern"):
        write(b"a,b\r\n")
