"""Tool calls and tool results in a conversation, in every notation that docs/extraction.md lists."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from batch_processor.document.json_path import MISSING
from batch_processor.document.json_value import parsed
from batch_processor.extraction.blocks import Block, at, bare, is_assistants, objects, parts, text_at, text_of
from batch_processor.extraction.places import structured_outputs
from batch_processor.extraction.replies import find_reply

_NAME = re.compile(r"[A-Za-z_][\w.:/-]{0,127}")
_CALL_TYPES = ("tool_use", "tool_call", "tool-call", "function_call")
_ITEM_CALLS = ("function_call", "custom_tool_call")
_RESULT_ROLES = ("tool", "function")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call of a tool by a model, and the input it gave."""

    id: str | None
    name: str | None
    input: Any


@dataclass(frozen=True, slots=True)
class ToolResult:
    """One result of a tool; `content` is a text, or a JSON value."""

    id: str | None
    name: str | None
    content: Any
    is_error: bool = False


def find_messages(answer: Any) -> list[Block]:
    """The messages in the answer or in what it wraps, or those of a model's raw reply; [] if there are none."""
    for document in (answer, *structured_outputs(answer)):
        if (reply := find_reply(document)) and reply.messages:
            return reply.messages
    return []


def said_object(messages: list[Block]) -> Any:
    """The object that a model's last word is, as its text or as its client has parsed it.

    MISSING if its last word is something else, or the call of a tool.
    """
    message = bare(messages[-1]) if messages else {}
    if not is_assistants(message) or tool_calls(messages[-1:]):
        return MISSING
    holders = [message, message.get("additional_kwargs"), *parts(message)]
    known = next((value for holder in holders if isinstance(value := at(holder, "parsed"), dict)), None)
    said = parsed(text_of(message)) if known is None else known
    return said if isinstance(said, dict) else MISSING


def tool_calls(messages: list[Block]) -> list[ToolCall]:
    """All calls of tools, in order."""
    return [call for message in messages for call in _calls(bare(message))]


def called_names(messages: list[Block]) -> list[str]:
    """The names of the tools that are called, each once, as far as they look like names."""
    return [
        name for name in dict.fromkeys(call.name for call in tool_calls(messages)) if name and _NAME.fullmatch(name)
    ]


def tool_results(messages: list[Block]) -> list[ToolResult]:
    """All results of tools, in order; a result without a tool's name gets it from the call with the same id."""
    names = {call.id: call.name for call in tool_calls(messages) if call.id is not None}
    results = [result for message in messages for result in _results(bare(message))]
    return [ToolResult(r.id, r.name or names.get(r.id or ""), r.content, r.is_error) for r in results]


def _calls(message: Block) -> Iterator[ToolCall]:
    if message.get("type") in _ITEM_CALLS:
        yield _call(message)
    for part in parts(message):
        if part.get("type") in _CALL_TYPES:
            yield _call(part)
        elif call := at(part, "toolUse", "ToolUse", "functionCall", "function_call"):
            yield _call(call)
    # LangChain keeps what the provider wrote; after it comes what it could read of that, and what it could not.
    for given in (message.get("additional_kwargs"), message):
        called = [*objects(at(given, "tool_calls")), *objects(at(given, "invalid_tool_calls"))]
        for call in [*called, at(given, "function_call")]:
            if isinstance(call, dict):
                yield _call(call)


def _call(call: Any) -> ToolCall:
    call_id = text_at(call, "call_id", "toolUseId", "ToolUseId", "toolCallId", "id")
    function = at(call, "function") or call
    given = at(function, "input", "Input", "args", "arguments", "parameters")
    return ToolCall(call_id, text_at(function, "name", "Name", "toolName"), parsed(given))


def _results(message: Block) -> Iterator[ToolResult]:
    if message.get("type") == "function_call_output":
        yield ToolResult(text_at(message, "call_id"), None, _content(message.get("output")))
    elif (message.get("role") in _RESULT_ROLES and not _has_results(message)) or message.get("type") == "tool":
        is_error = message.get("status") == "error"
        name, call_id = text_at(message, "name"), text_at(message, "tool_call_id")
        yield ToolResult(call_id, name, _content(message.get("content")), is_error)
    for part in parts(message):
        if part.get("type") == "tool_result":
            content = _content(part.get("content"))
            is_error = part.get("is_error") is True
            yield ToolResult(text_at(part, "tool_use_id"), text_at(part, "name"), content, is_error)
        elif result := at(part, "toolResult", "ToolResult", "functionResponse", "function_response"):
            content = _content(at(result, "content", "Content", "response"))
            call_id, name = text_at(result, "toolUseId", "ToolUseId", "id"), text_at(result, "name", "Name")
            yield ToolResult(call_id, name, content, at(result, "status", "Status") == "error")


def _has_results(message: Block) -> bool:
    return any(at(part, "functionResponse", "function_response", "toolResult", "ToolResult") for part in parts(message))


def _content(content: Any) -> Any:
    """The texts of the blocks, one a line; a single JSON value as it is."""
    if not isinstance(content, list):
        return "" if content is None else content
    values = [value for value in map(_block_value, content) if value is not None]
    if len(values) == 1:
        return values[0]
    return "\n".join(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values)


def _block_value(block: Any) -> Any:
    """The text or the JSON of a block; None if it is a picture or the like."""
    return block if isinstance(block, str) else at(block, "text", "Text", "json", "Json")
