# Made by `batchctl factory generate` from the canonical schema of broadband_availability_bt_wholesale 1.0.0
# (sha256 16b15d7feeb7bcab): change that, not this file.
"""ValidateOutput: the agent's output tool, which lets no structured output pass that does not fit the schema."""

from typing import Any

from broadband_availability_bt_wholesale_validator import SCHEMA, check_output


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Takes a tool call {name, input, id}; answers {type, tool_use_id, content, schema}, or raises InvalidOutput."""
    return {
        "type": "structured_output",
        "tool_use_id": event.get("id"),
        "content": check_output(event.get("input")),
        "schema": SCHEMA["extraction_name"],
    }
