"""Replies of models, as each notation writes them: their calls, their last words, and how they ended."""

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch_processor.errors import StructuredOutputInvalid, StructuredOutputMissing
from batch_processor.extraction.compiling import compile_rules
from batch_processor.extraction.endings import BROKE_OFF, WITHHELD, Ending
from batch_processor.extraction.replies import find_reply
from batch_processor.extraction.structured_output import extract_cells
from tests.unit.plans import make_plan

PAGE = (Path(__file__).parents[3] / "docs" / "extraction.md").read_text(encoding="utf-8")
GIVEN = {"species": "heron", "count": 2}
TEXT = json.dumps(GIVEN)
FINE = "tool_use"


def converse(reason: str = FINE) -> Any:
    call = {"toolUse": {"toolUseId": "t1", "name": "note", "input": GIVEN}}
    return {"output": {"message": {"role": "assistant", "content": [call]}}, "stopReason": reason}


def step_functions_converse(reason: str = FINE) -> Any:
    call = {"ToolUse": {"ToolUseId": "t1", "Name": "note", "Input": GIVEN}}
    return {
        "Output": {"Message": {"Role": "assistant", "Content": [{"Text": "Let me note."}, call]}},
        "StopReason": reason,
    }


def anthropic(reason: str = FINE) -> Any:
    call = {"type": "tool_use", "id": "t1", "name": "note", "input": GIVEN}
    return {"type": "message", "role": "assistant", "content": [call], "stop_reason": reason}


def invoked(reason: str = FINE) -> Any:
    return {"Body": json.dumps(anthropic(reason)), "ContentType": "application/json"}


