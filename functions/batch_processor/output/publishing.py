"""Publishes a batch's output: the CSV, complete or not at all, and then the summary beside it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from batch_processor.aws import s3
from batch_processor.aws.joined_object import JoinedObject, is_ours
from batch_processor.batch import manifest
from batch_processor.batch.own_bucket import OUTPUTS
from batch_processor.contract import FAILURES, Loaded, Plan, RowRange, RowResult
from batch_processor.csv_file.records import Record
from batch_processor.csv_file.source import csv_input
from batch_processor.errors import (
    BatchProcessorError,
    SourceUnavailable,
)
from batch_processor.output import parts
from batch_processor.output.enriched_csv import EnrichedCsv
from batch_processor.output.summary import summarize, summary_key
from batch_processor.results.failure import Failure
from batch_processor.results.settlement import Settlement
from batch_processor.results.tally import BatchStatus, Tally, tally_of


def publish(plan: Plan, loaded: Loaded, results: Iterable[RowResult]) -> tuple[dict[str, Any], Tally | None]:
    """Writes CSV and summary; returns the summary, and the tally unless an earlier invocation had finished both."""
    if finished := _finished(plan):
        return finished, None
    settlement = _settlement(plan, loaded, results)
    with _written(plan, loaded, settlement) as (target, tally):
        _keep(plan, loaded, settlement, tally)
        target.publish()
    return _write_summary(plan, loaded, tally), tally


def publish_partial(plan: Plan, loaded: Loaded, results: Iterable[RowResult], failure: Failure) -> dict[str, Any]:
    """Writes what there is of a batch that `failure` ended, and returns its summary; no CSV if no row was answered.

    `plan` names the partial output, which replaces one that was written for this batch before. Results that the table
    lacks are stored for a batch that resumes this one.
    """
    settlement = _settlement(plan, loaded, results)
    with _written(plan, loaded, settlement, overwrite=_exists(plan)) as (target, tally):
        if answered := tally.statuses["SUCCESS"]:
            target.publish()
    settlement.keep_all()
    told = {"error": failure.error, "cause": failure.cause}
    remarks = {"execution_status": failure.status, **{name: text for name, text in told.items() if text}}
    return _write_summary(plan, loaded, tally, "PARTIAL" if answered else "FAILED", remarks)


def _keep(plan: Plan, loaded: Loaded, settlement: Settlement, tally: Tally) -> None:
    """Stores the results by which a batch that resumes this one pays for no answer again."""
    storage, is_complete = loaded["storage"], not any(tally.statuses[status] for status in (*FAILURES, "NOT_RUN"))
    if storage["mode"] == "inline" and plan["storage"]["mode"] == "auto" and not is_complete:
        settlement.keep_all()
        # The batch that resumes this one then looks for the rows in the table.
        manifest.write(plan, {**loaded, "storage": {**storage, "mode": "dynamodb"}})
    else:
        settlement.keep_failures()


def _settlement(plan: Plan, loaded: Loaded, results: Iterable[RowResult]) -> Settlement:
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
    plan: Plan, loaded: Loaded, settlement: Settlement, *, overwrite: bool = False
) -> Iterator[tuple[JoinedObject, Tally]]:
    """The object with the whole CSV written into it but not published, and the tally of its rows."""
    output, owner, tally = plan["output"], plan["batch"]["id"], tally_of(plan)
    header = manifest.read_header(plan)
    if loaded["map_mode"] == "distributed":
        all_pieces = parts.found_pieces(plan["work"], loaded["row_count"])
        size = parts.expected_bytes(plan)
        with JoinedObject(output["bucket"], output["key"], parts.CSV, owner, size, overwrite=overwrite) as target:
            parts.join(plan, loaded, header, all_pieces, target, tally)
            yield target, tally
    else:
        with JoinedObject(output["bucket"], output["key"], parts.CSV, owner, overwrite=overwrite) as target:
            with parts.text_into(target) as text:
                enriched = EnrichedCsv(text, plan, loaded, tally)
                enriched.write_header(header)
                enriched.write_rows(_records(plan), settlement.results(), _rows(loaded))
            yield target, tally


def _records(plan: Plan) -> Iterator[Record]:
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
    if status == "FAILED":
        del summary["csv_location"]  # there is none
    body = json.dumps(summary, ensure_ascii=False, indent=2).encode()
    s3.write(plan["output"]["bucket"], summary_key(plan["output"]["key"]), body, "application/json")
    return summary


def partial(plan: Plan) -> Plan:
    """The plan with the place of the partial output: a CSV that is not complete never has the final name.

    The place is in the stack's own bucket, as the output's bucket may be what failed.
    """
    output, bucket = plan["output"], plan["work"]["bucket"]
    folder, _, name = output["key"].rpartition("/")
    if output["bucket"] != bucket or folder.partition("/")[0] != OUTPUTS:
        folder = OUTPUTS
    key = f"{folder}/{name.removesuffix('.csv')}.partial.csv"
    return {**plan, "output": {**output, "bucket": bucket, "key": key}}
