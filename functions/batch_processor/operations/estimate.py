"""Says beforehand what a batch costs, and how long it takes."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.contract import Plan, Tier
from batch_processor.cost.model import usage_of
from batch_processor.cost.money import money
from batch_processor.cost.pace import Pace, pace_of
from batch_processor.cost.prices import cost_of, price_list
from batch_processor.cost.shapes import Cost
from batch_processor.cost.work import Work
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.foreseen import Foreseen, Rows, foresee
from batch_processor.operations.foreseen_work import ROWS_ERROR, bounds, tiers, work_of
from batch_processor.operations.trial import Trial, trial_of

# Of a pace that nobody has measured.
_PACE_ERROR = 0.3
_MOST_TRIAL_ERROR = 0.9
# Until the first row is called, and from the last one's end on: some ten states, three functions.
_BATCH_SECONDS = 10


class CostEstimate(TypedDict):
    """The answer of estimate_batch_cost.

    `target_price` says where the target's price is from: its registry entry, a trial's measured usage, or nowhere. `binds` is
    the quota or setting that sets the pace. `low_usd` is without any retry, `high_usd` if every row takes all its attempts.
    A distributed batch says its `execution_tier` and why, and what it would cost in either: `standard_usd`, and `express_usd`
    where it could run there. With `confirmation_required` execute_batch_processor asks first, for `reasons`.
    """

    rows: int
    rows_are_exact: bool
    map_mode: Literal["inline", "distributed"]
    execution_tier: NotRequired[Tier]
    execution_tier_reason: NotRequired[str]
    standard_usd: NotRequired[float]
    express_usd: NotRequired[float]
    expected: Cost
    low_usd: float
    high_usd: float
    target_price: Literal["registered", "trial", "unknown"]
    seconds: NotRequired[float]
    seconds_low: NotRequired[float]
    seconds_high: NotRequired[float]
    binds: str
    assumptions: list[str]
    confirmation_required: bool
    allowed: bool
    reasons: list[str]


def estimate_batch_cost(config: Mapping[str, Any], deployment: Deployment, trial: str | None = None) -> CostEstimate:
    """The estimate for that configuration; `trial` names a batch of the same target that has ended, whose usage is taken.

    InvalidConfiguration, InvalidCsv or BatchTooLarge if there can be no such batch; UnknownBatch if there is no such trial.
    """
    foreseen = foresee(config, deployment)
    plan = foreseen.plan
    measured = trial_of(trial, plan["target"]["name"], deployment) if trial else None
    work = work_of(foreseen, measured)
    expected = cost_of(usage_of(work), plan["target"].get("price"))
    low, high = bounds(foreseen, work, measured, _trial_error(measured))
    pace = _pace(foreseen, work, measured, deployment)
    reasons = list(_reasons(foreseen.rows, expected, deployment))
    estimate = CostEstimate(
        rows=foreseen.rows.count,
        rows_are_exact=foreseen.rows.is_exact,
        map_mode=foreseen.loaded["map_mode"],
        expected=expected,
        low_usd=cost_of(usage_of(low), plan["target"].get("price"))["usd"],
        high_usd=cost_of(usage_of(high), plan["target"].get("price"))["usd"],
        target_price=_price_source(expected, plan, measured),
        binds=pace.binds if pace else f"max_concurrency: {_at_once(foreseen):,} rows at a time, as far as is known",
        assumptions=list(_assumptions(foreseen, expected, measured)),
        confirmation_required=bool(reasons),
        allowed=True,
        reasons=reasons,
    )
    if work.is_distributed:
        estimate.update(_tiers(foreseen, work, measured))
    if pace:
        seconds, error = work.rows / pace.rows_per_second, 0 if measured else _PACE_ERROR
        error += 0 if foreseen.rows.is_exact else ROWS_ERROR
        estimate["seconds"] = round(seconds + _BATCH_SECONDS, 1)
        estimate["seconds_low"] = round(seconds * (1 - max(error, 0.1)), 1)
        estimate["seconds_high"] = round(seconds * (1 + max(error, 0.1)) + 3 * _BATCH_SECONDS, 1)
    return estimate


def _tiers(foreseen: Foreseen, work: Work, measured: Trial | None) -> Any:
    loaded, price = foreseen.loaded, foreseen.plan["target"].get("price")
    standard, express = tiers(foreseen, work, measured)
    told: dict[str, Any] = {"execution_tier": loaded.get("tier", "standard")}
    if reason := loaded.get("tier_reason"):
        told["execution_tier_reason"] = reason
    told["standard_usd"] = cost_of(usage_of(standard), price)["usd"]
    if express:
        told["express_usd"] = cost_of(usage_of(express), price)["usd"]
    return told


def _trial_error(measured: Trial | None) -> float:
    """By what share tokens of a row may be others than those of the trial's few, which take as many asks as chance wants."""
    return min(1 / math.sqrt(measured.rows), _MOST_TRIAL_ERROR) if measured else 0.0


