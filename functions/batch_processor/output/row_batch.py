"""Ends a row batch: writes its part of the output and, if its failure ends the whole batch, the reason of that."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from batch_processor.aws import s3
from batch_processor.batch import recording
from batch_processor.batch.work_folder import failure_key
from batch_processor.contract import Loaded, Location, Plan, RowResult
from batch_processor.errors import BatchProcessorError, SourceUnavailable
from batch_processor.logs import logger
from batch_processor.output import counting, part_tally
from batch_processor.output.parts import write_part
from batch_processor.results import raw_table
from batch_processor.results.failure import Failure, result_of_others
from batch_processor.results.settlement import Settlement
from batch_processor.results.tally import Tally, tally_of


def write(plan: Plan, loaded: Loaded, results: Iterable[RowResult]) -> dict[str, Any]:
    """Writes the part and stores the failures; returns {status, first, last} and how many rows had which status."""
    settlement = Settlement(plan, loaded, loaded["row_batch"], results)
    with _written_down(plan, loaded) as tally:
        write_part(plan, loaded, settlement.results(), tally)
    settlement.keep_failures()
    if loaded.get("fan_out", {}).get("is_rest"):  # an Express child may have had no time to read all answers
        raw_table.read_left(loaded["storage"], plan["work"], plan["output"], loaded["row_batch"])
    return _report(loaded, tally)


def write_settled(plan: Plan, loaded: Loaded, results: Iterable[RowResult]) -> dict[str, Any]:
    """Writes the part of rows of which these results, one for each in order, are all that is to be known; returns as `write`."""
    with _written_down(plan, loaded) as tally:
        write_part(plan, loaded, results, tally)
    return _report(loaded, tally)


def _report(loaded: Loaded, tally: Tally) -> dict[str, Any]:
    return {"status": "PART_WRITTEN", **loaded["row_batch"], **tally.counts}


def salvage(plan: Plan, loaded: Loaded, results: Iterable[RowResult], failure: Failure) -> int:
    """Stores what the table lacks, writes the part of a row batch that failed, and returns how many rows were answered.

    Where continue_on_error is false, it also leaves the failure in the work folder, for the batch to report.
    """
    settlement = Settlement(plan, loaded, loaded["row_batch"], results, result_of_others(failure))
    with _written_down(plan, loaded) as tally:
        try:
            settlement.keep_all()
        finally:  # a table that cannot be written to must not cost the part as well
            write_part(plan, loaded, settlement.results(), tally)
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
def _written_down(plan: Plan, loaded: Loaded) -> Iterator[Tally]:
    """The empty tally of a part that is written within it; then the batches table gets what that has changed.

    A row batch that is called again, or redriven, finds its part standing, and adds nothing twice.
    """
    tally = tally_of(plan)
    try:
        before, is_known = part_tally.standing(plan["work"], loaded["row_batch"]), True
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
