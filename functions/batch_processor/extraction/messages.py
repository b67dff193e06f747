"""Tool calls and tool results in a conversation, in the notations of Anthropic, Bedrock's Converse and OpenAI."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from batch_processor.document.json_value import parsed
from batch_processor.extraction.places import documents

Block = Mapping[str, Any]


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
    """The messages in the answer or in what it wraps, or the one in a model's raw reply; [] if there are none."""
    return next((messages for document in documents(answer) if (messages := _messages(document))), [])


def _messages(document: Any) -> list[Block]:
    if not isinstance(document, Mapping):
        return _list(document)
    return _list(document.get("messages")) or list(_reply(document))


def _reply(document: Block) -> Iterator[Block]:
    """The message in a raw reply of Anthropic, Converse or OpenAI."""
    if document.get("role") == "assistant":
        yield document
    output = document.get("output")
    if isinstance(output, Mapping) and isinstance(message := output.get("message"), Mapping):
        yield message
    for choice in _list(document.get("choices"))[:1]:
        if isinstance(message := choice.get("message"), Mapping):
            yield message


def tool_calls(messages: list[Block]) -> list[ToolCall]:
    """All calls of tools, in order."""
    return [call for message in messages for call in _calls(message)]


def tool_results(messages: list[Block]) -> list[ToolResult]:
    """All results of tools, in order; a result without a tool's name gets it from the call with the same id."""
    names = {call.id: call.name for call in tool_calls(messages) if call.id is not None}
    results = [result for message in messages for result in _results(message)]
    return [ToolResult(r.id, r.name or names.get(r.id or ""), r.content, r.is_error) for r in results]


def _calls(message: Block) -> Iterator[ToolCall]:
    for block in _blocks(message):
        if block.get("type") == "tool_use":
            yield ToolCall(_text(block, "id"), _text(block, "name"), parsed(block.get("input")))
        elif isinstance(call := block.get("toolUse"), Mapping):
            yield ToolCall(_text(call, "toolUseId"), _text(call, "name"), parsed(call.get("input")))
    for call in _list(message.get("tool_calls")):
        function = call.get("function")
        if isinstance(function, Mapping):
            yield ToolCall(_text(call, "id"), _text(function, "name"), parsed(function.get("arguments")))


def _results(message: Block) -> Iterator[ToolResult]:
    if message.get("role") == "tool":
        yield ToolResult(_text(message, "tool_call_id"), _text(message, "name"), _content(message.get("content")))
        return
    for block in _blocks(message):
        if block.get("type") == "tool_result":
            content = _content(block.get("content"))
            yield ToolResult(_text(block, "tool_use_id"), _text(block, "name"), content, block.get("is_error") is True)
        elif isinstance(result := block.get("toolResult"), Mapping):
            content = _content(result.get("content"))
            yield ToolResult(
                _text(result, "toolUseId"), _text(result, "name"), content, result.get("status") == "error"
            )


def _blocks(message: Block) -> list[Block]:
    return _list(message.get("content"))


def _list(value: Any) -> list[Block]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _text(block: Block, key: str) -> str | None:
    value = block.get(key)
    return value if isinstance(value, str) else None


def _content(content: Any) -> Any:
    """The texts of the blocks, one a line; a single JSON value as it is."""
    if not isinstance(content, list):
        return "" if content is None else content
    values = [_block_value(block) for block in content]
    values = [value for value in values if value is not None]
    if len(values) == 1:
        return values[0]
    return "\n".join(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values)


def _block_value(block: Any) -> Any:
    """The text or the JSON of a block; None if it is a picture or the like."""
    if isinstance(block, str):
        return block
    return block.get("text", block.get("json")) if isinstance(block, Mapping) else None
