"""Objects put together of bytes and of other objects."""

import random
from collections.abc import Sequence
from typing import Any

import moto.s3.models
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batch_processor.aws import joined_object, s3
from batch_processor.aws.client import client
from batch_processor.aws.joined_object import JoinedObject, is_ours
from batch_processor.errors import BatchProcessorError, SourceUnavailable, StorageUnavailable
from tests.functional.account import DATA, RESULTS, answering, get, keys, open_uploads, put
from tests.functional.s3_calls import calls_of

MEBIBYTE = 1024 * 1024
OWNER = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night"


def source(number: int, size: int) -> tuple[s3.PinnedObject, bytes]:
    """An object of so many bytes, which are like no other's."""
    body = random.Random(number).randbytes(size)
    put(f"source-{number}", body)
    return s3.pin(DATA, f"source-{number}"), body


def joined(pieces: Sequence[bytes | s3.PinnedObject], expected_bytes: int = 0, **options: Any) -> bytes:
    """The object that the pieces make."""
    with JoinedObject(RESULTS, "out.csv", "text/csv; charset=utf-8", OWNER, expected_bytes, **options) as target:
        for piece in pieces:
            if isinstance(piece, bytes):
                target.write(piece)
            else:
                target.append(piece)
        target.publish()
    return get("out.csv", RESULTS)


def test_large_object_is_copied_and_not_read() -> None:
    pinned, body = source(1, 7 * MEBIBYTE)
    with calls_of("GetObject") as read, calls_of("UploadPartCopy") as copied:
        assert joined([pinned]) == body
    assert [call["Key"] for call in read] == ["out.csv"]
    assert [(call["CopySourceRange"], call["CopySourceIfMatch"]) for call in copied] == [
        (f"bytes=0-{7 * MEBIBYTE - 1}", pinned.etag)
    ]


def test_only_what_fills_up_the_part_before_it_is_read_of_a_large_object() -> None:
    pinned, body = source(1, 12 * MEBIBYTE)
    with calls_of("GetObject") as read, calls_of("UploadPartCopy") as copied:
        assert joined([b"name,email\r\n", pinned]) == b"name,email\r\n" + body
    filling = 5 * MEBIBYTE - 12
    assert [call["Range"] for call in read if call["Key"] == "source-1"] == [f"bytes=0-{filling - 1}"]
    assert [call["CopySourceRange"] for call in copied] == [f"bytes={filling}-{12 * MEBIBYTE - 1}"]


def test_object_that_would_leave_too_small_a_part_is_read() -> None:
    pinned, body = source(1, 6 * MEBIBYTE)
    with calls_of("UploadPartCopy") as copied:
        assert joined([b"name,email\r\n", pinned, b"last\r\n"]) == b"name,email\r\n" + body + b"last\r\n"
    assert copied == []


def test_small_and_large_pieces_make_one_object_in_their_order() -> None:
    sizes = [10, 6 * MEBIBYTE, 5 * MEBIBYTE, 3, 20 * MEBIBYTE, 4 * MEBIBYTE, 0, 9 * MEBIBYTE]
    pinned, bodies = zip(*(source(number, size) for number, size in enumerate(sizes)), strict=True)
    with calls_of("UploadPartCopy") as copied:
        assert joined(pinned) == b"".join(bodies)
    assert len(copied) == 3
    assert open_uploads(RESULTS) == []
    head = client("s3").head_object(Bucket=RESULTS, Key="out.csv")
    assert (head["ContentType"], is_ours(RESULTS, "out.csv", OWNER)) == ("text/csv; charset=utf-8", True)


def test_parts_grow_with_what_is_expected() -> None:
    expected = 4_500 * 20 * MEBIBYTE
    pinned, body = source(1, 12 * MEBIBYTE)
    with calls_of("UploadPart") as uploaded, calls_of("UploadPartCopy") as copied:
        joined([body, body, pinned], expected)
    assert [len(call["Body"]) // MEBIBYTE for call in uploaded] == [24, 12]
    assert copied == []


def test_object_larger_than_one_copy_may_be_is_copied_in_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joined_object, "_MOST_COPIED_BYTES", 10 * MEBIBYTE)
    pinned, body = source(1, 21 * MEBIBYTE)
    with calls_of("UploadPartCopy") as copied:
        assert joined([pinned]) == body
    assert len(copied) == 3


LEAST, MOST_PIECES, MOST_PARTS = 50, 45, 100


