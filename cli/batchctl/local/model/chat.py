"""A request to a model: the body of `POST /v1/chat/completions`, read and checked."""

import json
import re
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"\w{1,5}|[^\w\s]")


class BadRequest(Exception):
    """No model can answer the request; the message says why."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A question, the tool that takes the answer, and what was said against earlier answers."""

    question: str
    tool_name: str
    properties: tuple[str, ...]
    complaints: int
    input_tokens: int


def parsed(body: bytes) -> dict[str, Any]:
    """The request's body; BadRequest if it is no object."""
    try:
        document = json.loads(body)
    except ValueError as exc:
        raise BadRequest(f"This model takes messages and tools; {exc!r}") from exc
    if not isinstance(document, dict):
        raise BadRequest(f"This model takes an object of messages and tools, not {document!r}")
    return document


def read_chat(document: dict[str, Any]) -> Chat:
    """The chat in a request; BadRequest for what other model servers refuse, too."""
    try:
        messages = document["messages"]
        [function] = [tool["function"] for tool in document["tools"]]
        questions = [message["content"] for message in messages if message["role"] == "user"]
        _check_tool_results(messages)
        return Chat(
            question=questions[0],
            tool_name=function["name"],
            properties=tuple(function["parameters"]["properties"]),
            complaints=sum(message["role"] in ("user", "tool") for message in messages) - 1,
            input_tokens=count_tokens(json.dumps([messages, function], ensure_ascii=False)),
        )
    except (ValueError, LookupError, TypeError) as exc:
        raise BadRequest(f"This model takes messages and one tool; {exc!r}") from exc


def count_tokens(text: str) -> int:
    """About as many tokens as a tokenizer makes of the text."""
    return len(_TOKEN.findall(text))


def _check_tool_results(messages: list[dict[str, Any]]) -> None:
    """Checks that each tool call is directly followed by its answer, and that no answer is without a call."""
    for before, message in zip([{}, *messages], [*messages, {}], strict=True):
        called = [call["id"] for call in before.get("tool_calls") or []]
        answered = [message["tool_call_id"]] if message.get("role") == "tool" else []
        if called != answered:
            raise BadRequest(f"The tool results {answered} are not those of the tool calls {called}")
