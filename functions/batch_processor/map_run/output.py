"""Publishes the CSV of a Map Run's results, complete or not at all, and then its summary beside it."""

import hashlib
import io
import json
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, cast

from batch_processor.aws import s3
from batch_processor.batch.own_bucket import OUTPUTS
from batch_processor.config.output_format import RFC_4180, OutputFormat
from batch_processor.contract import Loaded, Output, Plan, RowRange, WrittenCsv
from batch_processor.contract.results import time_text
from batch_processor.map_run.manifest import Manifest
from batch_processor.map_run.request import MapResultsRequest
from batch_processor.map_run.result_files import OriginalCsv
from batch_processor.map_run.rows import MapRows
from batch_processor.output.enriched_csv import EnrichedCsv
from batch_processor.output.summary import summary_key, what_became
from batch_processor.results.tally import Tally, columns_of

_DIGEST_CHARACTERS = 8
_LONGEST_KEY_BYTES = 1024 - len(".summary.json")


def describe_output(request: MapResultsRequest, manifest: Manifest, csv: OriginalCsv | None, bucket: str) -> Output:
    """The output's columns and place; by a digest in its name, a repeated request finds its own work."""
    stem = PurePosixPath(csv.pinned.key).stem if csv else manifest.state_machine
    ending = f"-{manifest.map_run}-{_digest(request, manifest, csv)}.csv"
    folder = OUTPUTS if request.output_prefix is None else request.output_prefix.key
    room = _LONGEST_KEY_BYTES - len(f"{folder}/{ending}".encode())
    name = stem.encode()[:room].decode(errors="ignore") + ending
    return request.planned_output(
        bucket=request.output_prefix.bucket if request.output_prefix else bucket,
        key=f"{folder}/{name}" if folder else name,
        csv=_written(request.output.csv, csv),
    )


def _written(asked: OutputFormat, csv: OriginalCsv | None) -> WrittenCsv | None:
    if asked == RFC_4180:
        return None
    return asked.written(csv.csv.encoding, csv.csv.dialect.delimiter) if csv else asked.written("utf-8", ",")


def _digest(request: MapResultsRequest, manifest: Manifest, csv: OriginalCsv | None) -> str:
    identity = repr((request, manifest, csv and csv.pinned))
    return hashlib.sha256(identity.encode()).hexdigest()[:_DIGEST_CHARACTERS]


def publish(rows: MapRows, manifest: Manifest, csv: OriginalCsv | None, output: Output) -> Tally:
    """Writes the CSV and returns its tally; BatchProcessorError if another object has its name."""
    header = csv.header if csv else list(rows.columns)
    count = csv.row_count if csv else rows.spool.last
    records = rows.compared(csv.rows(), header) if csv else rows.records()
    tally = Tally(columns=columns_of(output))
    # All that EnrichedCsv reads of a plan and of what loading found: there is no batch here.
    plan = cast("Plan", {"output": output, "source": {"width": len(header)}})
    loaded = cast("Loaded", {"surplus_cells": bool(csv and csv.has_surplus)})
    owner = f"{manifest.map_run_arn} {output['key']}"
    with s3.NewObject(output["bucket"], output["key"], "text/csv; charset=utf-8", owner=owner) as target:
        text = io.TextIOWrapper(io.BufferedWriter(target), encoding="utf-8", newline="")
        written = EnrichedCsv(text, plan, loaded, tally)
        written.write_header(header)
        written.write_rows(records, map(rows.result_of, range(1, count + 1)), RowRange(first=1, last=count))
        text.flush()
        target.publish()
    return tally


def write_summary(output: Output, summary: dict[str, Any]) -> None:
    """Puts the summary beside the CSV."""
    body = json.dumps(summary, ensure_ascii=False, indent=2).encode()
    s3.write(output["bucket"], summary_key(output["key"]), body, "application/json")


def summarize(
    request: MapResultsRequest,
    manifest: Manifest,
    csv: OriginalCsv | None,
    output: Output,
    tally: Tally,
    started_at: datetime,
) -> dict[str, Any]:
    """The summary, with the same keys as a batch's."""
    finished_at = datetime.now(UTC)
    return {
        "status": tally.batch_status,
        **what_became(output, tally),
        "execution_time_ms": int((finished_at - started_at).total_seconds() * 1000),
        "started_at": time_text(started_at),
        "finished_at": time_text(finished_at),
        "map_run_arn": manifest.map_run_arn,
        "results": str(request.manifest),
        "row_order": "index" if request.places.indexed else "result files",
        **({"source": csv.source, "blank_lines_skipped": csv.csv.blank_lines} if csv else {}),
    }
