"""Objects as streams of their parts."""

import pytest

from batch_processor.aws import s3
from batch_processor.aws.object_stream import ObjectStream
from batch_processor.errors import StorageUnavailable
from tests.functional.account import DATA, put
from tests.functional.aws.objects import LARGE, MEBIBYTE


def test_object_of_several_parts_is_streamed_whole() -> None:
    put("in.csv", LARGE)
    assert s3.pin(DATA, "in.csv").open().readall() == LARGE


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
