"""How many tokens an answer says that it took, in the notations of those who count them."""

from collections.abc import Iterator
from typing import Any

from batch_processor.document.json_value import parsed
from batch_processor.extraction.blocks import at, objects
from batch_processor.extraction.places import documents

_USAGE = ("usage", "Usage", "usage_metadata", "usageMetadata", "token_usage")
_INPUT = ("input_tokens", "inputTokens", "InputTokens", "prompt_tokens", "promptTokenCount")
_OUTPUT = ("output_tokens", "outputTokens", "OutputTokens", "completion_tokens", "candidatesTokenCount")
# A count beyond this is none; payloads have room for so many digits.
_MOST = 999_999_999


def usage_of(answer: Any) -> list[int] | None:
    """[input tokens, output tokens]; None if the answer does not tell.

    The answer, or what it wraps, tells for all; else each message of it for itself.
    """
    found = list(documents(answer))
    told = [usage for document in found if (usage := _told(document))]
    if told:
        return told[0]
    messages = [usage for document in found for message in _messages(document) if (usage := _told(message))]
    return [min(sum(counts), _MOST) for counts in zip(*messages, strict=True)] if messages else None


def _messages(document: Any) -> Iterator[Any]:
    for message in objects(parsed(at(document, "messages", "Messages"))):
        yield message
        yield message.get("metadata")


def _told(document: Any) -> list[int] | None:
    usage = parsed(at(document, *_USAGE))
    if not isinstance(usage, dict):
        return None
    counts = [at(usage, *names) for names in (_INPUT, _OUTPUT)]
    # A boolean is a number to Python.
    sound = [count for count in counts if type(count) is int and 0 <= count <= _MOST]
    return sound if len(sound) == len(counts) else None
