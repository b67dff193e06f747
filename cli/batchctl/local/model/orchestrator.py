"""Stands in for the model of batch-orchestrator-agent: decides by rules from what the tools answered, and from nothing else.

It errs as models do: its first call of list_compatible_agents has a misspelt argument, which it mends once it has read the
error, and it starts a batch without asking when the user's words sound like an order.
"""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from batch_processor.operations.agents.recommendation import stems
from batchctl.local.model import replies
from batchctl.local.model.chat import count_tokens
from batchctl.local.model.memory import Called, Memory

Reply = dict[str, Any]  # {"call": (name, arguments)} or {"content": text}

_WHY = re.compile(r"\bwhy\b|\breasons?\b|\bwhat went wrong\b|\bexplain\b")
_HOW_FAR = re.compile(r"\bhow far\b|\bprogress\b|\bstatus\b|\bdone\b|\bfinished\b|\bresults?\b|\bready\b|\bhow is it\b")
_GO = re.compile(r"\b(yes|go ahead|start|run it|do it|please do|ok|okay)\b")
_ORDER = re.compile(r"\b(enrich|start|run|process them now)\b")
_FIRST_ROWS = re.compile(r"\b(?:first|trial of|only)\s+(\d+)\b")
_NUMBER = re.compile(r"^\W*(\d+)\W*$")
# Below, an agent has too little of what the user asked for.
_LEAST_SHARED = 1


