"""A turn of batch-orchestrator-agent, walked through in each JSONata engine with what its tasks would give."""

import json
from typing import Any

import pytest

from tests.statemachine.definition import ROOT, scopes
from tests.statemachine.engines import Engine
from tests.statemachine.walk import Walk, walk

_PATH = ROOT / "statemachine" / "batch_orchestrator_agent.asl.json"
TURN, CALL = scopes(json.loads(_PATH.read_text(encoding="utf-8")))
MESSAGES = [{"Role": "user", "Content": [{"Text": "Run it"}]}]
TOOLS: list[dict[str, Any]] = [
    {"ToolSpec": {"Name": name, "Description": name, "InputSchema": {"Json": {}}}} for name in ("look", "act")
]
OPENED: dict[str, Any] = {
    "conversation_id": "c1",
    "etag": "",
    "left_out": 0,
    "confirmation": "",
    "system": [{"Text": "Be honest."}],
    "tools": TOOLS,
    "messages": MESSAGES,
}
PENDING = {"token": "t0ken", "expires_at": "2026-11-30T10:00:00Z", "message": "Large", "estimate": {"rows": 5000}}
THROTTLED = {"Error": "BedrockRuntime.ThrottlingException", "Cause": "Too many tokens"}
USE = {"ToolUseId": "u1", "Name": "look", "Input": {"s3_uri": "s3://b/k"}}
KEPT = {"Payload": {"conversation_id": "c1", "messages": 2}}


def says(*blocks: Any) -> dict[str, Any]:
    return {"Output": {"Message": {"Role": "assistant", "Content": list(blocks)}}, "StopReason": "x", "Usage": {}}


def done(use: dict[str, Any] = USE, pending: Any = None, text: str = "{}") -> dict[str, Any]:
    return {
        "result": {"ToolUseId": use["ToolUseId"], "Status": "success", "Content": [{"Text": text}]},
        "call": {"name": use["Name"], "input": use["Input"], "outcome": "OK"},
        "pending": pending or {},
    }


def turn(engine: Engine, opened: Any = None, **tasks: list[Any]) -> Walk:
    given = {"OpenTurn": [{"Payload": {**OPENED, **(opened or {})}}], **tasks}
    return walk(TURN, engine, {}, {"message": "Run it"}, given)


def call(
    engine: Engine,
    use: dict[str, Any] = USE,
    prefix: str = "",
    confirmation: str = "",
    most_bytes: int = 16_000,
    **tasks: list[Any],
) -> Walk:
    known = {"tools": TOOLS, "tool_prefix": prefix, "confirmation": confirmation, "most_bytes": most_bytes}
    return walk(CALL, engine, known, use, tasks)


def found(**more: Any) -> dict[str, Any]:
    return {"Item": {"tool_name": {"S": "look"}, "lambda_arn": {"S": "arn:f"}, **more}}


def answered(content: Any, *, is_error: bool = False, **more: Any) -> dict[str, Any]:
    return {"Payload": {"content": content, "is_error": is_error, **more}}


# --- The turn ----------------------------------------------------------------------------------------------


def test_words_alone_are_the_reply(engine: Engine) -> None:
    way = turn(engine, AskModel=[says({"Text": "Hello."})], CloseTurn=[KEPT])
    assert way.end == {
        "conversation_id": "c1",
        "reply": "Hello.",
        "messages": [*MESSAGES, {"Role": "assistant", "Content": [{"Text": "Hello."}]}],
        "tool_calls": [],
    }
    [asked] = way.arguments("AskModel")
    assert (asked["System"], asked["Messages"]) == (OPENED["system"], MESSAGES)
    assert asked["ToolConfig"] == {"Tools": TOOLS}
    assert way.arguments("CloseTurn")[0]["Payload"]["messages"] == way.end["messages"]


@pytest.mark.parametrize("blocks", [[], [{"Text": " "}], [{"ReasoningContent": {"ReasoningText": {"Text": "hm"}}}]])
def test_a_model_that_says_nothing_is_told_of(engine: Engine, blocks: list[Any]) -> None:
    assert turn(engine, AskModel=[says(*blocks)], CloseTurn=[KEPT]).end["reply"] == "(no answer)"


def test_results_of_calls_go_back_to_the_model_in_its_order(engine: Engine) -> None:
    other = {"ToolUseId": "u2", "Name": "act", "Input": {}}
    asked = [says({"Text": "I look."}, {"Text": ""}, {"ToolUse": USE}, {"ToolUse": other}), says({"Text": "Done."})]
    way = turn(engine, AskModel=asked, CallTools=[[done(), done(other)]], CloseTurn=[KEPT])
    assert way.given["CallTools"][0]["Items"] == [USE, other]
    _, assistant, user, last = way.end["messages"]
    assert assistant["Content"] == [{"Text": "I look."}, {"ToolUse": USE}, {"ToolUse": other}]
    assert [block["ToolResult"]["ToolUseId"] for block in user["Content"]] == ["u1", "u2"]
    assert last["Content"] == [{"Text": "Done."}]
    assert [made["name"] for made in way.end["tool_calls"]] == ["look", "act"]