def chat(reason: str = "tool_calls") -> Any:
    call = {"id": "t1", "type": "function", "function": {"name": "note", "arguments": TEXT}}
    message = {"role": "assistant", "content": None, "refusal": None, "tool_calls": [call]}
    return {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": reason}]}


def legacy_chat(reason: str = "function_call") -> Any:
    message = {"role": "assistant", "content": None, "function_call": {"name": "note", "arguments": TEXT}}
    return {"choices": [{"message": message, "finish_reason": reason}]}


def responses(reason: str = "") -> Any:
    thought = {"type": "reasoning", "summary": []}
    call = {"type": "function_call", "call_id": "t1", "name": "note", "arguments": TEXT, "status": "completed"}
    told = {"status": "incomplete", "incomplete_details": {"reason": reason}} if reason else {"status": "completed"}
    return {"object": "response", "output": [thought, call], **told}


def langchain(reason: str = FINE) -> Any:
    call = {"name": "note", "args": GIVEN, "id": "t1", "type": "tool_call"}
    return {
        "messages": [{"type": "ai", "content": "", "tool_calls": [call], "response_metadata": {"stop_reason": reason}}]
    }


def serialised_langchain(reason: str = FINE) -> Any:
    [message] = langchain(reason)["messages"]
    return {"messages": [{"lc": 1, "type": "constructor", "id": ["langchain_core", "AIMessage"], "kwargs": message}]}


def older_langchain(reason: str = FINE) -> Any:
    raw = {"tool_calls": [{"id": "t1", "function": {"name": "note", "arguments": TEXT}}]}
    data = {"content": "", "additional_kwargs": raw, "response_metadata": {"finish_reason": reason}}
    return [{"type": "human", "data": {"content": "Which bird?"}}, {"type": "ai", "data": data}]


def gemini(reason: str = "STOP") -> Any:
    parts = [{"text": "Hm.", "thought": True}, {"functionCall": {"name": "note", "args": GIVEN}}]
    return {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": reason}]}


def ollama(reason: str = "stop") -> Any:
    call = {"function": {"name": "note", "arguments": GIVEN}}
    return {"message": {"role": "assistant", "content": "", "tool_calls": [call]}, "done": True, "done_reason": reason}


def cohere(reason: str = "COMPLETE") -> Any:
    call = {"name": "note", "parameters": GIVEN}
    return {"text": "I will note that.", "generation_id": "g1", "finish_reason": reason, "tool_calls": [call]}


def vercel(reason: Any = "tool-calls") -> Any:
    return {"text": "", "toolCalls": [{"toolCallId": "t1", "toolName": "note", "input": GIVEN}], "finishReason": reason}


NOTATIONS = [
    converse, step_functions_converse, anthropic, invoked, chat, legacy_chat, responses, langchain, serialised_langchain,
    older_langchain, gemini, ollama, cohere, vercel,
]  # fmt: skip


def cells(answer: Any, *names: str, tool: str | None = "note") -> list[str]:
    columns = [{"name": name} for name in names or ("species", "count")]
    rule = {"method": "structured_output", **({"tool_name": tool} if tool else {})}
    return extract_cells(answer, make_plan(output={"columns": columns, "extraction": compile_rules([rule])})["output"])


def fault(answer: Any, **given: Any) -> str:
    with pytest.raises(StructuredOutputInvalid) as caught:
        cells(answer, **given)
    return str(caught.value)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_call_is_read_in_every_notation(notation: Any) -> None:
    for answer in (notation(), json.dumps(notation()), {"Output": json.dumps(notation())}):
        assert cells(answer) == ["heron", "2"]


@pytest.mark.parametrize("key", ["response", "result", "modelOutput", "raw"])
def test_call_is_read_in_what_batches_and_frameworks_wrap_around_it(key: str) -> None:
    assert cells({"id": 1, key: anthropic()}) == cells({key: {"status_code": 200, "body": chat()}}) == ["heron", "2"]
    assert "broke off" in fault({"id": 1, key: anthropic("max_tokens")})


def test_custom_tool_call_of_openai_is_read() -> None:
    item = {"type": "custom_tool_call", "call_id": "t1", "name": "note", "input": TEXT}
    assert cells({"object": "response", "output": [item]}) == ["heron", "2"]


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("reason", ["max_tokens", "length", "MAX_TOKENS", "model_context_window_exceeded"])
def test_reply_that_broke_off_is_no_answer(notation: Any, reason: str) -> None:
    assert fault(notation(reason)).startswith("The answer broke off (")
    assert reason in fault({"Output": notation(reason)})


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("reason", ["content_filter", "guardrail_intervened", "refusal", "SAFETY"])
def test_reply_that_was_withheld_is_no_answer(notation: Any, reason: str) -> None:
    assert fault(notation(reason)).startswith("The model gave no answer, it was refused or held back (")


@pytest.mark.parametrize("reason", ["stop", "end_turn", "stop_sequence", "tool_calls", "eos_token", "COMPLETE", ""])
def test_reply_that_ended_by_itself_is_an_answer(reason: str) -> None:
    assert cells(converse(reason)) == cells(chat(reason)) == cells(gemini(reason)) == ["heron", "2"]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (converse("malformed_tool_use"), "The answer broke off (stopReason malformed_tool_use)."),
        (gemini("FinishReason.MALFORMED_FUNCTION_CALL"), "(finishReason FinishReason.MALFORMED_FUNCTION_CALL)"),
        (responses("max_output_tokens"), "(incomplete_details.reason max_output_tokens)"),
        (responses("a new one"), "The answer broke off (status incomplete)."),
        ({"object": "response", "status": "failed", "output": []}, "The answer broke off (status failed)."),
        (anthropic("pause_turn"), "The answer broke off (stop_reason pause_turn)."),
        ({"candidates": [{"finishReason": "RECITATION"}]}, "held back (finishReason RECITATION)"),
        ({"promptFeedback": {"blockReason": "OTHER"}}, "held back (promptFeedback.blockReason OTHER)"),
        ({"output": {}, "stopReason": "guardrail_intervened"}, "held back (stopReason guardrail_intervened)"),
        ({"choices": [{"message": {"content": TEXT, "refusal": "I cannot."}, "finish_reason": "stop"}]}, "held back (refusal)"),
        ({"choices": [{"text": "a", "finish_reason": "length"}]}, "(finish_reason length)"),
        ({"choices": [{"text": "a", "stop_reason": "length"}]}, "(stop_reason length)"),
        ({"completion": TEXT, "stop_reason": "max_tokens", "stop": None}, "(stop_reason max_tokens)"),
        ({"generations": [{"id": "g", "text": TEXT, "finish_reason": "MAX_TOKENS"}]}, "(finish_reason MAX_TOKENS)"),
        ({"generations": [[{"text": TEXT, "generation_info": {"finish_reason": "length"}}]]}, "(finish_reason length)"),
        ({"text": TEXT, "finish_reason": "MAX_TOKENS", "chat_history": []}, "(finish_reason MAX_TOKENS)"),
        ({"results": [{"generated_text": TEXT, "stop_reason": "max_tokens"}]}, "(stop_reason max_tokens)"),
        ([{"generated_text": TEXT, "details": {"finish_reason": "length"}}], "(finish_reason length)"),
        ({"response": TEXT, "done": True, "done_reason": "length"}, "(done_reason length)"),
        ({"message": {"role": "assistant", "blocks": []}, "raw": chat("length")}, "(finish_reason length)"),
        ({"candidates": [{"content": {"parts": [{"text": TEXT}]}, "finish_reason": 2}]}, "(finish_reason MAX_TOKENS)"),
        ({"candidates": [{"finish_reason": 8}]}, "(finish_reason OTHER)"),
        (vercel({"unified": "length", "raw": "max_output_tokens"}), "(finishReason length)"),
        ({"content": [{"type": "text", "text": TEXT}], "stop_reason": "max_tokens"}, "(stop_reason max_tokens)"),
        ({"generation": TEXT, "stop_reason": "length"}, "(stop_reason length)"),
        ({"outputs": [{"text": TEXT, "stop_reason": "length"}]}, "(stop_reason length)"),
        ({"results": [{"outputText": TEXT, "completionReason": "LENGTH"}]}, "(completionReason LENGTH)"),
        (
            {"object": "response", "output": [{"type": "message", "content": [{"type": "refusal", "refusal": "No."}]}]},
            "(output refusal)",
        ),
        ({"messages": [{"role": "assistant", "content": TEXT}], "stop_reason": "max_tokens"}, "(stop_reason max_tokens)"),
    ],
)  # fmt: skip
def test_ending_is_told_by_its_name(answer: Any, told: str) -> None:
    assert told in fault(answer)
    assert told in fault(answer, tool=None)


