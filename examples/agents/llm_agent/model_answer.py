"""Judges what the model answered: valid, to be asked again, or not to be had."""

from typing import Any

from batch_processor.json_schema.violations import violations
from conversation import Message, refusal, reminder
from registration import USAGE_FIELDS

Verdict = dict[str, Any]  # {"verdict": "valid" | "invalid" | "refused", …}
_REFUSALS = {
    "guardrail_intervened": "a guardrail stepped in",
    "content_filtered": "the provider filtered the content",
    "model_context_window_exceeded": "the question is too long for the model",
}
_UNREADABLE = {
    "max_tokens": "The answer is longer than parameters.max_tokens allows; be brief",
    "malformed_tool_use": "The input of the tool is not JSON",
    "malformed_model_output": "The answer is not readable",
}
_MOST_PROBLEMS = 10
_LONGEST_REMARK = 200


def judge(
    registration: dict[str, Any], stop_reason: str, content: list[dict[str, Any]], usage: dict[str, int]
) -> Verdict:
    """What comes of an answer; an invalid one has the messages to say next."""
    if reason := _REFUSALS.get(stop_reason):
        return {"verdict": "refused", "problem": f"The model gave no answer: {reason}."}
    tool_name = registration["tool_name"]
    call = next((block["ToolUse"] for block in content if "ToolUse" in block), None)
    if call is None or stop_reason in _UNREADABLE:
        said = " ".join(block.get("Text", "") for block in content)
        problem = _UNREADABLE.get(stop_reason, f"The tool {tool_name} was not called")
        told = f"{problem}; the model said: {said[:_LONGEST_REMARK]}" if said.strip() else problem
        return _invalid(told, reminder(said, f"{problem}. Answer with a call of {tool_name} only."))
    output, problems = _completed(registration["schema"], call["Input"], usage)
    if not problems:
        return {"verdict": "valid", "structured_output": output}
    told = "; ".join(problems[:_MOST_PROBLEMS])
    correction = f"The input does not fit the schema: {told}. Call {tool_name} again with all of it put right."
    return _invalid(told, refusal(call, correction))


def _invalid(problem: str, messages: list[Message]) -> Verdict:
    return {"verdict": "invalid", "problem": problem, "messages": messages}


def _completed(schema: dict[str, Any], given: Any, usage: dict[str, int]) -> tuple[Any, list[str]]:
    """The structured output with what it cost, as far as the schema has that; and all that is wrong with it."""
    if not isinstance(given, dict):
        return given, ["the input is not an object"]
    if invented := [name for name in USAGE_FIELDS if name in given]:
        return given, [f"/{name}: it is not yours to say" for name in invented]
    counted = {name: usage[name] for name in USAGE_FIELDS if name in schema["properties"]}
    output = {**given, **counted}
    return output, violations(output, schema)
