"""Tells how far a batch is; what it reads does not grow with the rows that are done."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.contract import Loaded, Tier
from batch_processor.contract.results import time_text
from batch_processor.cost.shapes import Cost
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.cost_so_far import cost_so_far
from batch_processor.operations.running.known_batch import KnownBatch, known_batch, summary_of
from batch_processor.operations.running.newest_rows import (
    CHECKING,
    JOINING,
    LOADING,
    RETRIED,
    RUNNING,
    THROTTLED,
    NewestRows,
)
from batch_processor.operations.running.pace import time_left
from batch_processor.operations.running.row_batches import FailedLately
from batch_processor.operations.running.rows_so_far import (
    RowsSoFar,
    newest_of,
    rows_of_distributed,
    rows_of_express,
    rows_of_inline,
    rows_of_record,
)
from batch_processor.results.causes import Cause
from batch_processor.results.failure import Failure

ExecutionStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE", "UNKNOWN"]
Stage = Literal["checking", "loading", "running", "joining", "ended"]


class CountedCause(TypedDict):
    cause: Cause
    count: int


class Waiting(TypedDict):
    """What a batch waits for, if it does; `words` says it to a person."""

    reason: Literal["throttled", "retries", "concurrency"]
    words: str


class LatestFailure(TypedDict):
    """The row that failed last; `message` says why in words, which may quote cells. `row` is not known of all."""

    row: NotRequired[int]
    cause: Cause
    error: str
    message: str
    failed_at: str


class BatchProgress(TypedDict):
    """The answer of monitor_batch_execution.

    Rows processed are those that succeeded or failed, those that were taken over among them. `failures` are counted over
    `failures_known_of` processed rows, as a running inline batch tells only of its latest. Rates are rows/s of late;
    `seconds_left_error` is the half width of what surely holds two times of three. `latest` is the row that failed last, as
    far as it is among the newest events. `mean_row_ms` is how long a row took, of a batch that has ended.
    """

    batch: str
    execution_arn: str
    target: NotRequired[str]
    status: ExecutionStatus
    outcome: NotRequired[str]
    stage: Stage
    error: NotRequired[str]
    map_mode: NotRequired[Literal["inline", "distributed"]]
    execution_tier: NotRequired[Tier]
    rows_processed: int
    total_rows: NotRequired[int]
    percent_complete: NotRequired[float]
    rows_succeeded: NotRequired[int]
    rows_failed: int
    rows_skipped: NotRequired[int]
    rows_taken_over: int
    rows_in_flight: int
    max_concurrency: NotRequired[int]
    rows_per_second: NotRequired[float]
    seconds_left: NotRequired[float]
    seconds_left_error: NotRequired[float]
    estimated_completion: NotRequired[str]
    failures: list[CountedCause]
    failures_known_of: int
    latest: NotRequired[LatestFailure]
    mean_row_ms: NotRequired[float]
    cost_so_far: NotRequired[Cost]
    cost_expected_usd: NotRequired[float]
    waiting: NotRequired[Waiting]
    start_time: str
    end_time: NotRequired[str]
    elapsed_seconds: float
    looked_at: str


_STAGES: tuple[tuple[tuple[str, ...], Stage], ...] = (
    (CHECKING, "checking"),
    (LOADING, "loading"),
    (RUNNING, "running"),
    (JOINING, "joining"),
)
# So many of the rows on their way wait for one thing for the batch to be said to wait for it.
_MOST_WAIT = 0.5
_STARTING_SECONDS = 60
_MESSAGE_CHARACTERS = 300


def monitor_batch_execution(execution_arn: str, deployment: Deployment) -> BatchProgress:
    """How far the batch is; right for inline, distributed, resumed and redriven ones. `execution_arn` may be its name."""
    batch = known_batch(execution_arn, deployment)
    if batch.runs and batch.execution:
        return _running(batch, deployment)
    return _ended(batch)


def _running(batch: KnownBatch, deployment: Deployment) -> BatchProgress:
    newest, now = newest_of(batch), datetime.now(UTC)
    stage = _stage(newest.stage, batch.loaded)
    rows = RowsSoFar()
    if batch.loaded and stage in ("running", "joining"):
        rows = _rows(batch, batch.loaded, newest, deployment, now)
    progress = _told(batch, stage, rows, datetime.now(UTC))
    if stage == "running" and batch.loaded:
        rows_left = max(batch.loaded["row_count"] - rows.over, 0)
        progress |= _ahead(rows_left, rows)
        if rows_left and (waiting := _waiting(batch, rows)):
            progress["waiting"] = waiting
    return progress


def _rows(batch: KnownBatch, loaded: Loaded, newest: NewestRows, deployment: Deployment, now: datetime) -> RowsSoFar:
    if loaded["map_mode"] == "inline":
        return rows_of_inline(batch, newest, loaded, now)
    if batch.plan and loaded.get("tier") == "express":
        return rows_of_express(batch, batch.plan, loaded, deployment, newest.stage)
    return rows_of_distributed(batch, loaded, deployment)


def _ended(batch: KnownBatch) -> BatchProgress:
    record = batch.record
    counted = record if record and record["status"] != "RUNNING" else None
    summary = None if counted else summary_of(batch)
    told: Any = counted or summary or record
    if batch.is_untold and not summary and batch.loaded and batch.loaded["map_mode"] == "inline":
        # Its own events tell, as they did while it ran.
        rows = replace(rows_of_inline(batch, newest_of(batch), batch.loaded, datetime.now(UTC)), in_flight=0)
    else:
        rows = rows_of_record(told) if told else RowsSoFar()
    progress = _told(batch, "ended", rows, datetime.now(UTC))
    for name in ("cost", "mean_row_ms") if counted or summary else ():
        if name in told:
            progress["cost_so_far" if name == "cost" else "mean_row_ms"] = told[name]
    if (outcome := told and told.get("status")) and outcome != "RUNNING":
        progress["outcome"] = outcome
    error = record.get("error") if record else None
    if error := error or (batch.execution or {}).get("error"):
        progress["error"] = Failure.of({"status": batch.status, "error": str(error)}).error
    return progress


def _stage(state: str, loaded: Loaded | None) -> Stage:
    """The stage that a state is of; newest events without any state of the batch's own are all of rows."""
    if not state:
        return "running" if loaded else "checking"
    return next((stage for states, stage in _STAGES if state in states), "joining")


