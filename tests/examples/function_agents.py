"""The agents that are one function each: what is registered of them."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from batchctl.registry.seed import SEEDS


def validator_of(name: str) -> Draft202012Validator:
    """What checks an answer of the agent against its registered schema."""
    entry: dict[str, Any] = json.loads((SEEDS / "agents" / f"{name}.json").read_text(encoding="utf-8"))["entry"]
    [registered] = entry["structured_output"]["schemas"].values()
    return Draft202012Validator(registered["schema"])
