"""What a batch uses of AWS, by what it does: the counts of docs/performance.md, which are measured on the embedded AWS.

In the Standard tier state transitions are more than nine tenths of what a batch costs, and are exact:
tests/statemachine/test_cost.py compares them with the machines. In the Express tier writes of the table are most of it. Durations
of functions are means.
"""

from collections.abc import Mapping

from batch_processor.cost import express
from batch_processor.cost.shapes import Usage
from batch_processor.cost.work import Work

__all__ = ["Work", "less", "more", "usage_of"]

# Of a batch besides: its states and functions, the objects of its work folder, its item in the batches table with both indexes.
_BATCH: Usage = {
    "state_transition": 9,
    "lambda_request": 3,
    "lambda_gb_second": 0.2,
    "dynamodb_read_unit": 3,
    "dynamodb_write_unit": 11,
    "s3_put": 6,
    "s3_get": 9,
}
# The Map Run's results and the lines of the rows; its last function joins parts, and reads neither the rows nor their results.
_DISTRIBUTED: Usage = {"s3_put": 4, "s3_get": -2}
_MESSAGE: Usage = {"state_transition": 1, "sns_request": 1}
# NameRowBatch and RunRowBatch of the child; ReceiveRows, ProcessCSV and AggregateResults of the row batch.
_ROW_BATCH: Usage = {
    "state_transition": 5,
    "lambda_request": 1,
    "lambda_gb_second": 0.08,
    "dynamodb_write_unit": 2,
    "s3_put": 1,
    "s3_get": 4,
}
# A row batch that may have answers already looks for them, in a state of its own.
_LOOKING: Usage = {"lambda_request": 1, "lambda_gb_second": 0.03, "dynamodb_read_unit": 0.5}
# GB-s: loading a row and joining it, reading an answer, storing it as well.
_ROW_GB_SECONDS = 0.00006
_EXTRACTION_GB_SECONDS = 0.002
_STORING_GB_SECONDS = 0.009
# Of an Express batch: CollectUnfinishedRows and the choice behind it, which may go on to FanOutRowBatches.
_EXPRESS_BATCH: Usage = {"state_transition": 2, "lambda_request": 1, "lambda_gb_second": 0.1, "s3_put": 3}
_STANDARD_PASS: Usage = {"state_transition": 1, "s3_put": 4, "s3_get": 1}
# Of an Express child: it looks for answers, and one invocation reads and stores all, and writes the part. Of that a child takes
# 20 ms of a whole CPU and a row 0.25; the rest is waiting, for eight requests one after the other.
_CHILD: Usage = {
    "express_request": 1,
    "lambda_request": 1,
    "lambda_gb_second": 0.15,
    "dynamodb_read_unit": 1,
    "dynamodb_write_unit": 2,
    "s3_put": 1,
    "s3_get": 4,
}
_EXPRESS_ROW_GB_SECONDS = 0.0005
# An extraction reads all answers of its child; a row batch has them at hand, but for the largest.
_ITEM_READ_UNITS = 0.25
# A row whose input an earlier one has is read with it; one that another batch has answered has a pointer and an item, and is
# copied. Who may find answers there looks for each row, and leaves a pointer to each answer.
_DUPLICATE: Usage = {"dynamodb_read_unit": 0.5}
_LOOKED_UP: Usage = {"dynamodb_read_unit": 0.5}
_FROM_CACHE: Usage = {"dynamodb_read_unit": 0.5, "dynamodb_write_unit": 1}
_POINTER: Usage = {"dynamodb_write_unit": 1}


def usage_of(work: Work) -> Usage:
    """All that is paid for, the target's calls and tokens among it."""
    return _sum(
        (1, _express_rows(work) if work.is_express else _standard_rows(work)),
        (1, _of_target(work)),
        (work.row_batches, _CHILD if work.is_express else _ROW_BATCH),
        (work.row_batches if work.is_resumed else 0, _LOOKING),
        (work.deduplicated, _DUPLICATE),
        (work.rows + work.from_cache if work.is_cached else 0, _LOOKED_UP),
        (work.answered if work.is_cached else 0, _POINTER),
        (work.from_cache, _FROM_CACHE),
        (work.batches, _BATCH),
        (work.batches if work.is_distributed else 0, _DISTRIBUTED),
        (work.batches if work.is_express else 0, _EXPRESS_BATCH),
        (1 if work.is_rest and work.row_batches else 0, _STANDARD_PASS),
        (work.batches if work.is_announced else 0, _MESSAGE),
    )


def _of_target(work: Work) -> Usage:
    return {
        "target_call": work.calls,
        "input_tokens": work.input_tokens,
        "output_tokens": work.output_tokens,
        "sqs_request": work.failed,
    }


def _standard_rows(work: Work) -> Usage:
    gb_seconds = _EXTRACTION_GB_SECONDS + (_STORING_GB_SECONDS if work.is_stored else 0)
    return {
        "state_transition": work.transitions + (work.row_batches if work.is_resumed else 0),
        "lambda_request": work.extractions,
        "lambda_gb_second": work.extractions * gb_seconds + work.rows * _ROW_GB_SECONDS,
        "dynamodb_write_unit": work.item_writes,
    }


def _express_rows(work: Work) -> Usage:
    return {
        "express_gb_second": express.gb_seconds(work.express_ms),
        "lambda_gb_second": work.rows * _EXPRESS_ROW_GB_SECONDS,
        "dynamodb_write_unit": work.item_writes,
        "dynamodb_read_unit": work.rows * _ITEM_READ_UNITS * work.item_units,
    }


def more(usage: Usage, other: Usage) -> Usage:
    """Both together."""
    return _sum((1, usage), (1, other))


def less(usage: Usage, other: Usage) -> Usage:
    """What one is more than the other."""
    return _sum((1, usage), (-1, other))


def _sum(*parts: tuple[int, Usage]) -> Usage:
    added: dict[str, float] = {}
    for times, part in parts:
        if not times:
            continue
        counted: Mapping[str, float] = part  # type: ignore[assignment]
        for name, count in counted.items():
            added[name] = added.get(name, 0) + times * count
    total: Usage = {name: count for name, count in added.items() if count}  # type: ignore[assignment]
    return total
