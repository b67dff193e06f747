"""A conversation with tools, as a model is sent it: what the user said, what was called, and what came back."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from batchctl.local.model.chat import BadRequest, count_tokens

_CSV = re.compile(r"s3://[^\s,;'\"<>()]+?\.csv\b", re.IGNORECASE)
_CONFIRMED = "[The user has confirmed"


@dataclass(frozen=True, slots=True)
class Called:
    """A call and its answer; `turn` numbers the user's message that it followed."""

    name: str
    arguments: Mapping[str, Any]
    answer: Mapping[str, Any]
    turn: int

    @property
    def failed(self) -> bool:
        return "error" in self.answer


@dataclass(slots=True)
class Memory:
    """All that the model knows: there is nothing else that it could tell of."""

    tools: frozenset[str]
    said: list[str] = field(default_factory=list)
    calls: list[Called] = field(default_factory=list)
    input_tokens: int = 0

    @property
    def now(self) -> str:
        """What the user says in this turn, in lower case."""
        return self.said[-1].lower()

    @property
    def has_confirmed(self) -> bool:
        return _CONFIRMED in self.said[-1]

    @property
    def csv(self) -> str | None:
        """The CSV that was named last."""
        found = [uri for text in self.said for uri in _CSV.findall(text)]
        return found[-1] if found else None

    def latest(self, name: str) -> Mapping[str, Any] | None:
        """The last answer of that tool that is no error."""
        return next((call.answer for call in reversed(self.calls) if call.name == name and not call.failed), None)

    def answer_to(self, name: str, **arguments: Any) -> Mapping[str, Any] | None:
        """What the tool answered to these very arguments, if that is no error."""
        made = (call for call in reversed(self.calls) if call.name == name and call.arguments == arguments)
        return next((call.answer for call in made if not call.failed), None)

    def in_turn(self, name: str | None = None) -> list[Called]:
        """The calls of this turn, of one tool if it is named."""
        return [call for call in self.calls if call.turn == len(self.said) and name in (None, call.name)]

    def answer_in_turn(self, name: str) -> Mapping[str, Any] | None:
        """What the tool answered in this turn, if that is no error."""
        return next((call.answer for call in reversed(self.in_turn(name)) if not call.failed), None)


def read_memory(document: Mapping[str, Any]) -> Memory:
    """The memory that a request holds; BadRequest for what model servers refuse, too."""
    try:
        memory = Memory(frozenset(tool["function"]["name"] for tool in document["tools"]))
        waiting: dict[str, Mapping[str, Any]] = {}
        for message in document["messages"]:
            waiting = _take(message, memory, waiting)
        memory.input_tokens = count_tokens(json.dumps(document["messages"], ensure_ascii=False))
    except (ValueError, LookupError, TypeError) as exc:
        raise BadRequest(f"This model takes messages and tools; {exc!r}") from exc
    if waiting or not memory.said:
        raise BadRequest(f"There is no answer to the calls {sorted(waiting)}" if waiting else "There is no question")
    return memory


def _take(message: Mapping[str, Any], memory: Memory, waiting: dict[str, Any]) -> dict[str, Any]:
    """Takes a message in; the answer are the calls whose results have not come yet."""
    role, content = message["role"], message.get("content") or ""
    if role == "tool":
        call = waiting.pop(message["tool_call_id"])["function"]
        arguments = json.loads(call["arguments"])
        memory.calls.append(Called(call["name"], arguments, _parsed(content), len(memory.said)))
        return waiting
    if waiting:
        raise BadRequest(f"The calls {sorted(waiting)} are to be answered before anything else is said")
    if role == "user":
        memory.said.append(content)
    return {call["id"]: call for call in message.get("tool_calls") or []}


def _parsed(text: str) -> dict[str, Any]:
    """A tool's answer; one that was cut is no JSON, and nothing is known of it."""
    try:
        answer = json.loads(text)
    except ValueError:
        return {"error": "UNREADABLE", "message": text[:200]}
    return answer if isinstance(answer, dict) else {"error": "UNREADABLE", "message": text[:200]}