def _pace(foreseen: Foreseen, work: Work, measured: Trial | None, deployment: Deployment) -> Pace | None:
    milliseconds = measured.mean_row_ms if measured else foreseen.expected_ms
    if not milliseconds:
        return None
    target, region = foreseen.plan["target"], deployment.machine_arn.split(":")[3]
    is_agent = (target["type"] == "agent" or "runs" in target) and "express" not in target
    # A trial tells of rows with all their calls; what is registered is a call.
    calls = max(work.calls / work.called, 1) if measured and work.called else 1
    return pace_of(work, _at_once(foreseen), milliseconds / 1000 / calls, region, is_agent=is_agent)


def _at_once(foreseen: Foreseen) -> int:
    return foreseen.loaded["rows_at_once"] * foreseen.loaded["row_batches_at_once"]


def _price_source(expected: Cost, plan: Plan, measured: Trial | None) -> Literal["registered", "trial", "unknown"]:
    if "target_usd" not in expected:
        return "unknown"
    return "trial" if measured and "per_call_usd" not in plan["target"].get("price", {}) else "registered"


def _assumptions(foreseen: Foreseen, expected: Cost, measured: Trial | None) -> Iterator[str]:
    yield f"AWS's list prices of {price_list().as_of}, without free tiers, logs, traces and storage."
    if not foreseen.rows.is_exact:
        yield f"The rows are estimated by the first 4 MB of the CSV: {foreseen.rows.count:,}, give or take a tenth."
    if foreseen.is_resumed:
        yield "Rows that the earlier batch has answered are not paid again, as far as the batches table knows them."
    yield from _of_repetition(foreseen)
    if measured:
        yield (
            f"Calls, failures, tokens and times of a row are those of {measured.name}, which ran {measured.rows:,} rows."
        )
    else:
        yield "Every row is answered at the first attempt; high_usd is if every row takes all its attempts."
    if foreseen.loaded["map_mode"] == "distributed" and not foreseen.is_looked_at:
        yield "What is deployed of the target could not be looked at here; how long it may take decides on the tier, too."
    if "target_usd" not in expected:
        yield _why_unknown(foreseen.plan)


def _of_repetition(foreseen: Foreseen) -> Iterator[str]:
    rows, plan = foreseen.rows, foreseen.plan
    if rows.duplicates:
        yield f"{rows.duplicates:,} more rows have the same input as an earlier one, and are not asked for."
    elif plan.get("deduplicate") and not rows.is_exact:
        yield "Rows of the same input are asked for once; how many there are is not known, so each counts."
    if "cache" in plan:
        yield "Answers of earlier batches are taken where there are any; how many is not known, so no row counts as answered."


def _why_unknown(plan: Plan) -> str:
    name = plan["target"]["name"]
    if "price" in plan["target"]:
        return (
            f"{name} has a price by the token, and how many a row takes is not known: run a trial (max_rows), and name it "
            "as trial."
        )
    return f"What {name} itself costs is not known: its registry entry has no price. It is not in the sum."


def _reasons(rows: Rows, expected: Cost, deployment: Deployment) -> Iterator[str]:
    """Why whoever starts the batch is to be asked first."""
    if rows.count > deployment.confirm_rows:
        yield f"{rows.count:,} rows are more than {deployment.confirm_rows:,} (parameter ConfirmRows)."
        if "target_usd" not in expected:
            yield "What the target itself costs is not known."
    elif not rows.is_exact:
        # Long rows at the beginning hide how many there are.
        yield f"{rows.count:,} rows are an estimate by the beginning of a large CSV: there may be far more."
    if expected["usd"] > deployment.confirm_usd:
        yield f"{money(expected['usd'])} are more than {money(deployment.confirm_usd)} (parameter ConfirmUsd)."
