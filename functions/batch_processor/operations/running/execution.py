"""Starts a batch, after asking where it is a large one."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NotRequired, TypedDict

from batch_processor.aws import executions, s3
from batch_processor.batch import batches_table, manifest
from batch_processor.batch.names import batch_key
from batch_processor.contract.results import time_text
from batch_processor.document.s3_uri import object_uri
from batch_processor.errors import BatchProcessorError, BatchTooLarge
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.estimate import CostEstimate, estimate_batch_cost
from batch_processor.operations.running.confirmation import LASTS, issue, redeem
from batch_processor.operations.running.request import Request, request_of

# How often a request that fails before its first row is taken to be a new one.
_MOST_ATTEMPTS = 50


class StartedBatch(TypedDict):
    """A batch that was started; `already` says that the same request had started it before, and it may have ended."""

    execution_arn: str
    batch: str
    status: Literal["RUNNING", "PENDING_REDRIVE", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
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
    config: Mapping[str, Any], deployment: Deployment, confirmation: str | None = None, again: str | None = None
) -> StartedBatch | ConfirmationRequired:
    """Starts the batch of that configuration; the same request, with the CSV as it is, starts one, however often it is made.

    To run the same once more on purpose, `again` is any text that tells this run from the others. A batch of that request that
    failed before its first row is started anew. InvalidConfiguration has all that can be told for free, the batch tells the
    rest; ConfirmationInvalid if the confirmation is of another request, has run out or was used.
    """
    request = request_of(config, deployment, again)
    attempt, found = made_before(request, deployment)
    if found:
        return started(found, already=True)
    estimate = estimate_batch_cost(request.whole, deployment)
    if not estimate["allowed"]:
        raise BatchTooLarge(" ".join(estimate["reasons"]))
    if asked := confirmed(request.digest, estimate, deployment, confirmation):
        return asked
    return start(request, attempt, deployment)


def confirmed(
    digest: str, estimate: CostEstimate, deployment: Deployment, confirmation: str | None
) -> ConfirmationRequired | None:
    """None if the batch may start: it needs no confirmation, or has it, which is used up; else what is asked."""
    if confirmation:
        redeem(deployment.batches_table, confirmation, digest)
        return None
    if not estimate["confirmation_required"]:
        return None
    asked = issue(deployment.batches_table, digest)
    return ConfirmationRequired(
        status="CONFIRMATION_REQUIRED",
        message=(
            f"{estimate['rows']:,} rows for about ${estimate['expected']['usd']:,.2f}: nothing was started. Confirm it within "
            f"{LASTS.seconds // 60} minutes."
        ),
        reasons=estimate["reasons"],
        estimate=estimate,
        confirmation=asked.token,
        expires_at=asked.expires_at,
    )


def start(request: Request, attempt: int, deployment: Deployment) -> StartedBatch:
    """Starts the batch of the request."""
    name = request.name(attempt)
    begun = executions.start(deployment.machine_arn, name, request.text)
    # Somebody made the same request at the same time, and it has ended already.
    description = executions.describe(deployment.execution_arn(name)) if begun is None else None
    if description:
        return started(description, already=True)
    return _answer(
        deployment.execution_arn(name), "RUNNING", begun.since if begun else datetime.now(UTC), already=False
    )


def started(description: Mapping[str, Any], *, already: bool) -> StartedBatch:
    """The answer for a batch as Step Functions describes it."""
    return _answer(description["executionArn"], description["status"], description["startDate"], already=already)


def made_before(request: Request, deployment: Deployment) -> tuple[int, dict[str, Any] | None]:
    """The batch of that request, if one came to its rows or may yet; else how many came to nothing, or are erased."""
    for attempt in range(_MOST_ATTEMPTS):
        arn = deployment.execution_arn(request.name(attempt))
        found = executions.describe(arn)
        if found is None:
            return attempt, None
        if found["status"] in ("RUNNING", "PENDING_REDRIVE") or _has_rows(arn, deployment):
            return attempt, found
        if found["status"] == "SUCCEEDED" and not _is_erased(found, deployment):
            return attempt, found
    raise BatchProcessorError(
        f"This request failed {_MOST_ATTEMPTS} times before its first row; `batchctl failures {request.name()}` says why"
    )


def _has_rows(execution_arn: str, deployment: Deployment) -> bool:
    return manifest.read_if_readable(deployment.data_bucket, execution_arn) is not None


def _is_erased(found: Mapping[str, Any], deployment: Deployment) -> bool:
    """Whether nothing is left of the batch: neither an item in the table of batches, nor its CSV."""
    if batches_table.find(deployment.batches_table, batch_key(found["executionArn"])):
        return False
    csv = object_uri(json.loads(found.get("output") or "{}").get("csv_location", ""))
    return bool(csv.key) and all(each["Key"] != csv.key for each in s3.listed(csv.bucket, csv.key))


def _answer(execution_arn: str, status: Any, since: datetime, *, already: bool) -> StartedBatch:
    name = execution_arn.rpartition(":")[2]
    return StartedBatch(
        execution_arn=execution_arn,
        batch=name,
        status=status,
        start_time=time_text(since),
        already=already,
        next_steps=_NEXT.get(status, _next_of_failed)(name),
    )


def _next_of_failed(name: str) -> list[str]:
    return [f"batchctl failures {name}", f"batchctl resume {name}"]


_NEXT: dict[str, Callable[[str], list[str]]] = {
    "RUNNING": lambda name: [f"batchctl watch {name}"],
    "PENDING_REDRIVE": lambda name: [f"batchctl watch {name}"],
    "SUCCEEDED": lambda name: [f"batchctl results {name}"],
}
