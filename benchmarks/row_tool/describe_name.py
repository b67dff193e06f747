"""Lambda handler of the trivial tool; the function itself is what the peers run."""

from typing import Any


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answers one tool invocation `{name, input: {full_name}, id}`."""
    content = describe(event["input"]["full_name"])
    return {"type": "structured_output", "tool_use_id": event["id"], "content": content, "schema": "name_v1"}


def describe(full_name: str) -> dict[str, Any]:
    """Two new cells."""
    return {"initials": "".join(word[0] for word in full_name.split()), "name_length": len(full_name)}
