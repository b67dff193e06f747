# Made by `batchctl factory generate` from the canonical schema of broadband_availability_bt_wholesale 1.0.0
# (sha256 16b15d7feeb7bcab): change that, not this file.
"""The executor that the stack brings along: it answers what was recorded, without a browser.

Deploy the stack with ExecutorFunctionArn to have the extraction done by a function of your own, which takes the same
event and gives the same kind of answer.
"""

import json
from pathlib import Path
from typing import Any

from render_script import render_script

_HERE = Path(__file__).parent
_TEMPLATE: dict[str, Any] = json.loads((_HERE / "browser_template.json").read_text(encoding="utf-8"))
_RECORDED: dict[str, Any] = json.loads((_HERE / "recorded_answers.json").read_text(encoding="utf-8"))


class NoRecordedAnswer(LookupError):
    """Nothing was recorded for these inputs."""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Takes {template, variables, batchContext}, and `script` where it is rendered already; answers {structured_output}."""
    variables = event["variables"]
    if "script" not in event:
        render_script(_TEMPLATE, variables)  # what would keep a browser from its work fails here as well
    return {"structured_output": recorded_answer(variables)}


def recorded_answer(variables: dict[str, Any]) -> Any:
    """The answer of the first recording whose every input is among the variables."""
    for recording in _RECORDED["recordings"]:
        if recording["input"].items() <= variables.items():
            return recording["output"]
    if _RECORDED["otherwise"] is None:
        raise NoRecordedAnswer("no answer is recorded for these inputs; add it to the examples of the canonical schema")
    return _RECORDED["otherwise"]