def test_a_confirmation_leaves_with_the_turn_and_stands_in_no_message(engine: Engine) -> None:
    asked = [says({"ToolUse": USE}), says({"Text": "A person has to confirm."})]
    way = turn(engine, AskModel=asked, CallTools=[[done(pending=PENDING)]], CloseTurn=[KEPT])
    assert way.end["confirmation"] == PENDING
    assert "t0ken" not in json.dumps([way.arguments("AskModel"), way.end["messages"], way.arguments("CloseTurn")])


def test_the_latest_confirmation_counts_and_an_earlier_one_stays(engine: Engine) -> None:
    asked = [says({"ToolUse": USE})] * 3 + [says({"Text": "?"})]
    later = {**PENDING, "token": "l8ter"}
    calls = [[done(pending=PENDING)], [done(), done(pending=later)], [done()]]
    assert turn(engine, AskModel=asked, CallTools=calls, CloseTurn=[KEPT]).end["confirmation"] == later


def test_a_turn_has_a_dozen_calls(engine: Engine) -> None:
    asked = [says({"ToolUse": USE})] * 13
    way = turn(engine, AskModel=asked, CallTools=[[done()]] * 12, CloseTurn=[KEPT])
    assert "more calls of tools" in way.end["reply"]
    assert len(way.end["tool_calls"]) == 12
    # The calls that were not made stand in no message: each call there has its result.
    assert [message["Role"] for message in way.end["messages"]] == ["user", *["assistant", "user"] * 12, "assistant"]


def test_a_turn_stays_within_a_payload(engine: Engine) -> None:
    asked = [says({"ToolUse": USE})] * 6
    way = turn(engine, AskModel=asked, CallTools=[[done(text="x" * 16_000)]] * 5, CloseTurn=[KEPT])
    assert "more than a turn may hold" in way.end["reply"]
    assert len(json.dumps(way.end).encode()) < 256 * 1024


@pytest.mark.parametrize("answer", ["x", '"', "é", "漢"])
def test_a_dozen_calls_at_once_stay_within_a_payload(engine: Engine, answer: str) -> None:
    uses = [{**USE, "ToolUseId": f"u{number}"} for number in range(12)]
    content = {"rows": answer * 40_000}
    asks = says(*({"ToolUse": use} for use in uses))
    most = turn(engine, AskModel=[asks], CallTools=[THROTTLED]).variables["most_bytes"]
    one = call(engine, uses[0], most_bytes=most, FindTool=[found()], CallTool=[answered(content)]).end
    opened = {
        "messages": [{"Role": "user", "Content": [{"Text": "x" * 74_000}]}],
        "tools": [{"ToolSpec": {"Name": "look", "Description": "x" * 20_000, "InputSchema": {"Json": {}}}}],
    }
    way = turn(engine, opened, AskModel=[asks, says({"Text": "."})], CallTools=[[one] * 12], CloseTurn=[KEPT])
    payloads = [*way.arguments("AskModel"), *way.arguments("CloseTurn"), way.end]
    assert max(len(json.dumps(payload, ensure_ascii=False).encode()) for payload in payloads) < 256 * 1024


def test_bytes_of_a_turn_count_not_its_characters(engine: Engine) -> None:
    asked = [says({"ToolUse": USE})] * 3
    way = turn(engine, AskModel=asked, CallTools=[[done(text="漢" * 16_000)]] * 2, CloseTurn=[KEPT])
    assert "more than a turn may hold" in way.end["reply"]


@pytest.mark.parametrize("given", [{}, {"Input": None}, {"Input": "rows"}, {"Input": [1]}])
def test_input_that_is_no_object_is_an_empty_one(engine: Engine, given: Any) -> None:
    use = {"ToolUseId": "u1", "Name": "look", **given}
    asked = [says({"ToolUse": use}), says({"Text": "Done."})]
    way = turn(engine, AskModel=asked, CallTools=[[done()]], CloseTurn=[KEPT])
    assert way.given["CallTools"][0]["Items"] == [{**USE, "Input": {}}]
    assert way.end["messages"][1]["Content"] == [{"ToolUse": {**USE, "Input": {}}}]


@pytest.mark.parametrize(
    "tasks",
    [
        {"OpenTurn": [THROTTLED]},
        {"AskModel": [THROTTLED]},
        {"AskModel": [says({"ToolUse": USE})], "CallTools": [THROTTLED]},
        {"AskModel": [says({"Text": "a"})], "CloseTurn": [THROTTLED]},
    ],
)
def test_an_error_that_stays_is_handed_on(engine: Engine, tasks: dict[str, Any]) -> None:
    assert turn(engine, **tasks).end == THROTTLED


