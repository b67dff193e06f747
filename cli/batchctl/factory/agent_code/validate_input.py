"""ValidateInput: the agent's input is checked before anything is spent on it."""

from typing import Any

from agent_validator import read_input


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Takes {document}; answers the input with its cells read as values, or raises InvalidInput."""
    return read_input(event.get("document"))
