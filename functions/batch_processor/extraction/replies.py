"""Recognises a model's reply by its shape, in every notation that docs/extraction.md lists, and how it ended.

What stands in a structured output is the user's own, and no reply, whatever its fields are called.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from batch_processor.document.json_value import parsed
from batch_processor.extraction.blocks import Block, at, bare, is_assistants, objects, parts, text_at
from batch_processor.extraction.endings import Ending
from batch_processor.extraction.places import is_tool_answer

_WRAPPERS = ("Output", "Body", "body", "Payload", "content", "response", "result", "modelOutput", "raw")
_DEEPEST = 3
_STOP_KEYS = (
    "stopReason",
    "StopReason",
    "stop_reason",
    "finish_reason",
    "finishReason",
    "done_reason",
    "completionReason",
)
_ITEM_TYPES = ("message", "function_call", "function_call_output", "reasoning", "custom_tool_call")
_CONVERSE = (
    ("Bedrock Converse", "output", "message", "stopReason"),
    ("Step Functions' Converse", "Output", "Message", "StopReason"),
)
# Of Gemini's endings as numbers, as its clients write them by default; those from 6 on mean one thing here, another there.
_GEMINI_STOPPED = (0, 1)
_GEMINI_NUMBERS = {2: "MAX_TOKENS", 3: "SAFETY", 4: "RECITATION"}
# What Cohere writes beside its text.
_COHERE_KEYS = frozenset(("generation_id", "response_id", "chat_history"))
# Keys of which each notation needs one, if no `type` or `role` tells that the document is a model's message.
_NOTED_BY = frozenset(
    (
        *("messages", "message", "choices", "output", "Output", "object", "candidates", "promptFeedback"),
        *("prompt_feedback", "generations", "generation", "completion", "outputs", "results", "toolCalls", "text"),
        *("response", "details", "stop_reason", "kwargs", "data", "generated_text"),
    )
)
_UNFINISHED = ("incomplete", "failed", "cancelled", "in_progress", "queued")
_REFUSED = "refusal"
_CONVERSATION = "a conversation"


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's reply, or a conversation that ends with one: its notation, its messages, and how it ended if that is said."""

    notation: str
    messages: list[Block]
    ending: Ending | None = None

    @property
    def is_single(self) -> bool:
        """Whether it is a reply by itself, and not a conversation in an agent's answer."""
        return self.notation != _CONVERSATION


def find_reply(answer: Any) -> Reply | None:
    """The reply that the answer is or wraps; None if there is none."""
    for document in _wrapped(answer, _DEEPEST):
        if not _may_be_reply(document):
            continue
        for recognised in _NOTATIONS:
            if reply := recognised(document):
                return _with_own_ending(reply)
    return None


def _may_be_reply(document: Any) -> bool:
    """Whether any notation could recognise it: most answers are none's, and are told so at once."""
    if isinstance(document, dict):
        return not _NOTED_BY.isdisjoint(document) or is_assistants(document)
    return isinstance(document, list)


def ending_beside(answer: Any) -> Ending | None:
    """How the reply ended of which an agent tells nothing but that, beside the structured output that it made of it."""
    for document in _wrapped(answer, _DEEPEST):
        if isinstance(document, dict) and ("structured_output" in document or is_tool_answer(document)):
            return _stop(document)
    return None


def _wrapped(document: Any, levels: int) -> Iterator[Any]:
    document = parsed(document)
    yield document
    if levels and isinstance(document, dict) and not is_tool_answer(document):
        for key in _WRAPPERS:
            inner = parsed(document.get(key))
            if isinstance(inner, dict | list):
                yield from _wrapped(inner, levels - 1)


def _with_own_ending(reply: Reply) -> Reply:
    """The reply with the ending that its last message tells itself, where that is no good one, or the only one."""
    message = next((bare(each) for each in reversed(reply.messages) if is_assistants(bare(each))), {})
    own = list(_endings(message))
    candidates = [*([reply.ending] if reply.ending else []), *own]
    faulty = [ending for ending in candidates if ending.fault()]
    return replace(reply, ending=next(iter([*faulty, *candidates]), None))