def test_an_error_of_a_function_is_told_in_its_words(engine: Engine) -> None:
    cause = {"errorMessage": "There is no conversation.", "errorType": "UnknownConversation", "stackTrace": ["x"]}
    end = turn_that_fails(engine, {"Error": "UnknownConversation", "Cause": json.dumps(cause)})
    assert end == {"Error": "UnknownConversation", "Cause": "There is no conversation."}
    for other in ('{"no": "message"}', "{}", "plain"):
        assert turn_that_fails(engine, {"Error": "E", "Cause": other})["Cause"] == other


def turn_that_fails(engine: Engine, error: dict[str, str]) -> Any:
    return walk(TURN, engine, {}, {"message": "Run it"}, {"OpenTurn": [error]}).end


# --- One call ----------------------------------------------------------------------------------------------


def test_a_tool_is_called_where_the_registry_says(engine: Engine) -> None:
    way = call(engine, FindTool=[found()], CallTool=[answered({"row_count": 3})])
    assert way.arguments("FindTool")[0]["Key"] == {"tool_name": {"S": "look"}}
    [arguments] = way.arguments("CallTool")
    assert arguments == {
        "FunctionName": "arn:f",
        "Payload": {"name": "look", "input": {"s3_uri": "s3://b/k"}, "id": "u1"},
    }
    assert way.end == {
        "result": {"ToolUseId": "u1", "Status": "success", "Content": [{"Text": '{"row_count":3}'}]},
        "call": {"name": "look", "input": {"s3_uri": "s3://b/k"}, "outcome": "OK"},
        "pending": {},
    }


def test_tools_of_a_stack_with_a_prefix_are_found_by_it(engine: Engine) -> None:
    way = call(engine, prefix="two_", FindTool=[found()], CallTool=[answered({})])
    assert way.arguments("FindTool")[0]["Key"] == {"tool_name": {"S": "two_look"}}
    assert way.arguments("CallTool")[0]["Payload"]["name"] == "two_look"


def test_what_was_confirmed_comes_beside_what_the_model_wrote(engine: Engine) -> None:
    way = call(engine, confirmation="t0ken", FindTool=[found()], CallTool=[answered({"status": "RUNNING"})])
    payload = way.arguments("CallTool")[0]["Payload"]
    assert (payload["confirmation"], payload["input"]) == ("t0ken", USE["Input"])
    assert way.end["call"]["outcome"] == "RUNNING"


def test_the_model_reads_nothing_of_what_a_person_is_to_confirm_with(engine: Engine) -> None:
    payload = answered({"status": "CONFIRMATION_REQUIRED"}, confirmation=PENDING)
    way = call(engine, FindTool=[found()], CallTool=[payload])
    assert "t0ken" not in json.dumps([way.end["result"], way.end["call"]])
    assert way.end["pending"] == PENDING
    assert way.end["call"]["outcome"] == "CONFIRMATION_REQUIRED"


def test_an_error_of_the_tool_is_one_for_the_model(engine: Engine) -> None:
    told = {"error": "INVALID_ARGUMENTS", "message": "did you mean 's3_uri'?"}
    way = call(engine, FindTool=[found()], CallTool=[answered(told, is_error=True)])
    assert way.end["result"]["Status"] == "error"
    assert json.loads(way.end["result"]["Content"][0]["Text"]) == told
    assert way.end["call"]["outcome"] == "INVALID_ARGUMENTS"


def test_a_long_result_is_cut_with_a_mark(engine: Engine) -> None:
    way = call(engine, FindTool=[found()], CallTool=[answered({"a": "x" * 20_000})])
    text = way.end["result"]["Content"][0]["Text"]
    assert len(text) < 16_100
    assert text.endswith("(cut here: ask for less at a time)")


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("lok", {}),
        ("look", {}),
        ("look", {**found(), "Item": {"tool_name": {"S": "look"}, "resource_arn": {"S": "arn:m"}}}),
        ("look", found(status={"S": "retired"})),
        # Registered, but none that this agent offers.
        ("enrich_contact", found()),
    ],
)
def test_what_is_no_tool_in_use_is_not_called(engine: Engine, name: str, item: Any) -> None:
    way = call(engine, {**USE, "Name": name}, FindTool=[item])
    assert way.end["result"]["Status"] == "error"
    assert "look, act" in way.end["result"]["Content"][0]["Text"]
    assert way.end["call"] == {"name": name, "input": USE["Input"], "outcome": "UNKNOWN_TOOL"}


@pytest.mark.parametrize("tasks", [{"FindTool": [THROTTLED]}, {"FindTool": [found()], "CallTool": [THROTTLED]}])
def test_a_call_that_failed_is_told_to_the_model(engine: Engine, tasks: dict[str, Any]) -> None:
    way = call(engine, **tasks)
    assert way.end["result"]["Status"] == "error"
    assert "Too many tokens" in way.end["result"]["Content"][0]["Text"]
    assert way.end["call"]["outcome"] == "BedrockRuntime.ThrottlingException"
