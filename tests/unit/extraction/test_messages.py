import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.extraction.messages import ToolCall, ToolResult, find_messages, tool_calls, tool_results
from tests.unit.extraction.answers import TEXT, browsed, conversation, tool_result, tool_use

ANTHROPIC = browsed()
CONVERSE = {
    "messages": [
        {"role": "assistant", "content": [{"text": "Hm."}, {"toolUse": {"toolUseId": "t1", "name": "look", "input": {"a": 1}}}]},
        {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "content": [{"text": TEXT}], "status": "success"}}]},
    ]
}  # fmt: skip
CALL = {"id": "t1", "function": {"name": "look", "arguments": '{"a": 1}'}}
OPENAI = {
    "messages": [
        {"role": "assistant", "content": None, "tool_calls": [CALL]},
        {"role": "tool", "tool_call_id": "t1", "content": TEXT},
    ]
}  # fmt: skip


@pytest.mark.parametrize("answer", [CONVERSE, OPENAI], ids=["Converse", "OpenAI"])
def test_other_notations_are_read(answer: Any) -> None:
    messages = find_messages(answer)
    assert tool_calls(messages) == [ToolCall("t1", "look", {"a": 1})]
    assert tool_results(messages) == [ToolResult("t1", "look", TEXT)]


@pytest.mark.parametrize(
    "reply",
    [
        {"id": "msg_1", "role": "assistant", "content": ANTHROPIC["messages"][1]["content"], "stop_reason": "tool_use"},
        {"output": {"message": CONVERSE["messages"][0]}, "stopReason": "tool_use", "usage": {}},
        {"choices": [{"message": OPENAI["messages"][0]}, {"message": {"tool_calls": []}}]},
        {"Output": {"output": {"message": CONVERSE["messages"][0]}}},
    ],
    ids=["Anthropic", "Converse", "OpenAI", "nested Converse"],
)
def test_reply_of_a_model_is_a_message(reply: Any) -> None:
    [call] = tool_calls(find_messages(reply))
    assert call.id == "t1"
    assert call.input


@pytest.mark.parametrize(
    "answer", [{"output": "text"}, {"choices": [{"message": None}]}, {"role": "user"}, {"output": {}}]
)
def test_what_is_no_reply_has_no_messages(answer: Any) -> None:
    assert find_messages(answer) == []


def test_result_is_called_as_its_call_was() -> None:
    assert tool_results(find_messages(ANTHROPIC)) == [ToolResult("t1", "browser_broadband", TEXT)]


def test_name_that_a_result_has_itself_counts() -> None:
    [result] = tool_results(find_messages(browsed(name="other")))
    assert result.name == "other"


def test_result_without_any_name_stays_without() -> None:
    [result] = tool_results(find_messages(conversation(tool_result(TEXT, id="t9"))))
    assert result.name is None


@pytest.mark.parametrize(
    ("content", "read"),
    [
        (TEXT, TEXT),
        ([{"type": "text", "text": "a"}, {"type": "text", "text": "b"}], "a\nb"),
        ([{"type": "image", "source": {}}, {"type": "text", "text": "a"}], "a"),
        ([{"json": {"a": 1}}], {"a": 1}),
        ([{"json": {"ä": 1}}, {"text": "b"}], '{"ä": 1}\nb'),
        (["a", "b"], "a\nb"),
        ([], ""),
        (None, ""),
        ({"a": 1}, {"a": 1}),
    ],
)
def test_content_is_text_or_json(content: Any, read: Any) -> None:
    [result] = tool_results(find_messages(browsed(content)))
    assert result.content == read


def test_errors_are_marked() -> None:
    [anthropic] = tool_results(find_messages(browsed("no such page", is_error=True)))
    failed = {"toolResult": {"toolUseId": "t1", "content": [{"text": "no"}], "status": "error"}}
    [converse] = tool_results([{"role": "user", "content": [failed]}])
    assert (anthropic.is_error, converse.is_error) == (True, True)


@pytest.mark.parametrize(
    "answer",
    [
        ANTHROPIC,
        json.dumps(ANTHROPIC),
        ANTHROPIC["messages"],
        {"Output": ANTHROPIC},
        {"Output": json.dumps(ANTHROPIC)},
        {"content": ANTHROPIC},
    ],
)
def test_messages_are_found_in_what_wraps_them(answer: Any) -> None:
    assert find_messages(answer) == ANTHROPIC["messages"]


@pytest.mark.parametrize(
    "answer", [None, "words", 5, {}, {"messages": "none"}, {"messages": []}, {"messages": ["a"]}, [1]]
)
def test_answer_without_messages_has_none(answer: Any) -> None:
    assert find_messages(answer) == []


KEYS = (
    *("role", "content", "type", "id", "name", "input", "tool_use_id", "toolUse", "toolResult", "toolUseId"),
    *("tool_calls", "function", "arguments", "text", "json", "status", "is_error"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["tool_use", "tool_result", "tool", "t1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=15,
)


@given(messages=st.lists(JSON))
def test_whatever_stands_in_messages_can_be_read(messages: Any) -> None:
    found = find_messages({"messages": messages})
    for call in tool_calls(found):
        assert call.name is None or isinstance(call.name, str)
    for result in tool_results(found):
        assert result.name is None or isinstance(result.name, str)


def test_text_input_of_a_tool_is_read_as_json() -> None:
    [call] = tool_calls([tool_use("print_output", '{"a": 1}')])
    assert call.input == {"a": 1}
