import json
from typing import Any

import pytest

import check_answer
from batch_processor.errors import StructuredOutputInvalid
from batch_processor.extraction.structured_output import check_answer as check_batch_answer
from batchctl.local.model import copywriter, mistakes
from conversation import question
from model_answer import judge
from registration import read_registration
from tests.examples.llm_agent.product_copywriter import COPY, COPYWRITER, USAGE, entry, judged, products, tool_call


def test_a_valid_answer_gets_what_it_cost() -> None:
    assert judged(COPY) == {"verdict": "valid", "structured_output": {**COPY, **USAGE}}


def test_an_answer_whose_schema_has_no_cost_gets_none() -> None:
    slogans = read_registration(entry("slogan_writer")).document()
    answer = {"slogan": "Simply watch.", "category": "wearables"}
    verdict = judge(slogans, "tool_use", tool_call(answer), USAGE)
    assert verdict["structured_output"] == {**answer, "output_tokens": 90}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"category": "gadgets"}, '/category: expected "audio", '),
        ({"headline": "x" * 61}, "/headline: expected at most 60 characters, got 61"),
        ({"confidence": 95}, "/confidence: expected at most 1"),
        ({"keywords": "a, b"}, "/keywords: expected an array, got a string of 4 characters"),
        ({"keywords": ["ab", "cd", 3]}, "/keywords/2: expected a string, got a number"),
        ({"keywords": ["ab", "ab", "cd"]}, "/keywords: expected items that differ from each other"),
        ({"remark": "!"}, "the whole: 'remark' is no property here"),
        ({"description": None}, "/description: expected a string, got null"),
        ({"output_tokens": 1}, "/output_tokens: it is not yours to say"),
    ],
)
def test_a_violation_goes_back_as_an_error_of_the_tool(changes: dict[str, Any], problem: str) -> None:
    verdict = judged({**COPY, **changes})
    assert (verdict["verdict"], verdict["problem"][: len(problem)]) == ("invalid", problem)
    assistant, user = verdict["messages"]
    # `Type` is what the SDK adds; the API takes no such value.
    assert assistant["Content"][0]["ToolUse"].keys() == {"ToolUseId", "Name", "Input"}
    result = user["Content"][0]["ToolResult"]
    assert (result["ToolUseId"], result["Status"]) == ("t1", "error")
    assert problem in result["Content"][0]["Text"]


def test_a_missing_field_is_named_and_so_is_every_other_problem() -> None:
    incomplete = {key: value for key, value in COPY.items() if key != "keywords"}
    assert judged({**incomplete, "confidence": -1})["problem"] == (
        "/confidence: expected at least 0; the whole: 'keywords' is missing"
    )


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        # A digit to Python's own expressions, which may take for ever, and none to RE2.
        ({"type": "string", "pattern": "^\\d$"}, "٣"),
        ({"type": "string", "format": "date-time"}, "2026-11-21"),
        ({"type": "string", "format": "uri"}, "no uri"),
        ({"type": "number", "multipleOf": 0.01}, 19.991),
    ],
)
def test_an_answer_is_judged_as_the_batch_processor_judges_it(schema: dict[str, Any], value: Any) -> None:
    whole = {"type": "object", "properties": {"x": schema}}
    with pytest.raises(StructuredOutputInvalid) as refused:
        check_batch_answer({"x": value}, whole)
    assert judge({**COPYWRITER, "schema": whole}, "tool_use", tool_call({"x": value}), USAGE)["problem"] in str(
        refused.value
    )


def test_a_price_is_a_multiple_of_a_cent() -> None:
    schema = {"type": "object", "properties": {"price": {"type": "number", "multipleOf": 0.01}}}
    verdict = judge({**COPYWRITER, "schema": schema}, "tool_use", tool_call({"price": 19.99}), USAGE)
    assert verdict["verdict"] == "valid"


@pytest.mark.parametrize("given", [[], "text", None, 3])
def test_an_input_that_is_no_object_is_invalid(given: Any) -> None:
    assert judged(given)["problem"] == "the input is not an object"


@pytest.mark.parametrize(
    ("stop_reason", "content", "problem"),
    [
        (
            "end_turn",
            [{"Text": "Here it is"}],
            "The tool return_product_copy was not called; the model said: Here it is",
        ),
        ("end_turn", [], "The tool return_product_copy was not called"),
        ("malformed_tool_use", [{"Text": ""}], "The input of the tool is not JSON"),
        ("max_tokens", tool_call(COPY), "The answer is longer than parameters.max_tokens allows; be brief"),
    ],
)
def test_a_model_that_did_not_call_the_tool_is_reminded(stop_reason: str, content: Any, problem: str) -> None:
    verdict = judge(COPYWRITER, stop_reason, content, USAGE)
    assert (verdict["verdict"], verdict["problem"]) == ("invalid", problem)
    assert [message["Role"] for message in verdict["messages"]] == ["assistant", "user"]
    assert "return_product_copy only" in verdict["messages"][1]["Content"][0]["Text"]


@pytest.mark.parametrize("stop_reason", ["guardrail_intervened", "content_filtered", "model_context_window_exceeded"])
def test_a_refusal_is_final(stop_reason: str) -> None:
    assert judge(COPYWRITER, stop_reason, [{"Text": "No."}], USAGE)["verdict"] == "refused"


def test_the_function_judges_what_the_machine_gives_it() -> None:
    event = {"registration": COPYWRITER, "stop_reason": "tool_use", "content": tool_call(COPY), "usage": USAGE}
    assert check_answer.handler(event, None)["verdict"] == "valid"


def test_every_mistake_of_the_local_model_is_made_and_found_and_every_right_answer_passes() -> None:
    made = set[str]()
    for product in products():
        asked = question({"title": product["title"], "features": product["features"]})[0]["Content"][0]["Text"]
        try:
            right = copywriter.write(asked, tuple(COPY))
        except copywriter.Unanswerable:
            continue
        assert judged(right)["verdict"] == "valid"
        for complaints in range(3):
            reply = mistakes.replies(asked, right, complaints)
            names = {mistake.__name__ for mistake in mistakes.MISTAKES if mistake(right) == reply}
            made |= names
            if "arguments" in reply and "_breaks_off" not in names:
                given = json.loads(reply["arguments"])
                assert judged(given)["verdict"] == ("invalid" if names else "valid"), names
    assert made == {mistake.__name__ for mistake in mistakes.MISTAKES}
