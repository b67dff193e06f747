"""Ends a row batch: writes its part of the output and, if its failure ends the whole batch, the reason of that."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from batch_processor.aws import s3
from batch_processor.batch import recording
from batch_processor.batch.work_folder import failure_key
from batch_processor.contract import Loaded, Location, Plan, RowResult
from batch_processor.errors import BatchProcessorError, DuplicatesUnsettled, SourceUnavailable
from batch_processor.loading.first_rows import with_following
from batch_processor.logs import logger
from batch_processor.output import counting, part_tally
from batch_processor.output.parts import write_part
from batch_processor.results import raw_table, results_table
from batch_processor.results.failure import Failure, result_of_others
from batch_processor.results.settlement import Settlement
from batch_processor.results.tally import Tally, tally_of

# An Express child runs on for so long once it has told how long it has run: its part is written, and it ends.
_ENDING_MS = 200
# A part stands, or rows of its range wait for the results of earlier ones.
_WRITTEN, _LEFT = "PART_WRITTEN", "PART_LEFT"


def write(plan: Plan, loaded: Loaded, results: Iterable[RowResult]) -> dict[str, Any]:
    """Writes the part and stores the failures; returns {status, first, last} and how many rows had which status.

    Rows with the input of an earlier one have its result, which the table may not have yet: then there is no part, and all
    these rows come out of the table when the parts are joined.
    """
    loaded = with_following(plan, loaded)
    given = list(results)
    settlement = Settlement(plan, loaded, loaded["row_batch"], given)
    status, tally = _write_part(plan, loaded, settlement, partial(_tally_of_row_batch, plan, loaded, given))
    settlement.keep_failures()
    if loaded.get("fan_out", {}).get("is_rest"):  # an Express child may have had no time to read all answers
        raw_table.read_left(loaded["storage"], plan["work"], plan["output"], loaded["row_batch"])
    _share(plan, loaded, given)
    return _report(loaded, tally, status)


def write_settled(plan: Plan, loaded: Loaded, results: Iterable[RowResult], child_ms: int) -> dict[str, Any]:
    """As `write`, of rows of which these results, one for each that was asked for, are stored and all that is to be known.

    They are those of an Express child, which has run for so long.
    """
    given = list(results)
    tally_of_child = partial(_tally_of_child, plan, child_ms)
    if loaded.get("duplicates"):
        loaded = with_following(plan, loaded)
        settlement = Settlement(plan, loaded, loaded["row_batch"], given)
        status, tally = _write_part(plan, loaded, settlement, tally_of_child)
    else:
        status = _WRITTEN
        with _written_down(plan, loaded, tally_of_child()) as tally:
            write_part(plan, loaded, given, tally)
    _share(plan, loaded, given)
    return _report(loaded, tally, status)


def _report(loaded: Loaded, tally: Tally, status: str) -> dict[str, Any]:
    return {"status": status, **loaded["row_batch"], **tally.counts}


def _share(plan: Plan, loaded: Loaded, results: Sequence[RowResult]) -> None:
    if "cache" in plan:
        # Imported where it is used: few batches share their answers.
        from batch_processor.output.sharing import share

        share(plan, loaded, results)


def _tally_of_row_batch(plan: Plan, loaded: Loaded, given: Sequence[RowResult]) -> Tally:
    """The empty tally of a row batch's part: behind an Express child all rows ran there but those that it was given."""
    if loaded.get("tier") != "express":
        return tally_of(plan)
    return tally_of(plan, is_express=True, left={result["index"] for result in given})


def _tally_of_child(plan: Plan, child_ms: int) -> Tally:
    """The tally of an Express child's part, which has no row yet."""
    tally = tally_of(plan, is_express=True)
    tally.express_child(child_ms + _ENDING_MS)
    return tally


def _write_part(
    plan: Plan, loaded: Loaded, settlement: Settlement, new_tally: Callable[[], Tally]
) -> tuple[str, Tally]:
    try:
        with _written_down(plan, loaded, new_tally()) as tally:
            write_part(plan, loaded, settlement.settled_results(), tally)
    except DuplicatesUnsettled as exc:
        logger.info("The part is left to the end of the batch", extra={"reason": str(exc)})
        return _LEFT, _leave_unsettled(plan, loaded, settlement, new_tally())
    return _WRITTEN, tally


def _leave_unsettled(plan: Plan, loaded: Loaded, settlement: Settlement, tally: Tally) -> Tally:
    """Tells the batches table of the rows that were asked for, and leaves their tally in the place of the part's.

    All of them come out of the table then: those that were skipped are stored as well.
    """
    work, rows, skipped = plan["work"], loaded["row_batch"], list[RowResult]()
    for result in settlement.asked_results():
        tally.count(result)
        if result["status"] == "SKIPPED":
            skipped.append(result)
    results_table.put_skipped(loaded["storage"], skipped)
    before, after = part_tally.unsettled(work, rows), tally.as_json()
    part_tally.leave_unsettled(work, rows, after)
    recording.row_batch_ended(plan["batch"], counting.change(plan, loaded, before, after))
    return tally


def salvage(plan: Plan, loaded: Loaded, results: Iterable[RowResult], failure: Failure) -> int:
    """Stores what the table lacks, writes the part of a row batch that failed, and returns how many rows were answered.

    Where continue_on_error is false, it also leaves the failure in the work folder, for the batch to report.
    """
    loaded = with_following(plan, loaded)
    given = list(results)
    settlement = Settlement(plan, loaded, loaded["row_batch"], given, result_of_others(failure))
    try:
        settlement.keep_all()
    finally:  # a table that cannot be written to must not cost the part as well
        new_tally = partial(_tally_of_row_batch, plan, loaded, given)
        _, tally = _write_part(plan, loaded, settlement, new_tally)
    # A row batch that was aborted did not end the batch: another one did.
    if not plan["execution"]["continue_on_error"] and failure.status != "ABORTED":
        _leave_failure(plan["work"], failure)
    return tally.statuses["SUCCESS"]


def keep(plan: Plan, loaded: Loaded, results: Iterable[RowResult]) -> int:
    """Stores what the table lacks of a row batch whose part nobody waits for; returns how many rows were answered."""
    given = list(results)
    Settlement(plan, loaded, loaded["row_batch"], given).keep_all()
    return sum(result["status"] == "SUCCESS" for result in given)


@contextmanager
def _written_down(plan: Plan, loaded: Loaded, tally: Tally) -> Iterator[Tally]:
    """The tally, empty, of a part that is written within it; then the batches table gets what that has changed.

    A row batch that is called again, or redriven, finds its part standing, and adds nothing twice.
    """
    try:
        before, is_known = part_tally.standing(plan["work"], loaded["row_batch"]), True
        if loaded.get("duplicates"):
            before = before or part_tally.unsettled(plan["work"], loaded["row_batch"])
    except BatchProcessorError:
        logger.warning(
            "Whether the part was written before is not known; the batches table is told later", exc_info=True
        )
        before, is_known = None, False
    yield tally
    if is_known:
        recording.row_batch_ended(plan["batch"], counting.change(plan, loaded, before, tally.as_json()))


def _leave_failure(work: Location, failure: Failure) -> None:
    body = json.dumps({"error": failure.error, "cause": failure.cause}, ensure_ascii=False).encode()
    s3.write(work["bucket"], failure_key(work), body, "application/json")


def failure_left(work: Location) -> dict[str, str] | None:
    """{error, cause} of the row batch that ended the batch; None if none did."""
    try:
        failure: dict[str, str] = json.loads(s3.read(work["bucket"], failure_key(work)))
    except SourceUnavailable:
        return None
    return failure
