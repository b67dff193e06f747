"""What the states hand to each other, in the shapes of functions/batch_processor/contract.py."""

from collections.abc import Mapping
from typing import Any

from batch_processor.contract import Loaded, LoadedRow, Plan, RowResult, RowStore
from batch_processor.contract.number import CONTRACT
from batch_processor.contract.stored_answer import unless_answered
from tests.statemachine.engines import NOW_MS, UUID

MACHINE_ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:batch-processor-dev"
EXECUTIONS = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:"
ROW_BATCH_MACHINE_ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:batch-processor-rows-dev"
ROW_BATCHES = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-rows-dev:"

_PLAN: Plan = {
    "contract": CONTRACT,
    "batch": {
        "id": f"{EXECUTIONS}run-1",
        "name": "run-1",
        "key": "run-1",
        "origin_key": "run-1",
        "started_at": "2026-11-21T09:34:44.123Z",
    },
    "source": {
        "uri": "s3://bucket/in/tickets.csv",
        "bucket": "bucket",
        "key": "in/tickets.csv",
        "etag": "0cc175b9",
        "size_bytes": 81,
        "encoding": "utf-8",
        "delimiter": ",",
        "width": 3,
        "header_digest": "6b1e0d7c5a3f2948",
    },
    "target": {
        "type": "agent",
        "arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:support-agent",
        "name": "support-agent",
        "input_format": "structured",
    },
    "input": {
        "constants": {"level": "full"},
        "fields": [{"field": "subject", "column": "subject"}, {"field": "mail", "column": "email#2"}],
        "columns": {"subject": 0, "email#2": 2},
        "required": [],
    },
    "output": {
        "columns": [{"name": "category", "source": ["category"]}],
        "include_original": True,
        "add_metadata": True,
        "escape_formulas": True,
        "bucket": "bucket",
        "key": "out/tickets.csv",
    },
    "work": {"bucket": "bucket", "prefix": "work/run-1/"},
    "map_mode": "auto",
    "storage": {
        "mode": "auto",
        "batch_id": "support-agent#run-1",
        "since": "2026-11-21T09:34:44.123Z",
        "ttl_seconds": 604_800,
        "compress": True,
    },
    "execution": {
        "max_concurrency": 10,
        "timeout_seconds": 300,
        "max_attempts": 3,
        "backoff_rate": 2.0,
        "interval_seconds": 2,
        "max_delay_seconds": 300,
        "continue_on_error": True,
        "log_level": "INFO",
    },
    "notification": {
        "success": True,
        "failure": True,
        "topic_arn": "arn:aws:sns:eu-west-1:123456789012:batches",
    },
}
_LOADED: Loaded = {
    "row_count": 100,
    "blank_lines": 0,
    "surplus_cells": False,
    "map_mode": "inline",
    "map_mode_reason": "100 rows fit one execution",
    "rows_at_once": 10,
    "row_batches_at_once": 1,
    "storage": {
        "mode": "inline",
        "batch_id": "support-agent#run-1",
        "since": "2026-11-21T09:34:44.123Z",
        "as_of": "2026-11-21T09:34:44.123Z",
        "ttl_seconds": 604_800,
        "compress": True,
    },
    "result_bytes": 2400,
    "message_bytes": 2300,
}
_FANNED_OUT: Loaded = {
    **_LOADED,
    "row_count": 100_000,
    "map_mode": "distributed",
    "map_mode_reason": "100,000 rows need more than the 25,000 events of one execution",
    "row_batches_at_once": 40,
    "storage": {**_LOADED["storage"], "mode": "dynamodb", "partition_rows": 100},
    "fan_out": {"bucket": "bucket", "rows_key": "work/run-1/rows.jsonl", "batch_rows": 100, "batch_bytes": 100_000},
}
_LOADED_ROWS: list[LoadedRow] = [
    {"index": 1, "row": {"subject": "Charged twice", "email#2": "ana@example.com"}},
    {"index": 2, "row": {}, "problem": {"error": "RaggedRow", "message": "Line 3 has 2 cells, the header has 3."}},
    {"index": 3, "row": {"subject": "é 😀", "email#2": ""}, "run": "-5ca1ab1e"},
]
_RESULT: RowResult = {
    "index": 2,
    "status": "SUCCESS",
    "cells": ["billing"],
    "at": "2026-11-21T09:34:44.123Z",
    "ms": 1500,
}

_EXPRESS_STORE: RowStore = {**_FANNED_OUT["storage"], "fingerprint": "f" * 32}
_EXPRESS: Loaded = {
    **_FANNED_OUT,
    "tier": "express",
    "tier_reason": "the target is idempotent, and each attempt ends within 30 s",
    "storage": _EXPRESS_STORE,
    "fan_out": {
        **_FANNED_OUT["fan_out"],
        "express": {
            "attempt_seconds": 30,
            "last_start_ms": 210_000,
            "extracted_by_ms": 280_000,
            "carried_bytes": 100,
            "unless_answered": unless_answered(_EXPRESS_STORE),
        },
    },
}

