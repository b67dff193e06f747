"""Publishes a batch's output: the CSV, complete or not at all, and then the summary beside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from batch_processor.aws import s3
from batch_processor.aws.joined_object import JoinedObject, is_ours
from batch_processor.batch import manifest
from batch_processor.batch.names import PARTIAL
from batch_processor.batch.own_bucket import OUTPUTS
from batch_processor.contract import FAILURES, Loaded, Plan, RowRange, RowResult
from batch_processor.csv_file.records import Record
from batch_processor.csv_file.source import csv_input
from batch_processor.deadline import Deadline
from batch_processor.errors import BatchProcessorError, SourceUnavailable
from batch_processor.loading.row_files import all_originals
from batch_processor.output import joining, parts
from batch_processor.output.enriched_csv import EnrichedCsv
from batch_processor.output.join_plan import Load
from batch_processor.output.stored_rows import is_in_table, rows_in_table
from batch_processor.output.summary import summarize, summary_key
from batch_processor.results import results_table
from batch_processor.results.failure import Failure
from batch_processor.results.settlement import Settlement
from batch_processor.results.tally import BatchStatus, Tally, tally_of


def publish(
    plan: Plan, loaded: Loaded, results: Sequence[RowResult], deadline: Deadline
) -> tuple[dict[str, Any], Tally | None]:
    """Writes CSV and summary; returns the summary, and the tally unless an earlier invocation had finished both.

    JoinedInRanges if ranges of the rows are to be joined first; once they are, `loaded` has them as `joined`.
    """
    if finished := _finished(plan):
        return finished, None
    load = joining.load_of_batch(plan, loaded)
    joining.refuse_at_once(load, loaded)
    settlement = _settlement(plan, loaded, results)
    # First, as what cannot be written is to be resumed.
    _keep(plan, loaded, settlement, results)
    with _written(plan, loaded, settlement, load, deadline) as (target, tally):
        target.publish()
    return _write_summary(plan, loaded, tally), tally


def publish_partial(
    plan: Plan, loaded: Loaded, results: Sequence[RowResult], failure: Failure, deadline: Deadline
) -> dict[str, Any]:
    """Writes what there is of a batch that `failure` ended, and returns its summary; no CSV if no row was answered.

    `plan` names the partial output, which replaces one that was written for this batch before. Results that the table
    lacks are stored first, for a batch that resumes this one. OutputTooLarge or OutOfTime if the CSV does not fit one
    invocation.
    """
    settlement = _settlement(plan, loaded, results)
    try:
        settlement.keep_all()
    finally:  # a table that cannot be written to must not cost the CSV as well
        summary = _write_partial(plan, loaded, settlement, failure, deadline)
    return summary


def _write_partial(
    plan: Plan, loaded: Loaded, settlement: Settlement, failure: Failure, deadline: Deadline
) -> dict[str, Any]:
    load = joining.load_of_batch(plan, loaded)
    joining.refuse_in_one(plan, load, failure)
    with _written(plan, loaded, settlement, load, deadline, overwrite=_exists(plan)) as (target, tally):
        if answered := tally.statuses["SUCCESS"]:
            target.publish()
    told = {"error": failure.error, "cause": failure.cause}
    remarks = {"execution_status": failure.status, **{name: text for name, text in told.items() if text}}
    return _write_summary(plan, loaded, tally, "PARTIAL" if answered else "FAILED", remarks)


def _keep(plan: Plan, loaded: Loaded, settlement: Settlement, results: Sequence[RowResult]) -> None:
    """Stores the results by which a batch that resumes this one pays for no answer again."""
    storage = loaded["storage"]
    asked = loaded["row_count"] - loaded.get("duplicates", 0)
    ended = sum(result["status"] not in (*FAILURES, "NOT_RUN") for result in results)
    if storage["mode"] == "inline" and plan["storage"]["mode"] == "auto" and ended < asked:
        settlement.keep_all()
        # The batch that resumes this one then looks for the rows in the table.
        manifest.write(plan, {**loaded, "storage": {**storage, "mode": "dynamodb"}})
    else:
        settlement.keep_failures()
    if plan.get("cache") and loaded["map_mode"] == "inline":
        # Imported where it is used: few batches share their answers.
        from batch_processor.output.sharing import share

        share(plan, loaded, results)


def _settlement(plan: Plan, loaded: Loaded, results: Sequence[RowResult]) -> Settlement:
    return Settlement(plan, loaded, _rows(loaded), results)


def _rows(loaded: Loaded) -> RowRange:
    return RowRange(first=1, last=loaded["row_count"])


def _finished(plan: Plan) -> Any:
    output = plan["output"]
    if not _exists(plan):
        return None
    try:
        return json.loads(s3.read(output["bucket"], summary_key(output["key"])))
    except SourceUnavailable:
        return None


def _exists(plan: Plan) -> bool:
    bucket, key = plan["output"]["bucket"], plan["output"]["key"]
    ours = is_ours(bucket, key, plan["batch"]["id"])
    if ours is False:
        raise BatchProcessorError(
            f"Writing s3://{bucket}/{key}: another object has this name, and nothing is overwritten."
        )
    return bool(ours)


@contextmanager
def _written(
    plan: Plan, loaded: Loaded, settlement: Settlement, load: Load, deadline: Deadline, *, overwrite: bool = False
) -> Iterator[tuple[JoinedObject, Tally]]:
    """The object with the whole CSV written into it but not published, and the tally of its rows."""
    output, owner, tally = plan["output"], plan["batch"]["id"], tally_of(plan)
    header = manifest.read_header(plan)
    # Rather too many: twice the input for rows that no part has.
    size = load.size_bytes + 2 * plan["source"]["size_bytes"]
    with JoinedObject(output["bucket"], output["key"], parts.CSV, owner, size, overwrite=overwrite) as target:
        with parts.text_into(target) as text:
            enriched = EnrichedCsv(text, plan, loaded, tally)
            enriched.write_header(header)
            if loaded["map_mode"] == "inline":
                enriched.write_rows(_records(plan, loaded), settlement.results(), _rows(loaded))
        if loaded["map_mode"] == "distributed":
            pieces = joining.pieces_to_join(plan, loaded)
            parts.join(plan, loaded, _rows(loaded), pieces, target, tally, deadline)
        yield target, tally


def _records(plan: Plan, loaded: Loaded) -> Iterator[Record]:
    if loaded.get("originals_kept"):
        return all_originals(plan["work"])
    # A batch that was loaded before they were kept: its CSV is read once more, as it was pinned.
    records = csv_input(plan).records()
    next(records)  # the header
    return islice(records, plan.get("max_rows"))


def _write_summary(
    plan: Plan,
    loaded: Loaded,
    tally: Tally,
    status: BatchStatus | None = None,
    remarks: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    summary = summarize(plan, loaded, tally, datetime.now(UTC), status) | dict(remarks or {})
    if status or is_in_table(plan, loaded, tally):
        summary["results"] = rows_in_table(loaded, results_table.table_name())
    if status == "FAILED":
        del summary["csv_location"]  # there is none
    body = json.dumps(summary, ensure_ascii=False, indent=2).encode()
    s3.write(plan["output"]["bucket"], summary_key(plan["output"]["key"]), body, "application/json")
    return summary


def partial(plan: Plan) -> Plan:
    """The plan with the place of the partial output: a CSV that is not complete never has the final name.

    The place is in the stack's own bucket, as the output's bucket may be what failed. If that one has answers of an earlier
    batch, it is the work folder: whoever goes on with a batch and fails does not bring them before all who read outputs.
    """
    output, bucket = plan["output"], plan["work"]["bucket"]
    folder, _, name = output["key"].rpartition("/")
    if output["bucket"] != bucket and "earlier" in plan:
        folder = plan["work"]["prefix"].rstrip("/")
    elif output["bucket"] != bucket or folder.partition("/")[0] != OUTPUTS:
        folder = OUTPUTS
    key = f"{folder}/{name.removesuffix('.csv')}{PARTIAL}.csv"
    return {**plan, "output": {**output, "bucket": bucket, "key": key}}
