"""AggregateResults of an output too large for one invocation: ranges of its rows are joined first."""

import json
from typing import Any

import pytest

from batch_processor import limits
from batch_processor.aws import s3
from batch_processor.aws.client import client
from batch_processor.batch.work_folder import joined_key, joined_prefix
from batch_processor.contract import RowRange
from batch_processor.errors import JoinedInRanges, OutOfTime, OutputTooLarge, StorageUnavailable
from batch_processor.handlers.aggregate_results import handle
from tests.functional.account import DATA, RESULTS, answering, get, keys, open_uploads, put
from tests.functional.batches import Context, as_json
from tests.functional.large_batches import LargeBatch, table_of
from tests.functional.s3_calls import calls_of
from tests.unit.plans import failure, success

CONTENT = b"name,email\n" + b"".join(b"n%d,x\n" % row for row in range(1, 13))


@pytest.fixture
def batch(monkeypatch: pytest.MonkeyPatch) -> LargeBatch:
    """Twelve rows in row batches of two, of which one left no part; an invocation joins some 300 bytes."""
    large = LargeBatch(CONTENT)
    for first in (1, 3, 7, 9, 11):
        results = [success(first, "billing", "y" * 40), failure(first + 1, "Busy", "no")]
        large.finish(first, first + 1, results)
    monkeypatch.setattr(limits, "RANGE_BYTES", 350)
    return large


def aggregate(batch: LargeBatch, context: object = None, **more: Any) -> dict[str, Any]:
    return handle(as_json({"plan": batch.plan, "loaded": batch.loaded, "results": [], **more}), context)


def joined(batch: LargeBatch) -> list[RowRange]:
    """Joins the ranges as the machine does."""
    with pytest.raises(JoinedInRanges):
        aggregate(batch)
    ranges: list[RowRange] = aggregate(batch, cut=True)["ranges"]
    for rows in ranges:
        assert aggregate(batch, range=rows) == rows
    return ranges