# Typed above, so that mypy holds them against the contract; plain JSON for those who vary them.
PLAN: dict[str, Any] = dict(_PLAN)
LOADED: dict[str, Any] = dict(_LOADED)
FANNED_OUT: dict[str, Any] = dict(_FANNED_OUT)
EXPRESS: dict[str, Any] = dict(_EXPRESS)
LOADED_ROWS: list[dict[str, Any]] = [dict(row) for row in _LOADED_ROWS]
RESULT: dict[str, Any] = dict(_RESULT)
PROBLEM: dict[str, str] = LOADED_ROWS[1]["problem"]

# The pipeline's $row.
ROW: dict[str, Any] = {
    "index": 2,
    "problems": [],
    "started_ms": 1_795_253_682_623,
    "first_attempt": 1,
    "run": "",
    "input": {"subject": "Charged twice", "mail": "ana@example.com", "level": "full"},
}
# What a child of the Distributed Map starts with, and its $run.
BATCH_INPUT: dict[str, Any] = {
    "machine_arn": ROW_BATCH_MACHINE_ARN,
    "plan": PLAN,
    "loaded": FANNED_OUT,
}
RUN: dict[str, Any] = {
    "machine_arn": ROW_BATCH_MACHINE_ARN,
    "executions": ROW_BATCHES,
    "name": "run-1-1",
    "again": "",
}
SUMMARY: dict[str, Any] = {
    "status": "COMPLETED_WITH_ERRORS",
    "status_text": "99 of 100 rows succeeded, 1 failed.",
    "csv_location": "s3://bucket/out/tickets.csv",
    "summary_location": "s3://bucket/out/tickets.summary.json",
    "row_count": 100,
    "rows_total": 100,
    "rows_succeeded": 99,
    "rows_failed": 1,
    "rows_timed_out": 0,
    "rows_skipped": 0,
    "rows_not_run": 0,
    "errors": [{"error": "TriageFailed", "message": 'no "subject"', "count": 1, "first_row": 7}],
    "execution_time_ms": 81_234,
    "execution_arn": "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:run-1",
}
PART: dict[str, Any] = {
    "status": "PART_WRITTEN",
    "first": 1,
    "last": 3,
    "rows_total": 3,
    "rows_succeeded": 2,
    "rows_failed": 1,
    "rows_timed_out": 0,
    "rows_skipped": 0,
    "rows_not_run": 0,
}


def plan(**parts: dict[str, Any]) -> dict[str, Any]:
    """The plan with some values of its parts replaced."""
    return {**PLAN, **{name: {**PLAN[name], **values} for name, values in parts.items()}}


# What an Express child keeps, and what it keeps of a row.
EXPRESS_PLAN: dict[str, Any] = plan(
    target={"type": "tool", "arn": "arn:aws:lambda:eu-west-1:123456789012:function:triage", "idempotent": True}
)
EXPRESS_CHILD: dict[str, Any] = {
    "plan": EXPRESS_PLAN,
    "loaded": {**EXPRESS, "row_batch": {"first": 1, "last": 3}},
    "rows": LOADED_ROWS,
    "started_ms": NOW_MS - 2_000,
    "results": [],
}
EXPRESS_ROW: dict[str, Any] = {
    **{name: ROW[name] for name in ("index", "problems", "first_attempt", "started_ms", "input")},
    "stem": "run-1-2-",
    "run": "",
}
QUOTING = plan(output={"quote_errors": True})
# What the cause of a batch that a row ended says in place of the row's reason.
WITHHELD = (
    "the reason is in its dead letter and, if other rows were answered, in _error_message of the partial CSV "
    "(output_mapping.quote_errors has it quoted here)."
)


def call(planned: Mapping[str, Any] = PLAN, row: Mapping[str, Any] = ROW, attempt: int = 1) -> dict[str, Any]:
    """The pipeline's $call, which changes with attempt and run."""
    target, end = planned["target"], f"{attempt}{row['run']}"
    stem = f"{planned['batch']['origin_key']}-{row['index']}-"
    is_state_machine = (target["type"] == "agent" or "runs" in target) and "express" not in target
    arn = target["arn"].split(":")
    executions = ":".join([*arn[:5], "execution", arn[6], ""]) if is_state_machine else ""
    return {
        "is_state_machine": is_state_machine,
        "executions": executions,
        "stem": stem,
        "next_run": f"-{UUID[:8]}",
        "end": end,
        "name": stem + end,
        "execution_arn": executions + stem + end if is_state_machine else "",
    }


def batch_items(*rows: dict[str, Any]) -> dict[str, Any]:
    """The input of a child of the Distributed Map: the batch's own and some rows."""
    return {"BatchInput": BATCH_INPUT, "Items": list(rows)}
