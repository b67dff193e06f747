"""Tells how far a batch is; what it reads does not grow with the rows that are done."""

from typing import Literal, NotRequired, TypedDict

from batch_processor.cost.shapes import Cost
from batch_processor.operations.deployment import Deployment
from batch_processor.results.causes import Cause

ExecutionStatus = Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE", "UNKNOWN"]
Stage = Literal["checking", "loading", "running", "joining", "ended"]


class CountedCause(TypedDict):
    cause: Cause
    count: int


class Waiting(TypedDict):
    """What a batch waits for, if it does; `words` says it to a person."""

    reason: Literal["throttled", "retries", "concurrency"]
    words: str


class BatchProgress(TypedDict):
    """The answer of monitor_batch_execution.

    Rows processed are those that succeeded or failed, those that were taken over among them. `failures` are counted over
    `failures_known_of` processed rows, as a running inline batch tells only of its latest. Rates are rows/s of late;
    `seconds_left_error` is the half width of what surely holds two times of three.
    """

    batch: str
    execution_arn: str
    target: NotRequired[str]
    status: ExecutionStatus
    outcome: NotRequired[str]
    stage: Stage
    error: NotRequired[str]
    map_mode: NotRequired[Literal["inline", "distributed"]]
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
    cost_so_far: NotRequired[Cost]
    cost_expected_usd: NotRequired[float]
    waiting: NotRequired[Waiting]
    start_time: str
    end_time: NotRequired[str]
    elapsed_seconds: float
    looked_at: str


def monitor_batch_execution(execution_arn: str, deployment: Deployment) -> BatchProgress:
    """How far the batch is; right for inline, distributed, resumed and redriven ones. `execution_arn` may be its name."""
    raise NotImplementedError
