"""Which registered targets take a CSV, and which answers they give."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from batch_processor.errors import AgentNotFound, IncompatibleAgent, InvalidCsv
from batch_processor.operations.agents.targets import Target, all_targets, find_target
from batch_processor.operations.analysis.structure import study
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.matching.evidence import CsvColumn
from batch_processor.operations.matching.fields import InputField, input_fields
from batch_processor.operations.matching.match import Match, match
from batch_processor.operations.registries import registries_of
from batch_processor.registry.compatible_agents import INCOMPATIBLE_AGENT
from batch_processor.registry.lookup import Registries

AGENT_NOT_FOUND = "AGENT_NOT_FOUND"
# What an optional field counts beside a required one, and a column that is only asked about beside one that is mapped.
_OPTIONAL, _ASKED = 0.3, 0.4
# The fit of a target that says nothing of its input, and the part of a fit that is left where a required field has no column.
_UNKNOWN_INPUT, _LACKING = 0.2, 0.5


class FieldFit(TypedDict):
    """An input field of the target and the column that fits it; `how` and `confidence` are generate_batch_config's."""

    field: str
    required: bool
    column: NotRequired[str]
    how: NotRequired[str]
    confidence: NotRequired[float]


class CompatibleAgent(TypedDict):
    """A target with structured output. `fit` is 0 to 1, and there only where a CSV was given; so are the next three."""

    agent_name: str
    version: NotRequired[str]
    kind: str
    description: str
    aliases: list[str]
    input_fields: list[str]
    required_fields: list[str]
    output_fields: list[str]
    fit: NotRequired[float]
    fits: NotRequired[list[FieldFit]]
    missing: NotRequired[list[str]]
    unused_columns: NotRequired[list[str]]


class CompatibleAgents(TypedDict):
    agents: list[CompatibleAgent]


class Compatibility(TypedDict):
    """The answer of validate_agent_compatibility; the last four where the agent is not compatible, or not registered."""

    agent_name: str
    compatible: bool
    structured_output_enabled: bool
    version: NotRequired[str]
    kind: NotRequired[str]
    description: NotRequired[str]
    input_schema: NotRequired[dict[str, Any]]
    output_schema: NotRequired[dict[str, Any]]
    available_fields: list[str]
    fit: NotRequired[float]
    missing: NotRequired[list[str]]
    error: NotRequired[str]
    message: NotRequired[str]
    suggestion: NotRequired[str]
    compatible_agents: NotRequired[list[str]]


def list_compatible_agents(deployment: Deployment, s3_uri: str | None = None) -> CompatibleAgents:
    """All registered targets with structured output; with a CSV ranked by how well their inputs fit it, best first.

    InvalidCsv and SourceUnavailable if the CSV cannot be read.
    """
    registries = registries_of(deployment)
    columns = columns_of(s3_uri) if s3_uri else None
    agents = [_told(target, registries, columns) for target in all_targets(deployment, registries)]
    return CompatibleAgents(agents=sorted(agents, key=lambda agent: (-agent.get("fit", 0.0), agent["agent_name"])))


def validate_agent_compatibility(agent_name: str, deployment: Deployment, s3_uri: str | None = None) -> Compatibility:
    """Whether batches can use the agent; if not, why, and what to use instead."""
    registries = registries_of(deployment)
    try:
        target = find_target(agent_name, deployment, registries)
    except AgentNotFound as exc:
        return _refusal(agent_name, exc)
    entry = target.entry
    answer = Compatibility(
        agent_name=target.name,
        compatible=True,
        structured_output_enabled=entry.structured_output_enabled,
        kind=entry.kind,
        description=entry.description,
        available_fields=output_fields(target, registries),
    )
    if entry.own_version:
        answer["version"] = entry.own_version
    if entry.input_schema is not None:
        answer["input_schema"] = entry.input_schema
    if entry.output_schema is not None:
        answer["output_schema"] = entry.output_schema
    if s3_uri:
        fields = input_fields(entry, registries)
        found = match(fields or (), columns_of(s3_uri))
        answer["fit"], answer["missing"] = fit_of(fields, found), missing_of(fields or (), found)
    return answer


def columns_of(uri: str) -> list[CsvColumn]:
    """The columns of a CSV with what is in them; InvalidCsv if it has none that could be read."""
    structure, seen = study(uri)
    if seen is None:
        problem = structure["problems"][0]
        raise InvalidCsv(f"{problem['message']} {problem['suggestion']}")
    return [CsvColumn(column) for column in seen.columns]


def fit_of(fields: Sequence[InputField] | None, found: Match) -> float:
    """How well a CSV fits, 0 to 1: how sure the columns of the fields are, required ones before all."""
    if not fields:
        return _UNKNOWN_INPUT
    sure = {pair.field.name: pair.confidence for pair in found.mapped}
    asked = dict.fromkeys((question.field.name for question in found.asked), _ASKED)
    weights = {field.name: 1.0 if field.required else _OPTIONAL for field in fields}
    fit = sum(weight * {**asked, **sure}.get(name, 0.0) for name, weight in weights.items()) / sum(weights.values())
    lacking = any(field.required and field.name not in {**asked, **sure} for field in fields)
    return round(fit * (_LACKING if lacking else 1.0), 2)


def missing_of(fields: Sequence[InputField], found: Match) -> list[str]:
    """The required fields that no column is mapped to."""
    return [field.name for field in fields if field.required and found.column_of(field.name) is None]


def output_fields(target: Target, registries: Registries) -> list[str]:
    """The fields of the target's answers that become columns if a configuration names none."""
    # Imported where it is used: what only lists targets asks the entries alone.
    from batch_processor.config import request
    from batch_processor.config.extraction import named_fields
    from batch_processor.registry.resolution import resolve

    if fields := target.entry.output_fields:
        return list(fields)
    version = f"@{target.entry.own_version}" if target.entry.own_version else ""
    return list(named_fields(resolve(request({"target": f"{target.name}{version}"}), registries).extraction))


def _refusal(name: str, exc: AgentNotFound) -> Compatibility:
    return Compatibility(
        agent_name=name,
        compatible=False,
        structured_output_enabled=False,
        available_fields=[],
        error=INCOMPATIBLE_AGENT if isinstance(exc, IncompatibleAgent) else AGENT_NOT_FOUND,
        message=str(exc),
        suggestion=exc.suggestion,
        compatible_agents=list(exc.compatible_agents),
    )


def _told(target: Target, registries: Registries, columns: Sequence[CsvColumn] | None) -> CompatibleAgent:
    entry, fields = target.entry, input_fields(target.entry, registries)
    agent = CompatibleAgent(
        agent_name=target.name,
        kind=entry.kind,
        description=entry.description,
        aliases=target.aliases,
        input_fields=[field.name for field in fields or ()],
        required_fields=[field.name for field in fields or () if field.required],
        output_fields=output_fields(target, registries),
    )
    if entry.own_version:
        agent["version"] = entry.own_version
    if columns is not None:
        found = match(fields or (), columns)
        used = {pair.column.name for pair in found.mapped}
        agent["fit"], agent["missing"] = fit_of(fields, found), missing_of(fields or (), found)
        agent["fits"] = [_fit(field, found) for field in fields or ()]
        agent["unused_columns"] = [column.name for column in columns if column.name not in used]
    return agent


def _fit(field: InputField, found: Match) -> FieldFit:
    fit = FieldFit(field=field.name, required=field.required)
    for pair in found.mapped:
        if pair.field.name == field.name:
            fit |= {"column": pair.column.name, "how": pair.how, "confidence": pair.confidence}
    return fit
