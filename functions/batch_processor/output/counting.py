"""Counts for the batches table and for the summary: rows, causes of failures, and what was paid for."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from batch_processor.batch.recording import Counts
from batch_processor.contract import Loaded, LoadedRow, Plan
from batch_processor.cost.counted import in_tiers, work_of
from batch_processor.cost.express import children_ms
from batch_processor.cost.model import less, more, usage_of
from batch_processor.cost.pace import assumed_seconds
from batch_processor.cost.prices import cost_of
from batch_processor.cost.shapes import Cost, Usage
from batch_processor.cost.tiers import express_saves_usd
from batch_processor.cost.work import Work
from batch_processor.loading.row_fitness import EMPTY_ROW
from batch_processor.results.causes import Cause
from batch_processor.results.tally import Tally, TallyDocument

_FAILED = ("FAILED", "TIMEOUT")
_CAUSES = get_args(Cause)
_NOTHING: TallyDocument = {"statuses": {}, "errors": [], "timed_rows": 0, "milliseconds": 0, "taken_over": 0}
_ROWS = (
    *("rows_succeeded", "rows_failed", "rows_timed_out", "rows_skipped", "rows_not_run"),
    *("rows_taken_over", "rows_deduplicated", "rows_from_cache"),
)
# What the table has of a batch's end, by the names of the summary.
_TOLD = {
    "status": "status",
    "finished_at": "ended_at",
    "row_count": "rows_total",
    "map_mode": "map_mode",
    "csv_location": "csv_location",
    "summary_location": "summary_location",
    "error": "error",
    "execution_status": "execution_status",
    "cost": "cost",
    "mean_row_ms": "mean_row_ms",
}


def beginning(plan: Plan) -> Usage:
    """What a batch uses besides its rows and row batches."""
    return usage_of(work_of({}, {}, 0, is_announced=plan["notification"]["success"]))


def expected_cost(plan: Plan, loaded: Loaded, rows: Sequence[LoadedRow]) -> Cost | None:
    """What the batch will cost if every row is answered at once; None where nobody can tell.

    `rows` are those that an inline batch runs. How many rows a large batch takes over is not known yet, and how many tokens a
    row takes never is.
    """
    is_distributed, price = loaded["map_mode"] == "distributed", plan["target"].get("price", {})
    if (is_distributed and "earlier" in plan) or (price and "per_call_usd" not in price):
        return None
    count = loaded["row_count"] - loaded.get("duplicates", 0) if is_distributed else len(rows)
    skipped = sum(row.get("problem", {}).get("error") == EMPTY_ROW for row in rows)
    unfit = sum("problem" in row for row in rows) - skipped
    called = count - unfit - skipped
    work = Work(
        rows=count,
        called=called,
        calls=called,
        extractions=called,
        failed=unfit,
        skipped=skipped,
        row_batches=math.ceil(count / loaded["fan_out"]["batch_rows"]) if is_distributed else 0,
        is_distributed=is_distributed,
        is_stored=_is_stored(loaded),
        is_announced=plan["notification"]["success"],
        is_resumed=_looks_for_answers(plan),
        deduplicated=loaded.get("duplicates", 0),
        from_cache=loaded["row_count"] - loaded.get("duplicates", 0) - count if "earlier" not in plan else 0,
        is_cached="cache" in plan,
        is_judged=plan["target"].get("express", False),
    )
    if _is_express(loaded):
        child_rows, seconds = loaded["fan_out"]["batch_rows"], assumed_seconds(plan["target"]["type"])
        milliseconds = children_ms(count, child_rows, loaded["rows_at_once"], seconds)
        work = replace(work, is_express=True, express_ms=milliseconds)
    return cost_of(usage_of(work), plan["target"].get("price"))


def change(plan: Plan, loaded: Loaded, before: TallyDocument | None, after: TallyDocument) -> Counts:
    """What a row batch has changed: it may have written its part before."""
    was, now = _rows(before or _NOTHING), _rows(after)
    causes = {
        name: count - (before or _NOTHING).get("causes", {}).get(name, 0) for name, count in _causes(after).items()
    }
    usage = _usage_of_part(plan, loaded, after)
    if before:
        usage = less(usage, _usage_of_part(plan, loaded, before))
    return Counts({name: count - was[name] for name, count in now.items()}, causes, usage)


def batch_cost(plan: Plan, loaded: Loaded, tally: Tally) -> Cost:
    """What the batch has cost."""
    work = _work_of_batch(plan, loaded, tally)
    usage = _usage_in_tiers(work, loaded, tally.paid) if _is_express(loaded) else usage_of(work)
    return cost_of(usage, plan["target"].get("price"))


def express_would_save(plan: Plan, loaded: Loaded, tally: Tally) -> float:
    """US dollars by which the orchestration of a batch that ran in the Standard tier would have been less in the Express tier.

    0 if it would not have been; rows are taken to last as long as they did.
    """
    if not tally.timed_rows:
        return 0.0
    seconds = tally.milliseconds / tally.timed_rows / 1000
    return express_saves_usd(_work_of_batch(plan, loaded, tally), seconds, plan["execution"]["max_concurrency"])


def _work_of_batch(plan: Plan, loaded: Loaded, tally: Tally) -> Work:
    is_distributed = loaded["map_mode"] == "distributed"
    return work_of(
        _of_rows_asked(tally.statuses, tally.duplicates),
        tally.paid,
        tally.taken_over,
        row_batches=tally.row_batches if is_distributed else 0,
        is_distributed=is_distributed,
        is_stored=_is_stored(loaded),
        is_announced=plan["notification"]["success"],
        is_resumed=_looks_for_answers(plan),
        deduplicated=tally.duplicates["SUCCESS"],
        from_cache=tally.cached,
        is_cached="cache" in plan,
        is_judged=plan["target"].get("express", False),
    )


def _of_rows_asked(statuses: Mapping[str, int], duplicates: Mapping[str, int]) -> dict[str, int]:
    """The statuses without the duplicates that failed as their first rows did: no machine has run them."""
    return {
        status: count - (0 if status == "SUCCESS" else duplicates.get(status, 0)) for status, count in statuses.items()
    }


def _looks_for_answers(plan: Plan) -> bool:
    return "earlier" in plan or "cache" in plan


def _usage_in_tiers(work: Work, loaded: Loaded, paid: Mapping[str, int]) -> Usage:
    """What the children of the whole batch have used, and what the Standard pass behind them."""
    left_by: Any = loaded.get("fan_out", {}).get("left_by", {})
    express, rest = in_tiers(work, paid, _children(loaded), left_by)
    return more(usage_of(express), usage_of(rest))


def _is_express(loaded: Loaded) -> bool:
    return loaded.get("tier") == "express"


def _children(loaded: Loaded) -> int:
    """How many Express children a batch has: each has a partition of the table to itself."""
    return math.ceil(loaded["row_count"] / loaded["storage"]["partition_rows"])


def final(summary: Mapping[str, Any]) -> tuple[dict[str, Any], Counts]:
    """What a summary says of the batch's end, as the table has it; all counts, those that are none as well."""
    known = {ours: summary[name] for name, ours in _TOLD.items() if name in summary}
    causes = {cause: summary.get("causes", {}).get(cause, 0) for cause in _CAUSES}
    used: Any = dict.fromkeys(Usage.__annotations__, 0) | dict(summary["cost"]["usage"] if "cost" in summary else {})
    return known, Counts({name: summary.get(name, 0) for name in _ROWS}, causes, used)


