"""Small valid registry entries, and registries in memory."""

import copy
from typing import Any

from batch_processor.registry.entries import ENTRY_TYPES
from batch_processor.registry.entry import Document, Kind
from batch_processor.registry.lookup import VersionedKind
from batch_processor.registry.versions import Listed
from tests.unit.configs import AGENT, TOOL

OUTPUT: Document = {
    "type": "object",
    "properties": {"category": {"type": "string"}, "score": {"type": "number"}},
    "required": ["category"],
    "additionalProperties": False,
}
INPUT: Document = {
    "type": "object",
    "properties": {"contact": {"type": "string"}, "level": {"enum": ["low", "high"]}, "limit": {"type": "integer"}},
    "required": ["contact"],
}


def make_agent(name: str = "triage", version: str = "1.0.0", **changes: Any) -> Document:
    """An agent; each keyword replaces an attribute, None takes it out."""
    entry: Document = {
        "agent_name": name,
        "version": version,
        "status": "active",
        "state_machine_arn": AGENT,
        "description": "Sorts tickets.",
        "input_schema": INPUT,
        "structured_output": {"enabled": True, "schemas": {"triage_v1": {"schema": OUTPUT}}},
    }
    return _changed(entry, changes)


def make_tool(name: str = "enrich", **changes: Any) -> Document:
    """A tool; each keyword replaces an attribute, None takes it out."""
    entry: Document = {"tool_name": name, "lambda_arn": TOOL, "input_schema": INPUT, "output_schema": OUTPUT}
    return _changed(entry, changes)


def make_schema(agent: str = "triage", version: str = "1.0", **changes: Any) -> Document:
    """Extraction rules, as the second specification has them; each keyword replaces an attribute."""
    entry: Document = {
        "agent": agent,
        "version": version,
        "output_format": "messages",
        "fields": [
            {
                "name": "exchange",
                "type": "string",
                "extraction": [
                    {"type": "tool_result", "tool": "browser_broadband", "pattern": "Exchange: ([A-Z\\s]+)"},
                    {"type": "structured", "path": "$.exchange"},
                ],
            }
        ],
    }
    return _changed(entry, changes)


def _changed(entry: Document, changes: Document) -> Document:
    changed = copy.deepcopy({**entry, **changes})
    return {key: value for key, value in changed.items() if value is not None}


class FakeRegistries:
    """Registries in memory: entries by kind, as they are stored."""

    def __init__(self, **entries: list[Document]) -> None:
        self.entries: dict[str, list[Document]] = entries

    def versions(self, kind: VersionedKind, name: str) -> list[Listed]:
        return [
            Listed(entry["version"], entry.get("status", "active"), entry.get("state_machine_arn", ""))
            for entry in self._named(kind, name)
        ]

    def entry(self, kind: Kind, name: str, version: str | None = None) -> Document | None:
        found = [entry for entry in self._named(kind, name) if entry.get("version") == version or version is None]
        return copy.deepcopy(found[0]) if found else None

    def overview(self, kind: Kind) -> list[Document]:
        return self.entries.get(kind, [])

    def _named(self, kind: Kind, name: str) -> list[Document]:
        return [entry for entry in self.entries.get(kind, []) if entry[ENTRY_TYPES[kind].key[0]] == name]
