"""AggregateResults: the results and the original rows become the output CSV and its summary."""

import io
import json
from datetime import UTC, datetime
from typing import Any

from batch_processor.aws import s3, spill
from batch_processor.contract import Loaded, Plan, RowResult
from batch_processor.csv_input import CsvInput
from batch_processor.enriched_csv import NO_RESULT, write_enriched_csv
from batch_processor.logs import logger, start_log
from batch_processor.metrics import emit_batch_metrics
from batch_processor.summary import Tally, summarize, summary_key


def handle(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Takes {plan, loaded, results}; returns the summary. The CSV stands complete under its name, or not at all."""
    plan: Plan = event["plan"]
    start_log(plan["batch"]["name"], plan["execution"]["log_level"])
    tally = _publish(plan, event["loaded"], {result["index"]: result for result in event["results"]})
    summary = summarize(plan, event["loaded"], tally, datetime.now(UTC))
    body = json.dumps(summary, ensure_ascii=False, indent=2).encode()
    s3.write(plan["output"]["bucket"], summary_key(plan["output"]["key"]), body, "application/json")
    emit_batch_metrics(plan, summary, event["results"])
    logger.info("Wrote the output", extra={"status": summary["status"], "rows": summary["row_count"]})
    return summary


def _publish(plan: Plan, loaded: Loaded, results: dict[int, RowResult]) -> Tally:
    def result_of(index: int) -> RowResult:
        result = results.get(index, NO_RESULT)
        return {**result, "cells": spill.get_cells(plan["spill"], index)} if result.get("spilled") else result

    source, output = plan["source"], plan["output"]
    pinned = s3.PinnedObject(
        source["bucket"], source["key"], source["etag"], source["size_bytes"], source.get("version_id")
    )
    records = CsvInput(pinned.open, source["encoding"], source["delimiter"]).records()
    next(records)
    with s3.NewObject(output["bucket"], output["key"], "text/csv; charset=utf-8", owner=plan["batch"]["id"]) as target:
        text = io.TextIOWrapper(io.BufferedWriter(target), encoding="utf-8", newline="")
        tally = write_enriched_csv(text, records, result_of, plan, loaded)
        text.flush()
        target.publish()
    return tally
