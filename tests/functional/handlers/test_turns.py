"""OpenTurn and CloseTurn: a conversation is kept under an id that nobody chooses, one turn after the other."""

import json
from pathlib import Path
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.errors import ConversationChanged, UnknownConversation
from batch_processor.handlers import close_turn, open_turn
from tests.functional.account import DATA, keys

EVENTS = Path(__file__).parents[3] / "events"
pytestmark = pytest.mark.usefixtures("account")


def say(message: str, **more: Any) -> Any:
    return open_turn.handle({"message": message, **more}, None)


def close(turn: Any, reply: str = "Yes.") -> Any:
    messages = [*turn["messages"], {"Role": "assistant", "Content": [{"Text": reply}]}]
    return close_turn.handle(
        {"conversation_id": turn["conversation_id"], "etag": turn["etag"], "left_out": 0, "messages": messages}, None
    )


def test_conversation_goes_on_under_its_id() -> None:
    first = say("Hello")
    assert close(first)["messages"] == 2
    second = say("Again", conversation_id=first["conversation_id"])
    assert [message["Content"][0]["Text"] for message in second["messages"]] == ["Hello", "Yes.", "Again"]
    assert keys(DATA) == [f"work/conversations/{first['conversation_id']}.json"]


def test_ids_are_drawn() -> None:
    assert len({say("a")["conversation_id"] for _ in range(5)}) == 5


@pytest.mark.parametrize("conversation_id", ["0" * 32, "../configs/a", "mine", "A" * 32, "work"])
def test_nobody_chooses_an_id(conversation_id: str) -> None:
    with pytest.raises(UnknownConversation, match="leave it out"):
        say("a", conversation_id=conversation_id)


def test_second_of_two_turns_at_a_time_is_not_kept() -> None:
    first = say("a")
    close(first)
    one, two = (say("b", conversation_id=first["conversation_id"]) for _ in range(2))
    close(one, "One.")
    with pytest.raises(ConversationChanged, match="say your message again"):
        close(two, "Two.")


def test_turn_whose_answer_was_lost_is_closed_again() -> None:
    turn = say("a")
    assert close(turn) == close(turn)
    later, told = (
        say("b", conversation_id=turn["conversation_id"]),
        "arn:aws:states:eu-west-1:1:execution:machine:night",
    )
    assert close(later, told) == close(later, told)


def test_batches_that_were_named_are_known_after_their_messages_are_left_out() -> None:
    result = {"ToolUseId": "u1", "Status": "success", "Content": [{"Text": json.dumps({"batch": "night", "rows": []})}]}
    told = [
        {
            "Role": "assistant",
            "Content": [{"Text": "It is arn:aws:states:eu-west-1:1:execution:batch-processor-dev:day"}],
        },
        {"Role": "user", "Content": [{"ToolResult": result}]},
    ]
    turn = say("a")
    close({**turn, "messages": [*turn["messages"], *told]})
    for _ in range(2):
        turn = say("b", conversation_id=turn["conversation_id"])
        close({**turn, "messages": turn["messages"][-1:]})
    body = client("s3").get_object(Bucket=DATA, Key=keys(DATA)[0])["Body"].read()
    assert json.loads(body)["batches"] == ["day", "night"]


def test_model_gets_prompt_and_tools() -> None:
    turn = say("a")
    assert "Never name, promise or use an agent that they did not list" in turn["system"][0]["Text"]
    assert "execute_batch_processor" in json.dumps(turn["tools"])


def test_sample_events() -> None:
    opened = open_turn.handle(json.loads((EVENTS / "open_turn_first_message.json").read_text()), None)
    assert opened["messages"][0]["Role"] == "user"
    event = json.loads((EVENTS / "close_turn_new_conversation.json").read_text())
    assert close_turn.handle(event, None)["messages"] == 2
    body = (
        client("s3").get_object(Bucket=DATA, Key=f"work/conversations/{event['conversation_id']}.json")["Body"].read()
    )
    assert json.loads(body) == {"messages": event["messages"], "left_out": 0}
