"""Answers of targets, and the events that the state machine sends for them."""

import time
from typing import Any

from batch_processor.contract import Location, RowResult, RowStore
from batch_processor.contract.number import CONTRACT
from tests.functional.account import DATA
from tests.unit.plans import PLAN, STORE

WORK: Location = {"bucket": DATA, "prefix": "work/night-1a2b3c4d/"}
INLINE: RowStore = {**STORE, "since": "1970-01-01T00:00:00Z", "compress": False}  # answers are dated by the real clock
IN_TABLE: RowStore = {**INLINE, "mode": "dynamodb"}
NAMES = ["category", "score"]


def event(answer: Any, **others: Any) -> dict[str, Any]:
    return {
        "contract": CONTRACT,
        "batch": "run-1",
        "index": 7,
        "answer": answer,
        "answered_by": "",
        "sent": None,
        "input": None,
        "output": PLAN["output"],
        "store": INLINE,
        "work": WORK,
        "result_bytes": 1_000,
        "started_ms": time.time_ns() // 1_000_000,
        "log_level": "INFO",
        **others,
    }


def bare(result: RowResult) -> dict[str, Any]:
    """The result without time and duration, which it must have."""
    assert {"at", "ms"} <= result.keys()
    return {key: value for key, value in result.items() if key not in ("at", "ms")}


def answer_of(category: str) -> dict[str, Any]:
    return {"structured_output": {"category": category, "score": 3}, "messages": []}
