"""The agents that batches can use, for whoever named one that they cannot."""

import json
from collections.abc import Iterator, Sequence
from typing import TypedDict

from batch_processor.registry.entry import Document
from batch_processor.registry.versions import Listed, latest

INCOMPATIBLE_AGENT = "INCOMPATIBLE_AGENT"
_SHORTEST_WORD = 4


class Incompatible(TypedDict):
    """What a caller gets to know of an agent that batches cannot use, and of those that they can."""

    error: str
    message: str
    suggestion: str
    compatible_agents: list[str]


def incompatible_agent(name: str, agents: Sequence[Document]) -> Incompatible:
    """The answer for an agent without structured output; `agents` are all that are registered, in all versions."""
    compatible = compatible_agents(agents)
    others = [found for found in compatible if found != name]
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
    words = {found: _words(found, agents) for found in (name, *others)}
    shared = {found: len(words[found] & words[name]) for found in others}
    best = max(shared, key=lambda found: shared[found], default=None)
    return best if best and shared[best] else None


def _words(name: str, agents: Sequence[Document]) -> set[str]:
    texts = [name, *(str(agent.get("description", "")) for agent in agents if agent["agent_name"] == name)]
    words = "".join(c if c.isalnum() else " " for text in texts for c in f"{text} ").lower().split()
    return {word for word in words if len(word) >= _SHORTEST_WORD and word != "agent"}