@pytest.mark.parametrize(
    "answer",
    [
        {"structured_output": {"species": "owl", "finish_reason": "length", "stopReason": "max_tokens"}},
        {"type": "structured_output", "content": {"species": "owl", **chat("length")}},
        {"structured_output": {"species": "owl", "choices": [{"message": {}, "finish_reason": "length"}]}},
        {"structured_output": {"species": "owl"}, "finish_reason": "stop"},
        {
            "structured_output": {
                "species": "owl",
                "result": chat("length"),
                "raw": {"response": TEXT, "done_reason": "length"},
            }
        },
        {"role": "assistant", "status": "failed", "structured_output": {"species": "owl"}},
        {"messages": [anthropic("max_tokens"), {"role": "user", "content": "Go on."}, anthropic()]},
    ],
)
def test_what_is_not_the_ending_of_the_reply_is_not_judged(answer: Any) -> None:
    assert cells(answer, "species")[0] in ("owl", "heron")


@pytest.mark.parametrize(
    "answer",
    [
        {"choices": [{"message": {"content": TEXT, "tool_calls": []}, "finish_reason": "stop"}, {"message": {}}]},
        {"choices": [{"message": {"content": "words", "parsed": GIVEN, "refusal": None}}]},
        {"output": {"message": {"role": "assistant", "content": [{"text": f"```\n{TEXT}\n```"}]}}, "stopReason": "end_turn"},
        {"role": "assistant", "content": [{"type": "text", "text": TEXT[:9]}, {"type": "text", "text": TEXT[9:]}]},
        {"object": "response", "output": [
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": TEXT}]}
        ]},
        {"candidates": [{"content": {"parts": [{"text": TEXT}]}}, {"content": {"parts": [{"text": "other"}]}}]},
        {"type": "ai", "content": TEXT, "tool_calls": [], "invalid_tool_calls": []},
        {"generations": [[{"message": {"type": "ai", "content": TEXT}, "generation_info": {"finish_reason": "stop"}}]]},
        {"generation": TEXT, "stop_reason": "stop"},
        {"completion": TEXT, "stop_reason": "stop_sequence"},
        {"text": TEXT, "finish_reason": "COMPLETE", "generation_id": "g"},
        {"generations": [{"text": TEXT, "finish_reason": "COMPLETE"}]},
        {"response": TEXT, "done_reason": "stop"},
        {"candidates": [{"content": {"parts": [{"text": TEXT}]}, "finish_reason": 1}]},
        {"object": "response", "output": [
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": TEXT}]}, {"type": "reasoning"}
        ]},
        {"object": GIVEN, "finishReason": "stop"},
        {"structured_output": None, "messages": [{"role": "assistant", "content": TEXT}]},
    ],
)  # fmt: skip
@pytest.mark.parametrize("tool", [None, "note"])
def test_reply_that_is_an_object_by_itself_is_read(answer: Any, tool: str | None) -> None:
    assert cells(answer, tool=tool) == ["heron", "2"]
    assert extract_cells(answer, make_plan(output={"columns": [{"name": "species"}]})["output"]) == ["heron"]