def answer(memory: Memory) -> dict[str, Any]:
    """The body of the answer, as OpenAI's chat completions have it."""
    reply = decide(memory)
    if "content" in reply:
        message, reason, text = {"role": "assistant", "content": reply["content"]}, "stop", reply["content"]
    else:
        name, arguments = reply["call"]
        text = json.dumps(arguments, ensure_ascii=False)
        call = {
            "id": f"tooluse_{uuid.uuid4().hex[:22]}",
            "type": "function",
            "function": {"name": name, "arguments": text},
        }
        message, reason = {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"
    used = {"prompt_tokens": memory.input_tokens, "completion_tokens": count_tokens(text)}
    choice = {"index": 0, "message": message, "finish_reason": reason}
    usage = {**used, "total_tokens": sum(used.values())}
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": "chat.completion", "choices": [choice], "usage": usage}


def decide(memory: Memory) -> Reply:
    """What comes next: a call, or words."""
    if mended := _mend(memory):
        return mended
    if memory.has_confirmed and (asked := _asked_for(memory)):
        return _start(memory, asked.arguments["config"])
    batch = _batch(memory)
    if batch and _WHY.search(memory.now):
        return _explain(memory, batch)
    if batch and _HOW_FAR.search(memory.now):
        return _tell(memory, batch)
    return _prepare(memory)


# --- After an error ----------------------------------------------------------------------------------------


def _mend(memory: Memory) -> Reply | None:
    """The last call once more, as its error says; the error in words where it has failed twice or says nothing."""
    calls = memory.in_turn()
    if not calls or not calls[-1].failed:
        return None
    last = calls[-1]
    failures = [call for call in calls if call.name == last.name and call.failed]
    meant = re.search(r'"(\w+)" is not a key here; did you mean \'(\w+)\'', str(last.answer.get("message", "")))
    if meant and meant[1] in last.arguments and len(failures) == 1:
        arguments = {meant[2] if name == meant[1] else name: value for name, value in last.arguments.items()}
        return _call(last.name, **arguments)
    return {"content": replies.failed(last.name, last.answer)}


# --- A batch that there is ---------------------------------------------------------------------------------


def _batch(memory: Memory) -> str | None:
    started = memory.latest("execute_batch_processor") or {}
    arn: str | None = started.get("execution_arn")
    return arn


def _explain(memory: Memory, batch: str) -> Reply:
    if told := memory.answer_in_turn("explain_failures"):
        return {"content": replies.explained(told)}
    return _call("explain_failures", execution_arn=batch)


def _tell(memory: Memory, batch: str) -> Reply:
    progress = memory.answer_in_turn("monitor_batch_execution")
    if progress is None:
        return _call("monitor_batch_execution", execution_arn=batch)
    if progress.get("status") == "RUNNING":
        return {"content": replies.running(progress)}
    if results := memory.answer_in_turn("get_batch_results"):
        return {"content": replies.ended(results)}
    return _call("get_batch_results", execution_arn=batch)


def _asked_for(memory: Memory) -> Called | None:
    """The call that was answered with a question for a person."""
    return next((c for c in reversed(memory.calls) if c.answer.get("status") == "CONFIRMATION_REQUIRED"), None)


def _start(memory: Memory, config: Mapping[str, Any]) -> Reply:
    started = memory.answer_in_turn("execute_batch_processor")
    if started is None:
        return _call("execute_batch_processor", config=config)
    if started.get("status") == "CONFIRMATION_REQUIRED":
        return {"content": replies.to_confirm(started)}
    return _tell(memory, started["execution_arn"])


# --- From a CSV to a batch ---------------------------------------------------------------------------------


def _prepare(memory: Memory) -> Reply:
    if memory.csv is None:
        return {"content": replies.which_csv(memory.said[-1])}
    analysed = memory.answer_to("analyze_csv_structure", s3_uri=memory.csv)
    if analysed is None:
        return _call("analyze_csv_structure", s3_uri=memory.csv)
    listed = memory.answer_to("list_compatible_agents", s3_uri=memory.csv)
    if listed is None:
        has_read_the_error = any(call.name == "list_compatible_agents" for call in memory.calls)
        return _call("list_compatible_agents", **{"s3_uri" if has_read_the_error else "s3_url": memory.csv})
    agents = [agent for agent in listed["agents"] if not agent.get("missing")]
    agent = _chosen(memory, agents)
    if agent is None:
        return {"content": replies.options(analysed, agents, _absent(memory, listed["agents"]))}
    return _configure(memory, agent, analysed)


def _chosen(memory: Memory, agents: list[Any]) -> Any:
    """The agent that the user has named, numbered, or described, in the latest words that say which; None if none do."""
    for text in reversed(memory.said):
        words = text.lower()
        if named := [agent for agent in agents if agent["agent_name"].lower() in words]:
            return named[0]
        if (number := _NUMBER.match(words)) and 1 <= int(number[1]) <= len(agents):
            return agents[int(number[1]) - 1]
        if described := _described(words, agents, memory.csv or ""):
            return described
    return None


def _described(words: str, agents: list[Any], csv: str) -> Any:
    """The one agent that does what the words ask for; None if several do, or none. What the CSV is called asks for nothing."""
    wanted = stems(re.sub(r"s3://\S+", " ", words)) - stems(csv.rpartition("/")[2])
    shares = [(len(wanted & _does(agent)), agent) for agent in agents]
    best = max((share for share, _ in shares), default=0)
    ahead = [agent for share, agent in shares if share == best]
    return ahead[0] if best > _LEAST_SHARED and len(ahead) == 1 else None


def _does(agent: Mapping[str, Any]) -> frozenset[str]:
    return stems(
        " ".join([agent["agent_name"], agent["description"], *agent["output_fields"], *agent.get("aliases", [])])
    )


def _absent(memory: Memory, agents: list[Any]) -> str | None:
    """An agent that the user has named and that is not there."""
    names = {agent["agent_name"] for agent in agents} | {
        alias for agent in agents for alias in agent.get("aliases", [])
    }
    named = re.findall(r"\b[a-z]+(?:-[a-z]+)+-agent\b", " ".join(memory.said).lower())
    return next((name for name in named if name not in names), None)


def _configure(memory: Memory, agent: Mapping[str, Any], analysed: Mapping[str, Any]) -> Reply:
    """Checks and maps in the turn in which the agent was chosen; starts once the user wants it."""
    wanted = {"csv_uri": memory.csv, "agent_name": agent["agent_name"]}
    generated = memory.answer_to("generate_batch_config", **wanted)
    if generated is None:
        if memory.answer_in_turn("validate_agent_compatibility") is None:
            return _call("validate_agent_compatibility", agent_name=agent["agent_name"], s3_uri=memory.csv)
        return _call("generate_batch_config", **wanted)
    if generated["missing_required"]:
        return {"content": replies.ask_mapping(generated)}
    config = _of_first_rows(memory, generated["config"])
    estimate = memory.answer_to("estimate_batch_cost", config=config)
    if estimate is None:
        return _call("estimate_batch_cost", config=config)
    if memory.in_turn("execute_batch_processor") or _wants_it(memory):
        return _start(memory, config)
    return {"content": replies.plan(agent, generated, analysed, estimate)}


def _wants_it(memory: Memory) -> bool:
    """Whether the batch is to start: the user agrees with a plan, or has ordered it from the beginning (see above)."""
    was_told = any(call.name == "estimate_batch_cost" and call.turn < len(memory.said) for call in memory.calls)
    return bool(_GO.search(memory.now)) if was_told else bool(_ORDER.search(memory.now))


def _of_first_rows(memory: Memory, config: Mapping[str, Any]) -> dict[str, Any]:
    found = _FIRST_ROWS.search(memory.now)
    return {**config, "max_rows": int(found[1])} if found else dict(config)


def _call(name: str, **arguments: Any) -> Reply:
    return {"call": (name, arguments)}
