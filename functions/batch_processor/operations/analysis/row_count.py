"""Counts the rows of a CSV exactly: started, and asked after by asking again."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict, cast

from batch_processor.aws import lambda_functions, s3
from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.source import Readable, open_csv, take_header
from batch_processor.errors import BatchProcessorError, SourceUnavailable
from batch_processor.operations.analysis.origin import is_local, origin_of
from batch_processor.operations.analysis.survey import WHOLE_BYTES
from batch_processor.operations.deployment import Deployment

COUNTS_PREFIX = "work/counts/"
# What the reading function is called with to count where it runs: {name, s3_uri}.
COUNT_NOW = "count_csv_rows_now"
# A function runs for at most 15 minutes; a count that has none by then was cut off, and is started anew.
_LONGEST = timedelta(minutes=16)
_TOLD_EVERY_ROWS = 100_000


class RowCount(TypedDict):
    """`status` is RUNNING until `row_count` is there, or `error`."""

    s3_uri: str
    status: Literal["RUNNING", "DONE", "FAILED"]
    row_count: NotRequired[int]
    error: NotRequired[str]
    started_at: str


def count_csv_rows(s3_uri: str, deployment: Deployment) -> RowCount:
    """Starts the count if nobody has for this version of the file, and answers how it stands.

    A local file, a small one, and any where the stack has no function that counts, is counted before it answers.
    """
    origin = origin_of(s3_uri)
    if is_local(s3_uri) or origin.size_bytes <= WHOLE_BYTES or not deployment.reading_function:
        return counted(s3_uri, origin)
    key = _key(origin)
    known, etag = _known(s3_uri, deployment.data_bucket, key)
    if known and (known["status"] != "RUNNING" or _is_at_work(known)):
        return known
    started = RowCount(s3_uri=s3_uri, status="RUNNING", started_at=_now())
    if s3.replace(deployment.data_bucket, key, _kept(started), "application/json", etag):
        lambda_functions.invoke_later(deployment.reading_function, {"name": COUNT_NOW, "s3_uri": s3_uri})
    return started


def count_now(s3_uri: str, deployment: Deployment) -> RowCount:
    """Counts, and writes the answer down for whoever asks after it: what the reading function does by itself."""
    origin = origin_of(s3_uri)
    answer = counted(s3_uri, origin)
    s3.write(deployment.data_bucket, _key(origin), _kept(answer), "application/json")
    return answer


def counted(s3_uri: str, origin: Readable, progress: Callable[[int], Any] = lambda _: None) -> RowCount:
    """Counts while the caller waits; `progress` is told every 100,000 rows how many there are so far."""
    answer = RowCount(s3_uri=s3_uri, status="DONE", started_at=_now())
    try:
        answer["row_count"] = _count(origin, progress)
    except BatchProcessorError as exc:
        answer |= {"status": "FAILED", "error": str(exc)}
    return answer


def _count(origin: Readable, progress: Callable[[int], Any]) -> int:
    csv, _ = open_csv(origin, CsvFormat())
    records = csv.records()
    take_header(records, origin.uri)
    rows = 0
    for rows, _ in enumerate(records, start=1):
        if rows % _TOLD_EVERY_ROWS == 0:
            progress(rows)
    return rows


def _key(origin: Readable) -> str:
    """Where the count of this very version is kept: by URI, version and ETag, of which it has nothing but a digest."""
    version = [origin.uri, getattr(origin, "version_id", None), getattr(origin, "etag", None)]
    return f"{COUNTS_PREFIX}{hashlib.sha256(json.dumps(version).encode()).hexdigest()[:32]}.json"


def _known(s3_uri: str, bucket: str, key: str) -> tuple[RowCount | None, str | None]:
    """What is written down, and its ETag; nothing if nobody has counted, which S3 calls denied where it may not be listed."""
    try:
        body, etag = s3.read_with_etag(bucket, key)
    except SourceUnavailable:
        return None, None
    return cast("RowCount", {"s3_uri": s3_uri, **json.loads(body)}), etag


def _kept(answer: RowCount) -> bytes:
    """What is written down: counts, times and why it failed, and not of which file."""
    kept = {key: value for key, value in answer.items() if key != "s3_uri"}
    return json.dumps(kept).encode()


def _is_at_work(known: RowCount) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(known["started_at"]) < _LONGEST


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
