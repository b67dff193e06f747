"""The registered copywriter of the example, and what it may be given and answer."""

import csv
import json
from typing import Any

from model_answer import judge
from registration import read_registration
from tests.examples.batch_inputs import EXAMPLES

AGENT = EXAMPLES / "agents" / "llm_agent"
REGISTRY = EXAMPLES.parent / "registry" / "agents"
USAGE = {"asks": 2, "input_tokens": 700, "output_tokens": 90}
COPY = {
    "headline": "Smart Watch: GPS",
    "description": "The Smart Watch has a heart rate monitor and GPS, and that is that.",
    "keywords": ["smart watch", "gps", "heart rate"],
    "category": "wearables",
    "confidence": 0.9,
}


def entry(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((REGISTRY / f"{name}.json").read_text(encoding="utf-8"))["entry"]
    return document


COPYWRITER = read_registration(entry("product_copywriter")).document()
SCHEMA = COPYWRITER["schema"]


def tool_call(given: Any) -> list[dict[str, Any]]:
    return [{"ToolUse": {"ToolUseId": "t1", "Name": "return_product_copy", "Input": given, "Type": "tool_use"}}]


def judged(given: Any) -> dict[str, Any]:
    return judge(COPYWRITER, "tool_use", tool_call(given), USAGE)


def products() -> list[dict[str, str]]:
    with (EXAMPLES / "products.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
