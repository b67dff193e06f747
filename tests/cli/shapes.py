"""What operations answer, for the front end that shows it."""

from typing import Any, cast

from batch_processor.cost.shapes import Cost
from batch_processor.operations.analysis.structure import CsvStructure
from batch_processor.operations.configuring.generation import GeneratedConfig
from batch_processor.operations.estimate import CostEstimate
from batch_processor.operations.failures.explanation import FailureExplanation
from batch_processor.operations.running.execution import ConfirmationRequired, StartedBatch
from batch_processor.operations.running.outcome import BatchResults
from batch_processor.operations.running.progress import BatchProgress

ARN = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:tickets-20261121"
OUTPUT = "s3://data/outputs/tickets-20261121.csv"


def cost(usd: float, **keys: Any) -> Cost:
    return cast("Cost", {"usd": usd, "orchestration_usd": usd, "usage": {}, "priced_on": "2026-11-01", **keys})


def progress(**keys: Any) -> BatchProgress:
    """A batch of 2,000 rows, half done."""
    shown: dict[str, Any] = {
        "batch": "tickets-20261121", "execution_arn": ARN, "target": "ticket_triage@1.0.0", "status": "RUNNING",
        "stage": "running", "rows_processed": 1084, "total_rows": 2000, "percent_complete": 54.2, "rows_failed": 13,
        "rows_taken_over": 0, "rows_in_flight": 40, "max_concurrency": 40, "rows_per_second": 7.2, "seconds_left": 127.0,
        "seconds_left_error": 20.0, "estimated_completion": "2026-11-21T14:56:10Z",
        "failures": [{"cause": "timeout", "count": 4}, {"cause": "invalid_answer", "count": 9}],
        "failures_known_of": 1084, "cost_so_far": cost(0.98, target_usd=0.5), "cost_expected_usd": 1.81,
        "start_time": "2026-11-21T14:50:00Z", "elapsed_seconds": 192.0, "looked_at": "2026-11-21T14:53:12Z", **keys,
    }  # fmt: skip
    return cast("BatchProgress", {name: value for name, value in shown.items() if value is not None})


def results(**keys: Any) -> BatchResults:
    """A batch of 2,000 rows that has ended, 54 of them failed."""
    shown: dict[str, Any] = {
        "batch": "tickets-20261121", "execution_arn": ARN, "status": "COMPLETED_WITH_ERRORS", "message": "",
        "output_csv_uri": OUTPUT, "summary_uri": OUTPUT.replace(".csv", ".summary.json"), "rows_total": 2000,
        "rows_processed": 2000, "rows_succeeded": 1946, "rows_failed": 54, "rows_timed_out": 13, "rows_skipped": 0,
        "rows_not_run": 0, "processing_time_seconds": 319.0,
        "failures": [{"cause": "invalid_answer", "count": 41}, {"cause": "timeout", "count": 13}],
        "cost": cost(1.83, target_usd=1.0), "cost_expected_usd": 1.81,
        "next_steps": ["batchctl retry tickets-20261121", "batchctl failures tickets-20261121", "third"], **keys,
    }  # fmt: skip
    return cast("BatchResults", {name: value for name, value in shown.items() if value is not None})


def explanation(**keys: Any) -> FailureExplanation:
    """Why those 54 rows failed."""
    groups = [
        {
            "cause": "invalid_answer", "error": "StructuredOutputInvalid", "count": 41, "share": 0.76,
            "first_rows": [87, 130, 239, 300], "lines": [88, 131, 240, 301], "example": '"category" is missing',
            "probable_reason": "", "what_to_do": "make it optional, retry",
        },
        {
            "cause": "timeout", "error": "States.Timeout", "count": 13, "share": 0.24, "first_rows": [51, 618, 700],
            "example": "no answer\x1b[31m within 120 s", "probable_reason": "", "what_to_do": "raise timeout_seconds",
        },
    ]  # fmt: skip
    shown: dict[str, Any] = {
        "batch": "tickets-20261121", "execution_arn": ARN, "rows_total": 2000, "rows_failed": 54, "complete": True,
        "groups": groups, "next_steps": [], **keys,
    }  # fmt: skip
    return cast("FailureExplanation", shown)


def structure(**keys: Any) -> CsvStructure:
    """What a small CSV holds."""
    shown: dict[str, Any] = {
        "s3_uri": "tickets.csv", "size_bytes": 40, "columns": ["ticket_id", "description"], "row_count": 2,
        "row_count_is_exact": True, "rows_examined": 2, "sample_data": [], "data_types": {}, "profiles": [],
        "encoding": "utf-8", "delimiter": ",", "line_end": "\n", "quote": '"', "header_line": 1, "csv_format": {},
        "problems": [], "seconds": 0.1, **keys,
    }  # fmt: skip
    return cast("CsvStructure", shown)


def generated(**keys: Any) -> GeneratedConfig:
    """A configuration of which one field was guessed."""
    mapping = [
        {"field": "reference", "column": "ticket_id", "how": "synonym", "confidence": 0.95, "guessed": False, "required": True},
        {"field": "ticket", "column": "description", "how": "similar", "confidence": 0.82, "guessed": True, "required": True},
    ]  # fmt: skip
    shown: dict[str, Any] = {
        "config": {"csv_s3_uri": "tickets.csv", "target": "ticket_triage@1.0.0"}, "mapping": mapping,
        "unmapped_columns": [], "missing_required": [], "warnings": [], "questions": [],
        "agent_name": "ticket_triage", "version": "1.0.0", **keys,
    }  # fmt: skip
    return cast("GeneratedConfig", shown)


def estimate(**keys: Any) -> CostEstimate:
    """Two rows, of a target whose price is known."""
    shown: dict[str, Any] = {
        "rows": 2, "rows_are_exact": True, "map_mode": "inline", "expected": cost(1.81, target_usd=1.0), "low_usd": 1.5,
        "high_usd": 2.1, "target_price": "registered", "seconds": 95.0, "binds": "40 rows at a time", "assumptions": [],
        "confirmation_required": False, "allowed": True, "reasons": [], **keys,
    }  # fmt: skip
    return cast("CostEstimate", shown)


def started(**keys: Any) -> StartedBatch:
    """A batch that runs."""
    shown: dict[str, Any] = {
        "execution_arn": ARN, "batch": "tickets-20261121", "status": "RUNNING", "start_time": "2026-11-21T14:50:00Z",
        "already": False, "next_steps": [], **keys,
    }  # fmt: skip
    return cast("StartedBatch", shown)


def confirmation_required(**keys: Any) -> ConfirmationRequired:
    """A batch that nobody has confirmed."""
    shown: dict[str, Any] = {
        "status": "CONFIRMATION_REQUIRED", "message": "This is a large batch.", "reasons": ["2,000,000 rows"],
        "estimate": estimate(), "confirmation": "secret", "expires_at": "2026-11-21T15:05:00Z", **keys,
    }  # fmt: skip
    return cast("ConfirmationRequired", shown)
