"""Joins an output's parts: all at once where one invocation surely can, or else range by range, and then the ranges."""

from collections.abc import Iterator

from batch_processor import limits
from batch_processor.aws.joined_object import JoinedObject
from batch_processor.batch.work_folder import joined_key
from batch_processor.contract import Loaded, Plan, RowRange
from batch_processor.deadline import Deadline
from batch_processor.errors import JoinedInRanges, OutOfTime, OutputTooLarge
from batch_processor.output import part_tally, parts
from batch_processor.output.join_plan import Load, load_of, ranges
from batch_processor.output.pieces import Piece
from batch_processor.results.failure import Failure
from batch_processor.results.tally import tally_of

# How a batch fails that is too much for one invocation.
_TOO_MUCH = (OutOfTime.__name__, OutputTooLarge.__name__)


def pieces_to_join(plan: Plan, loaded: Loaded) -> Iterator[Piece]:
    """The parts of the batch and the rows that none has; or the ranges, if these have been joined."""
    if "joined" in loaded:
        return parts.joined_pieces(plan["work"], loaded["joined"], loaded["row_count"])
    return parts.found_pieces(plan["work"], loaded["row_count"])


def load_of_batch(plan: Plan, loaded: Loaded) -> Load:
    """What it takes to join all parts of the batch; OutputTooLarge if they are more than one object gets in time.

    The parts are listed for it alone, a request per thousand: keeping them would take memory that grows with the rows.
    """
    if loaded["map_mode"] == "inline":
        return Load()
    load = load_of(pieces_to_join(plan, loaded))
    if load.size_bytes > limits.MOST_OUTPUT_BYTES:
        raise OutputTooLarge(
            f"The output would have {load.size_bytes:,} bytes; {limits.MOST_OUTPUT_BYTES:,} are surely joined to one file. "
            f"{_all_is_kept(plan)} Split the file."
        )
    return load


def refuse_at_once(load: Load, loaded: Loaded) -> None:
    """JoinedInRanges if one invocation does not surely join the parts as they are."""
    if load.shares > 1 and "joined" not in loaded:
        raise JoinedInRanges(f"{load.size_bytes:,} bytes are more than one invocation surely joins.")


def ranges_to_join(plan: Plan, loaded: Loaded) -> list[RowRange]:
    """The ranges of rows whose parts are to be joined first, each by an invocation."""
    load = load_of_batch(plan, loaded)
    return list(ranges(pieces_to_join(plan, loaded), load.shares))


def join_range(plan: Plan, loaded: Loaded, rows: RowRange, deadline: Deadline) -> None:
    """Joins the parts of a range to one, without a header; a repeated call replaces it."""
    work = plan["work"]
    key, tally = joined_key(work, rows), tally_of(plan)
    with JoinedObject(work["bucket"], key, parts.CSV, plan["batch"]["id"], overwrite=True) as target:
        parts.join(plan, loaded, rows, parts.pieces_within(work, rows), target, tally, deadline)
        part_tally.publish(target, work, key, {**tally.as_json(), "row_batches": tally.row_batches})


def refuse_in_one(plan: Plan, load: Load, failure: Failure) -> None:
    """OutputTooLarge if one invocation, though it take all its time, cannot join the parts of a batch that failed.

    It surely cannot where the batch failed by just that.
    """
    if load.part_seconds > 2 * limits.JOIN_SECONDS or failure.error in _TOO_MUCH:
        raise OutputTooLarge(
            f"No partial CSV was written: of {load.size_bytes:,} bytes, it would take longer than a function may run. "
            f"{_all_is_kept(plan)}"
        )


def _all_is_kept(plan: Plan) -> str:
    work = plan["work"]
    return (
        f"All rows that ended are kept: in the results table, and without a header under s3://{work['bucket']}/"
        f"{work['prefix']}parts/. A batch with resume_from pays for none of the answers again."
    )
