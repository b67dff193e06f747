"""What a batch uses of AWS, by what it does: the counts of docs/performance.md, which are measured on the embedded AWS.

State transitions are more than nine tenths of what a batch costs, and are exact: tests/statemachine/test_cost.py compares them
with the machines. Durations of functions are means.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from batch_processor.cost.shapes import Usage

# Of a row that is answered at once: TransformInput; the call; ExtractStructuredOutput.
_ROW_TRANSITIONS = 1
_CALL_TRANSITIONS = 1
_EXTRACTION_TRANSITIONS = 1
_RETRY_TRANSITIONS = 3  # JudgeFailure, WaitBeforeRetry, SelectTarget
_FAILURE_TRANSITIONS = 2  # JudgeFailure, SendToDeadLetterQueue
_SKIP_TRANSITIONS = 1  # SkipRow

# Of a batch besides: its states and functions, the objects of its work folder, its item in the batches table with both indexes.
_BATCH: Usage = {
    "state_transition": 9,
    "lambda_request": 3,
    "lambda_gb_second": 0.2,
    "dynamodb_read_unit": 2,
    "dynamodb_write_unit": 11,
    "s3_put": 6,
    "s3_get": 9,
}
_DISTRIBUTED: Usage = {"s3_put": 4}  # the Map Run's results, the lines of the rows
_MESSAGE: Usage = {"state_transition": 1, "sns_request": 1}
# NameRowBatch and RunRowBatch of the child; ReceiveRows, ProcessCSV and AggregateResults of the row batch.
_ROW_BATCH: Usage = {
    "state_transition": 5,
    "lambda_request": 1,
    "lambda_gb_second": 0.08,
    "dynamodb_read_unit": 0.75,
    "dynamodb_write_unit": 2,
    "s3_put": 1,
    "s3_get": 7,
}
# A row batch that may have answers already looks for them.
_LOOKING: Usage = {"state_transition": 1, "lambda_request": 1, "lambda_gb_second": 0.03, "dynamodb_read_unit": 0.5}
# GB-s: loading a row and joining it, reading an answer, storing it as well.
_ROW_GB_SECONDS = 0.00006
_EXTRACTION_GB_SECONDS = 0.002
_STORING_GB_SECONDS = 0.009
# An answer of up to 1 KB is written once; a page of a few KB has four rows a unit. A failed row is in the index as well.
_STORED: Usage = {"dynamodb_write_unit": 1, "dynamodb_read_unit": 0.25}
_STORED_FAILURE: Usage = {"dynamodb_write_unit": 2, "dynamodb_read_unit": 0.25}


@dataclass(frozen=True, slots=True)
class Work:
    """What a batch has done, or will: `batches` is 0 for a part of one.

    `rows` are those that ran; of them the target was `called` for some, in all so many `calls`. `extractions` are answers that
    were read, or tried to be. `is_resumed` is a batch whose rows may have answers before.
    """

    rows: int = 0
    called: int = 0
    calls: int = 0
    extractions: int = 0
    failed: int = 0
    skipped: int = 0
    input_tokens: float = 0
    output_tokens: float = 0
    row_batches: int = 0
    batches: int = 1
    is_distributed: bool = False
    is_stored: bool = False
    is_announced: bool = True
    is_resumed: bool = False

    @property
    def transitions(self) -> int:
        """Those of its rows."""
        return (
            self.rows * _ROW_TRANSITIONS
            + self.calls * _CALL_TRANSITIONS
            + self.extractions * _EXTRACTION_TRANSITIONS
            + max(self.calls - self.called, 0) * _RETRY_TRANSITIONS
            + self.failed * _FAILURE_TRANSITIONS
            + self.skipped * (_SKIP_TRANSITIONS)
        )


def usage_of(work: Work) -> Usage:
    """All that is paid for, the target's calls and tokens among it."""
    answered = max(work.rows - work.failed - work.skipped, 0)
    gb_seconds = _EXTRACTION_GB_SECONDS + (_STORING_GB_SECONDS if work.is_stored else 0)
    rows: Usage = {
        "state_transition": work.transitions,
        "lambda_request": work.extractions,
        "lambda_gb_second": work.extractions * gb_seconds + work.rows * _ROW_GB_SECONDS,
        "sqs_request": work.failed,
        "target_call": work.calls,
        "input_tokens": work.input_tokens,
        "output_tokens": work.output_tokens,
    }
    return _sum(
        (1, rows),
        (answered if work.is_stored else 0, _STORED),
        (work.failed if work.is_stored else 0, _STORED_FAILURE),
        (work.row_batches, _ROW_BATCH),
        (work.row_batches if work.is_resumed else 0, _LOOKING),
        (work.batches, _BATCH),
        (work.batches if work.is_distributed else 0, _DISTRIBUTED),
        (work.batches if work.is_announced else 0, _MESSAGE),
    )


def more(usage: Usage, other: Usage) -> Usage:
    """Both together."""
    return _sum((1, usage), (1, other))


def less(usage: Usage, other: Usage) -> Usage:
    """What one is more than the other."""
    return _sum((1, usage), (-1, other))


def _sum(*parts: tuple[int, Usage]) -> Usage:
    added: dict[str, float] = {}
    for times, part in parts:
        counted: Mapping[str, float] = part  # type: ignore[assignment]
        for name, count in counted.items():
            added[name] = added.get(name, 0) + times * count
    total: Usage = {name: count for name, count in added.items() if count}  # type: ignore[assignment]
    return total
