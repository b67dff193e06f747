"""Which other batches have taken rows of a batch: their outputs, and perhaps their rows in the table, hold copies."""

import json
from collections.abc import Iterator

from batch_processor.aws import s3
from batch_processor.batch import manifest
from batch_processor.contract import Location, Plan
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.traces import Traces


def copies_of(traces: Traces, deployment: Deployment) -> list[str]:
    """The names of batches that went on with this one and whose work folders are still there."""
    if not traces.plan:
        return []
    own = traces.plan["storage"]
    found = []
    for arn in sorted(_relatives(traces.plan, deployment.data_bucket)):
        left = manifest.read(deployment.data_bucket, arn) if arn != traces.execution_arn else None
        taken = left["plan"].get("earlier", {}).get("rows", []) if left else []
        if any((rows["batch_id"], rows["since"]) == (own["batch_id"], own["since"]) for rows in taken):
            found.append(arn.rpartition(":")[2])
    return found


def _relatives(plan: Plan, bucket: str) -> set[str]:
    """The executions that went on with the batch, or with one that it went on with: the first of a chain lists all."""
    listed = set(_successors(plan["work"]))
    machine = plan["batch"]["id"].rpartition(":")[0]
    seen = {plan["batch"]["id"]}
    while "earlier" in plan and (arn := f"{machine}:{plan['earlier']['batch']}") not in seen:
        seen.add(arn)
        left = manifest.read(bucket, arn)
        if left is None:
            break
        plan = left["plan"]
        listed.update(_successors(plan["work"]))
    return listed


def _successors(work: Location) -> Iterator[str]:
    for entry in s3.listed(work["bucket"], f"{work['prefix']}successors/"):
        yield from json.loads(s3.read(work["bucket"], entry["Key"]))
