"""A tool whose behaviour is in the row: `behaviour` says how it answers, `text` what it gives back."""

import os
import time
from typing import Any


class ToolBroke(Exception):
    """What a tool raises when it breaks."""


def handle(event: dict[str, Any], context: object) -> Any:
    """Answers as the row wants it."""
    text = event["input"].get("text", "")
    behaviour = event["input"].get("behaviour") or "echo"
    return globals()[f"_{behaviour}"](event, text)


def _answer(event: dict[str, Any], content: Any) -> dict[str, Any]:
    return {"type": "structured_output", "tool_use_id": event["id"], "content": content, "schema": "test_v1"}


def _echo(event: dict[str, Any], text: str) -> Any:
    return _answer(event, {"echo": text, "length": len(text), "input": event["input"]})


def _fail(event: dict[str, Any], text: str) -> Any:
    raise ToolBroke(f'could not handle "{text}"\nat all')


def _flaky(event: dict[str, Any], text: str) -> Any:
    if event["id"].endswith("-1"):
        raise ToolBroke("the first attempt always fails")
    return _echo(event, text)


def _hang(event: dict[str, Any], text: str) -> Any:
    time.sleep(15)
    return _echo(event, text)


def _wait(event: dict[str, Any], text: str) -> Any:
    time.sleep(2)
    return _echo(event, text)


def _mute(event: dict[str, Any], text: str) -> Any:
    return {"ok": True}


def _nothing(event: dict[str, Any], text: str) -> Any:
    return None


def _list(event: dict[str, Any], text: str) -> Any:
    return _answer(event, [text])


def _garbled(event: dict[str, Any], text: str) -> Any:
    return _answer(event, '{"echo": "' + text)


def _cut_off(event: dict[str, Any], text: str) -> Any:
    return '{"type": "structured_output", "content": {"echo": "' + text


def _raw(event: dict[str, Any], text: str) -> Any:
    return b'{"type": "structured_output", "content": {"echo": "'


def _large(event: dict[str, Any], text: str) -> Any:
    return _answer(event, {"echo": text * 4000, "length": len(text) * 4000})


def _huge(event: dict[str, Any], text: str) -> Any:
    return _answer(event, {"echo": "x" * 300_000})


def _types(event: dict[str, Any], text: str) -> Any:
    return _answer(
        event,
        {
            "echo": text,
            "yes": True,
            "no": False,
            "nothing": None,
            "list": [1, "zwei"],
            "object": {"a": [None]},
            "float": 1.5,
        },
    )


def _exit(event: dict[str, Any], text: str) -> Any:
    os._exit(1)


def _counted(event: dict[str, Any], text: str) -> Any:
    _calls(text)
    return _echo(event, text)


def _named(event: dict[str, Any], text: str) -> Any:
    return _answer(event, {"echo": event["name"], "length": len(text)})


def _later(event: dict[str, Any], text: str) -> Any:
    if _calls(text) == 1:
        raise ToolBroke("the first call for a text always fails")
    return _echo(event, text)


def _held(event: dict[str, Any], text: str) -> Any:
    """The first call for a text ends when a batch is stopped by `Batches.stop`, or after 15 seconds."""
    stops, deadline = _stops(), time.monotonic() + 15
    if _calls(text) == 1:
        while _stops() == stops and time.monotonic() < deadline:
            time.sleep(0.1)
    return _echo(event, text)


def _gated(event: dict[str, Any], text: str) -> Any:
    _calls(text)
    while not _update("gate", 0).get("open"):
        time.sleep(0.2)
    return _echo(event, text)


def _calls(text: str) -> int:
    """How often it was called for the text, this call included, whoever asked."""
    return int(_update(text, 1)["calls"]["N"])


def _stops() -> int:
    """How many batches the tests have stopped by `Batches.stop`."""
    return int(_update("stops", 0)["calls"]["N"])


def _update(text: str, calls: int) -> dict[str, Any]:
    import boto3

    updated = boto3.client("dynamodb").update_item(
        TableName=os.environ["CALLS_TABLE"],
        Key={"text": {"S": text}},
        UpdateExpression="ADD calls :calls",
        ExpressionAttributeValues={":calls": {"N": str(calls)}},
        ReturnValues="ALL_NEW",
    )
    attributes: dict[str, Any] = updated["Attributes"]
    return attributes
