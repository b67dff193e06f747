"""Whether a batch can be erased already: not while anything may still write of it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from batch_processor.aws import s3, step_functions
from batch_processor.batch.names import row_batch_prefixes
from batch_processor.errors import BatchAtWork
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.copies import takers_at_work
from batch_processor.operations.erasure.traces import Traces
from batch_processor.output.publishing import partial
from batch_processor.output.summary import summary_key
from batch_processor.resumption import kept_histories, late_children
from batch_processor.resumption.earlier_batch import is_running

# Three attempts of a quarter of an hour at saving answers, and what Lambda waits between them.
_SAVING = timedelta(hours=1)
# What an Express child has called to read its answers may go on without it, as long as that function may run.
_STORING = timedelta(minutes=2)
_ENDED_BADLY = ("FAILED", "ABORTED", "TIMED_OUT")


def refuse_at_work(traces: Traces, deployment: Deployment) -> None:
    """BatchAtWork if the batch, a row batch of it or a batch that takes rows of it runs, or if answers are being saved."""
    state = traces.state
    if state and is_running(state.status):
        raise BatchAtWork(
            f"The batch {traces.name} still runs. Wait for its end, or stop it: "
            f"aws stepfunctions stop-execution --execution-arn {traces.execution_arn}"
        )
    if running := next(_row_batches(traces, deployment, "RUNNING"), None):
        raise BatchAtWork(
            f"A row batch of {traces.name} still runs, {running}. Step Functions stops row batches after their batch: wait a "
            f"moment, or stop it: aws stepfunctions stop-execution --execution-arn {running}"
        )
    if busy_until := _children_until(traces):
        raise BatchAtWork(
            f"Express children of {traces.name} may still store rows: they outlive their batch by up to five minutes, and "
            f"nobody can stop them. Erase it after {busy_until:%H:%M:%S} UTC."
        )
    if taker := next(takers_at_work(traces, deployment), None):
        raise BatchAtWork(
            f"The batch {taker.rpartition(':')[2]} goes on with rows of {traces.name}, and still runs. Wait for its end, or stop "
            f"it: aws stepfunctions stop-execution --execution-arn {taker}"
        )
    if traces.has_manifest and (saving := next(_unsaved(traces, deployment), None)):
        raise BatchAtWork(
            f"The answers of {saving.rpartition(':')[2]}, which was broken off, are still being saved. Wait until that is "
            "done, a few minutes as a rule; an hour after its end it is erased in any case."
        )


def _children_until(traces: Traces) -> datetime | None:
    if not traces.plan or not traces.loaded:
        return None
    return late_children.at_work_until(traces.plan, traces.loaded, traces.state, _STORING)


def _unsaved(traces: Traces, deployment: Deployment) -> Iterator[str]:
    state = traces.state
    if state and state.status in _ENDED_BADLY and _is_recent(state) and not _has_partial_summary(traces):
        yield traces.execution_arn
    if state is None or state.status == "SUCCEEDED" or not traces.loaded or traces.loaded["map_mode"] != "distributed":
        return
    saved = kept_histories.salvaged(traces.work(deployment.data_bucket))
    for status in _ENDED_BADLY:
        for arn in _row_batches(traces, deployment, status):
            found = step_functions.state_of(arn) if arn.rpartition(":")[2] not in saved else None
            if found and _is_recent(found):
                yield arn


def _is_recent(state: step_functions.State) -> bool:
    return state.ended_at is not None and datetime.now(UTC) - state.ended_at < _SAVING


def _has_partial_summary(traces: Traces) -> bool:
    assert traces.plan
    output = partial(traces.plan)["output"]
    return next(s3.listed(output["bucket"], summary_key(output["key"])), None) is not None


def _row_batches(traces: Traces, deployment: Deployment, status: str) -> Iterator[str]:
    if not traces.plan:
        return
    since = datetime.fromisoformat(traces.plan["batch"]["started_at"])
    for prefix in row_batch_prefixes(traces.plan["batch"], deployment.row_batch_machine_arn):
        yield from step_functions.executions_since(since, prefix, status)
