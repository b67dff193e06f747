"""Ends a row batch: its part of the output, and for the batch the reason if this row batch ended it."""

import json
from collections.abc import Iterable
from typing import Any

from batch_processor.aws import s3
from batch_processor.batch.work_folder import failure_key
from batch_processor.contract import Loaded, Location, Plan, RowResult
from batch_processor.errors import SourceUnavailable
from batch_processor.output.parts import write_part
from batch_processor.results.failure import Failure, result_of_others
from batch_processor.results.settlement import Settlement
from batch_processor.results.tally import tally_of


def write(plan: Plan, loaded: Loaded, results: Iterable[RowResult]) -> dict[str, Any]:
    """Writes the part and stores the failures; returns the report."""
    settlement = Settlement(plan, loaded, loaded["row_batch"], results)
    tally = tally_of(plan)
    write_part(plan, loaded, settlement.results(), tally)
    settlement.keep_failures()
    return {"status": "PART_WRITTEN", **loaded["row_batch"], **tally.counts}


def salvage(plan: Plan, loaded: Loaded, results: Iterable[RowResult], failure: Failure) -> int:
    """Writes the part of a row batch that failed, stores what the table lacks, and returns how many rows were answered.

    Where rows are not to go on after an error, it leaves word of it for the batch.
    """
    settlement = Settlement(plan, loaded, loaded["row_batch"], results, result_of_others(failure))
    tally = tally_of(plan)
    write_part(plan, loaded, settlement.results(), tally)
    settlement.keep_all()
    # Others are aborted when the first one ends the batch.
    if not plan["execution"]["continue_on_error"] and failure.status != "ABORTED":
        _leave_word(plan["work"], failure)
    return tally.statuses["SUCCESS"]


def _leave_word(work: Location, failure: Failure) -> None:
    body = json.dumps({"error": failure.error, "cause": failure.cause}, ensure_ascii=False).encode()
    s3.write(work["bucket"], failure_key(work), body, "application/json")


def word_left(work: Location) -> dict[str, str] | None:
    """{error, cause} of the row batch that ended the batch, if one did."""
    try:
        word: dict[str, str] = json.loads(s3.read(work["bucket"], failure_key(work)))
    except SourceUnavailable:
        return None
    return word
