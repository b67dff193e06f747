"""Takes DynamoDB's items out of its JSON, and puts them there, as they are.

An item in a program differs from the one on the wire in binary values alone. botocore holds each value of each attribute
against the service's model three times, to check, write and read it, which takes more than all else that is done with a row.
Requests, errors, retries and credentials stay botocore's.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

# What has many items in its answer, of which there is nothing to convert but them.
_READING = ("Query", "Scan", "BatchGetItem")
_WRITING = "BatchWriteItem"
_BODY = "item_json"
# As names of members, or within a text, where it does no harm.
_BINARY = (b'"B"', b'"BS"')


def hand_on(dynamodb: Any) -> None:
    """Has the client read and write many items this way from now on; once or several times."""
    events = dynamodb.meta.events
    for operation in _READING:
        events.register(f"before-parse.dynamodb.{operation}", _read, unique_id=f"item-json-{operation}")
    events.register(f"provide-client-params.dynamodb.{_WRITING}", _without_items, unique_id="item-json-without")
    events.register(f"before-call.dynamodb.{_WRITING}", _write, unique_id="item-json-write")


def _read(response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any) -> None:
    body = response_dict["body"]
    if response_dict["status_code"] >= 300:
        return
    has_binary = any(mark in body for mark in _BINARY)
    try:
        answer = json.loads(body, object_hook=_with_bytes if has_binary else None)
    except ValueError:
        return  # botocore gets to see it as it came
    customized_response_dict.update(answer)
    response_dict["body"] = b"{}"


def _without_items(params: dict[str, Any], context: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Keeps the request's body, and leaves botocore the names of the tables, which the endpoint may depend on."""
    context[_BODY] = json.dumps(params, default=_base64).encode()
    return {**params, "RequestItems": {table: [{}] for table in params["RequestItems"]}}


def _write(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    params["body"] = context.pop(_BODY)


def _with_bytes(found: dict[str, Any]) -> dict[str, Any]:
    # Attributes may have these names, too: their values are objects.
    if isinstance(text := found.get("B"), str):
        return {"B": b64decode(text)}
    if isinstance(texts := found.get("BS"), list):
        return {"BS": [b64decode(text) for text in texts]}
    return found


def _base64(value: bytes) -> str:
    return b64encode(value).decode()
