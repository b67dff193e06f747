"""Answers of agents that have no structured output, or have it among their messages."""

from typing import Any

TEXT = "Exchange: WHITEHALL\nCabinet: Direct Exchange\nDownload Speed: 50-330 Mbps"
FIELDS = {"exchange": "WHITEHALL", "download_speed": "50-330 Mbps"}
PRINTED = {"exchange": "WHITEHALL", "speeds": {"download": "50-330 Mbps"}}


def conversation(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": "Look it up."}, *messages]}


def tool_use(name: str, given: Any, id: str = "t1") -> dict[str, Any]:  # noqa: A002
    return {"role": "assistant", "content": [{"type": "tool_use", "id": id, "name": name, "input": given}]}


def tool_result(content: Any, id: str = "t1", **others: Any) -> dict[str, Any]:  # noqa: A002
    return {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": content, **others}]}


def said(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "text", "text": text}]}


def browsed(content: Any = TEXT, **others: Any) -> dict[str, Any]:
    """A conversation in which the tool browser_broadband answers that."""
    return conversation(tool_use("browser_broadband", {"address": "x"}), tool_result(content, **others))


def printed(given: Any = PRINTED) -> dict[str, Any]:
    """A conversation in which the tool print_output is given that."""
    return conversation(tool_use("print_output", given), tool_result("ok"))
