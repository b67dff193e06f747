# Made by `batchctl factory generate` from the canonical schema of broadband_availability_bt_wholesale 1.0.0
# (sha256 16b15d7feeb7bcab): change that, not this file.
"""ValidateInput: the agent's input is checked before anything is spent on it."""

from typing import Any

from broadband_availability_bt_wholesale_validator import read_input


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Takes {document}; answers the input with its cells read as values, or raises InvalidInput."""
    return read_input(event.get("document"))
