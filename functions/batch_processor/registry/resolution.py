"""Finds the agent or tool that a configuration names, and what the registries know of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from batch_processor.config import TargetRequest
from batch_processor.config.extraction import Rule
from batch_processor.config.locations import arn_name, arn_type
from batch_processor.config.target import InputFormat, Runs, TargetType
from batch_processor.cost.prices import Price
from batch_processor.document.problem import Problem
from batch_processor.document.wording import choices, nearest, shown
from batch_processor.errors import InvalidConfiguration
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.aliases import called_also
from batch_processor.registry.entry import LONGEST_NAME, Document
from batch_processor.registry.lookup import Registries, usable_entry
from batch_processor.registry.schema_entry import SchemaEntry
from batch_processor.registry.tool_entry import ToolEntry
from batch_processor.registry.versions import Listed, choose, latest

TargetEntry = AgentEntry | ToolEntry
_TARGET_KINDS: tuple[TargetType, ...] = ("agent", "tool")
_ARTICLE = {"agent": "an agent", "tool": "a tool"}
_NAMES_LISTED = 20


@dataclass(frozen=True)
class Resolved:
    """A target as a batch needs to know it; `is_registered` tells whether the registries know it at all.

    `output_fields` are those of its answers that a batch gets if it asks for none; `known_outputs` all that they may have,
    None if they may have any.
    """

    type: TargetType
    arn: str
    name: str
    runs: Runs
    version: str | None = None
    is_registered: bool = False
    input_format: InputFormat = "structured"
    input_schema: Document | None = None
    output_schema: Document | None = None
    output_fields: tuple[str, ...] = ()
    known_outputs: tuple[str, ...] | None = None
    extraction: tuple[Rule, ...] = ()
    structured_output_enabled: bool = True
    price: Price | None = None
    expected_ms: int | None = None
    idempotent: bool | None = None
    deterministic: bool | None = None


def resolve(request: TargetRequest, registries: Registries) -> Resolved:
    """The target; one that is given by ARN need not be registered. InvalidConfiguration says why there is none."""
    request = _as_registered(request, registries)
    try:
        request = request if request.arn else _by_own_name(request, registries)
        entry = _by_arn(request, request.arn, registries) if request.arn else _by_name(request, registries)
        extraction = _extraction(request.name, entry, registries)
    except LookupError as exc:
        raise InvalidConfiguration([Problem(request.pointer, str(exc.args[0]))]) from exc
    return _described(request, entry, extraction) if entry else _unregistered(request, request.arn or "", extraction)


def _as_registered(request: TargetRequest, registries: Registries) -> TargetRequest:
    """The request by the name that the registry has for the machine that it names.

    A machine may be called as its agent with an environment behind it: `triage-prod` is the agent `triage`, if that is
    registered with that very machine, and no other agent or tool is called so.
    """
    short = request.name.rpartition("-")[0]
    if not short or request.type == "tool" or any(_is_there(kind, request.name, registries) for kind in _TARGET_KINDS):
        return request
    arns = [_unqualified(version.arn) for version in _listed("agent", short, registries)]
    asked = _unqualified(request.arn) if request.arn else None
    if not any(arn == asked if asked else arn_name(arn) == request.name for arn in arns if arn):
        return request
    return replace(request, name=short)


def _by_own_name(request: TargetRequest, registries: Registries) -> TargetRequest:
    """The request by the name of the entry that lists its name as an alias, if nothing itself is called so.

    LookupError if several list it: which of them is paid for is not to be guessed.
    """
    kinds = [kind for kind in _TARGET_KINDS if request.type in (None, kind)]
    if any(_is_there(kind, request.name, registries) for kind in _TARGET_KINDS):
        return request
    names = [name for kind in kinds for name in called_also(request.name, kind, registries.overview(kind))]
    if len(names) > 1:
        raise LookupError(f"{shown(request.name)} is an alias of several; name one of them: {choices(names)}")
    return replace(request, name=names[0]) if names else request


def _by_name(request: TargetRequest, registries: Registries) -> TargetEntry:
    """The agent of that name, else the tool, as far as the type allows."""
    kinds = [kind for kind in _TARGET_KINDS if request.type in (None, kind)]
    target_entry = next((entry for kind in kinds if (entry := _registered(kind, request, registries))), None)
    if target_entry is None:
        raise LookupError(_unknown(request.name, kinds, registries))
    return target_entry


def _by_arn(request: TargetRequest, arn: str, registries: Registries) -> TargetEntry | None:
    """The entry with the name and the ARN, None if there is none; LookupError if a given name has another ARN."""
    kind = _kind_of(arn)
    listed = _listed(kind, request.name, registries)
    same = [version for version in listed if version.arn == arn]
    same = same or [version for version in listed if _unqualified(version.arn) == _unqualified(arn)]
    if same:
        return _chosen(kind, request, same, registries)
    if listed and request.is_named:
        others = choices(dict.fromkeys(version.arn for version in listed))
        raise LookupError(
            f"{_called(kind, request.name)} is registered as {others}, not as {arn}; leave out the ARN, or the name"
        )
    return None


def _registered(kind: TargetType, request: TargetRequest, registries: Registries) -> TargetEntry | None:
    listed = _listed(kind, request.name, registries)
    return _chosen(kind, request, listed, registries) if listed else None


def _listed(kind: TargetType, name: str, registries: Registries) -> list[Listed]:
    """The registered versions of an agent; a tool has no versions and counts as a single one."""
    if len(name) > LONGEST_NAME:
        return []
    if kind == "agent":
        return registries.versions("agent", name)
    tool = registries.entry("tool", name)
    if tool is None:
        return []
    arn = tool.get("lambda_arn") or tool.get("resource_arn")
    return [replace(Listed.of(tool, ""), arn=arn if isinstance(arn, str) else "")]


def _chosen(kind: TargetType, request: TargetRequest, listed: Sequence[Listed], registries: Registries) -> TargetEntry:
    called = _called(kind, request.name)
    if kind == "agent":
        version = choose(called, listed, request.version).version
        return cast("AgentEntry", usable_entry("agent", request.name, version, registries))
    if request.version:
        raise LookupError(f"{called} has no versions; leave out @{request.version}")
    if not listed[0].is_active:
        raise LookupError(f"{called} is {listed[0].status}")
    return cast("ToolEntry", usable_entry("tool", request.name, None, registries))


def _extraction(name: str, entry: TargetEntry | None, registries: Registries) -> tuple[Rule, ...]:
    """The rules that are registered for the entry's version, else the latest ones."""
    listed = registries.versions("schema", name)
    same = [version for version in listed if entry and version.version == entry.own_version and version.is_active]
    chosen = same[0] if same else latest(listed)
    if chosen is None:
        return ()
    return cast("SchemaEntry", usable_entry("schema", name, chosen.version, registries)).rules()


