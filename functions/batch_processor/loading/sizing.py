"""Decides, once the rows are known, how many run at once, where their results go and what a payload leaves for each."""

import math
from typing import Literal

from batch_processor import limits
from batch_processor.batch.work_folder import rows_key
from batch_processor.contract import ExpressBounds, FanOut, Loaded, Plan, RowStore, Tier
from batch_processor.contract.stored_answer import unless_answered
from batch_processor.errors import BatchTooLarge
from batch_processor.loading.concurrency import Concurrency, split, split_express
from batch_processor.loading.map_mode import (
    WAY_OUT,
    distributed_reason,
    inline_obstacle,
    inline_reason,
    invocation,
    plan_bytes,
)
from batch_processor.loading.row_lines import RowsFound
from batch_processor.loading.tier import attempt_seconds, choose_tier

# A batch is cut into at least so many row batches for each that runs at once, so that all of them end at about one time.
_ROW_BATCHES_IN_TURN = 4
_LEAST_ROW_BYTES = 4 * 1024
# What the parts of the output are of, by the tier, and how there come to be fewer.
_UNJOINABLE: dict[Tier, tuple[str, str]] = {
    "standard": ("row batches", "Lower max_attempts (fewer attempts make larger row batches)"),
    "express": ("Express children", "Lower timeout_seconds, or the function's own timeout, or map fewer columns"),
}


def inline_loaded(plan: Plan, found: RowsFound) -> Loaded:
    """What is decided for an inline batch; BatchTooLarge if one execution might not hold the rows."""
    if obstacle := inline_obstacle(plan, found):
        raise BatchTooLarge(f"{obstacle}. {WAY_OUT}")
    concurrency = Concurrency(1, min(plan["execution"]["max_concurrency"], limits.INLINE_CONCURRENCY))
    _refuse_endless(plan, found.row_count, concurrency, math.ceil(found.row_count / concurrency.rows_at_once))
    result_bytes, message_bytes = limits.result_bytes(found.row_count, plan_bytes(plan))
    return Loaded(
        row_count=found.row_count,
        blank_lines=found.blank_lines,
        surplus_cells=found.surplus_cells,
        map_mode="inline",
        map_mode_reason=inline_reason(plan, found),
        rows_at_once=concurrency.rows_at_once,
        row_batches_at_once=concurrency.row_batches_at_once,
        storage=_inline_storage(plan, result_bytes),
        result_bytes=result_bytes,
        message_bytes=message_bytes,
    )


def most_line_bytes(plan: Plan) -> int:
    """Bytes that one row of a distributed batch may take as JSON; BatchTooLarge if the plan leaves too few."""
    size = plan_bytes(plan)
    if (room := limits.row_bytes(size)) < _LEAST_ROW_BYTES:
        raise BatchTooLarge(
            f"The plan takes {size:,} bytes, and each row batch gets it beside its rows (Step Functions: 256 KiB a payload). "
            "Shorten the templates and constants, or map fewer columns."
        )
    return room


def distributed_loaded(plan: Plan, found: RowsFound) -> Loaded:
    """What is decided for a distributed batch; BatchTooLarge if a Distributed Map might not take the rows."""
    if found.line_bytes > limits.MOST_ITEMS_BYTES:
        raise BatchTooLarge(
            f"The mapped cells take {found.line_bytes:,} bytes as JSON; a Distributed Map reads {limits.MOST_ITEMS_BYTES:,}. "
            "Split the file, or map fewer columns."
        )
    choice = choose_tier(plan)
    # In the Express tier, too, row batches must be possible: they run what is left.
    batch_rows, concurrency = row_batches(plan, found)
    if choice.tier == "express":
        batch_rows, concurrency = _express_children(plan, found)
    _refuse_unjoinable(found.row_count, batch_rows, choice.tier)
    result_bytes, message_bytes = limits.result_bytes(batch_rows, plan_bytes(plan))
    # Each row batch writes into a partition of its own, as many rows in one would throttle each other.
    storage: RowStore = {**_row_store(plan, "dynamodb"), "partition_rows": batch_rows}
    fan_out = FanOut(
        bucket=plan["work"]["bucket"],
        rows_key=rows_key(plan["work"]),
        batch_rows=batch_rows,
        batch_bytes=limits.batch_bytes(plan_bytes(plan)),
    )
    if choice.tier == "express":
        fan_out["express"] = _bounds(plan, storage, result_bytes)
    return Loaded(
        row_count=found.row_count,
        blank_lines=found.blank_lines,
        surplus_cells=found.surplus_cells,
        map_mode="distributed",
        map_mode_reason=distributed_reason(plan, found),
        rows_at_once=concurrency.rows_at_once,
        row_batches_at_once=concurrency.row_batches_at_once,
        storage=storage,
        result_bytes=result_bytes,
        message_bytes=message_bytes,
        fan_out=fan_out,
        tier=choice.tier,
        tier_reason=choice.reason,
    )