def _told(batch: KnownBatch, stage: Stage, rows: RowsSoFar, now: datetime) -> BatchProgress:
    progress = BatchProgress(
        batch=batch.name,
        execution_arn=batch.arn,
        status=batch.status,  # type: ignore[typeddict-item] # Step Functions has no others
        stage=stage,
        rows_processed=rows.processed,
        rows_failed=rows.failed,
        rows_taken_over=rows.taken_over,
        rows_in_flight=rows.in_flight,
        failures=counted_causes(rows.causes or {}),
        failures_known_of=rows.known_of,
        start_time=batch.started_at,
        elapsed_seconds=round(batch.seconds(now), 3),
        looked_at=time_text(now),
    )
    known: dict[str, Any] = {
        "target": batch.target,
        "end_time": batch.ended_at,
        "rows_succeeded": rows.succeeded,
        "rows_skipped": rows.skipped or None,
        "latest": _latest(rows.latest) if rows.latest else None,
        **_of_plan(batch, rows),
    }
    progress |= {name: value for name, value in known.items() if value is not None}  # type: ignore[typeddict-item]
    return progress


def _of_plan(batch: KnownBatch, rows: RowsSoFar) -> dict[str, Any]:
    """What the plan, or the record, says of the whole."""
    record: Any = batch.record or {}
    total = batch.loaded["row_count"] if batch.loaded else record.get("rows_total")
    return {
        "map_mode": batch.loaded["map_mode"] if batch.loaded else record.get("map_mode"),
        "execution_tier": _tier(batch.loaded),
        "total_rows": total,
        # Rows that no more comes of, as they were not run, are not complete.
        "percent_complete": _percent(rows.processed + rows.skipped, total),
        "max_concurrency": batch.plan["execution"]["max_concurrency"] if batch.plan else record.get("max_concurrency"),
        "cost_so_far": cost_so_far(batch, rows.counted, rows.on_way),
        "cost_expected_usd": record.get("expected_cost", {}).get("usd"),
    }


def _tier(loaded: Loaded | None) -> Tier | None:
    """Of a distributed batch, as far as its work folder still tells."""
    return loaded.get("tier", "standard") if loaded and loaded["map_mode"] == "distributed" else None


def _latest(latest: FailedLately) -> LatestFailure:
    failure = latest.failure
    told = LatestFailure(
        cause=failure.cause,
        error=failure.error,
        message=failure.message[:_MESSAGE_CHARACTERS],
        failed_at=time_text(failure.ended_at),
    )
    return told if latest.row is None else {**told, "row": latest.row}


def _percent(over: int, total: int | None) -> float | None:
    if total is None:
        return None
    return round(min(100 * over / total, 100.0), 1) if total else 100.0


def counted_causes(causes: Mapping[str, int]) -> list[CountedCause]:
    """The causes, the most frequent first."""
    ranked = sorted(causes.items(), key=lambda item: (-item[1], item[0]))
    return [CountedCause(cause=cause, count=count) for cause, count in ranked if count]  # type: ignore[typeddict-item]


def _ahead(rows_left: int, rows: RowsSoFar) -> Any:
    if not rows.pace.ends:
        return {}
    told: dict[str, Any] = {"rows_per_second": round(rows.pace.rows_per_second, 3)}
    if left := time_left(rows_left, rows.in_flight, rows.pace):
        end = datetime.now(UTC) + timedelta(seconds=left.seconds)
        told |= {
            "seconds_left": round(left.seconds, 1),
            "seconds_left_error": round(left.error, 1),
            "estimated_completion": time_text(end),
        }
    return told


def _share(count: int, on_way: int, one: str, several: str) -> str:
    if on_way == 1:
        return f"the only row on its way {one}"
    return f"{count:,} of {on_way:,} rows on their way {one if count == 1 else several}"


def _waiting(batch: KnownBatch, rows: RowsSoFar) -> Waiting | None:
    waits, on_way = rows.waits or {}, max(rows.in_flight, 1)
    throttled, retried = waits.get(THROTTLED, 0), waits.get(RETRIED, 0)
    if throttled >= _MOST_WAIT * on_way and throttled:
        return Waiting(
            reason="throttled",
            words=f"AWS throttles the calls: {_share(throttled, on_way, 'waits', 'wait')} to be called again.",
        )
    if retried >= _MOST_WAIT * on_way and retried:
        return Waiting(
            reason="retries",
            words=f"{_share(retried, on_way, 'has failed and waits', 'have failed and wait')} for the next attempt.",
        )
    # Express children are begun by the thousand, and in the Express tier nobody sees them.
    if (
        _tier(batch.loaded) == "standard"
        and not rows.row_batches
        and batch.seconds(datetime.now(UTC)) > _STARTING_SECONDS
    ):
        return Waiting(
            reason="concurrency",
            words="No row batch of it runs: Step Functions takes no more executions at present, and they are tried again.",
        )
    return None
