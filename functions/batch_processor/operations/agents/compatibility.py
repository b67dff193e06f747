"""Which registered targets take a CSV, and which answers they give."""

from typing import Any, NotRequired, TypedDict

from batch_processor.operations.deployment import Deployment


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
    """All registered targets with structured output; with a CSV ranked by how well their inputs fit it, best first."""
    raise NotImplementedError


def validate_agent_compatibility(agent_name: str, deployment: Deployment, s3_uri: str | None = None) -> Compatibility:
    """Whether batches can use the agent; if not, why, and what to use instead."""
    raise NotImplementedError
