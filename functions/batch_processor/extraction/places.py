"""The places in a target's answer where its structured output may stand, and what wraps it."""

from collections.abc import Iterator, Sequence
from typing import Any

from batch_processor.document.json_path import MISSING, Step, follow
from batch_processor.document.json_value import parsed

PLACES = "structured_output, Output.structured_output, content.structured_output, and content of a tool's answer"
# What a tool's answer, an execution and a model's reply say of themselves under names that fields have too.
ENVELOPE_KEYS = frozenset(
    ("type", "schema", "status", "tool_use_id", "id", "name", "role", "object", "is_error", "Status", "Name")
)


def structured_output(answer: Any) -> Any:
    """What stands at the first of PLACES that has more than null; null if all have that, MISSING if there is none.

    JSON text is read at each of them; what stands there need not be an object.
    """
    found = list(structured_outputs(answer))
    return next((value for value in found if value is not None), None if found else MISSING)


def structured_outputs(answer: Any) -> Iterator[Any]:
    """What stands at each of PLACES, in that order; it need not be an object."""
    answer = parsed(answer)
    if not isinstance(answer, dict):
        return
    wrapped = parsed(answer.get("Output"))
    for document in (answer, wrapped, parsed(answer.get("content"))):
        if isinstance(document, dict) and "structured_output" in document:
            yield parsed(document["structured_output"])
    for document in (answer, wrapped):
        if is_tool_answer(document):
            yield parsed(document["content"])


def follow_through(steps: Sequence[Step], document: Any) -> Any:
    """What the steps lead to, JSON texts on the way being read; MISSING if one of them leads nowhere."""
    value = document
    for step in steps:
        value = follow((step,), parsed(value))
    return value


def is_tool_answer(document: Any) -> bool:
    """Whether it is a tool's answer {type: structured_output, content, …}, whose content is the structured output."""
    return isinstance(document, dict) and document.get("type") == "structured_output" and "content" in document


def is_execution(document: Any) -> bool:
    """Whether it is an execution of Step Functions, whose Output is the answer."""
    return isinstance(document, dict) and "ExecutionArn" in document and "Output" in document


def documents(answer: Any) -> Iterator[Any]:
    """The answer, then what it wraps: a nested execution's output, the content of either, the structured output."""
    answer = parsed(answer)
    yield answer
    wrapped = parsed(answer.get("Output")) if isinstance(answer, dict) else None
    if isinstance(wrapped, dict):
        yield wrapped
    for document in (answer, wrapped):
        if isinstance(document, dict) and "content" in document:
            yield parsed(document["content"])
    yield from structured_outputs(answer)
