"""Reading pinned objects and making new ones, as the handlers rely on it."""

import hashlib
import io
from typing import IO, Any

import pytest

from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.aws.object_stream import ObjectStream
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable
from batch_processor.results import spill
from tests.functional.account import (
    DATA,
    RESULTS,
    answering,
    breaking_while_read,
    get,
    keys,
    losing_the_answer,
    open_uploads,
    put,
)

MEBIBYTE = 1024 * 1024
LARGE = bytes(range(256)) * (20 * 4096)  # 20 MiB, so three parts
OWNER = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night"


def write(body: bytes, owner: str = OWNER, publish: bool = True, at_a_time: int = MEBIBYTE) -> None:
    with s3.NewObject(RESULTS, "out.csv", "text/csv; charset=utf-8", owner) as target:
        for start in range(0, len(body), at_a_time):
            target.write(body[start : start + at_a_time])
        if publish:
            target.publish()


def test_pinned_object_is_read_as_it_was() -> None:
    put("in.csv", b"first")
    pinned = s3.pin(DATA, "in.csv")
    put("in.csv", b"second version")
    client("s3").delete_object(Bucket=DATA, Key="in.csv")
    assert pinned.uri == "s3://data/in.csv"
    assert pinned.open().readall() == b"first"


def test_old_version_can_be_pinned_and_read() -> None:
    version_id = put("in.csv", b"first")["VersionId"]
    put("in.csv", b"second version")
    assert s3.pin(DATA, "in.csv", version_id).read_range(0, 100) == b"first"
    assert s3.read(DATA, "in.csv", version_id) == b"first"
    assert s3.read(DATA, "in.csv") == b"second version"


def test_change_is_noticed_where_there_are_no_versions() -> None:
    put("in.csv", b"first", RESULTS)
    pinned = s3.pin(RESULTS, "in.csv")
    assert pinned.version_id is None
    put("in.csv", b"other", RESULTS)
    with pytest.raises(
        SourceUnavailable, match=r"the object has changed since it was pinned\. Start the batch again\."
    ):
        pinned.read_range(0, 5)


def test_version_that_is_gone_is_noticed() -> None:
    version_id = put("in.csv", b"first")["VersionId"]
    pinned = s3.pin(DATA, "in.csv")
    client("s3").delete_object(Bucket=DATA, Key="in.csv", VersionId=version_id)
    with pytest.raises(
        SourceUnavailable, match=r"^Reading s3://data/in\.csv: there is no such object\. Check the URI\.$"
    ):
        pinned.read_range(0, 5)


def test_object_of_a_bucket_whose_versions_are_suspended_is_pinned_by_etag() -> None:
    client("s3").put_bucket_versioning(Bucket=DATA, VersioningConfiguration={"Status": "Suspended"})
    put("in.csv", b"first")
    pinned = s3.pin(DATA, "in.csv")
    assert pinned.version_id is None
    assert pinned.read_range(0, 5) == b"first"


@pytest.mark.parametrize(("bucket", "key"), [(DATA, "absent.csv"), ("no-such-bucket", "in.csv")])
def test_object_that_is_not_there_cannot_be_pinned(bucket: str, key: str) -> None:
    with pytest.raises(SourceUnavailable, match=f"^Reading s3://{bucket}/{key}: there is no such object"):
        s3.pin(bucket, key)


def test_forbidden_object_is_told_with_the_parameters_that_allow_it() -> None:
    with answering("HeadObject", 403, "AccessDenied"), pytest.raises(SourceUnavailable, match="InputBucketPattern"):
        s3.pin(DATA, "in.csv")


def test_object_of_several_parts_is_streamed_whole() -> None:
    put("in.csv", LARGE)
    assert s3.pin(DATA, "in.csv").open().readall() == LARGE


@pytest.mark.parametrize(("start", "length", "read"), [(0, 3, b"abc"), (2, 9, b"cd"), (4, 1, b""), (9, 1, b"")])
def test_range_ends_with_the_object(start: int, length: int, read: bytes) -> None:
    put("in.csv", b"abcd")
    assert s3.pin(DATA, "in.csv").read_range(start, length) == read


def test_part_of_an_object_is_streamed_from_here_to_there() -> None:
    put("in.csv", LARGE)
    start, end = 1_000, len(LARGE) - 1_000
    assert s3.pin(DATA, "in.csv").open(start, end).readall() == LARGE[start:end]


