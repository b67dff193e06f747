"""Registry entries as they are parsed, and what is wrong with those that are none."""

from typing import Any

import pytest

from batch_processor.errors import InvalidEntry
from batch_processor.registry.agent_entry import AgentEntry
from batch_processor.registry.entries import parse_entry
from batch_processor.registry.tool_entry import ToolEntry
from tests.unit.registry_entries import make_agent, make_tool


def agent(**changes: Any) -> AgentEntry:
    entry = parse_entry("agent", make_agent(**changes))
    assert isinstance(entry, AgentEntry)
    return entry


def tool(**changes: Any) -> ToolEntry:
    entry = parse_entry("tool", make_tool(**changes))
    assert isinstance(entry, ToolEntry)
    return entry


def problems(kind: str, document: object) -> dict[str, str]:
    with pytest.raises(InvalidEntry) as caught:
        parse_entry(kind, document)
    return {problem.pointer: problem.message for problem in caught.value.problems}
