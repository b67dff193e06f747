"""ValidateOutput: the agent's output tool, which lets no structured output pass that does not fit the schema."""

from typing import Any

from agent_validator import SCHEMA, check_output


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Takes a tool call {name, input, id}; answers {type, tool_use_id, content, schema}, or raises InvalidOutput."""
    return {
        "type": "structured_output",
        "tool_use_id": event.get("id"),
        "content": check_output(event.get("input")),
        "schema": SCHEMA["extraction_name"],
    }
