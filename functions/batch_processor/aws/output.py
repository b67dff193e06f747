"""Publishes a batch's output: the CSV, complete or not at all, and then the summary beside it."""

import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from batch_processor.aws import s3, spill
from batch_processor.aws.source import csv_input
from batch_processor.contract import Loaded, Plan, RowResult
from batch_processor.enriched_csv import NO_RESULT, write_enriched_csv
from batch_processor.summary import Tally, summarize, summary_key


def publish(plan: Plan, loaded: Loaded, results: Iterable[RowResult], **remarks: Any) -> dict[str, Any]:
    """Writes CSV and summary and returns the summary; `remarks` go into it over what it says by itself."""
    tally = _publish_csv(plan, loaded, {result["index"]: result for result in results})
    summary = summarize(plan, loaded, tally, datetime.now(UTC)) | remarks
    body = json.dumps(summary, ensure_ascii=False, indent=2).encode()
    s3.write(plan["output"]["bucket"], summary_key(plan["output"]["key"]), body, "application/json")
    return summary


def _publish_csv(plan: Plan, loaded: Loaded, results: dict[int, RowResult]) -> Tally:
    def result_of(index: int) -> RowResult:
        result = results.get(index, NO_RESULT)
        return {**result, "cells": spill.get_cells(plan["spill"], index)} if result.get("spilled") else result

    output = plan["output"]
    records = csv_input(plan).records()
    next(records)  # the header, which the plan has
    with s3.NewObject(output["bucket"], output["key"], "text/csv; charset=utf-8", owner=plan["batch"]["id"]) as target:
        text = io.TextIOWrapper(io.BufferedWriter(target), encoding="utf-8", newline="")
        tally = write_enriched_csv(text, records, result_of, plan, loaded)
        text.flush()
        target.publish()
    return tally
