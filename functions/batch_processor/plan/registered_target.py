"""Whether batches can call what an entry registers: registering it is no mistake yet, so it is a warning."""

from collections.abc import Callable, Iterator
from typing import Any

from batch_processor.document.problem import Problem
from batch_processor.errors import BatchProcessorError
from batch_processor.plan.callable_targets import CallableTargets
from batch_processor.plan.deployed_target import look_at_target
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.entry import Entry
from batch_processor.registry.tool_entry import ToolEntry


def warnings(
    entry: Entry, targets: CallableTargets, client_of: Callable[[str], Any] | None = None
) -> Iterator[Problem]:
    """Yield why no batch can call the entry's target: what the stack's patterns exclude, and what is not there.

    `client_of` gives boto3 clients of those who ask, by service; without it the function's own look.
    """
    if not isinstance(entry, AgentEntry | ToolEntry) or _is_for_agents(entry, targets):
        return
    at = _pointer(entry)
    refusal = targets.refusal(entry.arn, "agent" if entry.runs == "state_machine" else "tool")
    if refusal:
        yield Problem(at, f"no batch can call it: {refusal}")
    if targets.is_at_home(entry.arn) and (fault := _fault(entry, client_of, tells_denials=not refusal)):
        yield Problem(at, fault)


def _is_for_agents(entry: AgentEntry | ToolEntry, targets: CallableTargets) -> bool:
    """Whether it is the batch processor as the tool that it is for agents."""
    return isinstance(entry, ToolEntry) and entry.arn == targets.batch_machine_arn


def _pointer(entry: AgentEntry | ToolEntry) -> str:
    if isinstance(entry, AgentEntry):
        return "/state_machine_arn"
    return "/lambda_arn" if entry.lambda_arn else "/resource_arn"


def _fault(entry: AgentEntry | ToolEntry, client_of: Callable[[str], Any] | None, *, tells_denials: bool) -> str | None:
    try:
        return look_at_target("agent" if entry.runs == "state_machine" else "tool", entry.arn, client_of).fault
    except BatchProcessorError as exc:
        # The stack itself may look at no more than the patterns name.
        return f"whether it is there cannot be told: {exc}" if tells_denials else None
