"""Suggests agents that batches can use to whoever named one that they cannot."""

import json
from collections.abc import Iterator, Sequence
from typing import TypedDict

from batch_processor.registry.entry import Document
from batch_processor.registry.versions import Listed, latest

INCOMPATIBLE_AGENT = "INCOMPATIBLE_AGENT"
_SHORTEST_WORD = 4


class Incompatible(TypedDict):
    """The message about an agent that batches cannot use, and the names of those that they can."""

    error: str
    message: str
    suggestion: str
    compatible_agents: list[str]


def incompatible_agent(name: str, agents: Sequence[Document]) -> Incompatible:
    """The answer for an agent without structured output; `agents` are all that are registered, in all versions."""
    compatible = compatible_agents(agents)
    others = [other for other in compatible if other != name]
    advice = f" Please choose one of these compatible agents: {', '.join(others)}." if others else ""
    similar = _most_similar(name, others, agents)
    return Incompatible(
        error=INCOMPATIBLE_AGENT,
        message=f"The agent '{name}' doesn't support structured output.{advice}",
        suggestion=f"Use '{similar}' for similar functionality." if similar else "",
        compatible_agents=others,
    )


def compatible_agents(agents: Sequence[Document]) -> list[str]:
    """The names of the agents whose latest version has structured output."""
    return sorted({str(agent["agent_name"]) for agent in _latest(agents) if _is_enabled(agent)})


def _latest(agents: Sequence[Document]) -> Iterator[Document]:
    versions: dict[str, list[Document]] = {}
    for agent in agents:
        versions.setdefault(str(agent["agent_name"]), []).append(agent)
    for found in versions.values():
        chosen = latest(Listed.of(agent, str(agent["version"])) for agent in found)
        yield from (agent for agent in found if chosen and agent["version"] == chosen.version)


def _is_enabled(agent: Document) -> bool:
    structured_output = agent.get("structured_output")
    if isinstance(structured_output, str):
        try:
            structured_output = json.loads(structured_output)
        except (ValueError, RecursionError):
            return False
    return isinstance(structured_output, dict) and structured_output.get("enabled") is True


def _most_similar(name: str, others: Sequence[str], agents: Sequence[Document]) -> str | None:
    """The agent whose name and description share most words with those of the named one."""
    words = {agent: _words(agent, agents) for agent in (name, *others)}
    shared = {agent: len(words[agent] & words[name]) for agent in others}
    best = max(shared, key=lambda agent: shared[agent], default=None)
    return best if best and shared[best] else None


def _words(name: str, agents: Sequence[Document]) -> set[str]:
    texts = [name, *(str(agent.get("description", "")) for agent in agents if agent["agent_name"] == name)]
    words = "".join(c if c.isalnum() else " " for text in texts for c in f"{text} ").lower().split()
    return {word for word in words if len(word) >= _SHORTEST_WORD and word != "agent"}
