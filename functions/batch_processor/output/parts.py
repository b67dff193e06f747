"""Writes the parts of a large batch's output, one by each row batch, and joins them to the whole."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import partial
from typing import Any, TextIO, TypeGuard

from batch_processor.aws import s3
from batch_processor.aws.joined_object import JoinedObject, retryable_if_changed
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.batch.work_folder import part_key, parts_prefix, rows_of_part
from batch_processor.contract import Loaded, Location, Plan, RowRange, RowResult
from batch_processor.errors import RowCountMismatch
from batch_processor.loading.row_files import originals
from batch_processor.output import part_tally
from batch_processor.output.enriched_csv import EnrichedCsv
from batch_processor.output.pieces import Part, Piece, pieces
from batch_processor.results.settlement import Settlement
from batch_processor.results.tally import Tally, TallyDocument

CSV = "text/csv; charset=utf-8"


def write_part(plan: Plan, loaded: Loaded, results: Iterable[RowResult], tally: Tally) -> None:
    """Writes the rows of `row_batch` without a header, and their tally with them; a repeated write replaces both."""
    work, rows = plan["work"], loaded["row_batch"]
    key = part_key(work, rows)
    with s3.WorkObject(work["bucket"], key, CSV) as target:
        with text_into(target) as text:
            EnrichedCsv(text, plan, loaded, tally).write_rows(originals(work, rows), results, rows)
        part_tally.publish(target, work, key, tally)


def found_pieces(work: Location, rows: int) -> Iterator[Piece]:
    """The parts of a batch that has `rows` rows, in order, and the ranges of rows that no part has."""
    return pieces(_listed(work), rows)  # S3 lists by name, and so by the first row


def _listed(work: Location) -> Iterator[Part]:
    listed = s3.listed(work["bucket"], parts_prefix(work))
    return (_part(found) for found in listed if found["Key"].endswith(".csv"))


def _part(found: dict[str, Any]) -> Part:
    written_at: datetime = found["LastModified"]
    return Part(rows_of_part(found["Key"]), found["Key"], found["ETag"], found["Size"], written_at)


def expected_bytes(plan: Plan) -> int:
    """A high estimate of the output's bytes: all parts, and twice the input for rows that no part has."""
    # The parts are listed once more, a request per thousand: keeping them would take memory that grows with the rows.
    return sum(part.size_bytes for part in _listed(plan["work"])) + 2 * plan["source"]["size_bytes"]


def join(
    plan: Plan,
    loaded: Loaded,
    header: Sequence[str],
    all_pieces: Iterable[Piece],
    target: JoinedObject,
    tally: Tally,
) -> None:
    """Writes the header and then the parts in order; rows that no part has come from the table, or are FAILED.

    `header` is the input's. A part without a tally was not finished, so its rows count as missing. `tally` counts all
    rows; RowCountMismatch if they are not exactly the batch's in the end.
    """
    work = plan["work"]
    with text_into(target) as text:
        EnrichedCsv(text, plan, loaded, tally).write_header(header)
    with closing(read_ahead(all_pieces, partial(_read, work), _bytes_of_small)) as pieces_read:
        for piece, (body, document) in pieces_read:
            if document is None:
                _fill(plan, loaded, piece.rows if isinstance(piece, Part) else piece, target, tally)
                continue
            tally.add(document)
            if body is not None:
                target.write(body)
            elif isinstance(piece, Part):
                target.append(_pinned(work, piece))
    if tally.row_count != loaded["row_count"]:
        raise RowCountMismatch(
            f"The batch has {loaded['row_count']} rows, its parts and the table have {tally.row_count}. No output was written."
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


def _fill(plan: Plan, loaded: Loaded, rows: RowRange, target: JoinedObject, tally: Tally) -> None:
    results = Settlement(plan, loaded, rows).results()
    with text_into(target) as text:
        EnrichedCsv(text, plan, loaded, tally).write_rows(originals(plan["work"], rows), results, rows)


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
