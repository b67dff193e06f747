"""The parts of messages, whatever notation they are written in: whose they are, their texts, keys in either spelling."""

from collections.abc import Iterator, Mapping
from typing import Any

Block = Mapping[str, Any]

_ASSISTANTS = ("assistant", "model", "ai", "AIMessage", "AIMessageChunk")


def at(block: Any, *keys: str) -> Any:
    """What stands at the first of the keys that the object has; None if it has none, or is no object."""
    # This runs a hundred times for every answer: nothing is made for it, and a JSON object is a dict.
    if isinstance(block, dict):
        for key in keys:
            if key in block:
                return block[key]
    return None


def objects(value: Any) -> list[Block]:
    """The objects in a list; none if it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text_at(block: Any, *keys: str) -> str | None:
    """The text at the first of the keys that the object has, if it is one."""
    value = at(block, *keys)
    return value if isinstance(value, str) else None


def bare(message: Block) -> Block:
    """The message itself, out of what LangChain serialises it into: {lc, id, kwargs} or {type, data}."""
    if isinstance(inner := message.get("kwargs"), dict) and "lc" in message:
        names = message.get("id")
        return {"type": names[-1] if isinstance(names, list) and names else None, **inner}
    if isinstance(inner := message.get("data"), dict) and isinstance(message.get("type"), str):
        return {"type": message["type"], **inner}
    return message


def is_assistants(message: Block) -> bool:
    """Whether the model wrote the message."""
    return at(message, "role", "Role", "type") in _ASSISTANTS


def parts(message: Block) -> list[Block]:
    """The blocks of a message's content; a text by itself is one."""
    content = at(message, "content", "Content", "parts")
    if isinstance(content, str):
        return [{"text": content}]
    if isinstance(content, list):
        return [{"text": part} if isinstance(part, str) else part for part in content if isinstance(part, str | dict)]
    return []


def text_of(message: Block) -> str:
    """What the model said in the message; its thoughts aside."""
    return "".join(_texts(message))


def _texts(message: Block) -> Iterator[str]:
    for part in parts(message):
        text = at(part, "text", "Text")
        if isinstance(text, str) and part.get("thought") is not True:
            yield text
