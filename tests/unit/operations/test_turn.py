"""What a turn tells the model: the user's words behind what was said before, within bounds, and tools without tokens."""

import json
from typing import Any

import pytest

from batch_processor.errors import InvalidArguments
from batch_processor.operations.catalogue import OPERATIONS
from batch_processor.operations.conversation.tools import converse_tools
from batch_processor.operations.conversation.turn import (
    MOST_KEPT_BYTES,
    Conversation,
    asked,
    parse_request,
    system_texts,
)

NEW = Conversation(messages=[], left_out=0)


def text(role: str, words: str) -> dict[str, Any]:
    return {"Role": role, "Content": [{"Text": words}]}


def call(number: int, size: int = 10) -> list[dict[str, Any]]:
    result = {"ToolUseId": f"u{number}", "Status": "success", "Content": [{"Text": "x" * size}]}
    return [
        {"Role": "assistant", "Content": [{"ToolUse": {"ToolUseId": f"u{number}", "Name": "get_rows", "Input": {}}}]},
        {"Role": "user", "Content": [{"ToolResult": result}]},
    ]


def test_first_message_begins_the_conversation() -> None:
    assert asked(parse_request({"message": "Hi"}), NEW) == {"messages": [text("user", "Hi")], "left_out": 0}


def test_what_was_said_before_comes_first() -> None:
    kept = Conversation(messages=[text("user", "a"), *call(1), text("assistant", "b")], left_out=0)
    assert asked(parse_request({"message": "c"}), kept)["messages"] == [*kept["messages"], text("user", "c")]


def test_model_learns_that_the_user_has_confirmed_and_not_with_what() -> None:
    [message] = asked(parse_request({"message": "Yes", "confirmation": "t0ken"}), NEW)["messages"]
    assert len(message["Content"]) == 2
    assert "confirmed" in message["Content"][1]["Text"]
    assert "t0ken" not in json.dumps(message)


def test_history_of_a_client_alternates() -> None:
    history = [{"role": role, "content": role} for role in ("user", "user", "assistant", "user")]
    messages = asked(parse_request({"message": "c", "history": history}), NEW)["messages"]
    assert [message["Role"] for message in messages] == ["user", "assistant", "user", "assistant", "user"]


def test_long_conversation_loses_its_beginning_and_no_result_its_call() -> None:
    long = [message for n in range(5) for message in (text("user", str(n)), *call(n, 15_000), text("assistant", "ok"))]
    conversation = asked(parse_request({"message": "on"}), Conversation(messages=long, left_out=3))
    assert conversation["messages"][0] == text("user", "3")
    assert conversation["left_out"] == 3 + 12
    assert len(json.dumps(conversation["messages"]).encode()) < MOST_KEPT_BYTES + 1_000
    assert "first 15 messages" in system_texts("p", conversation["left_out"])[1]["Text"]


def test_of_a_last_turn_that_alone_is_too_long_the_words_stay() -> None:
    turns = [text("user", "a"), *call(1, 50_000), text("assistant", "b")]
    kept = Conversation(messages=[*turns, text("user", "c"), *call(2, 50_000), text("assistant", "d")], left_out=1)
    conversation = asked(parse_request({"message": "e"}), kept)
    assert conversation["messages"] == [text(*said) for said in zip(("user", "assistant") * 2, "abcd", strict=True)] + [
        text("user", "e")
    ]
    assert conversation["left_out"] == 1 + 4


def test_conversation_whose_very_words_are_too_long_begins_anew() -> None:
    kept = Conversation(messages=[text("user", "a"), text("assistant", "b" * 50_000)], left_out=0)
    assert asked(parse_request({"message": "c"}), kept) == {"messages": [text("user", "c")], "left_out": 2}


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ({}, "'message' is missing"),
        ([], r"expected an object \{message"),
        ("Hi", r"expected an object \{message"),
        (None, r"expected an object \{message"),
        ({"message": ""}, "expected a text"),
        ({"message": "x" * 8_001}, "8,000"),
        ({"mesage": "a", "message": "b"}, "did you mean 'message'"),
        ({"message": "a", "history": [{"role": "system", "content": "b"}]}, "user or assistant"),
    ],
)
def test_wrong_request_is_told_with_what_to_write(request_: Any, told: str) -> None:
    with pytest.raises(InvalidArguments, match=told):
        parse_request(request_)


def test_keys_of_aws_are_none_of_the_request() -> None:
    assert parse_request({"message": "a", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn:x"}).message == "a"


def test_every_operation_is_a_tool_and_none_takes_a_confirmation() -> None:
    specs = {tool["ToolSpec"]["Name"]: tool["ToolSpec"] for tool in converse_tools()}
    assert specs.keys() == OPERATIONS.keys()
    for spec in specs.values():
        schema = spec["InputSchema"]["Json"]
        assert schema["type"] == "object"
        assert "confirmation" not in schema["properties"]
        assert set(schema["required"]) <= schema["properties"].keys()
    # With a turn's results they are to fit a payload.
    assert len(json.dumps([*specs.values()]).encode()) < 20_000
