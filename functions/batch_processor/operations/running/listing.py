"""Lists batches, newest first."""

from typing import NotRequired, TypedDict

from batch_processor.batch.batches_table import BatchRecord
from batch_processor.operations.deployment import Deployment


class ListedBatches(TypedDict):
    """A page; `next` asks for the one after it."""

    batches: list[BatchRecord]
    next: NotRequired[str]


def list_batches(
    deployment: Deployment,
    status: str | None = None,
    since: str | None = None,
    limit: int = 20,
    next: str | None = None,  # noqa: A002 # as the other tools of AWS call it
) -> ListedBatches:
    """Batches by time, those of one status if one is given; what still runs is asked of Step Functions."""
    raise NotImplementedError
