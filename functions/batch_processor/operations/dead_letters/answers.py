"""Finds which rows of a batch have an answer by now: in the batch itself, or in one that went on with it."""

import json
from collections.abc import Iterable, Iterator

from batch_processor.aws import s3
from batch_processor.batch import manifest
from batch_processor.batch.manifest import Manifest
from batch_processor.batch.names import batch_key
from batch_processor.batch.work_folder import work_location
from batch_processor.contract import Plan
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.failures.stored_rows import answered_rows

# Of a chain so many are followed back, and so many of those that went on with it are asked.
_LONGEST_CHAIN = 50
_MOST_SUCCESSORS = 100


def answered_by_now(execution_arn: str, rows: Iterable[int], deployment: Deployment) -> set[int] | None:
    """Those of the rows that have an answer; None if what tells so is cleared away by now."""
    own = manifest.read_if_readable(deployment.data_bucket, execution_arn)
    if own is None:
        return None
    left, answered = set(rows), set[int]()
    for found in (own, *_successors(own["plan"], deployment)):
        if not left:
            break
        store = found["loaded"]["storage"]
        output = found["plan"]["output"]
        now_answered = answered_rows(deployment.results_table, store, store["as_of"], left, output)
        answered |= now_answered
        left -= now_answered
    return answered


def _successors(plan: Plan, deployment: Deployment) -> Iterator[Manifest]:
    """The batches that went on with the same rows; all of a chain are listed in the folder of its first."""
    source = plan["source"]
    first = work_location(deployment.data_bucket, batch_key(_first(plan, deployment)))
    for arn in _listed(first["bucket"], f"{first['prefix']}successors/")[:_MOST_SUCCESSORS]:
        found = manifest.read_if_readable(deployment.data_bucket, arn)
        # With accept_changes rows of the same numbers may be others.
        if found and arn != plan["batch"]["id"] and found["plan"]["source"].get("etag") == source["etag"]:
            yield found


def _listed(bucket: str, prefix: str) -> list[str]:
    lists = (json.loads(s3.read(bucket, found["Key"])) for found in s3.listed(bucket, prefix))
    return list(dict.fromkeys(arn for arns in lists for arn in arns))


def _first(plan: Plan, deployment: Deployment) -> str:
    for _ in range(_LONGEST_CHAIN):
        if "earlier" not in plan:
            break
        earlier = manifest.read_if_readable(deployment.data_bucket, deployment.execution_arn(plan["earlier"]["batch"]))
        if earlier is None:
            break
        plan = earlier["plan"]
    return plan["batch"]["id"]
