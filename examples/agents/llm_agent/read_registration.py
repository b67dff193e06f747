"""ReadRegistration: what to ask which model, as the AgentRegistry says."""

import functools
import os
from typing import Any

import boto3

from conversation import question
from registered_agents import find_entry
from registration import read_registration


@functools.cache
def _table() -> Any:
    return boto3.resource("dynamodb").Table(os.environ["AGENT_REGISTRY"])


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Takes {agent: {name?, version?}, default_agent, input}; answers {registration, messages}."""
    messages, agent = question(event["input"]), event["agent"]
    entry = find_entry(_table(), agent.get("name") or event["default_agent"], agent.get("version"))
    return {"registration": read_registration(entry).document(), "messages": messages}