def _described(request: TargetRequest, entry: TargetEntry, extraction: tuple[Rule, ...]) -> Resolved:
    return Resolved(
        type=entry.kind,
        arn=request.arn or entry.arn,
        name=request.name,
        runs=entry.runs,
        version=entry.own_version,
        is_registered=True,
        input_format=request.input_format or entry.input_format,
        input_schema=entry.input_schema,
        output_schema=entry.output_schema,
        output_fields=entry.output_fields,
        known_outputs=entry.known_outputs,
        extraction=extraction,
        structured_output_enabled=entry.structured_output_enabled,
        price=entry.price.price() if entry.price else None,
        expected_ms=entry.expected_ms,
        idempotent=entry.idempotent if request.idempotent is None else request.idempotent,
        deterministic=entry.deterministic if request.deterministic is None else request.deterministic,
    )


def _unregistered(request: TargetRequest, arn: str, extraction: tuple[Rule, ...]) -> Resolved:
    kind = _kind_of(arn)
    return Resolved(
        type=kind,
        arn=arn,
        name=request.name,
        runs="state_machine" if kind == "agent" else "lambda",
        input_format=request.input_format or "structured",
        extraction=extraction,
        idempotent=request.idempotent,
        deterministic=request.deterministic,
    )


def _unknown(name: str, kinds: Sequence[TargetType], registries: Registries) -> str:
    other = next((kind for kind in _TARGET_KINDS if kind not in kinds and _is_there(kind, name, registries)), None)
    if other:
        return f"{shown(name)} is registered as {_ARTICLE[other]}; set the target's type to {other}"
    names = [document[f"{kind}_name"] for kind in kinds for document in registries.overview(kind)]
    known = sorted({known for known in names if isinstance(known, str)})
    meant = nearest(name, known)
    listed = ", ".join(known[:_NAMES_LISTED]) + (" and others" if len(known) > _NAMES_LISTED else "")
    advice = f"did you mean '{meant}'?" if meant else f"registered are {listed or 'none'}"
    return f"no {choices(kinds)} is registered as {shown(name)}; {advice}"


def _is_there(kind: TargetType, name: str, registries: Registries) -> bool:
    if len(name) > LONGEST_NAME:
        return False
    return bool(registries.versions("agent", name) if kind == "agent" else registries.entry("tool", name))


def _kind_of(arn: str) -> TargetType:
    return arn_type(arn) or "agent"


def _unqualified(arn: str) -> str:
    """The ARN without a version or an alias."""
    return ":".join(arn.split(":")[:7])


def _called(kind: str, name: str) -> str:
    return f"the {kind} {shown(name)}"
