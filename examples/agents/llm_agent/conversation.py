"""What is said to the model, in the names of Step Functions' SDK integrations."""

import json
from typing import Any

from agent_errors import EmptyQuestion

Message = dict[str, Any]


def question(fields: Any) -> list[Message]:
    """The first message: the prompt, if there is one, else the fields as JSON, which keeps them apart from instructions."""
    prompt = fields.get("prompt") if isinstance(fields, dict) else None
    text = prompt if isinstance(prompt, str) else json.dumps(fields, ensure_ascii=False) if fields else ""
    if not text.strip():
        raise EmptyQuestion("The input has no fields to ask the model about.")
    return [{"Role": "user", "Content": [{"Text": text}]}]


def refusal(call: dict[str, Any], problem: str) -> list[Message]:
    """The model's call of the tool, and what is wrong with it."""
    answer = {"ToolUseId": call["ToolUseId"], "Status": "error", "Content": [{"Text": problem}]}
    # Of what the model returned, only what the API also takes.
    echo = {key: call[key] for key in ("ToolUseId", "Name", "Input")}
    return [
        {"Role": "assistant", "Content": [{"ToolUse": echo}]},
        {"Role": "user", "Content": [{"ToolResult": answer}]},
    ]


def reminder(said: str, problem: str) -> list[Message]:
    """What the model said instead of calling the tool, and that it should."""
    # Empty texts are refused, and two messages of one side in a row by some models.
    return [
        {"Role": "assistant", "Content": [{"Text": said.strip() or "(no readable answer)"}]},
        {"Role": "user", "Content": [{"Text": problem}]},
    ]
