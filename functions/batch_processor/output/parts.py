"""Writes the parts of a large batch's output, one by each row batch, and joins them to the whole."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Any, TextIO, TypeGuard

from batch_processor.aws import s3
from batch_processor.aws.joined_object import JoinedObject, retryable_if_changed
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.batch.work_folder import (
    before_parts,
    joined_prefix,
    part_key,
    parts_prefix,
    rows_of_part,
)
from batch_processor.contract import Loaded, Location, Plan, RowRange, RowResult
from batch_processor.deadline import Deadline
from batch_processor.errors import RowCountMismatch
from batch_processor.loading.original_lines import original_lines
from batch_processor.loading.row_files import originals
from batch_processor.output import part_tally
from batch_processor.output.enriched_csv import EnrichedCsv
from batch_processor.output.pieces import Part, Piece, pieces, range_of, row_count
from batch_processor.results.settlement import Settlement
from batch_processor.results.tally import Tally, TallyDocument

CSV = "text/csv; charset=utf-8"


def write_part(plan: Plan, loaded: Loaded, results: Iterable[RowResult], tally: Tally) -> None:
    """Writes the rows of `row_batch` without a header, and their tally with them; a repeated write replaces both."""
    work, rows = plan["work"], loaded["row_batch"]
    key = part_key(work, rows)
    with s3.WorkObject(work["bucket"], key, CSV) as target:
        with text_into(target) as text:
            _write(text, plan, loaded, results, tally, rows)
        part_tally.publish(target, work, key, tally.as_json())


def found_pieces(work: Location, rows: int) -> Iterator[Piece]:
    """The parts of a batch that has `rows` rows, in order, and the ranges of rows that no part has."""
    # S3 lists by name, and so by the first row.
    return pieces(_listed(work, parts_prefix(work)), RowRange(first=1, last=rows))


def pieces_within(work: Location, rows: RowRange) -> Iterator[Piece]:
    """As `found_pieces`, of these rows alone; the range begins and ends where pieces do."""
    listed = _listed(work, parts_prefix(work), before_parts(work, rows["first"]))
    reached = takewhile(lambda part: part.rows["first"] <= rows["last"], listed)
    # One that goes on beyond the range is not among the pieces: a later one took its place.
    return pieces((part for part in reached if part.rows["last"] <= rows["last"]), rows)


def joined_pieces(work: Location, ranges: Sequence[RowRange], rows: int) -> Iterator[Piece]:
    """The parts that were joined of others, one for each of the ranges."""
    listed = _listed(work, joined_prefix(work))
    return pieces((part for part in listed if part.rows in ranges), RowRange(first=1, last=rows))


def _listed(work: Location, prefix: str, after: str = "") -> Iterator[Part]:
    listed = s3.listed(work["bucket"], prefix, after)
    return (_part(found) for found in listed if found["Key"].endswith(".csv"))


def _part(found: dict[str, Any]) -> Part:
    written_at: datetime = found["LastModified"]
    return Part(rows_of_part(found["Key"]), found["Key"], found["ETag"], found["Size"], written_at)


def join(
    plan: Plan,
    loaded: Loaded,
    rows: RowRange,
    all_pieces: Iterable[Piece],
    target: JoinedObject,
    tally: Tally,
    deadline: Deadline,
) -> None:
    """Writes the parts in order; rows that no part has come from the table, or were not run.

    A part without a tally was not finished, so its rows count as missing. `tally` counts all rows; RowCountMismatch if
    they are not exactly `rows` in the end.
    """
    work = plan["work"]
    with closing(read_ahead(all_pieces, partial(_read, work), _bytes_of_small)) as pieces_read:
        for piece, (body, document) in deadline.watched(pieces_read):
            if document is None:
                _fill(plan, loaded, range_of(piece), target, tally, deadline)
                continue
            tally.add(document)
            if body is not None:
                target.write(body)
            elif isinstance(piece, Part):
                target.append(_pinned(work, piece))
    deadline.check()
    if tally.row_count != row_count(rows):
        raise RowCountMismatch(
            f"There are {row_count(rows)} rows, their parts and the table have {tally.row_count}. No output was written."
        )


def _read(work: Location, piece: Piece) -> tuple[bytes | None, TallyDocument | None]:
    """A part's bytes, unless it is large, and its tally."""
    if not isinstance(piece, Part):
        return None, None
    if not _is_small(piece):
        return None, part_tally.beside(work, piece)
    pinned = _pinned(work, piece)
    with retryable_if_changed(pinned):
        body, metadata = pinned.read_with_metadata()
    return body, part_tally.of(work, piece, metadata)


def _fill(plan: Plan, loaded: Loaded, rows: RowRange, target: JoinedObject, tally: Tally, deadline: Deadline) -> None:
    if loaded.get("duplicates"):
        for document in deadline.watched(part_tally.all_unsettled(plan["work"], rows)):
            tally.add_unsettled(document)
    results = deadline.watched(Settlement(plan, loaded, rows).results())
    with text_into(target) as text:
        _write(text, plan, loaded, results, tally, rows)


def _write(
    text: TextIO, plan: Plan, loaded: Loaded, results: Iterable[RowResult], tally: Tally, rows: RowRange
) -> None:
    enriched = EnrichedCsv(text, plan, loaded, tally)
    if enriched.copies_lines:
        enriched.write_lines(original_lines(plan["work"], rows), results, rows)
    else:
        enriched.write_rows(originals(plan["work"], rows), results, rows)


@contextmanager
def text_into(target: io.RawIOBase) -> Iterator[TextIO]:
    """Writes text into a target of bytes, which stays open for bytes afterwards."""
    text = io.TextIOWrapper(io.BufferedWriter(target), encoding="utf-8", newline="")
    yield text
    text.detach().detach()


def _is_small(piece: Piece) -> TypeGuard[Part]:
    return isinstance(piece, Part) and piece.size_bytes < s3.LEAST_PART_BYTES


def _bytes_of_small(piece: Piece) -> int:
    return piece.size_bytes if _is_small(piece) else 0


def _pinned(work: Location, part: Part) -> s3.PinnedObject:
    return s3.PinnedObject(work["bucket"], part.key, part.etag, part.size_bytes)
