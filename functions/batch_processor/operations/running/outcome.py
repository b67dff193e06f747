"""Tells what came out of a batch."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NotRequired, TypedDict, get_args

from batch_processor.aws import s3
from batch_processor.contract import Tier
from batch_processor.cost.shapes import Cost
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.known_batch import (
    COUNTS,
    KnownBatch,
    failure_of,
    known_batch,
    rows_of_end,
    summary_of,
)
from batch_processor.operations.running.output_rows import first_rows
from batch_processor.operations.running.progress import (
    BatchProgress,
    CountedCause,
    counted_causes,
    monitor_batch_execution,
)

_LINK_SECONDS = 900
_REASON_CHARACTERS = 2_000

_TIER = ("execution_tier", "execution_tier_reason", "express_would_save_usd")
_UNTOLD = (
    "The batch has ended, and what its rows came to is not written down yet: ask again in a minute. No answer is lost, "
    "and a batch that resumes it pays for none again."
)

OutcomeStatus = Literal["SUCCEEDED", "COMPLETED_WITH_ERRORS", "ALL_ROWS_FAILED", "PARTIAL", "FAILED", "RUNNING"]


class BatchResults(TypedDict):
    """The answer of get_batch_results: rows_processed = rows_succeeded + rows_failed, those that timed out among them.

    `message` says in a sentence what became of the rows. A distributed batch says in which tier its rows ran and why, and,
    where only the target's promise to be idempotent was missing, what Express would have saved. `sample_rows` and
    `download_url` (good for a quarter of an hour) are there where they were asked for.
    """

    batch: str
    execution_arn: str
    status: OutcomeStatus
    message: str
    output_csv_uri: NotRequired[str]
    summary_uri: NotRequired[str]
    rows_total: int
    rows_processed: int
    rows_succeeded: int
    rows_failed: int
    rows_timed_out: int
    rows_skipped: int
    rows_not_run: int
    processing_time_seconds: float
    mean_row_ms: NotRequired[float]
    failures: list[CountedCause]
    cost: NotRequired[Cost]
    cost_expected_usd: NotRequired[float]
    execution_tier: NotRequired[Tier]
    execution_tier_reason: NotRequired[str]
    express_would_save_usd: NotRequired[float]
    error: NotRequired[str]
    reason: NotRequired[str]
    error_details_location: NotRequired[str]
    retry_suggestion: NotRequired[str]
    next_steps: list[str]
    sample_rows: NotRequired[list[dict[str, str]]]
    download_url: NotRequired[str]


def get_batch_results(
    execution_arn: str, deployment: Deployment, sample_rows: int = 0, download_link: bool = False
) -> BatchResults:
    """What came out, or that it runs still."""
    batch = known_batch(execution_arn, deployment)
    if batch.runs:
        return _running(batch, monitor_batch_execution(batch.arn, deployment))
    summary = summary_of(batch) or {}
    rows, status = rows_of_end(batch), _status(batch, summary)
    results: BatchResults = BatchResults(
        batch=batch.name,
        execution_arn=batch.arn,
        status=status,
        message=_UNTOLD if batch.is_untold and not summary else _message(status, rows, summary),
        rows_processed=rows["rows_succeeded"] + rows["rows_failed"],
        **{name: rows[name] for name in COUNTS},  # type: ignore[typeddict-item]
        processing_time_seconds=round(batch.seconds(datetime.now(UTC)), 3),
        failures=counted_causes(batch.record["causes"] if batch.record else summary.get("causes", {})),
        next_steps=_next_steps(batch.name, status, rows, loaded=bool(batch.loaded)),
    )
    results.update(
        _found(
            {
                **_places(batch, summary),
                **_costs(batch, summary),
                **_tier(summary),
                **_failure(batch),
                **_advice(batch, rows),
            }
        )
    )
    if uri := results.get("output_csv_uri"):
        if rows["rows_failed"]:
            results["error_details_location"] = f"{uri} (see _error_message column)"
        results.update(_asked_for(uri, summary, sample_rows, download_link))
    return results


def _asked_for(uri: str, summary: Mapping[str, Any], sample_rows: int, download_link: bool) -> Any:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    told: dict[str, Any] = {}
    if sample_rows > 0:
        delimiter = summary.get("csv_format", {}).get("delimiter", ",")
        told["sample_rows"] = first_rows(bucket, key, delimiter, sample_rows)
    if download_link:
        told["download_url"] = s3.download_link(bucket, key, _LINK_SECONDS)
    return told


def _running(batch: KnownBatch, progress: BatchProgress) -> BatchResults:
    processed, failed = progress["rows_processed"], progress["rows_failed"]
    total = progress.get("total_rows", 0)
    results = BatchResults(
        batch=batch.name,
        execution_arn=batch.arn,
        status="RUNNING",
        message=f"The batch runs: {processed:,} of {total:,} rows are done." if total else "The batch has just begun.",
        rows_total=total,
        rows_processed=processed,
        rows_succeeded=progress.get("rows_succeeded", processed - failed),
        rows_failed=failed,
        rows_timed_out=batch.record["rows_timed_out"] if batch.record else 0,
        rows_skipped=progress.get("rows_skipped", 0),
        rows_not_run=0,
        processing_time_seconds=progress["elapsed_seconds"],
        failures=progress["failures"],
        next_steps=[f"batchctl watch {batch.name}"],
    )
    costs = {"cost": progress.get("cost_so_far"), "cost_expected_usd": progress.get("cost_expected_usd")}
    results |= _found(costs)
    return results


def _found(told: Mapping[str, Any]) -> Any:
    return {name: value for name, value in told.items() if value is not None}


def _status(batch: KnownBatch, summary: Mapping[str, Any]) -> OutcomeStatus:
    told: Any = summary.get("status") or (batch.record["status"] if batch.record else "")
    if told in get_args(OutcomeStatus) and told != "RUNNING":
        return told  # type: ignore[no-any-return]
    return "SUCCEEDED" if batch.status == "SUCCEEDED" else "FAILED"


def _message(status: OutcomeStatus, rows: Mapping[str, Any], summary: Mapping[str, Any]) -> str:
    if text := summary.get("status_text"):
        return str(text)
    if status == "FAILED" and not rows["rows_succeeded"]:
        return "The batch failed, and no row was answered."
    return f"{rows['rows_succeeded']:,} of {rows['rows_total']:,} rows succeeded, {rows['rows_failed']:,} failed."


def _places(batch: KnownBatch, summary: Mapping[str, Any]) -> dict[str, Any]:
    record: Mapping[str, Any] = batch.record or {}
    return {
        "output_csv_uri": summary.get("csv_location") or record.get("csv_location"),
        "summary_uri": summary.get("summary_location") or record.get("summary_location"),
    }


def _costs(batch: KnownBatch, summary: Mapping[str, Any]) -> dict[str, Any]:
    record: Any = batch.record or {}
    return {
        "mean_row_ms": summary.get("mean_row_ms") or record.get("mean_row_ms"),
        "cost": summary.get("cost") or record.get("cost"),
        "cost_expected_usd": record.get("expected_cost", {}).get("usd"),
    }


def _tier(summary: Mapping[str, Any]) -> dict[str, Any]:
    return {name: summary.get(name) for name in _TIER}


def _failure(batch: KnownBatch) -> dict[str, Any]:
    if batch.status == "SUCCEEDED":
        return {}
    failure = failure_of(batch)
    return {"error": failure.error or failure.status, "reason": failure.cause[:_REASON_CHARACTERS] or None}


def _advice(batch: KnownBatch, rows: Mapping[str, Any]) -> dict[str, Any]:
    again = rows["rows_failed"] + rows["rows_not_run"]
    if batch.status != "SUCCEEDED" and not batch.loaded:
        return {}
    if batch.status != "SUCCEEDED":
        return {"retry_suggestion": f"`batchctl resume {batch.name}` goes on with it; no answer is paid for twice."}
    if not again:
        return {}
    what = "row that failed" if again == 1 else "rows that failed or were not run"
    return {
        "retry_suggestion": f"`batchctl retry {batch.name}` runs the {again:,} {what} again; its output has all rows."
    }


def _next_steps(name: str, status: OutcomeStatus, rows: Mapping[str, Any], *, loaded: bool) -> list[str]:
    # What was refused before its rows were read is refused once more.
    if status == "FAILED" and not loaded:
        return [f"batchctl failures {name}"]
    if status in ("FAILED", "PARTIAL"):
        return [f"batchctl failures {name}", f"batchctl resume {name}"]
    if rows["rows_failed"] + rows["rows_not_run"]:
        return [f"batchctl failures {name}", f"batchctl retry {name}"]
    return [f"batchctl rows {name}"]
