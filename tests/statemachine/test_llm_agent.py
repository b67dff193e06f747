"""The language model's agent, walked through in each JSONata engine with what its tasks would give."""

import json
from typing import Any

import pytest

from tests.statemachine.definition import ROOT, Scope, scopes
from tests.statemachine.engines import Engine
from tests.statemachine.walk import Walk, walk

[MACHINE] = scopes(json.loads((ROOT / "examples/agents/llm_agent/llm_agent.asl.json").read_text(encoding="utf-8")))
QUESTION = [{"Role": "user", "Content": [{"Text": "{}"}]}]
REGISTRATION = {
    "model_id": "m",
    "system_prompt": "Write.",
    "inference": {"MaxTokens": 10},
    "most_asks": 3,
    "tool_name": "return_copy",
    "tool_description": "Takes it.",
    "tool_schema": {"type": "object", "properties": {}, "required": [], "additionalProperties": False},
    "schema": {"type": "object", "properties": {"a": True}},
}
READ = {"Payload": {"registration": REGISTRATION, "messages": QUESTION}}
CALL = {"ToolUse": {"ToolUseId": "t1", "Name": "return_copy", "Input": {"a": 1}}}
VALID = {"Payload": {"verdict": "valid", "structured_output": {"a": 1}}}
REFUSED = {"Payload": {"verdict": "refused", "problem": "The model gave no answer: a guardrail stepped in."}}
THROTTLED = {"Error": "BedrockRuntime.ThrottlingException", "Cause": "Too many tokens"}


def answer(input_tokens: int, output_tokens: int) -> dict[str, Any]:
    return {
        "Output": {"Message": {"Role": "assistant", "Content": [CALL]}},
        "StopReason": "tool_use",
        "Usage": {"InputTokens": input_tokens, "OutputTokens": output_tokens, "TotalTokens": 0},
    }


def invalid(said: str) -> dict[str, Any]:
    messages = [{"Role": "assistant", "Content": [CALL]}, {"Role": "user", "Content": [{"Text": said}]}]
    return {"Payload": {"verdict": "invalid", "problem": said, "messages": messages}}


def run(engine: Engine, data: Any = None, **tasks: list[Any]) -> Walk:
    given = {"ReadRegistration": [READ], **tasks}
    scope: Scope = MACHINE
    return walk(scope, engine, {}, {"input": {"title": "x"}} if data is None else data, given)


def test_a_valid_answer_is_returned_with_what_it_cost(engine: Engine) -> None:
    way = run(engine, AskModel=[answer(100, 20)], CheckAnswer=[VALID])
    assert way.end == {
        "structured_output": {"a": 1},
        "usage": {"asks": 1, "input_tokens": 100, "output_tokens": 20},
        "success": True,
    }


def test_the_model_can_answer_through_the_strict_tool_only(engine: Engine) -> None:
    [arguments] = run(engine, AskModel=[answer(1, 1)], CheckAnswer=[VALID]).arguments("AskModel")
    assert arguments == {
        "ModelId": "m",
        "System": [{"Text": "Write."}],
        "Messages": QUESTION,
        "InferenceConfig": {"MaxTokens": 10},
        "ToolConfig": {
            "Tools": [
                {
                    "ToolSpec": {
                        "Name": "return_copy",
                        "Description": "Takes it.",
                        "Strict": True,
                        "InputSchema": {"Json": REGISTRATION["tool_schema"]},
                    }
                }
            ],
            "ToolChoice": {"Tool": {"Name": "return_copy"}},
        },
    }


def test_an_invalid_answer_is_put_to_the_model_again_and_all_asks_are_counted(engine: Engine) -> None:
    asked = [answer(100, 20), answer(150, 30)]
    way = run(engine, AskModel=asked, CheckAnswer=[invalid("/a: no"), VALID])
    first, second = way.arguments("AskModel")
    assert second["Messages"] == [*QUESTION, *invalid("/a: no")["Payload"]["messages"]]
    assert first["Messages"] == QUESTION
    assert way.arguments("CheckAnswer")[1]["Payload"]["usage"] == {"asks": 2, "input_tokens": 250, "output_tokens": 50}
    assert way.end["usage"] == {"asks": 2, "input_tokens": 250, "output_tokens": 50}


def test_asking_ends_where_the_registration_says(engine: Engine) -> None:
    way = run(engine, AskModel=[answer(10, 2)] * 3, CheckAnswer=[invalid("1"), invalid("2"), invalid("/a: still no")])
    assert way.end == {
        "Error": "InvalidAnswer",
        "Cause": "No valid answer after 3 asks (30 input and 6 output tokens); the last one: /a: still no",
    }


def test_a_refused_question_is_not_asked_again(engine: Engine) -> None:
    way = run(engine, AskModel=[answer(10, 0)], CheckAnswer=[REFUSED])
    assert way.end == {"Error": "AnswerRefused", "Cause": REFUSED["Payload"]["problem"]}


def test_an_answer_without_content_goes_to_the_check(engine: Engine) -> None:
    empty = {**answer(10, 0), "Output": {"Message": {"Role": "assistant", "Content": []}}}
    way = run(engine, AskModel=[empty], CheckAnswer=[REFUSED])
    assert way.arguments("CheckAnswer")[0]["Payload"]["content"] == []


@pytest.mark.parametrize(
    "tasks",
    [
        {"ReadRegistration": [THROTTLED]},
        {"AskModel": [THROTTLED]},
        {"AskModel": [answer(1, 1)], "CheckAnswer": [THROTTLED]},
    ],
)
def test_an_error_that_stays_is_handed_on(engine: Engine, tasks: dict[str, Any]) -> None:
    assert run(engine, **tasks).end == THROTTLED


NAMED = {"name": "n", "version": "1.0.0"}


@pytest.mark.parametrize(
    ("data", "agent", "fields"),
    [
        ({"input": {"a": 1}, "batchContext": {"agent": NAMED}}, NAMED, {"a": 1}),
        ({"input": {"a": 1}, "batchContext": {"executionId": "x"}}, {}, {"a": 1}),
        ({}, {}, {}),
    ],
)
def test_the_caller_may_say_which_agent_it_means(engine: Engine, data: Any, agent: Any, fields: Any) -> None:
    way = run(engine, data, AskModel=[answer(1, 1)], CheckAnswer=[VALID])
    [arguments] = way.arguments("ReadRegistration")
    assert arguments["Payload"] == {"agent": agent, "default_agent": "${DefaultAgentName}", "input": fields}