def _endings(message: Block) -> Iterator[Ending]:
    for within, holder in (("", message), ("response_metadata.", message.get("response_metadata"))):
        # A message by itself has a status only as an item of OpenAI's Responses.
        is_item = bool(within) or message.get("type") == "message"
        if ending := _stop(holder, within=within) or (_unfinished(holder, within) if is_item else None):
            yield ending
    for within, holder in (("", message), ("additional_kwargs.", message.get("additional_kwargs"))):
        if _is_refusal(at(holder, "refusal")):
            yield Ending(f"{within}refusal", _REFUSED)
    if any(part.get("type") == "refusal" for part in parts(message)):
        yield Ending("content", _REFUSED)


def _stop(holder: Any, *keys: str, within: str = "") -> Ending | None:
    for key in keys or _STOP_KEYS:
        given = at(holder, key)
        # {unified, raw} of Vercel's AI SDK.
        reason = text_at(given, "unified") if isinstance(given, dict) else given
        if isinstance(reason, str) and reason:
            return Ending(f"{within}{key}", reason)
    return None


def _unfinished(holder: Any, within: str = "") -> Ending | None:
    """As OpenAI's Responses tell it: {status: incomplete, incomplete_details: {reason}}."""
    reason = text_at(at(holder, "incomplete_details"), "reason")
    if reason and (ending := Ending(f"{within}incomplete_details.reason", reason)).fault():
        return ending
    status = at(holder, "status")
    return Ending(f"{within}status", status) if status in _UNFINISHED else None


