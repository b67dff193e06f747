"""Keeps the tally of a part: in the part's metadata, so that one request brings both, or else in a file beside it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import takewhile

from batch_processor.aws import s3
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.batch.work_folder import (
    before_unsettled,
    part_key,
    rows_of_part,
    tally_key,
    unsettled_key,
    unsettled_prefix,
)
from batch_processor.contract import Location, RowRange
from batch_processor.errors import SourceUnavailable
from batch_processor.output.pieces import Part, row_count
from batch_processor.results.tally import TallyDocument

_NAME = "tally"
_JSON = "application/json"
# What one takes, or less.
_TALLY_BYTES = 64 * 1024
# What JSON leaves as it is and HTTP does not: DEL, spaces in a row, and "=?", which S3 takes for an encoded word.
_ESCAPES = (("\x7f", r"\u007f"), ("  ", r" \u0020"), ("=?", r"=\u003f"))


def publish(target: s3.WorkObject, work: Location, key: str, document: TallyDocument) -> None:
    """Publishes the part with its tally as metadata or, where that is too long, in a file beside the part."""
    is_in_metadata = target.describe(_NAME, as_metadata(document))
    etag = target.publish()
    if not is_in_metadata:
        # The ETag ties the tally to these bytes of the part, whatever is repeated or broken off.
        body = json.dumps({"part": etag, **document}, ensure_ascii=False).encode()
        s3.write(work["bucket"], tally_key(key), body, _JSON)


def of(work: Location, part: Part, metadata: Mapping[str, str]) -> TallyDocument | None:
    """The tally in the part's metadata, or else in the file beside the part; None if there is none."""
    if _NAME not in metadata:
        return beside(work, part)
    document: TallyDocument = json.loads(metadata[_NAME])
    return document if _counts_all(part, document) else None


def beside(work: Location, part: Part) -> TallyDocument | None:
    """The tally in the file beside the part; None if there is none for the part as it is now."""
    try:
        document = json.loads(s3.read(work["bucket"], tally_key(part.key)))
    except SourceUnavailable:
        return None
    return document if document["part"] == part.etag and _counts_all(part, document) else None


def standing(work: Location, rows: RowRange) -> TallyDocument | None:
    """The tally of the part that stands there for these rows; None if there is none, or none with a tally."""
    key = part_key(work, rows)
    try:
        pinned, metadata = s3.described(work["bucket"], key)
    except SourceUnavailable:
        return None
    return of(work, Part(rows, key, pinned.etag, pinned.size_bytes, datetime.now(UTC)), metadata)


def leave_unsettled(work: Location, rows: RowRange, document: TallyDocument) -> None:
    """Keeps the tally of the rows that were asked for where there is no part, as others wait for earlier rows."""
    s3.write(work["bucket"], unsettled_key(work, rows), json.dumps(document, ensure_ascii=False).encode(), _JSON)


def all_unsettled(work: Location, rows: RowRange) -> Iterator[TallyDocument]:
    """The tallies that `leave_unsettled` has left of row batches that begin within the rows."""
    listed = s3.listed(work["bucket"], unsettled_prefix(work), before_unsettled(work, rows["first"]))
    ranges = (rows_of_part(found["Key"]) for found in listed)
    within = takewhile(lambda found: found["first"] <= rows["last"], ranges)
    with closing(read_ahead(within, partial(unsettled, work), lambda _: _TALLY_BYTES)) as read:
        yield from (document for _, document in read if document)


def unsettled(work: Location, rows: RowRange) -> TallyDocument | None:
    """The tally that `leave_unsettled` has left; None if there is none."""
    try:
        document: TallyDocument = json.loads(s3.read(work["bucket"], unsettled_key(work, rows)))
    except SourceUnavailable:
        return None
    return document


def as_metadata(document: TallyDocument) -> str:
    """The tally as JSON of printable ASCII that comes back from S3 as it went there."""
    text = json.dumps(document, separators=(",", ":"))
    for plain, escaped in _ESCAPES:
        text = text.replace(plain, escaped)
    return text


def _counts_all(part: Part, document: TallyDocument) -> bool:
    return sum(document["statuses"].values()) == row_count(part.rows)
