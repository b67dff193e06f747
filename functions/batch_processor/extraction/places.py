"""The places in a target's answer where its structured output may stand."""

from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.document.json_value import parsed

PLACES = "structured_output, Output.structured_output, content.structured_output, and content of a tool's answer"


def structured_outputs(answer: Any) -> Iterator[Any]:
    """What stands at each of PLACES, in that order; it need not be an object."""
    answer = parsed(answer)
    if not isinstance(answer, Mapping):
        return
    for document in (answer, parsed(answer.get("Output")), parsed(answer.get("content"))):
        if isinstance(document, Mapping) and "structured_output" in document:
            yield document["structured_output"]
    if answer.get("type") == "structured_output" and "content" in answer:
        yield parsed(answer["content"])


def documents(answer: Any) -> Iterator[Any]:
    """The answer, then what it wraps: a nested execution's output, the content of either, the structured output."""
    answer = parsed(answer)
    yield answer
    wrapped = parsed(answer.get("Output")) if isinstance(answer, Mapping) else None
    if isinstance(wrapped, Mapping):
        yield wrapped
    for document in (answer, wrapped):
        if isinstance(document, Mapping) and "content" in document:
            yield parsed(document["content"])
    yield from structured_outputs(answer)
