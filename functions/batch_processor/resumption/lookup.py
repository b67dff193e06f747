"""Finds the earlier batch that a batch is to resume, what became of its execution, and who else goes on with it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from batch_processor.aws import s3, step_functions
from batch_processor.batch import manifest
from batch_processor.batch.names import batch_key
from batch_processor.batch.work_folder import work_location
from batch_processor.config import Resumption, named_batch
from batch_processor.config.execution_input import is_complete, merge_earlier
from batch_processor.contract import Batch, Plan
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration, SourceUnavailable, StackUpdated
from batch_processor.output.summary import summary_key
from batch_processor.resumption.earlier_batch import EarlierBatch, Relative, execution_arn, unknown
from batch_processor.resumption.fingerprint import fingerprint
from batch_processor.resumption.late_children import at_work_until

# So many of the last ones are looked at: what somebody else starts must not make the others slow.
_MOST_RELATIVES = 20


def resolve(given: Any, batch: Batch, bucket: str) -> tuple[Any, EarlierBatch | None, list[Problem]]:
    """The whole configuration, the batch to resume if it names one, and what is wrong with that.

    InvalidConfiguration if the earlier batch's configuration is needed and is not to be had.
    """
    resumption = named_batch(given)
    if resumption is None:
        return given, None, []
    try:
        earlier = find(resumption, batch, bucket)
    except InvalidConfiguration as exc:
        if not is_complete(given):
            raise
        return given, None, list(exc.problems)
    document = given if is_complete(given) else merge_earlier(given, earlier.given_config())
    return document, earlier, list(earlier.obstacles())


def find(resumption: Resumption, batch: Batch, bucket: str) -> EarlierBatch:
    """The earlier batch; InvalidConfiguration if it is not this machine's, has left nothing to resume, or cannot be read."""
    arn = execution_arn(resumption, batch)
    config = manifest.read_config(bucket, arn)
    try:
        earlier_manifest = manifest.read(bucket, arn)
    except StackUpdated as exc:
        raise InvalidConfiguration([Problem(resumption.pointer, str(exc))]) from exc
    if earlier_manifest is None:
        raise unknown(resumption, f"s3://{bucket}/{work_location(bucket, batch_key(arn))['prefix']}", config)
    plan, loaded, state = earlier_manifest["plan"], earlier_manifest["loaded"], step_functions.state_of(arn)
    status = state.status if state else None
    return EarlierBatch(
        resumption=resumption,
        plan=plan,
        loaded=loaded,
        config=config,
        status=status,
        has_summary=status is None and _has_summary(plan),
        header=_header(plan),
        busy_until=at_work_until(plan, loaded, state),
    )


def relatives(earlier: EarlierBatch, plan: Plan, bucket: str) -> list[Relative]:
    """The batches that go on with the same one and make their rows as the plan does, newest first.

    What they have paid for is not paid for again. From now on the plan's batch is one of them.
    """
    own, first = fingerprint(plan), _first(earlier.plan, bucket)["key"]
    # A list for each fingerprint: however many batches somebody has go on otherwise, those that go on alike are found.
    others = manifest.add_successor(bucket, first, own, plan["batch"]["id"])
    named = earlier.plan["batch"]["id"]
    return list(_alike([other for other in others[-_MOST_RELATIVES:] if other != named], own, bucket))


def _alike(execution_arns: list[str], own: str, bucket: str) -> Iterator[Relative]:
    for arn in reversed(execution_arns):
        found = manifest.read_if_readable(bucket, arn)
        if found and fingerprint(found["plan"]) == own:
            state, plan, loaded = step_functions.state_of(arn), found["plan"], found["loaded"]
            yield Relative(plan, loaded, state.status if state else None, at_work_until(plan, loaded, state))


def _header(plan: Plan) -> list[str] | None:
    try:
        return manifest.read_header(plan)
    except SourceUnavailable:
        return None


def _first(plan: Plan, bucket: str) -> Batch:
    """The batch that first stored the rows, as far back as there are work folders."""
    while "earlier" in plan:
        machine = plan["batch"]["id"].rpartition(":")[0]
        earlier_manifest = manifest.read_if_readable(bucket, f"{machine}:{plan['earlier']['batch']}")
        # A name may be given anew, also to a batch that goes on with the one that went on with its first bearer.
        if earlier_manifest is None or _began(earlier_manifest["plan"]) >= _began(plan):
            break
        plan = earlier_manifest["plan"]
    return plan["batch"]


def _began(plan: Plan) -> datetime:
    return datetime.fromisoformat(plan["batch"]["started_at"])


def _has_summary(plan: Plan) -> bool:
    try:
        s3.pin(plan["output"]["bucket"], summary_key(plan["output"]["key"]))
    except SourceUnavailable:
        return False
    return True
