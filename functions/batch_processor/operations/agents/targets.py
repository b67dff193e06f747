"""The registered agents and tools that rows could be sent to, by name or by another name that they go by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process, utils

from batch_processor.config import request
from batch_processor.document.wording import shown
from batch_processor.errors import AgentNotFound, IncompatibleAgent, InvalidConfiguration
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.registries import OPERATION_TAG
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.aliases import aliases_of
from batch_processor.registry.compatible_agents import incompatible_agent
from batch_processor.registry.lookup import Registries, usable_entry
from batch_processor.registry.resolution import Resolved, resolve
from batch_processor.registry.tool_entry import ToolEntry
from batch_processor.registry.versions import Listed, latest

# From 0 to 100, by RapidFuzz's weighted ratio: below, a name is not the one that was meant.
_LEAST_LIKENESS = 70
_LISTED = 10


@dataclass(frozen=True)
class Target:
    """An agent in its latest version, or the one that was asked for; or a tool. `has_rules` tells of extraction rules."""

    entry: AgentEntry | ToolEntry
    has_rules: bool

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def aliases(self) -> list[str]:
        """Other names that it goes by."""
        return aliases_of(self.entry.model_extra or {})

    @property
    def is_usable(self) -> bool:
        """Whether batches can use it: its answers are structured, or rules say how to find the fields in them."""
        return self.entry.structured_output_enabled or self.has_rules


def all_targets(deployment: Deployment, registries: Registries) -> list[Target]:
    """All agents and tools that batches can use, by name; entries that cannot be read are left out."""
    with_rules = {str(schema.get("agent")) for schema in registries.overview("schema")}
    found = [*_agents(registries, with_rules), *_tools(deployment, registries, with_rules)]
    return sorted((target for target in found if target.is_usable), key=lambda target: target.name)


def _agents(registries: Registries, with_rules: set[str]) -> Iterator[Target]:
    versions: dict[str, list[Listed]] = {}
    for document in registries.overview("agent"):
        versions.setdefault(str(document["agent_name"]), []).append(Listed.of(document, str(document["version"])))
    for name, listed in versions.items():
        if chosen := latest(listed):
            yield from _read("agent", name, chosen.version, registries, name in with_rules)


def _tools(deployment: Deployment, registries: Registries, with_rules: set[str]) -> Iterator[Target]:
    for document in registries.overview("tool"):
        name = str(document["tool_name"])
        if Listed.of(document, "").is_active:
            tools = _read("tool", name, None, registries, name in with_rules)
            yield from (tool for tool in tools if not _is_of_stack(tool, deployment))


def _read(kind: Any, name: str, version: str | None, registries: Registries, has_rules: bool) -> Iterator[Target]:
    try:
        entry = usable_entry(kind, name, version, registries)
    except LookupError:
        return
    if isinstance(entry, AgentEntry | ToolEntry):
        yield Target(entry, has_rules)


def _is_of_stack(tool: Target, deployment: Deployment) -> bool:
    """Whether a tool is the batch processor itself, or one of its operations: a row is nothing that they take."""
    tags = (tool.entry.model_extra or {}).get("tags") or ()
    return tool.entry.arn == deployment.machine_arn or OPERATION_TAG in tags


def find_target(name: str, deployment: Deployment, registries: Registries) -> Target:
    """The target of that name, NAME@VERSION or other name; AgentNotFound, or IncompatibleAgent if batches cannot use it."""
    try:
        resolved = resolve(request({"target": name}), registries)
    except InvalidConfiguration as exc:
        return _by_alias(name, all_targets(deployment, registries), exc)
    target = _registered(resolved, name, registries)
    names = [usable.name for usable in all_targets(deployment, registries)]
    if _is_of_stack(target, deployment):
        told = f"{shown(target.name)} is a part of the batch processor, which no batch calls."
        raise IncompatibleAgent(told, "Name what is to answer each row.", names)
    if not target.is_usable:
        incompatible = incompatible_agent(target.name, registries.overview("agent"))
        raise IncompatibleAgent(incompatible["message"], incompatible["suggestion"], names)
    return target


def _registered(resolved: Resolved, name: str, registries: Registries) -> Target:
    if not resolved.is_registered:
        raise AgentNotFound(
            f"{shown(name)} is not registered, so nothing tells which input it takes.",
            "Register it with `batchctl registry put`, or write the configuration by hand.",
            (),
        )
    return next(_read(resolved.type, resolved.name, resolved.version, registries, bool(resolved.extraction)))


def _by_alias(name: str, targets: Sequence[Target], exc: InvalidConfiguration) -> Target:
    called_so = [target for target in targets if plain(name) in map(plain, target.aliases)]
    if len(called_so) == 1:
        return called_so[0]
    names = [target.name for target in targets]
    message = exc.problems[0].message
    raise AgentNotFound(
        f"No agent or tool is registered as {shown(name)}." if "is registered as" in message else f"{message}.",
        _suggestion(name, targets, called_so),
        names,
    ) from exc


def _suggestion(name: str, targets: Sequence[Target], called_so: Sequence[Target]) -> str:
    if called_so:
        return f"Several go by that name: {', '.join(target.name for target in called_so)}. Use one of these names."
    by_word = {word: target.name for target in targets for word in (target.name, *target.aliases)}
    found = process.extractOne(name, list(by_word), processor=utils.default_process, score_cutoff=_LEAST_LIKENESS)
    if found:
        return f"Did you mean {shown(by_word[found[0]])}?"
    known = ", ".join(target.name for target in targets[:_LISTED])
    return (
        f"Registered are {known}{' and others' if len(targets) > _LISTED else ''}." if known else "None is registered."
    )


def plain(name: str) -> str:
    """A name as people say it: ticket-classifier-agent and Ticket_Classifier are one."""
    return "".join(filter(str.isalnum, name.lower())).removesuffix("agent")