@pytest.fixture
def small_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes for mebibytes, and 100 parts for 10,000."""
    monkeypatch.setattr(moto.s3.models, "S3_UPLOAD_PART_MIN_SIZE", LEAST)
    monkeypatch.setattr(joined_object, "LEAST_PART_BYTES", LEAST)
    monkeypatch.setattr(joined_object, "PART_BYTES", 80)
    monkeypatch.setattr(joined_object, "_MOST_PIECES", MOST_PIECES)


@pytest.mark.usefixtures("small_scale")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.integers(0, 300), st.just(LEAST), st.just(LEAST * 2), st.just(7_000)), max_size=120))
def test_any_sequence_of_objects_fits_the_number_of_parts(sizes: list[int]) -> None:
    pinned, bodies = [], []
    for size in sizes:
        if f"source-{size}" not in keys(DATA):
            source(size, size)
        pinned.append(s3.pin(DATA, f"source-{size}"))
        bodies.append(random.Random(size).randbytes(size))
    with calls_of("UploadPart") as uploaded, calls_of("UploadPartCopy") as copied:
        assert joined(pinned, sum(sizes), overwrite=True) == b"".join(bodies)
    assert len(uploaded) + len(copied) <= MOST_PARTS


def test_error_after_a_copy_leaves_nothing() -> None:
    pinned, _ = source(1, 7 * MEBIBYTE)
    with answering("UploadPart", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        joined([pinned, b"x" * 9 * MEBIBYTE])
    assert (keys(RESULTS), open_uploads(RESULTS)) == ([], [])


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [(503, "SlowDown", StorageUnavailable), (403, "AccessDenied", SourceUnavailable)],
)
def test_copy_that_s3_refuses_leaves_nothing(status: int, code: str, error: type[Exception]) -> None:
    pinned, _ = source(1, 7 * MEBIBYTE)
    with answering("UploadPartCopy", status, code), pytest.raises(error, match=r"^Copying s3://data/source-1: "):
        joined([pinned])
    assert (keys(RESULTS), open_uploads(RESULTS)) == ([], [])


@pytest.mark.parametrize(
    ("refused", "size", "before"),
    [
        ("GetObject", 10, []),
        ("GetObject", 7 * MEBIBYTE, [b"name,email\r\n"]),
        ("UploadPartCopy", 7 * MEBIBYTE, []),
        ("UploadPartCopy", 12 * MEBIBYTE, [b"name,email\r\n"]),
    ],
)
def test_part_that_was_written_anew_meanwhile_is_worth_another_attempt(
    refused: str, size: int, before: list[bytes]
) -> None:
    # A salvage may write it at the same moment; the input, which nobody may change, is read elsewhere.
    pinned, _ = source(1, size)
    with (
        answering(refused, 412, "PreconditionFailed"),
        pytest.raises(StorageUnavailable, match=r"^s3://data/source-1 was written anew while it was read\.$"),
    ):
        joined([*before, pinned])
    assert (keys(RESULTS), open_uploads(RESULTS)) == ([], [])


@pytest.mark.parametrize("size", [10, 6 * MEBIBYTE])
def test_object_of_another_batch_is_never_overwritten(size: int) -> None:
    put("out.csv", b"theirs", RESULTS)
    with pytest.raises(BatchProcessorError, match="another object has this name, and nothing is overwritten"):
        joined([source(1, size)[0]])
    assert get("out.csv", RESULTS) == b"theirs"
    assert open_uploads(RESULTS) == []


@pytest.mark.parametrize("size", [10, 6 * MEBIBYTE])
def test_object_may_be_replaced_where_it_is_said_so(size: int) -> None:
    put("out.csv", b"older", RESULTS)
    pinned, body = source(1, size)
    assert joined([pinned], overwrite=True) == body


def test_owner_of_an_object_is_known() -> None:
    assert is_ours(RESULTS, "out.csv", OWNER) is None
    joined([b"x"])
    assert is_ours(RESULTS, "out.csv", OWNER) is True
    assert is_ours(RESULTS, "out.csv", f"{OWNER}-münchen") is False
    put("other.csv", b"x", RESULTS)
    assert is_ours(RESULTS, "other.csv", OWNER) is False
    with answering("HeadObject", 403, "AccessDenied"):
        assert is_ours(RESULTS, "out.csv", OWNER) is None
    with answering("HeadObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        is_ours(RESULTS, "out.csv", OWNER)