def _express_children(plan: Plan, found: RowsFound) -> tuple[int, Concurrency]:
    """Rows of an Express child, each of which surely gets a whole attempt, and how many of both run at once."""
    rounds = limits.MOST_EXPRESS_ATTEMPT_SECONDS // attempt_seconds(plan)
    fitting_rows = max(min(limits.MOST_EXPRESS_ROWS, limits.row_bytes(plan_bytes(plan)) // _mean_bytes(found)), 1)
    concurrency = split_express(plan["execution"]["max_concurrency"], fitting_rows)
    wanted_rows = math.ceil(found.row_count / (_ROW_BATCHES_IN_TURN * concurrency.row_batches_at_once))
    rows = min(fitting_rows, max(wanted_rows, concurrency.rows_at_once), rounds * concurrency.rows_at_once)
    return rows, concurrency


def _bounds(plan: Plan, storage: RowStore, result_bytes: int) -> ExpressBounds:
    seconds = attempt_seconds(plan)
    return ExpressBounds(
        attempt_seconds=seconds,
        last_start_ms=(limits.MOST_EXPRESS_ATTEMPT_SECONDS - seconds) * 1000,
        extracted_by_ms=limits.EXPRESS_EXTRACTED_BY_SECONDS * 1000,
        # Each round of a child may carry an answer of the same row, and the results have all of them.
        carried_bytes=result_bytes // (2 * plan["execution"]["max_attempts"]),
        unless_answered=unless_answered(storage),
    )


def _mean_bytes(found: RowsFound) -> int:
    return max(math.ceil(found.line_bytes / max(found.row_count, 1)), 1)


def row_batches(plan: Plan, found: RowsFound) -> tuple[int, Concurrency]:
    """Rows of a row batch, and how many of both run at once; BatchTooLarge if a row batch could take too long."""
    most_rows = _most_batch_rows(plan)
    fitting_rows = max(min(most_rows, limits.row_bytes(plan_bytes(plan)) // _mean_bytes(found)), 1)
    concurrency = split(plan["execution"]["max_concurrency"], fitting_rows)
    wanted_rows = math.ceil(found.row_count / (_ROW_BATCHES_IN_TURN * concurrency.row_batches_at_once))
    rounds = max(min(fitting_rows, wanted_rows) // concurrency.rows_at_once, 1)
    batch_rows = rounds * concurrency.rows_at_once
    # The whole batch may take longer: rows are kept as they finish, and what is left after 31 days can be resumed.
    _refuse_endless(plan, batch_rows, Concurrency(1, concurrency.rows_at_once), rounds)
    return batch_rows, concurrency


def _refuse_unjoinable(row_count: int, batch_rows: int, tier: Tier) -> None:
    parts = math.ceil(row_count / batch_rows)
    if parts > limits.MOST_ROW_BATCHES:
        made, advice = _UNJOINABLE[tier]
        raise BatchTooLarge(
            f"{row_count:,} rows make {parts:,} {made} of {batch_rows} rows; the output of at most "
            f"{limits.MOST_ROW_BATCHES:,} is surely joined in time. {advice}, or split the file."
        )


def _most_batch_rows(plan: Plan) -> int:
    return limits.most_batch_rows(invocation(plan["target"]), plan["execution"]["max_attempts"])


def _inline_storage(plan: Plan, result_bytes: int) -> RowStore:
    wanted = plan["storage"]["mode"]
    # A batch that resumes another goes on in the table, where the earlier answers are.
    roomy = limits.results_are_roomy(result_bytes) and "earlier" not in plan
    return _row_store(plan, "inline" if wanted == "inline" or (wanted == "auto" and roomy) else "dynamodb")


def _row_store(plan: Plan, mode: Literal["inline", "dynamodb"]) -> RowStore:
    storage = plan["storage"]
    store = RowStore(
        mode=mode,
        batch_id=storage["batch_id"],
        since=storage["since"],
        as_of=plan["batch"]["started_at"],
        ttl_seconds=storage["ttl_seconds"],
        compress=storage["compress"],
    )
    if fingerprint := storage.get("fingerprint"):
        store["fingerprint"] = fingerprint
    return store


def _refuse_endless(plan: Plan, row_count: int, concurrency: Concurrency, rounds: int) -> None:
    execution = plan["execution"]
    attempts = execution["max_attempts"]
    seconds = rounds * attempts * (execution["timeout_seconds"] + execution["max_delay_seconds"])
    most_days = plan.get("most_days", limits.LONGEST_BATCH_DAYS)
    if (days := seconds / 86400) > most_days:
        cap = f"{most_days} (parameter MostDays)" if "most_days" in plan else f"{most_days}"
        raise BatchTooLarge(
            f"{row_count:,} rows, {math.prod(concurrency):,} at a time, {attempts} attempt(s) of up to "
            f"{execution['timeout_seconds']:,} s each could take {math.ceil(days):,} days; a batch may take {cap}. "
            "Lower timeout_seconds, or raise max_concurrency."
        )
