"""What the registries get to know of an extraction, kind by kind."""

from collections.abc import Mapping
from typing import Any

from batch_cli.placeholders import constant

from .browser_template import browser_template
from .canonical import Canonical
from .json_schema import main_type, query
from .tool_specs import output_tool_spec, tool_spec

Arns = Mapping[str, Any]  # agent_arn, agent_name and output_tool_arn, in whatever form the place needs


def registry_entries(canonical: Canonical, arns: Arns) -> dict[str, tuple[str, dict[str, Any]]]:
    """The entries by name, each with its kind: agent, tool, template or schema."""
    common = {"status": "active", "tags": canonical.tags}
    tool = {**tool_spec(canonical), "tool_type": "state_machine", "resource_arn": arns["agent_arn"], **common}
    output_tool = {
        **output_tool_spec(canonical),
        "tool_type": "lambda",
        "lambda_arn": arns["output_tool_arn"],
        **common,
    }
    return {
        "agent": ("agent", _agent(canonical, arns)),
        "tool": ("tool", tool),
        "output_tool": ("tool", output_tool),
        "template": ("template", browser_template(canonical)),
        "schema": ("schema", _schema(canonical, arns)),
    }


def placeholders(canonical: Canonical) -> dict[str, str]:
    """The stack's outputs as the local stack and the examples write them: ${…_AGENT_ARN} and the like."""
    return {name: f"${{{constant(output)}}}" for name, output in canonical.names.outputs.items()}


def _agent(canonical: Canonical, arns: Arns) -> dict[str, Any]:
    shape, names = canonical.shape, canonical.names
    origin = {"canonical_schema_id": shape.extraction_name, "canonical_schema_version": shape.version}
    return {
        "agent_name": arns["agent_name"],
        "version": shape.version,
        "status": "active",
        "state_machine_arn": arns["agent_arn"],
        "description": canonical.description,
        "tools": [names.output_tool],
        "parameters": {"timeout_seconds": shape.browser_config.timeout},
        "metadata": {
            **origin,
            "canonical_schema_sha256": canonical.digest,
            "supports_batch_processing": True,
            "tags": canonical.tags,
        },
        "template_config": {
            "template_id": names.module,
            "version": shape.version,
            "rendering_engine": "mustache",
        },
        "input_format": "structured",
        "input_schema": canonical.input_schema,
        "structured_output": {
            "enabled": True,
            "schemas": {names.module: {"schema": canonical.output_schema, **origin}},
            "output_fields": canonical.output_fields,
        },
    }


def _schema(canonical: Canonical, arns: Arns) -> dict[str, Any]:
    properties = canonical.output_schema["properties"]
    return {
        "agent": arns["agent_name"],
        "version": canonical.shape.version,
        "output_format": "structured",
        "fields": [_field(name, schema, canonical) for name, schema in properties.items()],
    }


def _field(name: str, schema: Any, canonical: Canonical) -> dict[str, Any]:
    kind = main_type(schema, canonical.output_schema)
    return {
        "name": name,
        **({"type": kind} if kind else {}),
        "extraction": [{"type": "structured", "path": query(name)}],
    }
