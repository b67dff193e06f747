"""Which other batches have taken rows of a batch: their outputs, and perhaps their rows in the table, hold copies."""

import json
from collections.abc import Iterator

from batch_processor.aws import s3, step_functions
from batch_processor.batch import manifest
from batch_processor.contract import Location, Plan
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.traces import Traces
from batch_processor.resumption.earlier_batch import is_running


def copies_of(traces: Traces, deployment: Deployment) -> list[str]:
    """The names of batches that went on with this one and whose work folders are still there."""
    left = ((arn, manifest.read_if_readable(deployment.data_bucket, arn)) for arn in _others(traces, deployment))
    return [arn.rpartition(":")[2] for arn, found in left if found and _has_taken(found["plan"], traces)]


def takers_at_work(traces: Traces, deployment: Deployment) -> Iterator[str]:
    """The executions that take rows of this batch now, or are about to: they read them once more for their output."""
    for arn in _others(traces, deployment):
        if is_running(step_functions.status_of(arn)):
            found = manifest.read_if_readable(deployment.data_bucket, arn)
            if not found or _has_taken(found["plan"], traces):
                yield arn


def _has_taken(plan: Plan, traces: Traces) -> bool:
    assert traces.plan
    own, taken = traces.plan["storage"], plan.get("earlier", {}).get("rows", [])
    return any((rows["batch_id"], rows["since"]) == (own["batch_id"], own["since"]) for rows in taken)


def _others(traces: Traces, deployment: Deployment) -> list[str]:
    relatives = _relatives(traces.plan, deployment.data_bucket) if traces.plan else set()
    return sorted(relatives - {traces.execution_arn})


def _relatives(plan: Plan, bucket: str) -> set[str]:
    """The executions that went on with the batch, or with one that it went on with: the first of a chain lists all."""
    listed = set(_successors(plan["work"]))
    machine = plan["batch"]["id"].rpartition(":")[0]
    seen = {plan["batch"]["id"]}
    while "earlier" in plan and (arn := f"{machine}:{plan['earlier']['batch']}") not in seen:
        seen.add(arn)
        left = manifest.read_if_readable(bucket, arn)
        if left is None:
            break
        plan = left["plan"]
        listed.update(_successors(plan["work"]))
    return listed


def _successors(work: Location) -> Iterator[str]:
    for entry in s3.listed(work["bucket"], f"{work['prefix']}successors/"):
        yield from json.loads(s3.read(work["bucket"], entry["Key"]))
