"""Picks the agent for a CSV and a goal in words, where one clearly fits best."""

import re
from typing import NotRequired, TypedDict

from batch_processor.operations.agents.compatibility import CompatibleAgent, list_compatible_agents
from batch_processor.operations.deployment import Deployment

# Of the agent's own words, so that a goal which names what an agent does outweighs columns that happen to fit others as well.
_BY_COLUMNS, _BY_GOAL = 0.4, 0.6
# Below it nothing is picked; and the best must be ahead of the second by as much as a guess may be wrong.
_BAR, _LEAD = 0.5, 0.1
# Columns alone say what could be done, and not what is wanted: nothing else may come near.
_LEAD_WITHOUT_GOAL = 0.25
_MOST_CANDIDATES = 5
_WORD = re.compile(r"[^\W\d_]{3,}")
_IDLE = frozenset(
    _WORD.findall("""
    the and for with our all them these this that into from file csv row rows please want need have data column columns
    use using each every their its which what let process processing agent batch
""")
)
_ENDINGS = (
    "ification",
    "ications",
    "ication",
    "ations",
    "ation",
    "ifies",
    "ify",
    "ings",
    "ing",
    "ment",
    "ers",
    "ies",
    "ied",
)
_SHORT_ENDINGS = ("es", "ed", "er", "or", "s", "e", "y")
_LEAST_STEM = 3


class Candidate(TypedDict):
    """An agent that could be meant; `score` is 0 to 1, `because` says what speaks for it and what is missing."""

    agent_name: str
    description: str
    score: float
    because: str


class Recommendation(TypedDict):
    """The answer of recommend_agent; `agent_name` is there where one agent is clearly ahead."""

    status: str
    agent_name: NotRequired[str]
    message: str
    candidates: list[Candidate]


def recommend_agent(s3_uri: str, deployment: Deployment, goal: str | None = None) -> Recommendation:
    """The agent that fits the CSV and the goal; AGENT_NOT_CHOSEN with the candidates where none is clearly ahead."""
    listed = list_compatible_agents(deployment, s3_uri)["agents"]
    candidates = sorted((_candidate(agent, goal) for agent in listed), key=lambda found: -found["score"])
    candidates = candidates[:_MOST_CANDIDATES]
    if chosen := _ahead(candidates, _LEAD if goal else _LEAD_WITHOUT_GOAL):
        words = f"{chosen['agent_name']} fits best: {chosen['because']}."
        return Recommendation(
            status="AGENT_CHOSEN", agent_name=chosen["agent_name"], message=words, candidates=candidates
        )
    return Recommendation(status="AGENT_NOT_CHOSEN", message=_why_none(candidates, goal), candidates=candidates)


def _ahead(candidates: list[Candidate], lead: float) -> Candidate | None:
    if not candidates or candidates[0]["score"] < _BAR:
        return None
    second = candidates[1]["score"] if len(candidates) > 1 else 0.0
    return candidates[0] if candidates[0]["score"] - second >= lead else None


def _candidate(agent: CompatibleAgent, goal: str | None) -> Candidate:
    fit = 0.0 if agent.get("missing") else agent.get("fit", 0.0)
    wanted = stems(goal or "")
    met = wanted & stems(
        " ".join([agent["agent_name"], *agent["aliases"], agent["description"], *agent["output_fields"]])
    )
    by_goal = len(met) / len(wanted) if wanted else None
    score = fit if by_goal is None else _BY_COLUMNS * fit + _BY_GOAL * by_goal
    return Candidate(
        agent_name=agent["agent_name"],
        description=agent["description"],
        # Without its required inputs an agent can be named, and never chosen.
        score=round(min(score, _BAR / 2) if agent.get("missing") else score, 2),
        because=_because(agent, fit, by_goal),
    )


def _because(agent: CompatibleAgent, fit: float, by_goal: float | None) -> str:
    if missing := agent.get("missing"):
        return f"the CSV has no column for its input {', '.join(missing)}"
    columns = f"the CSV's columns fit its inputs ({fit:.0%})"
    return columns if by_goal is None else f"{columns}, and {by_goal:.0%} of the goal's words are of what it does"


def _why_none(candidates: list[Candidate], goal: str | None) -> str:
    if not candidates:
        return "No agent with structured output is registered: register one first (batchctl registry put)."
    names = ", ".join(candidate["agent_name"] for candidate in candidates)
    more = "say which one" if goal else "say which one, or what the goal is"
    return f"No agent clearly fits; {more}. These are there: {names}."


def stems(text: str) -> frozenset[str]:
    """The words that say something, without their endings: classify, classifies and classification are one."""
    return frozenset(_stem(word) for word in _WORD.findall(text.replace("_", " ").lower()) if word not in _IDLE)


def _stem(word: str) -> str:
    for ending in (*_ENDINGS, *_SHORT_ENDINGS):
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word.removesuffix(ending)
    return word
