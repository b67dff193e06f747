"""Shows the agents and tools that batches can use."""

from batch_processor.operations.agents.compatibility import CompatibleAgent, CompatibleAgents, list_compatible_agents
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.tables import Column, table
from batchctl.where import Where

_COLUMNS = (Column("agent", 12), Column("kind"), Column("takes", 10), Column("answers", 10), Column("for", 10))
_WITH_CSV = (
    Column("fit", align="right"),
    Column("agent", 12),
    Column("takes (* required) from", 14),
    Column("lacks", 6),
    Column("answers", 10),
)


def list_agents(csv: str | None, as_json: str | None, where: Where) -> None:
    """Prints them all, those that fit the CSV best first."""
    answer = Answer.of(as_json, CompatibleAgents)
    with deployed(where) as deployment:
        found = list_compatible_agents(deployment, csv)
    answer.give(found, lambda shown: _show(shown, csv))
    if answer.as_json:
        return
    if not found["agents"]:
        note("No agent with structured output is registered.")
        tell_next(where, "batchctl registry put FILE")
        return
    best = found["agents"][0]["agent_name"]
    run = (f"batchctl run {csv} --agent {best} --max-rows 20",) if csv else ()
    tell_next(where, f"batchctl agents show {best}", *run)


def _show(found: CompatibleAgents, csv: str | None) -> None:
    if found["agents"]:
        print(table(_WITH_CSV if csv else _COLUMNS, [_fit(a) if csv else _described(a) for a in found["agents"]]))


def _named(agent: CompatibleAgent) -> str:
    return f"{agent['agent_name']}@{agent['version']}" if "version" in agent else agent["agent_name"]


def _described(agent: CompatibleAgent) -> tuple[object, ...]:
    takes = (f"{field}{'*' if field in agent['required_fields'] else ''}" for field in agent["input_fields"])
    return _named(agent), agent["kind"], ", ".join(takes), ", ".join(agent["output_fields"]), agent["description"]


def _fit(agent: CompatibleAgent) -> tuple[object, ...]:
    fits = (
        f"{fit['field']}{'*' if fit['required'] else ''}={fit['column']}"
        for fit in agent.get("fits", [])
        if "column" in fit
    )
    return (
        f"{agent.get('fit', 0):.0%}",
        _named(agent),
        ", ".join(fits),
        ", ".join(agent.get("missing", [])),
        ", ".join(agent["output_fields"]),
    )
