"""Whether the Express tier, where a configuration asks for it, is one that its target can ever be run in."""

from collections.abc import Iterator
from typing import Any

from batch_processor.config import BatchConfig
from batch_processor.config.execution_tier import tier_place
from batch_processor.document.pointers import pointer
from batch_processor.document.problem import Problem
from batch_processor.limits import EXPRESS_SECONDS, MOST_EXPRESS_ATTEMPT_SECONDS
from batch_processor.plan.deployed_target import Deployed


def express_problems(config: BatchConfig, document: Any, deployed: Deployed) -> Iterator[Problem]:
    """Why no batch of the target can run in the tier `express`, if that is asked for, with what to type instead.

    What the rows themselves decide is decided where they are loaded. Of a target that was not looked at, only what is declared
    is judged.
    """
    if config.execution.tier == "express":
        yield from (Problem(pointer(document, tier_place(document)), told) for told in _obstacles(config, deployed))


def _obstacles(config: BatchConfig, deployed: Deployed) -> Iterator[str]:
    target = config.target
    if target.is_state_machine and not deployed.is_express and deployed.revision:
        yield (
            f"{target.name} is a STANDARD state machine, which must be waited for, and an Express execution waits for none; "
            "leave this key to auto, or deploy it as an EXPRESS one"
        )
    if target.idempotent is False:
        yield (
            f"an Express execution may run twice, and {target.name} is declared not to be idempotent; leave this key to auto, or "
            "set target.idempotent to true if a second call with the same `id` does no harm"
        )
    seconds = min(config.execution.timeout_seconds, deployed.timeout_seconds or EXPRESS_SECONDS)
    if deployed.revision and seconds > MOST_EXPRESS_ATTEMPT_SECONDS:
        own = "" if deployed.timeout_seconds is None else f", and its own timeout is {deployed.timeout_seconds:,} s"
        yield (
            f"an attempt may take {config.execution.timeout_seconds:,} s{own}; an Express execution ends after "
            f"{EXPRESS_SECONDS} s, and an attempt may take {MOST_EXPRESS_ATTEMPT_SECONDS} s of them: lower timeout_seconds"
        )
