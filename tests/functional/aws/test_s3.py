"""Buckets and small objects."""

import pytest

from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.errors import BatchProcessorError, StorageUnavailable
from tests.functional.account import DATA, RESULTS, answering, get


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


@pytest.mark.parametrize(("bucket", "exists"), [(RESULTS, True), ("no-such-bucket", False)])
def test_bucket_is_there_or_not(bucket: str, exists: bool) -> None:
    assert s3.bucket_exists(bucket) is exists


def test_bucket_that_may_not_be_seen_is_not_there() -> None:
    with answering("HeadBucket", 403, "AccessDenied"):
        assert not s3.bucket_exists(RESULTS)


def test_bucket_that_cannot_be_looked_for_now_is_worth_another_attempt() -> None:
    with answering("HeadBucket", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        s3.bucket_exists(RESULTS)
