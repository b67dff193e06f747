"""Says beforehand what a batch costs, and how long it takes."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.cost.shapes import Cost
from batch_processor.operations.deployment import Deployment


class CostEstimate(TypedDict):
    """The answer of estimate_batch_cost.

    `target_price` says where the target's price is from: its registry entry, a trial's measured usage, or nowhere. `binds` is
    the quota or setting that sets the pace. With `confirmation_required` execute_batch_processor asks first.
    """

    rows: int
    rows_are_exact: bool
    map_mode: Literal["inline", "distributed"]
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
    """The estimate for that configuration; `trial` names a batch of the same target that has ended, whose usage is taken."""
    raise NotImplementedError