def _is_refusal(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _converse(document: Any) -> Reply | None:
    for notation, output_key, message_key, stop_key in _CONVERSE:
        output, ending = at(document, output_key), _stop(document, stop_key)
        message = at(output, message_key)
        if isinstance(message, dict):
            return Reply(notation, [{"role": "assistant", **message}], ending)
        if isinstance(output, dict) and ending:
            return Reply(notation, [], ending)
    return None


def _chat_completion(document: Any) -> Reply | None:
    choices = objects(at(document, "choices"))
    if not choices or not ("message" in choices[0] or _stop(choices[0])):
        return None
    message, text = choices[0].get("message"), choices[0].get("text")
    messages = [_told(text)] if isinstance(text, str) else []
    if isinstance(message, dict):
        messages = [{"role": "assistant", **message}]
    return Reply("OpenAI chat", messages, _stop(choices[0])) if messages or _stop(choices[0]) else None


def _response(document: Any) -> Reply | None:
    items = objects(at(document, "output"))
    known = [item for item in items if item.get("type") in _ITEM_TYPES]
    if at(document, "object") != "response" and not known:
        return None
    unfinished = next(filter(None, map(_unfinished, [document, *items])), None)
    refused = any(part.get("type") == "refusal" for item in items for part in parts(item))
    ending = unfinished or (Ending("output", _REFUSED) if refused else None)
    # What was thought or searched on the way is no message.
    return Reply("OpenAI Responses", [item for item in known if item.get("type") != "reasoning"], ending)


def _gemini(document: Any) -> Reply | None:
    candidates = objects(at(document, "candidates"))
    if not candidates:
        blocked = text_at(at(document, "promptFeedback", "prompt_feedback"), "blockReason", "block_reason")
        ending = Ending("promptFeedback.blockReason", blocked, is_withheld=True) if blocked else None
        return Reply("Gemini", [], ending) if ending else None
    content, ending = candidates[0].get("content"), _stop(candidates[0]) or _numbered(candidates[0])
    if isinstance(content, dict) and isinstance(content.get("parts"), list):
        return Reply("Gemini", [{"role": "model", **content}], ending)
    return Reply("Gemini", [], ending) if ending else None


def _numbered(candidate: Block) -> Ending | None:
    number = at(candidate, "finishReason", "finish_reason")
    if not isinstance(number, int) or number in _GEMINI_STOPPED:
        return None
    return Ending("finish_reason", _GEMINI_NUMBERS.get(number, "OTHER"))


def _message_beside_reason(document: Any) -> Reply | None:
    """As Ollama, Cohere and agents around a model write it: {message: {role, content, …}, done_reason | …}.

    LlamaIndex keeps as `raw` what its provider wrote.
    """
    message = at(document, "message")
    if isinstance(message, dict) and is_assistants(bare(message)):
        raw = find_reply(at(document, "raw"))
        return Reply("Ollama or Cohere", [message], _stop(document) or (raw.ending if raw else None))
    return None


def _client_result(document: Any) -> Reply | None:
    """As Vercel's AI SDK returns it: {text, toolCalls: [{toolName, input}], finishReason}, or {object, finishReason}."""
    calls, ending = at(document, "toolCalls"), _stop(document, "finishReason")
    if not ending or not (isinstance(calls, list) or isinstance(at(document, "object"), dict)):
        return None
    message = {**_told(text_at(document, "text") or ""), "tool_calls": calls, "parsed": at(document, "object")}
    return Reply("Vercel's AI SDK", [message], ending)


def _generations(document: Any) -> Reply | None:
    """As LangChain writes an LLMResult, and Cohere its texts: {generations: [{text, finish_reason}]}."""
    outer = at(document, "generations")
    first = objects(outer[0] if isinstance(outer, list) and outer and isinstance(outer[0], list) else outer)
    message = first[0].get("message") if first else None
    ending = (_stop(at(first[0], "generation_info", "generationInfo")) or _stop(first[0])) if first else None
    if isinstance(message, dict):
        return Reply("LangChain", [message], ending)
    text = text_at(first[0], "text") if ending else None
    return None if text is None else Reply("a list of generations", [_told(text)], ending)


def _completion(document: Any) -> Reply | None:
    """As models write texts that are no messages: {generation}, {outputs: [{text}]}, {results: [{outputText}]}."""
    first_output, first_result = objects(at(document, "outputs"))[:1], objects(at(document, "results"))[:1]
    places = [("text", first_output), ("outputText", first_result), ("generated_text", first_result)]
    for key, holders in (*((key, [document]) for key in ("generation", "completion")), *places):
        for holder in holders:
            if (ending := _stop(holder)) and (text := text_at(holder, key)) is not None:
                return Reply("Bedrock InvokeModel", [_told(text)], ending)
    return None


def _generated_text(document: Any) -> Reply | None:
    """As Ollama's generate and Hugging Face's servers write it: {response, done_reason}, [{generated_text, details}]."""
    if (ending := _stop(document, "done_reason")) and (text := text_at(document, "response")) is not None:
        return Reply("Ollama", [_told(text)], ending)
    holder = next(iter(objects(document)), document)
    if (ending := _stop(at(holder, "details"))) and (text := text_at(holder, "generated_text")) is not None:
        return Reply("Hugging Face", [_told(text)], ending)
    return None


def _cohere(document: Any) -> Reply | None:
    """As Cohere's first chat is: {text, tool_calls: [{name, parameters}], finish_reason, generation_id, chat_history}."""
    text, ending = text_at(document, "text"), _stop(document, "finish_reason")
    if text is None or not ending or not _COHERE_KEYS & document.keys():
        return None
    return Reply("Cohere", [{**_told(text), "tool_calls": document.get("tool_calls")}], ending)


def _message(document: Any) -> Reply | None:
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("content"), list) and text_at(document, "stop_reason"):
        return Reply("Anthropic", [{"role": "assistant", **document}])
    message = bare(document)
    if not is_assistants(message):
        return None
    return Reply("Anthropic" if text_at(message, "role") else "LangChain", [document])


def _conversation(document: Any) -> Reply | None:
    if isinstance(document, list):
        messages = objects(document)
        return Reply(_CONVERSATION, messages) if any(map(_is_message, messages)) else None
    messages = objects(at(document, "messages"))
    return Reply(_CONVERSATION, messages, _stop(document)) if messages else None


def _is_message(message: Block) -> bool:
    return at(bare(message), "role", "Role") is not None or is_assistants(bare(message))


def _told(text: str) -> Block:
    return {"role": "assistant", "content": text}


_NOTATIONS: Final[tuple[Callable[[Any], Reply | None], ...]] = (
    _conversation,
    _converse,
    _chat_completion,
    _response,
    _gemini,
    _generations,
    _message_beside_reason,
    _client_result,
    _completion,
    _generated_text,
    _cohere,
    _message,
)