def _usage_of_part(plan: Plan, loaded: Loaded, document: TallyDocument) -> Usage:
    duplicates = document.get("duplicates", {})
    work = work_of(
        _of_rows_asked(document["statuses"], duplicates),
        document.get("paid", {}),
        document["taken_over"],
        row_batches=1,
        batches=0,
        is_stored=_is_stored(loaded),
        is_resumed=_looks_for_answers(plan),
        deduplicated=duplicates.get("SUCCESS", 0),
        from_cache=document.get("cached", 0),
        is_cached="cache" in plan,
        is_judged=plan["target"].get("express", False),
    )
    if not _is_express(loaded):
        return usage_of(work)
    express, rest = in_tiers(work, document.get("paid", {}))
    return more(usage_of(express), usage_of(rest))


def _is_stored(loaded: Loaded) -> bool:
    return loaded["storage"]["mode"] == "dynamodb"


def _rows(document: TallyDocument) -> dict[str, int]:
    statuses = document["statuses"]
    counts = (
        statuses.get("SUCCESS", 0),
        sum(statuses.get(status, 0) for status in _FAILED),
        statuses.get("TIMEOUT", 0),
        statuses.get("SKIPPED", 0),
        statuses.get("NOT_RUN", 0),
        document["taken_over"],
        sum(document.get("duplicates", {}).values()),
        document.get("cached", 0),
    )
    return dict(zip(_ROWS, counts, strict=True))


def _causes(document: TallyDocument) -> dict[str, int]:
    found = document.get("causes", {})
    return {cause: found.get(cause, 0) for cause in _CAUSES}
