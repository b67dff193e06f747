"""Says why rows failed: by cause, with an example of each, and what to do."""

from typing import NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment
from batch_processor.results.causes import Cause


class FailureGroup(TypedDict):
    """The failed rows of one cause. `lines` are those of the CSV, as an editor counts them, where they are known."""

    cause: Cause
    error: str
    count: int
    share: float
    first_rows: list[int]
    lines: NotRequired[list[int]]
    example: str
    probable_reason: str
    what_to_do: str
    command: NotRequired[str]


class FailureExplanation(TypedDict):
    """The answer of explain_failures; `groups` are sorted by count. `complete` is false while the batch runs."""

    batch: str
    execution_arn: str
    rows_total: int
    rows_failed: int
    complete: bool
    groups: list[FailureGroup]
    batch_error: NotRequired[FailureGroup]
    next_steps: list[str]


def explain_failures(execution_arn: str, deployment: Deployment) -> FailureExplanation:
    """Why rows failed, or the whole batch."""
    raise NotImplementedError
