"""Decides whether one execution runs all rows of a batch, or row batches do; and says why."""

import json

from batch_processor import limits
from batch_processor.contract import Plan, Target
from batch_processor.loading.row_lines import RowsFound
from batch_processor.loading.tier import wants_express

WAY_OUT = "map_mode auto or distributed, with a storage_mode other than inline, would run them in row batches."
# What a row that an earlier batch failed on has in addition: `, "attempt": 10, "run": "-1a2b3c4d"`.
_RUN_BYTES = 35


def invocation(target: Target) -> str:
    """The kind of call by which limits.py counts events: a tool that is a state machine is called as an agent is."""
    return "agent" if "runs" in target else target["type"]


def only_inline(plan: Plan) -> bool:
    """Whether the configuration insists on a single execution."""
    return plan["map_mode"] == "inline" or plan["storage"]["mode"] == "inline"


def inline_obstacle(plan: Plan, found: RowsFound) -> str | None:
    """Why one execution might not hold the rows; None if it surely does."""
    rows, at_once, execution = found.row_count, limits.INLINE_CONCURRENCY, plan["execution"]
    most_rows = limits.most_rows(invocation(plan["target"]), execution["max_attempts"])
    if rows > most_rows:
        return f"{rows:,} rows; an execution's history holds {most_rows:,} of them inline"
    if min(rows, execution["max_concurrency"]) > at_once:
        return f"{rows:,} rows, {execution['max_concurrency']:,} at a time; one execution runs {at_once} at a time"
    if (size := payload_bytes(plan, found)) > limits.ROWS_BYTES:
        return f"{rows:,} rows, {size:,} bytes; a payload holds {limits.ROWS_BYTES:,} bytes of them inline"
    _, message_bytes = limits.result_bytes(rows, plan_bytes(plan))
    if not limits.messages_fit(message_bytes):
        return f"{rows:,} rows; a payload leaves each {message_bytes} bytes to say why it failed"
    return None


def inline_reason(plan: Plan, found: RowsFound) -> str:
    """Why the batch is inline."""
    for name, mode in ("map_mode", plan["map_mode"]), ("storage_mode", plan["storage"]["mode"]):
        if mode == "inline":
            return f"{name} is inline"
    return f"{found.row_count:,} rows fit one execution"


def distributed_reason(plan: Plan, found: RowsFound) -> str:
    """Why the batch is distributed."""
    if plan["map_mode"] == "distributed":
        return "map_mode is distributed"
    return inline_obstacle(plan, found) or (
        "execution_tier is express" if wants_express(plan) else "map_mode is distributed"
    )


def payload_bytes(plan: Plan, found: RowsFound) -> int:
    """Bytes of the rows as LoadCSVData returns them, with a space behind each comma and colon."""
    spaces = max(2 * len(plan["input"]["columns"]) + 4, 10)
    return found.line_bytes + found.row_count * (spaces + (_RUN_BYTES if "earlier" in plan else 0))


def plan_bytes(plan: Plan) -> int:
    """Bytes of the plan in each payload that carries it."""
    return len(json.dumps(plan, ensure_ascii=False).encode())