def test_stream_that_is_left_early_fetches_no_further() -> None:
    fetched: list[int] = []

    def fetch(start: int, length: int) -> bytes:
        fetched.append(start)
        return LARGE[start : start + length]

    with ObjectStream(fetch, 0, len(LARGE), MEBIBYTE) as stream:
        stream.read(10)
    assert fetched == [0, MEBIBYTE]


def test_fault_while_reading_ahead_comes_when_the_part_is_wanted() -> None:
    def fetch(start: int, length: int) -> bytes:
        if start:
            raise StorageUnavailable("Reading s3://data/in.csv: SlowDown")
        return LARGE[:length]

    with ObjectStream(fetch, 0, len(LARGE), MEBIBYTE) as stream:
        assert stream.read(MEBIBYTE) == LARGE[:MEBIBYTE]
        with pytest.raises(StorageUnavailable, match="SlowDown"):
            stream.read(1)


def test_empty_object_is_an_empty_stream() -> None:
    put("in.csv", b"")
    assert s3.pin(DATA, "in.csv").open().readall() == b""


@pytest.mark.parametrize(
    ("status", "code"), [(503, "SlowDown"), (500, "InternalError"), (400, "ThrottlingException"), (429, "TooMany")]
)
def test_throttling_that_lasts_is_worth_another_attempt(status: int, code: str) -> None:
    put("in.csv", b"abcd")
    pinned = s3.pin(DATA, "in.csv")
    with answering("GetObject", status, code) as refused, pytest.raises(StorageUnavailable, match=code):
        pinned.read_range(0, 4)
    assert len(refused) >= 4


def test_throttling_that_passes_is_not_noticed() -> None:
    put("in.csv", b"abcd")
    pinned = s3.pin(DATA, "in.csv")
    with answering("GetObject", 503, "SlowDown", times=5):
        assert pinned.read_range(0, 4) == b"abcd"


def test_connection_that_breaks_while_the_body_is_read_is_tried_again() -> None:
    put("in.csv", LARGE)
    pinned = s3.pin(DATA, "in.csv")
    with breaking_while_read(times=3) as broken:
        assert pinned.open().readall() == LARGE
    assert broken == [s3.READ_BYTES] * 3


def test_connection_that_keeps_breaking_is_worth_another_attempt_of_the_whole() -> None:
    put("in.csv", b"abcd")
    pinned = s3.pin(DATA, "in.csv")
    with breaking_while_read(times=4), pytest.raises(StorageUnavailable, match=r"^Reading s3://data/in\.csv: "):
        pinned.read_range(0, 4)


def test_any_other_refusal_is_told_as_it_is() -> None:
    with (
        answering("PutObject", 400, "EntityTooLarge"),
        pytest.raises(BatchProcessorError, match="EntityTooLarge") as caught,
    ):
        s3.write(DATA, "a.json", b"{}", "application/json")
    assert type(caught.value) is BatchProcessorError


def test_small_object_is_written_with_its_type() -> None:
    s3.write(DATA, "a.json", b"{}", "application/json")
    assert get("a.json") == b"{}"
    assert client("s3").head_object(Bucket=DATA, Key="a.json")["ContentType"] == "application/json"


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


def fail_while_writing(target: s3.NewObject, sink: IO[Any], *pieces: Any) -> None:
    with target:
        for piece in pieces:
            sink.write(piece)
        raise ValueError("in the middle")


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


@pytest.mark.parametrize(("bucket", "exists"), [(RESULTS, True), ("no-such-bucket", False)])
def test_bucket_is_there_or_not(bucket: str, exists: bool) -> None:
    assert s3.bucket_exists(bucket) is exists


def test_bucket_that_may_not_be_seen_is_not_there() -> None:
    with answering("HeadBucket", 403, "AccessDenied"):
        assert not s3.bucket_exists(RESULTS)


def test_bucket_that_cannot_be_looked_for_now_is_worth_another_attempt() -> None:
    with answering("HeadBucket", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        s3.bucket_exists(RESULTS)


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


def test_spilled_cells_come_back() -> None:
    where = {"bucket": DATA, "prefix": "work/night/"}
    spill.put_cells(where, 7, ["é\n𝄞", "", "x" * 300_000])  # type: ignore[arg-type]
    assert spill.get_cells(where, 7) == ["é\n𝄞", "", "x" * 300_000]  # type: ignore[arg-type]
    assert keys(DATA) == ["work/night/answers/7.json"]
