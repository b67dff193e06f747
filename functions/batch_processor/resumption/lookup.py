"""Finds the earlier batch that a batch is to resume: what it left, and what became of its execution."""

from collections.abc import Mapping
from typing import Any

from batch_processor.aws import s3, step_functions
from batch_processor.batch import manifest
from batch_processor.batch.names import batch_key
from batch_processor.batch.work_folder import work_location
from batch_processor.config import Resumption, named_batch
from batch_processor.config.execution_input import is_complete, merge_earlier
from batch_processor.contract import Batch, Plan
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidConfiguration, SourceUnavailable
from batch_processor.output.summary import summary_key
from batch_processor.resumption.earlier_batch import EarlierBatch, execution_arn, may_hold_answers, unknown


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
    """The earlier batch; InvalidConfiguration if it is not this machine's, or has left nothing to resume."""
    arn = execution_arn(resumption, batch)
    key = batch_key(arn)
    earlier_manifest, config = manifest.read(bucket, key), manifest.read_config(bucket, key)
    if earlier_manifest is None:
        raise unknown(resumption, f"s3://{bucket}/{work_location(bucket, key)['prefix']}", config)
    plan, status = earlier_manifest["plan"], step_functions.status_of(arn)
    first = _first(plan, bucket)
    successors = manifest.read_successors(bucket, first["key"])
    # In a repeated invocation, the batch that is to resume is among the successors already.
    runs = [run for run in (first["id"], arn, *successors.execution_arns) if run != batch["id"]]
    statuses = {run: status if run == arn else step_functions.status_of(run) for run in dict.fromkeys(runs)}
    return EarlierBatch(
        resumption=resumption,
        plan=plan,
        loaded=earlier_manifest["loaded"],
        config=config,
        first=first,
        status=status,
        has_summary=status is None and _has_summary(plan),
        other_runs={run: run_status for run, run_status in statuses.items() if run != arn},
        successors=successors.execution_arns,
        successors_etag=successors.etag,
        last_run=_last_run(runs, statuses, bucket),
        header=_header(plan),
    )


def claim(earlier: EarlierBatch, batch: Batch, bucket: str) -> None:
    """Claims the earlier batch for `batch`; InvalidConfiguration if another one has claimed it since it was found."""
    key, known = earlier.first["key"], manifest.Successors(list(earlier.successors), earlier.successors_etag)
    if batch["id"] in known.execution_arns[-1:] or manifest.add_successor(bucket, key, batch["id"], known):
        return
    # The last one may be this batch, if S3's answer to its claim was lost.
    last = manifest.read_successors(bucket, key).execution_arns[-1]
    if last != batch["id"]:
        raise InvalidConfiguration([earlier.taken_by(last)])


def _header(plan: Plan) -> list[str] | None:
    try:
        return manifest.read_header(plan)
    except SourceUnavailable:
        return None


def _first(plan: Plan, bucket: str) -> Batch:
    """The batch that first stored the rows, as far back as there are work folders."""
    while "earlier" in plan:
        machine = plan["batch"]["id"].rpartition(":")[0]
        earlier_manifest = manifest.read(bucket, batch_key(f"{machine}:{plan['earlier']['batch']}"))
        if earlier_manifest is None:
            break
        plan = earlier_manifest["plan"]
    return plan["batch"]


def _last_run(runs: list[str], statuses: Mapping[str, str | None], bucket: str) -> str | None:
    """The last run that loaded rows, which salvages all earlier runs; None if there is nothing of it to salvage."""
    for run in reversed(runs):
        if run_manifest := manifest.read(bucket, batch_key(run)):
            return run if may_hold_answers(statuses[run], run_manifest["loaded"]) else None
    return None


def _has_summary(plan: Plan) -> bool:
    try:
        s3.pin(plan["output"]["bucket"], summary_key(plan["output"]["key"]))
    except SourceUnavailable:
        return False
    return True