def test_call_that_langchain_could_not_read_is_none_that_an_older_one_stands_for() -> None:
    message = langchain()["messages"][0]
    broken = {**message, "invalid_tool_calls": [{"name": "note", "args": '{"species": "he', "id": "t2", "error": "…"}]}
    with pytest.raises(Exception, match="its last call has no object as its input but a string of 15 characters"):
        cells({"messages": [broken]})


def test_page_has_the_endings() -> None:
    table = dict(re.findall(r"^\| (broke off|refused or held back) \| (.*) \|$", PAGE, re.MULTILINE))
    listed = {kind: set(re.findall(r"`([a-z_]+)`", names)) for kind, names in table.items()}
    assert listed == {"broke off": set(BROKE_OFF), "refused or held back": set(WITHHELD)}


KEYS = (
    *(
        "output",
        "Output",
        "message",
        "Message",
        "messages",
        "choices",
        "candidates",
        "content",
        "parts",
        "role",
        "type",
    ),
    *(
        "kwargs",
        "lc",
        "data",
        "generations",
        "stop_reason",
        "stopReason",
        "status",
        "refusal",
        "tool_calls",
        "function",
    ),
    *(
        "incomplete_details",
        "response_metadata",
        "additional_kwargs",
        "structured_output",
        "text",
        "name",
        "args",
        "id",
    ),
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["assistant", "ai", "tool", "message", "length", "[1]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_whatever_is_answered_can_be_looked_at(answer: Any) -> None:
    reply = find_reply(answer)
    assert reply is None or reply.ending is None or isinstance(reply.ending, Ending)
    with suppress(StructuredOutputMissing, StructuredOutputInvalid):
        assert len(cells(answer)) == 2


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"structured_output": {"species": "owl"}, "stopReason": "max_tokens"}, "(stopReason max_tokens)"),
        ({"Output": {"structured_output": {"species": "owl"}, "finish_reason": "length"}}, "(finish_reason length)"),
        (
            {"type": "structured_output", "content": {"species": "owl"}, "stop_reason": "refusal"},
            "(stop_reason refusal)",
        ),
    ],
)
def test_agent_that_tells_beside_its_structured_output_that_the_reply_broke_off_has_no_answer(
    answer: Any, told: str
) -> None:
    assert told in fault(answer, tool=None)
