"""Holds every start of a batch to the limits that the server was started with, by what the operations say beforehand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from batch_processor.cost.money import money
from batch_processor.errors import BeforeAnyCall
from batchctl.mcp.allowance import Allowance

Run = Callable[[str, dict[str, Any]], dict[str, Any]]
EXECUTE = "execute_batch_processor"
# The others that start, and which argument names the batch whose rows they run again.
_BATCH_OF = {"rerun_failed_rows": "execution_arn", "resume_batch": "execution_arn", "rerun_dead_letters": "batch"}


class BeyondLimits(BeforeAnyCall):
    """A start that the server does not allow; nothing was started. `suggestion` says what to do instead."""

    def __init__(self, message: str, suggestion: str) -> None:
        super().__init__(message)
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Expected:
    """What a start comes to at most; None is what nobody knows."""

    rows: int | None
    usd: float | None
    told: str


def check_start(name: str, arguments: Mapping[str, Any], allowance: Allowance, run: Run) -> None:
    """BeyondLimits unless what would be started is known to be within the limits; operations that start nothing pass."""
    if name == EXECUTE:
        _hold(_of_config(arguments.get("config"), run), allowance)
    elif name in _BATCH_OF:
        _hold(_of_batch(str(arguments.get(_BATCH_OF[name], "")), run), allowance)


def _of_config(config: Any, run: Run) -> Expected:
    estimate = run("estimate_batch_cost", {"config": config})
    asked = config.get("max_rows")
    rows = estimate["rows"]
    surely = rows if estimate["rows_are_exact"] else None
    if isinstance(asked, int) and not isinstance(asked, bool):
        surely = asked if surely is None else min(asked, surely)
    is_known = estimate["target_price"] != "unknown" and surely is not None
    usd = estimate["high_usd"] if is_known else None
    return Expected(surely, usd, f"{rows:,} rows{'' if estimate['rows_are_exact'] else ' by an estimate'}")


def _of_batch(batch: str, run: Run) -> Expected:
    progress = run("monitor_batch_execution", {"execution_arn": batch})
    total = progress.get("total_rows")
    if total is None:
        return Expected(None, None, "an unknown number of rows")
    left = max(total - progress.get("rows_succeeded", 0), 0)
    cost, done = progress.get("cost_so_far"), progress["rows_processed"]
    usd = cost["usd"] / done * left if cost and "target_usd" in cost and done else None
    return Expected(left, usd, f"{left:,} rows")


def _hold(start: Expected, allowance: Allowance) -> None:
    most_rows, most_usd = allowance.max_rows, allowance.max_cost_usd
    if most_rows is not None and (start.rows is None or start.rows > most_rows):
        raise BeyondLimits(
            f"Nothing was started: it would run {start.told}, and one start may run {most_rows:,} (--max-rows).",
            f"Put max_rows, at most {most_rows:,}, into the config for a trial of the first rows, or tell the user that this "
            "needs a person: `batchctl run` has no such limit.",
        )
    if most_usd is None:
        return
    if start.usd is None and most_rows is None:
        raise BeyondLimits(
            f"Nothing was started: what it costs is not known, and one start may cost {money(most_usd)} (--max-cost-usd).",
            "The price of the agent is in no registry entry, or how many rows there are is only estimated. Put max_rows into the "
            "config, or tell the user: a price can be registered, or the server be started with --max-rows as well.",
        )
    if start.usd is not None and start.usd > most_usd:
        raise BeyondLimits(
            f"Nothing was started: {start.told} may cost {money(start.usd)}, and one start may cost {money(most_usd)} "
            "(--max-cost-usd).",
            "Put a smaller max_rows into the config for a trial of the first rows, or tell the user that this needs a person.",
        )
