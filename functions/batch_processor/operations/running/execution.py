"""Starts a batch, after asking where it is a large one."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment
from batch_processor.operations.estimate import CostEstimate


class StartedBatch(TypedDict):
    """A batch that runs; `already` says that the same request had started it before."""

    execution_arn: str
    batch: str
    status: Literal["RUNNING"]
    start_time: str
    already: bool
    next_steps: list[str]


class ConfirmationRequired(TypedDict):
    """Nothing was started. `confirmation` starts exactly this configuration, once, until `expires_at`.

    Whoever hands this answer to a language model leaves `confirmation` out: a person decides.
    """

    status: Literal["CONFIRMATION_REQUIRED"]
    message: str
    reasons: list[str]
    estimate: CostEstimate
    confirmation: NotRequired[str]
    expires_at: str


def execute_batch_processor(
    config: Mapping[str, Any], deployment: Deployment, confirmation: str | None = None
) -> StartedBatch | ConfirmationRequired:
    """Starts the batch of that configuration; the same request twice starts one.

    WrongConfiguration-like errors (the plan's own) come from the batch; ConfirmationInvalid if the confirmation is of another
    configuration, has run out or was used.
    """
    raise NotImplementedError
