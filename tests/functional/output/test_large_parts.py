"""Parts beyond the least that S3 takes as a part of an upload, and what joining refuses."""

from typing import Any

import pytest

from batch_processor.aws.joined_object import JoinedObject
from batch_processor.contract import RowRange
from batch_processor.errors import RowCountMismatch, SourceUnavailable
from batch_processor.output import parts
from batch_processor.results.tally import Tally
from tests.functional.account import DATA, RESULTS, answering, keys, open_uploads
from tests.functional.large_batches import LargeBatch, table_of
from tests.functional.s3_calls import calls_of
from tests.unit.plans import NO_DEADLINE

MEBIBYTE = 1024 * 1024
HEADER = b"name,email,category,score,_status,_error_message,_timestamp,_execution_time_ms\r\n"


@pytest.fixture
def batch() -> LargeBatch:
    """Twelve rows of a MiB each, in row batches of which one left no part."""
    large = LargeBatch(b"name,email\n" + b"".join(b"n%d,%s\n" % (row, b"y" * MEBIBYTE) for row in range(1, 13)))
    large.finish(1, 6)
    large.finish(8, 12)
    return large


def test_large_parts_are_copied_by_s3_and_come_out_as_they_are(batch: LargeBatch) -> None:
    with calls_of("UploadPartCopy") as copied, calls_of("GetObject") as read:
        summary = batch.join()
    written = batch.output()
    assert written.startswith(HEADER + batch.part(1, 6))
    assert written.endswith(batch.part(8, 12))
    assert [row[0] for row in table_of(written)[1:]] == [f"n{row}" for row in range(1, 13)]
    assert (summary["rows_succeeded"], summary["rows_not_run"]) == (11, 1)
    assert [call["CopySource"] for call in copied] == [f"{DATA}/{batch.part_key(8, 12)}"]
    of_last_part = [call["Range"] for call in read if call["Key"] == batch.part_key(8, 12)]
    assert len(of_last_part) <= 1


def test_error_after_a_part_was_copied_leaves_nothing(batch: LargeBatch) -> None:
    with answering("CompleteMultipartUpload", 403, "AccessDenied"), pytest.raises(SourceUnavailable):
        batch.join()
    assert (keys(RESULTS), open_uploads(RESULTS)) == ([], [])


def test_large_part_that_is_gone_leaves_no_output(batch: LargeBatch) -> None:
    with (
        answering("UploadPartCopy", 404, "NoSuchKey"),
        pytest.raises(SourceUnavailable, match=r"^Copying s3://data/work"),
    ):
        batch.join()
    assert (keys(RESULTS), open_uploads(RESULTS)) == ([], [])


@pytest.mark.parametrize("ranges", [[(1, 6)], [(1, 6), (7, 12), (12, 12)]])
def test_other_rows_than_the_batch_has_are_no_output(batch: LargeBatch, ranges: list[tuple[int, int]]) -> None:
    pieces: Any = [RowRange(first=first, last=last) for first, last in ranges]
    with JoinedObject(DATA, "out.csv", parts.CSV, "owner") as target, pytest.raises(RowCountMismatch) as caught:
        parts.join(batch.plan, batch.loaded, RowRange(first=1, last=12), pieces, target, Tally(), NO_DEADLINE)
    found = sum(last - first + 1 for first, last in ranges)
    assert str(caught.value) == f"There are 12 rows, their parts and the table have {found}. No output was written."
    assert "out.csv" not in keys(DATA)
