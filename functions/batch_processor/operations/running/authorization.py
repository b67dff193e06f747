"""Says whether a batch may be started, for a machine that starts it itself and waits for it."""

from collections.abc import Mapping
from typing import Any, Literal, TypedDict

from batch_processor.errors import BatchTooLarge
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.estimate import CostEstimate, estimate_batch_cost
from batch_processor.operations.running.execution import ConfirmationRequired, confirmed
from batch_processor.operations.running.request import request_of


class AuthorizedBatch(TypedDict):
    """The batch may start, now; a confirmation that it needed is used up."""

    status: Literal["AUTHORIZED"]
    estimate: CostEstimate


def authorize_batch(
    config: Mapping[str, Any], deployment: Deployment, confirmation: str | None = None
) -> AuthorizedBatch | ConfirmationRequired:
    """As execute_batch_processor decides it, and with its errors; nothing is started."""
    request = request_of(config, deployment)
    estimate = estimate_batch_cost(request.whole, deployment)
    if not estimate["allowed"]:
        raise BatchTooLarge(" ".join(estimate["reasons"]))
    asked = confirmed(request.digest, estimate, deployment, confirmation)
    return asked or AuthorizedBatch(status="AUTHORIZED", estimate=estimate)
