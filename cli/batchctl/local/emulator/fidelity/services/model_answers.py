"""What Bedrock refuses, and what becomes of a model that does not answer: errors, where MiniStack makes answers up.

Of a model server that is not there, or answers 429, MiniStack makes a canned answer. A strict tool whose schema is
outside of the subset that Bedrock compiles is a ValidationException:
https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
"""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import bedrock_runtime

Answer = tuple[int, dict[str, str], bytes]
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
_CODES = {
    400: "ValidationException",
    404: "ResourceNotFoundException",
    408: "ModelTimeoutException",
    424: "ModelErrorException",
    429: "ThrottlingException",
    500: "InternalServerException",
}
_UNAVAILABLE = (503, "ServiceUnavailableException")
_UNSUPPORTED = frozenset(
    (
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
        "maxItems", "uniqueItems", "contains", "prefixItems", "minProperties", "maxProperties", "patternProperties",
        "propertyNames", "oneOf", "not", "if", "dependentRequired", "dependentSchemas",
    )
)  # fmt: skip


class _Refused(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.answer: Answer = bedrock_runtime._error(code, message, status)


def _ask(model_id: str, messages: Any, system: Any, inference: Any, tool_config: Any = None) -> Any:
    """The model server's message and token counts; _Refused if it gives none."""
    if not bedrock_runtime._PROXY_URL:
        return None, None
    request = _request(model_id, messages, system, inference or {}, tool_config)
    try:
        with urllib.request.urlopen(request, timeout=bedrock_runtime._PROXY_TIMEOUT_S) as response:  # noqa: S310
            document = json.load(response)
        usage = document["usage"]
        return document["choices"][0]["message"], (usage["prompt_tokens"], usage["completion_tokens"])
    except urllib.error.HTTPError as exc:
        status, code = (exc.code, _CODES[exc.code]) if exc.code in _CODES else _UNAVAILABLE
        raise _Refused(status, code, _reason(exc)) from exc
    except (OSError, ValueError, LookupError, TypeError) as exc:
        raise _Refused(*_UNAVAILABLE, f"The model server gave no answer: {exc!r}") from exc


def _request(model_id: str, messages: Any, system: Any, inference: Any, tool_config: Any) -> urllib.request.Request:
    body = {"model": model_id, "messages": bedrock_runtime._openai_messages(messages, system), "stream": False}
    tools, choice = bedrock_runtime._openai_tools(tool_config)
    if tools:
        body |= {"tools": tools} | ({"tool_choice": choice} if choice is not None else {})
    names = {"maxTokens": "max_tokens", "temperature": "temperature", "topP": "top_p", "stopSequences": "stop"}
    body |= {name: inference[key] for key, name in names.items() if key in inference}
    return urllib.request.Request(  # noqa: S310
        f"{bedrock_runtime._PROXY_URL}/v1/chat/completions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )


def _reason(refusal: urllib.error.HTTPError) -> str:
    try:
        message: str = json.load(refusal)["error"]["message"]
    except (OSError, ValueError, LookupError, TypeError):
        return str(refusal)
    return message


def _check_strict_tools(tool_config: Any) -> None:
    for index, tool in enumerate((tool_config or {}).get("tools") or []):
        spec = tool.get("toolSpec") or {}
        problem = next(_problems((spec.get("inputSchema") or {}).get("json")), None) if spec.get("strict") else None
        if problem:
            raise _Refused(
                400, _CODES[400], f"The model returned the following errors: tools.{index}.custom: {problem}"
            )


def _problems(schema: Any) -> Iterator[str]:
    if isinstance(schema, list):
        for inner in schema:
            yield from _problems(inner)
    if not isinstance(schema, dict):
        return
    kind = schema.get("type")
    if found := sorted(_UNSUPPORTED.intersection(schema)):
        yield f"For {kind!r} type, properties {', '.join(found)} are not supported"
    if schema.get("minItems", 0) > 1:
        yield "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
    if kind == "object" and schema.get("additionalProperties") is not False:
        yield "For 'object' type, 'additionalProperties' must be explicitly set to false"
    for name in ("properties", "$defs", "definitions"):
        yield from _problems(list(schema.get(name, {}).values()))
    for name in ("items", "anyOf", "allOf"):
        yield from _problems(schema.get(name))


def _answering_refusals(converse: Callable[..., Answer]) -> Callable[..., Answer]:
    def answer(model_id: str, headers: Any, body: bytes) -> Answer:
        try:
            document = json.loads(body or b"{}")
            _check_strict_tools(document.get("toolConfig"))
            return converse(model_id, headers, body)
        except _Refused as refused:
            return refused.answer

    return answer


def apply() -> None:
    """Replace the call of the model server, and wrap the operations that make it."""
    bedrock_runtime._proxy_openai_chat_message = _ask
    bedrock_runtime._converse = _answering_refusals(bedrock_runtime._converse)
    bedrock_runtime._converse_stream = _answering_refusals(bedrock_runtime._converse_stream)
    bedrock_runtime._invoke_model = _answering_refusals(bedrock_runtime._invoke_model)