def test_output_joined_in_two_levels_is_that_of_one(batch: LargeBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    ranges = joined(batch)
    assert len(ranges) > 1
    assert (ranges[0]["first"], ranges[-1]["last"]) == (1, 12)
    assert keys(RESULTS) == []
    two = aggregate(batch, loaded={**batch.loaded, "joined": ranges})
    written = batch.output()
    client("s3").delete_object(Bucket=RESULTS, Key=batch.plan["output"]["key"])
    monkeypatch.setattr(limits, "RANGE_BYTES", 10**9)
    one = aggregate(batch)
    assert batch.output() == written
    moments = {"finished_at": "", "execution_time_ms": 0}
    assert {**two, **moments} == {**one, **moments}
    assert (one["row_batches"], one["rows_succeeded"], one["rows_failed"], one["rows_not_run"]) == (5, 5, 5, 2)
    assert one["errors"] == [{"error": "Busy", "count": 5, "first_row": 2}]


def test_repeated_join_of_a_range_replaces_what_it_finds(batch: LargeBatch) -> None:
    ranges = joined(batch)
    before = get(joined_key(batch.plan["work"], ranges[0]))
    put(joined_key(batch.plan["work"], ranges[0]), b"half")
    aggregate(batch, range=ranges[0])
    assert get(joined_key(batch.plan["work"], ranges[0])) == before


def test_ranges_of_another_cut_are_left_alone(batch: LargeBatch) -> None:
    """A machine that is redriven may find other parts, and so other ranges."""
    ranges = joined(batch)
    stale = RowRange(first=1, last=9)
    aggregate(batch, range=stale)
    aggregate(batch, loaded={**batch.loaded, "joined": ranges})
    assert [row[0] for row in table_of(batch.output())[1:]] == [f"n{row}" for row in range(1, 13)]


def test_range_lists_its_own_parts_alone(batch: LargeBatch) -> None:
    with calls_of("ListObjectsV2") as listed, calls_of("GetObject") as read:
        aggregate(batch, range=RowRange(first=9, last=12))
    assert [call["StartAfter"] for call in listed] == [f"{batch.plan['work']['prefix']}parts/0000000009"]
    assert {call["Key"] for call in read} == {batch.part_key(9, 10), batch.part_key(11, 12)}


def test_part_that_goes_on_beyond_the_range_is_not_its_own(batch: LargeBatch) -> None:
    put(batch.part_key(3, 12), b"an older cut, of which later parts took the place")
    batch.finish(3, 4, [success(3, "later", "3"), success(4, "later", "4")])
    aggregate(batch, range=RowRange(first=3, last=4))
    assert get(joined_key(batch.plan["work"], RowRange(first=3, last=4))).decode().count("later") == 2


def test_failure_while_a_range_is_joined_leaves_nothing(batch: LargeBatch) -> None:
    with answering("PutObject", 503, "SlowDown"), pytest.raises(StorageUnavailable):
        aggregate(batch, range=RowRange(first=1, last=12))
    assert not [key for key in keys(DATA) if key.startswith(joined_prefix(batch.plan["work"]))]
    assert open_uploads(DATA) == []


def test_output_beyond_what_can_be_joined_is_refused_and_says_where_its_rows_are(
    batch: LargeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_OUTPUT_BYTES", 400)
    with pytest.raises(OutputTooLarge) as caught:
        aggregate(batch)
    size = sum(len(batch.part(first, first + 1)) for first in (1, 3, 7, 9, 11))
    assert str(caught.value) == (
        f"The output would have {size:,} bytes; 400 are surely joined to one file. All rows that ended are kept: in the "
        "results table, and without a header under s3://data/work/night-1a2b3c4d/parts/. A batch with resume_from pays for "
        "none of the answers again. Split the file."
    )
    assert keys(RESULTS) == []


@pytest.mark.parametrize("more", [{}, {"range": {"first": 1, "last": 12}}])
def test_invocation_that_runs_out_of_time_says_so_and_leaves_nothing(
    batch: LargeBatch, monkeypatch: pytest.MonkeyPatch, more: dict[str, Any]
) -> None:
    monkeypatch.setattr(limits, "RANGE_BYTES", 10**9)
    before = keys(DATA)
    with pytest.raises(
        OutOfTime, match=r"^Joining the rows takes longer than a function may run\. No output was written"
    ):
        aggregate(batch, Context(59), **more)
    assert (keys(DATA), keys(RESULTS), open_uploads(DATA), open_uploads(RESULTS)) == (before, [], [], [])
    if not more:
        assert aggregate(batch, Context(899))["rows_succeeded"] == 5


def test_rows_that_no_part_has_are_watched_too(batch: LargeBatch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "RANGE_BYTES", 10**9)
    for first in (1, 3, 7, 9, 11):
        client("s3").delete_object(Bucket=DATA, Key=batch.part_key(first, first + 1))

    with pytest.raises(OutOfTime):
        aggregate(batch, Context(66, passing=1))
    assert keys(RESULTS) == []


def test_tally_of_a_range_tells_how_many_row_batches_it_has(batch: LargeBatch) -> None:
    rows = RowRange(first=1, last=6)
    aggregate(batch, range=rows)
    head = client("s3").head_object(Bucket=DATA, Key=joined_key(batch.plan["work"], rows))
    assert json.loads(head["Metadata"]["tally"])["row_batches"] == 2


def test_range_too_large_to_be_read_at_once_keeps_its_tally_too(
    batch: LargeBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between what S3 takes as a part and what the writer sends as one: written by one request, and not read by one."""
    wide = "y" * (s3.LEAST_PART_BYTES // 4)
    for first in (1, 3):
        batch.finish(first, first + 1, [success(row, "large", wide) for row in (first, first + 1)])
    monkeypatch.setattr(limits, "RANGE_BYTES", 10**9)
    ranges = [RowRange(first=1, last=4), RowRange(first=5, last=12)]
    for rows in ranges:
        aggregate(batch, range=rows)
    [found] = s3.listed(DATA, joined_key(batch.plan["work"], ranges[0]))
    assert s3.LEAST_PART_BYTES < found["Size"] < s3.PART_BYTES

    with calls_of("GetObject") as read:
        summary = aggregate(batch, loaded={**batch.loaded, "joined": ranges})
    # Without its tally it would be none, and its rows be asked for one by one.
    assert found["Key"] in {call["Key"] for call in read}
    assert summary["row_batches"] == 5
