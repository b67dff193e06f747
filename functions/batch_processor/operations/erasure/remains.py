"""What nobody can erase: AWS keeps it for its time, or it has left the stack. docs/personal-data.md has the same places."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from batch_processor.operations.deployment import Deployment
from batch_processor.operations.erasure.traces import Traces

_HISTORY = timedelta(days=90)
# A function that was called before the end of its batch may write until it ends itself.
_STILL_WRITING = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Remains:
    """A place, where it is, and until when it has what it has."""

    place: str
    where: str
    until: str


def remains_of(traces: Traces, deployment: Deployment) -> Iterator[Remains]:
    """All places that keep something of the batch whatever is erased."""
    yield Remains("execution histories", _own_executions(traces, deployment), _until_forgotten(traces))
    yield Remains(
        "executions of the orchestrators",
        "BatchOrchestrator-* and batch-orchestrator-agent-*, where somebody started or spoke of the batch by them",
        "90 days after each; Step Functions deletes none before",
    )
    if traces.plan:
        yield from _of_target(traces)
        topic = traces.plan["notification"]["topic_arn"]
        yield Remains(
            "messages and mails sent", topic, "as long as their receivers keep them; by default without cells"
        )
    yield Remains("log events", "the log groups of the stack", "LogRetentionDays; row contents at DEBUG only")
    yield Remains("traces", "X-Ray", "30 days after the batch; names, times and what errors say, as the log events")
    yield Remains(
        "backups of the results table", deployment.results_table, "BackupDays, at most 35 days, after this erasure"
    )
    yield Remains(
        "backups of the batches table", deployment.batches_table, "BackupDays, at most 35 days, after this erasure"
    )
    yield Remains("copies", "other accounts, downloads, replicas of the bucket", "whoever made them keeps them")
    if _ended_just_now(traces):
        yield Remains(
            "what functions that were called still write",
            f"the places above; the batch ended less than {_STILL_WRITING.seconds // 60} minutes ago",
            "erased when this command is run again after that",
        )


def _own_executions(traces: Traces, deployment: Deployment) -> str:
    row_batches = f"{deployment.row_batch_machine_arn.replace(':stateMachine:', ':execution:')}:{traces.batch['key']}-*"
    distributed = traces.loaded and traces.loaded["map_mode"] == "distributed"
    return f"{traces.execution_arn}{f', its children, and {row_batches}' if distributed else ''}"


def _until_forgotten(traces: Traces) -> str:
    if traces.state and traces.state.ended_at:
        return f"{traces.state.ended_at + _HISTORY:%Y-%m-%d}, 90 days after the end; Step Functions deletes none before"
    return "90 days after the end; Step Functions deletes none before"


def _of_target(traces: Traces) -> Iterator[Remains]:
    assert traces.plan
    target, origin = traces.plan["target"], traces.plan["batch"]["origin_key"]
    if (target["type"] == "agent" or "runs" in target) and "express" not in target:
        executions = target["arn"].replace(":stateMachine:", ":execution:")
        yield Remains("executions of the target", f"{executions}:{origin}-*", "90 days")
    yield Remains("what the target keeps itself", target["arn"], "as its owner decides; its logs among it")


def _ended_just_now(traces: Traces) -> bool:
    state = traces.state
    is_cut_off = state is not None and state.status != "SUCCEEDED" and state.ended_at is not None
    return is_cut_off and datetime.now(UTC) - state.ended_at < _STILL_WRITING  # type: ignore[union-attr, operator]
