"""Registers operations as tools of agents: what the custom resource with Kind `operations` stands for."""

from collections.abc import Mapping
from typing import Any

from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown, suggestion
from batch_processor.errors import InvalidEntry
from batch_processor.operations.catalogue import OPERATIONS, Operation
from batch_processor.operations.conversation.tools import tool_schema
from batch_processor.operations.registries import OPERATION_TAG
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.entry import Entry

KIND = "operations"
# Every answer is an object; schemas/operations has the whole of each.
_ANSWER = {"type": "object", "additionalProperties": True}


def entries_of(properties: Mapping[str, Any]) -> list[Entry]:
    """The tools that {Prefix, Tools: [{Function, Names}]} names; InvalidEntry if one is no operation."""
    prefix = properties.get("Prefix", "")
    problems, entries = [], []
    for index, group in enumerate(properties.get("Tools", [])):
        for place, name in enumerate(group["Names"]):
            if name in OPERATIONS:
                entries.append(parse_entry("tool", _document(OPERATIONS[name], prefix, group["Function"])))
            else:
                at = f"/Tools/{index}/Names/{place}"
                problems.append(Problem(at, f"{shown(name)} is no operation; {suggestion(name, OPERATIONS)}"))
    if problems:
        raise InvalidEntry("The resource", problems)
    return entries


def registered_names(properties: Mapping[str, Any]) -> list[str]:
    """The names of tools that a resource with these properties has registered, also by an older build's catalogue."""
    prefix, groups = properties.get("Prefix", ""), properties.get("Tools", [])
    return [f"{prefix}{name}" for group in groups for name in group["Names"]]


def physical_id(properties: Mapping[str, Any]) -> str:
    """What the resource is called by CloudFormation; another prefix makes another one."""
    return f"{KIND}/{properties.get('Prefix', '')}"


def _document(operation: Operation, prefix: str, function_arn: str) -> dict[str, Any]:
    return {
        "tool_name": f"{prefix}{operation.name}",
        "tool_type": "lambda",
        "lambda_arn": function_arn,
        "status": "active",
        "description": operation.description,
        "tags": [OPERATION_TAG, "reads" if operation.reads_only else "acts"],
        "input_schema": tool_schema(operation),
        "output_schema": _ANSWER,
    }
