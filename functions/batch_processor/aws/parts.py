"""Writes the parts of a large batch's output, one by each row batch, and joins them to the whole."""

import io
import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any, TextIO, TypeGuard

from batch_processor.aws import s3
from batch_processor.aws.client import client, translated
from batch_processor.aws.joined_object import LEAST_PART_BYTES, JoinedObject
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.aws.row_files import originals
from batch_processor.aws.settlement import Settlement
from batch_processor.contract import Loaded, Location, Plan, RowRange, RowResult
from batch_processor.enriched_csv import EnrichedCsv
from batch_processor.errors import RowCountMismatch, SourceUnavailable
from batch_processor.row_accounting import Part, Piece, pieces, row_count
from batch_processor.tally import Tally
from batch_processor.work_folder import part_key, parts_prefix, rows_of_part, tally_key

CSV = "text/csv; charset=utf-8"


def write_part(plan: Plan, loaded: Loaded, results: Iterable[RowResult], tally: Tally) -> None:
    """Writes the rows of `row_batch` without a header, and then their tally; a repeated write replaces both."""
    work, rows = plan["work"], loaded["row_batch"]
    key = part_key(work, rows)
    with s3.WorkObject(work["bucket"], key, CSV) as target:
        with text_into(target) as text:
            EnrichedCsv(text, plan, loaded, tally).write_rows(originals(work, rows), results, rows)
        target.publish()
    # The tag tells of which bytes this is the tally, whatever is repeated or broken off.
    etag = s3.pin(work["bucket"], key).etag
    body = json.dumps({"part": etag, **tally.as_json()}, ensure_ascii=False).encode()
    s3.write(work["bucket"], tally_key(key), body, "application/json")


def finished_pieces(work: Location, rows: int, tally: Tally) -> list[Piece]:
    """The parts of a batch of so many rows, in order, and the ranges of rows between them; adds the parts' tallies to `tally`.

    A part without a tally of its own was not finished, and its rows are missing like others.
    """

    def tally_of(piece: Piece) -> Any:
        return _read_tally(work, piece) if isinstance(piece, Part) else None

    found: list[Piece] = []
    for piece, document in read_ahead(pieces(_listed(work), rows), tally_of, lambda _: 0):
        if isinstance(piece, Part) and document is None:
            found.append(piece.rows)
            continue
        if document:
            tally.add(document)
        found.append(piece)
    return found


def _read_tally(work: Location, part: Part) -> Any:
    try:
        document = json.loads(s3.read(work["bucket"], tally_key(part.key)))
    except SourceUnavailable:
        return None
    is_its_own = document["part"] == part.etag and sum(document["statuses"].values()) == row_count(part.rows)
    return document if is_its_own else None


def _listed(work: Location) -> Iterator[Part]:
    bucket, prefix = work["bucket"], parts_prefix(work)
    pages = client("s3").get_paginator("list_objects_v2")
    with translated(f"Listing s3://{bucket}/{prefix}"):
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            for found in page.get("Contents", []):
                if found["Key"].endswith(".csv"):
                    yield _part(found)


def _part(found: dict[str, Any]) -> Part:
    written_at: datetime = found["LastModified"]
    return Part(rows_of_part(found["Key"]), found["Key"], found["ETag"], found["Size"], written_at)


def expected_bytes(plan: Plan, found: Iterable[Piece]) -> int:
    """About what the output will take: the parts, and for rows that no part has more than they had in the input."""
    return sum(piece.size_bytes for piece in found if isinstance(piece, Part)) + 2 * plan["source"]["size_bytes"]


def join(plan: Plan, loaded: Loaded, found: Iterable[Piece], target: JoinedObject, tally: Tally) -> None:
    """Writes the header and then the parts in order; rows that no part has come from the table, or are FAILED.

    `tally` has the parts' rows already; RowCountMismatch if it has not exactly the batch's rows at the end.
    """
    work = plan["work"]

    def content(piece: Piece) -> bytes | None:
        return _pinned(work, piece).read_range(0, piece.size_bytes) if _is_small(piece) else None

    with text_into(target) as text:
        EnrichedCsv(text, plan, loaded, tally).write_header()
    with closing(read_ahead(found, content, _bytes_of_small)) as pieces_read:
        for piece, body in pieces_read:
            if body is not None:
                target.write(body)
            elif isinstance(piece, Part):
                target.append(_pinned(work, piece))
            else:
                _fill(plan, loaded, piece, target, tally)
    if tally.row_count != loaded["row_count"]:
        raise RowCountMismatch(
            f"The batch has {loaded['row_count']} rows, its parts and the table have {tally.row_count}. No output was written."
        )


def _fill(plan: Plan, loaded: Loaded, rows: RowRange, target: JoinedObject, tally: Tally) -> None:
    results = Settlement(plan, loaded, rows).results()
    with text_into(target) as text:
        EnrichedCsv(text, plan, loaded, tally).write_rows(originals(plan["work"], rows), results, rows)


@contextmanager
def text_into(target: io.RawIOBase) -> Iterator[TextIO]:
    """Text for a while, where otherwise bytes are written."""
    text = io.TextIOWrapper(io.BufferedWriter(target), encoding="utf-8", newline="")
    yield text
    text.detach().detach()


def _is_small(piece: Piece) -> TypeGuard[Part]:
    return isinstance(piece, Part) and piece.size_bytes < LEAST_PART_BYTES


def _bytes_of_small(piece: Piece) -> int:
    return piece.size_bytes if _is_small(piece) else 0


def _pinned(work: Location, part: Part) -> s3.PinnedObject:
    return s3.PinnedObject(work["bucket"], part.key, part.etag, part.size_bytes)
