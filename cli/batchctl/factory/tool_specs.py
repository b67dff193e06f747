"""The tools that an LLM is given: the agent itself, and the one that it prints its structured output with."""

from typing import Any

from batchctl.factory.canonical import Canonical


def tool_spec(canonical: Canonical) -> dict[str, Any]:
    """The agent as a tool of other agents."""
    return {
        "tool_name": canonical.names.module,
        "description": canonical.description,
        "input_schema": canonical.input_schema,
        "output_schema": canonical.output_schema,
    }


def output_tool_spec(canonical: Canonical) -> dict[str, Any]:
    """The tool that takes the structured output as its input."""
    return {
        "tool_name": canonical.names.output_tool,
        "description": f"Hands in the result of {canonical.shape.extraction_name}. Call it once, when all is extracted.",
        "input_schema": canonical.output_schema,
    }
