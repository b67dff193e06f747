"""The registry entries of an extraction, kind by kind."""

from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidEntry
from batch_processor.registry.entries import parse_entry
from batchctl.factory.browser_template import browser_template
from batchctl.factory.canonical import Canonical, act_goals
from batchctl.factory.tool_specs import output_tool_spec, tool_spec
from batchctl.placeholders import constant

Arns = Mapping[str, Any]  # agent_arn, agent_name and output_tool_arn, in whatever form the place needs
# What the entries are checked with.
_STAND_INS: Arns = {
    "agent_arn": "arn:aws:states:us-east-1:123456789012:stateMachine:agent",
    "agent_name": "agent",
    "output_tool_arn": "arn:aws:lambda:us-east-1:123456789012:function:tool",
}


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
    # The agent answers with structured output. It is taken as it is, null included: nothing is to be made of it.
    return {
        "agent": arns["agent_name"],
        "version": canonical.shape.version,
        "output_format": "structured",
        "extraction_methods": [{"method": "structured_output"}],
    }


def entry_problems(canonical: Canonical) -> Iterator[Problem]:
    """Yield what would keep the registries from taking the entries, where it stands in the canonical schema."""
    for name, (kind, entry) in registry_entries(canonical, _STAND_INS).items():
        try:
            parse_entry(kind, entry)
        except InvalidEntry as exc:
            yield from (_traced(name, problem, canonical) for problem in exc.problems)


def _traced(name: str, problem: Problem, canonical: Canonical) -> Problem:
    """The problem of an entry at the place that it comes from."""
    for place, origin in _origins(name, canonical).items():
        if problem.pointer == place or problem.pointer.startswith(f"{place}/"):
            return Problem(origin + problem.pointer.removeprefix(place), problem.message)
    return Problem("", f"no registry would take the entry {name!r}: {problem}")


def _origins(name: str, canonical: Canonical) -> dict[str, str]:
    """The places of an entry, and what stands there in the canonical schema."""
    same = {key: key for key in ("/version", "/description")}
    last = len(act_goals(canonical)) + 1
    return {
        "agent": {
            **same,
            "/input_schema": "/input_schema",
            f"/structured_output/schemas/{canonical.names.module}/schema": "/output_schema",
            "/metadata/canonical_schema_id": "/extraction_name",
        },
        "tool": {**same, "/input_schema": "/input_schema", "/output_schema": "/output_schema"},
        "output_tool": {"/input_schema": "/output_schema"},
        "template": {**same, f"/template/steps/{last}/schema": "/output_schema", "/template": "/browser_config"},
        "schema": same,
    }[name]
