"""Reading pinned objects, as the handlers rely on it."""

import pytest

from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.errors import SourceUnavailable, StorageUnavailable
from tests.functional.account import DATA, RESULTS, answering, breaking_while_read, put
from tests.functional.aws.objects import LARGE


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


@pytest.mark.parametrize(("start", "length", "read"), [(0, 3, b"abc"), (2, 9, b"cd"), (4, 1, b""), (9, 1, b"")])
def test_range_ends_with_the_object(start: int, length: int, read: bytes) -> None:
    put("in.csv", b"abcd")
    assert s3.pin(DATA, "in.csv").read_range(start, length) == read


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
