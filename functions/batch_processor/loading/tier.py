"""Decides whether the rows of a distributed batch are run by Express children or by row batches alone; and says why."""

from collections.abc import Iterator
from typing import NamedTuple

from batch_processor import limits
from batch_processor.contract import Plan, Target, Tier
from batch_processor.errors import InvalidConfiguration

# The reason that somebody who knows the target can do away with: alone, nothing else is in the way.
UNDECLARED = (
    "the target is not declared idempotent, and Express may call it twice with the same id; if that does no harm, say "
    "idempotent: true in its registry entry or in the config's target"
)


# What Lambda gives a function to start anew, which its timeout does not count.
_STARTING_SECONDS = 10


class TierChoice(NamedTuple):
    """The tier, and in words why."""

    tier: Tier
    reason: str


def attempt_seconds(plan: Plan) -> int:
    """How long an attempt may take: what the batch allows it, or the function's own timeout and its start, which comes first."""
    allowed, own = plan["execution"]["timeout_seconds"], plan["target"].get("timeout_seconds")
    if own is None:
        return allowed
    # Cut off by the machine, an answer would be lost that the function gives in time.
    return min(allowed, max(own, min(own + _STARTING_SECONDS, limits.MOST_EXPRESS_ATTEMPT_SECONDS)))


def wants_express(plan: Plan) -> bool:
    """Whether the configuration insists on Express: such a batch is distributed, however small it is."""
    return plan["execution"].get("tier") == "express"


def choose_tier(plan: Plan) -> TierChoice:
    """The tier of a batch that is distributed; InvalidConfiguration if it insists on Express and that cannot be."""
    wanted = plan["execution"].get("tier", "auto")
    if wanted == "standard":
        return TierChoice("standard", "execution_tier is standard")
    reasons = list(obstacles(plan))
    if wanted == "express":
        if reasons:
            raise InvalidConfiguration(
                [
                    f"execution_tier express cannot be: {reason}; take that away, or leave out execution_tier"
                    for reason in reasons
                ]
            )
        return TierChoice("express", "execution_tier is express")
    if not _answers_at_once(plan["target"]):
        return TierChoice("standard", reasons[0])  # whatever else, it would not help to change that
    if "idempotent" not in plan["target"]:
        reasons.append(UNDECLARED)
    if reasons:
        return TierChoice("standard", "; ".join(reasons))
    return TierChoice("express", f"the target is idempotent, and each attempt ends within {attempt_seconds(plan)} s")


def obstacles(plan: Plan) -> Iterator[str]:
    """Why Express cannot run the rows, whatever the target is declared to be; nothing if it can."""
    if not _answers_at_once(plan["target"]):
        yield "the target is a state machine of type STANDARD, which an Express execution cannot wait for"
    if plan["target"].get("idempotent") is False:
        yield "the target is declared not idempotent, and Express may call it twice with the same id"
    if not plan["execution"]["continue_on_error"]:
        yield "continue_on_error is false, and Express children that run cannot be stopped for a row that failed"
    if (seconds := attempt_seconds(plan)) > limits.MOST_EXPRESS_ATTEMPT_SECONDS:
        yield (
            f"an attempt may take {seconds:,} s, and Express has room for {limits.MOST_EXPRESS_ATTEMPT_SECONDS} (lower "
            "timeout_seconds, or the function's own timeout)"
        )


def _answers_at_once(target: Target) -> bool:
    return target.get("express", False) or (target["type"] == "tool" and "runs" not in target)
