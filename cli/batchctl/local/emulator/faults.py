"""Faults in the calls that state machines make by themselves, which no proxy sees: to test what becomes of them.

The file that `--faults` names holds `{"seed": …, "rules": [{"resource", "target", "probability", "error", "cause",
"answer_lost"}]}`, and may change at any time. A rule is for the tasks that have its `resource` in theirs, and its
`target` (any, if there is none) in an argument. With `answer_lost` the call is made, and fails all the same. Every
fault is a line in the file `*.fired` beside it.
"""

import json
import random
import threading
from pathlib import Path
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.tasks import task_states
from batchctl.local.emulator.fidelity.tasks.task_history import TaskHistory

Rule = dict[str, Any]


class Faults:
    """The rules of the file, and the dice."""

    def __init__(self, path: Path) -> None:
        self._path, self._text = path, ""
        self._rules: list[Rule] = []
        self._dice = random.Random(0)  # noqa: S311
        self._lock = threading.Lock()

    def draw(self, resource: str, arguments: Any) -> Rule | None:
        """The first rule that strikes this call."""
        with self._lock:
            self._read()
            for rule in self._rules:
                if _is_for(rule, resource, arguments) and self._dice.random() < rule["probability"]:
                    with self._path.with_suffix(".fired").open("a") as fired:
                        print(resource, rule["error"], file=fired)
                    return rule
        return None

    def _read(self) -> None:
        text = self._path.read_text() if self._path.exists() else ""
        if text != self._text:
            document = json.loads(text)
            self._text, self._rules = text, document["rules"]
            self._dice.seed(document["seed"])


def _is_for(rule: Rule, resource: str, arguments: Any) -> bool:
    target = rule.get("target", "")
    texts = [value for value in arguments.values() if isinstance(value, str)] if isinstance(arguments, dict) else []
    return rule["resource"] in resource and any(target in text for text in texts)


def apply(path: Path) -> None:
    """Wrap the calls of Task states."""
    faults, dispatch = Faults(path), task_states._dispatch

    def dispatch_or_fail(resource: str, arguments: Any, timeout_seconds: float | None, history: TaskHistory) -> Any:
        rule = faults.draw(resource, arguments)
        is_made = rule is None or rule.get("answer_lost")
        result = dispatch(resource, arguments, timeout_seconds, history) if is_made else None
        if rule:
            raise stepfunctions._ExecutionError(rule["error"], rule["cause"])
        return result

    task_states._dispatch = dispatch_or_fail
