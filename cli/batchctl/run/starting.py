"""Starts a batch: says what it costs, asks where the stack wants to be asked."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from batch_processor.cost.money import money
from batch_processor.operations import estimate as estimating
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.estimate import CostEstimate
from batch_processor.operations.running import execution
from batch_processor.operations.running.execution import StartedBatch
from batchctl import figures
from batchctl.answer import note
from batchctl.errors import WrongUsage
from batchctl.run.request import Request


class NotConfirmed(WrongUsage):
    """Nobody said yes, so nothing was started; the message has what to type."""


def start(request: Request, config: Mapping[str, Any], deployment: Deployment) -> StartedBatch:
    """The batch of that configuration, which runs. NotConfirmed if it is a large one and nobody said yes."""
    note(f"estimate {_told(estimating.estimate_batch_cost(config, deployment))}")
    # Any text that no run before has had.
    again = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}" if request.again else None
    answer = execution.execute_batch_processor(config, deployment, again=again)
    if answer["status"] == "CONFIRMATION_REQUIRED":
        note("\n".join([*(["", answer["message"]] if not request.asking.yes else []), *_reasons(answer["reasons"])]))
        if not request.asking.is_confirmed("Start it?"):
            command = request.where.completed(request.command("--yes"))
            raise NotConfirmed(f"Nothing was started, as nobody confirmed it. To start it:\n  {command}")
        answer = execution.execute_batch_processor(config, deployment, answer.get("confirmation"), again)
        if answer["status"] == "CONFIRMATION_REQUIRED":
            raise NotConfirmed(f"The CSV or the stack has changed meanwhile: {answer['message']}")
    note(f"batch    {answer['batch']}")
    if answer["already"]:
        note("         The same was run before, as this batch. To run it once more, add --again.")
    return answer


def _reasons(reasons: list[str]) -> list[str]:
    return [f"         {reason}" for reason in reasons]


def _told(estimate: CostEstimate) -> str:
    expected, low, high = estimate["expected"], estimate["low_usd"], estimate["high_usd"]
    parts = [money(expected["usd"])]
    if low < high:
        parts[0] += f" ({money(low)} to {money(high)})"
    if "target_usd" not in expected:
        parts.append("without the target's own price")
    if seconds := estimate.get("seconds"):
        parts.append(f"about {figures.duration(seconds)}")
    return f"{', '.join(parts)}; limited by {estimate['binds']}"
