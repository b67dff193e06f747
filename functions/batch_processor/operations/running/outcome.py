"""Tells what came out of a batch."""

from typing import Literal, NotRequired, TypedDict

from batch_processor.cost.shapes import Cost
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running.progress import CountedCause

OutcomeStatus = Literal["SUCCEEDED", "COMPLETED_WITH_ERRORS", "ALL_ROWS_FAILED", "PARTIAL", "FAILED", "RUNNING"]


class BatchResults(TypedDict):
    """The answer of get_batch_results: rows_processed = rows_succeeded + rows_failed, those that timed out among them.

    `message` says in a sentence what became of the rows. `sample_rows` and `download_url` (good for a quarter of an hour)
    are there where they were asked for.
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
    failures: list[CountedCause]
    cost: NotRequired[Cost]
    cost_expected_usd: NotRequired[float]
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
    raise NotImplementedError
