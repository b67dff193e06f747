"""Says what became of a batch: the summary is the execution's output and a file beside the CSV."""

from datetime import datetime
from typing import Any

from batch_processor.contract import Loaded, Output, Plan
from batch_processor.contract.results import time_text
from batch_processor.cost.money import money
from batch_processor.cost.prices import cost_text
from batch_processor.cost.shapes import Cost
from batch_processor.loading.tier import UNDECLARED
from batch_processor.output.counting import batch_cost, express_would_save
from batch_processor.results.tally import BatchStatus, Tally

_COLUMNS_NAMED = 10
_WORTH_A_WORD_USD = 0.01
# Of the source: where it is pinned, and what only the batch itself needs to know of its header.
_NOT_TOLD = ("bucket", "key", "width", "header_digest", "header")


def summarize(
    plan: Plan, loaded: Loaded, tally: Tally, finished_at: datetime, status: BatchStatus | None = None
) -> dict[str, Any]:
    """The summary, in the terms of the callers' contract: csv_location, row_count, execution_time_ms.

    `status` is that of a batch that did not get to its end; any other's is told by its rows.
    """
    started_at = datetime.fromisoformat(plan["batch"]["started_at"])
    tier = _tier(plan, loaded, tally)
    return {
        "status": status or tally.batch_status,
        "batch": plan["batch"]["name"],
        **what_became(plan["output"], tally),
        "execution_time_ms": int((finished_at - started_at).total_seconds() * 1000),
        "started_at": plan["batch"]["started_at"],
        "finished_at": time_text(finished_at),
        "source": {k: v for k, v in plan["source"].items() if k not in _NOT_TOLD},
        "target": plan["target"],
        "max_attempts": plan["execution"]["max_attempts"],
        "blank_lines_skipped": loaded["blank_lines"],
        "map_mode": loaded["map_mode"],
        "map_mode_reason": loaded["map_mode_reason"],
        **tier,
        "storage_mode": loaded["storage"]["mode"],
        **_particulars(plan, loaded, tally),
        **({"mean_row_ms": round(tally.milliseconds / tally.timed_rows)} if tally.timed_rows else {}),
        **_cost(batch_cost(plan, loaded, tally), tier.get("express_would_save_usd", 0.0)),
        "execution_arn": plan["batch"]["id"],
    }


def what_became(output: Output, tally: Tally) -> dict[str, Any]:
    """What the summary says of the rows, and of where they are."""
    return {
        "status_text": _in_words(tally),
        "csv_location": f"s3://{output['bucket']}/{output['key']}",
        "summary_location": f"s3://{output['bucket']}/{summary_key(output['key'])}",
        "row_count": tally.row_count,
        **tally.counts,
        "rows_empty": tally.empty_rows,
        "unfilled_columns": tally.unfilled_columns,
        "causes": dict(tally.causes),
        "errors": tally.errors() if output.get("quote_errors") else tally.named_errors(),
        **({"csv_format": output["csv"]} if "csv" in output else {}),
    }


def _in_words(tally: Tally) -> str:
    counts = tally.counts
    told = (
        (counts["rows_failed"], f"{counts['rows_failed']:,} failed" + _of_them(counts["rows_timed_out"])),
        (counts["rows_skipped"], f"{counts['rows_skipped']:,} skipped (nothing to send)"),
        (counts["rows_not_run"], f"{counts['rows_not_run']:,} not run"),
    )
    clauses = [f"{counts['rows_succeeded']:,} of {counts['rows_total']:,} rows succeeded"]
    sentences = [", ".join([*clauses, *(clause for count, clause in told if count)])]
    if empty := tally.empty_rows:
        rows = "1 row that succeeded has" if empty == 1 else f"{empty:,} rows that succeeded have"
        sentences.append(f"{rows} no value in any new column")
    if unfilled := tally.unfilled_columns:
        more = f" and {len(unfilled) - _COLUMNS_NAMED} more" if len(unfilled) > _COLUMNS_NAMED else ""
        sentences.append(f"No row has a value in {', '.join(unfilled[:_COLUMNS_NAMED])}{more}")
    unasked = (
        (tally.duplicates.total(), "the same input as an earlier row"),
        (tally.cached, "an answer of an earlier batch"),
    )
    sentences += [f"{_rows_have(count)} {what} and so cost no call" for count, what in unasked if count]
    return ". ".join(sentences) + "."


def _rows_have(count: int) -> str:
    return "1 row has" if count == 1 else f"{count:,} rows have"


def _cost(cost: Cost, saved_usd: float) -> dict[str, Any]:
    """The cost, also in words, which a mail has too; so these say what would have been saved, if it is worth a word."""
    words = cost_text(cost)
    if saved_usd >= _WORTH_A_WORD_USD:
        words += f" In the Express tier it would have been {money(saved_usd)} less: {UNDECLARED}."
    return {"cost": cost, "cost_text": words}


def _tier(plan: Plan, loaded: Loaded, tally: Tally) -> dict[str, Any]:
    """In which tier the rows ran, and why; what the other would have saved where only the target's promise was missing."""
    if "tier" not in loaded:
        return {}
    told: dict[str, Any] = {"execution_tier": loaded["tier"], "execution_tier_reason": loaded["tier_reason"]}
    if loaded["tier_reason"] == UNDECLARED and (saved := express_would_save(plan, loaded, tally)):
        told["express_would_save_usd"] = saved
    return told


def _of_them(timed_out: int) -> str:
    return f" ({timed_out:,} timed out)" if timed_out else ""


def _particulars(plan: Plan, loaded: Loaded, tally: Tally) -> dict[str, Any]:
    particulars: dict[str, Any] = {}
    if loaded["map_mode"] == "distributed":
        particulars["row_batches"] = tally.row_batches
    if "max_rows" in plan:
        particulars["max_rows"] = plan["max_rows"]
    if "earlier" in plan:
        particulars |= {"resumed_from": plan["earlier"]["batch"], "rows_taken_over": tally.taken_over}
    if plan.get("deduplicate"):
        particulars["rows_deduplicated"] = tally.duplicates.total()
    if "cache" in plan:
        particulars["rows_from_cache"] = tally.cached
    return particulars


def summary_key(csv_key: str) -> str:
    """The key of the summary beside the CSV."""
    return csv_key.removesuffix(".csv") + ".summary.json"
