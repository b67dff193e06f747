"""Faults in what state machines do by themselves, which no proxy sees: to test what becomes of them.

The file that `--faults` names holds `{"seed": …, "rules": [rule, …]}`, and may change at any time. A rule has a `resource`, a
`probability`, and perhaps a `target` and a text `within`. Every fault is a line in the file `*.fired` beside it.

- `{…, "error", "cause", "answer_lost"}` fails calls of Task states: those that have the `resource` in theirs, the `target`
  in an argument, and `within` anywhere in their arguments as JSON, `row_0000000012` for instance. With `answer_lost` the
  call is made, and fails all the same.
- `{…, "runs_twice": "in_turn" | "at_once"}` runs Express children of Distributed Maps twice: those that have the `resource`
  in their machine's ARN, which ends with the Map's label, and the others in their input. Both have the same name and input.
  What comes out of the child is what its second run made, or, of two at once, the one that counts.
- `{…, "ends_after": seconds}` ends such children after so many seconds instead of five minutes.
"""

import contextvars
import json
import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core.responses import new_uuid, now_iso
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import runs
from batchctl.local.emulator.fidelity.executions.executions import Definition
from batchctl.local.emulator.fidelity.maps import child_executions
from batchctl.local.emulator.fidelity.tasks import task_states
from batchctl.local.emulator.fidelity.tasks.task_history import TaskHistory

Rule = dict[str, Any]
Execution = dict[str, Any]


class Faults:
    """The rules of the file, and the dice."""

    def __init__(self, path: Path) -> None:
        self._path, self._text = path, ""
        self._rules: list[Rule] = []
        self._dice = random.Random(0)  # noqa: S311
        self._lock = threading.Lock()

    def draw(self, fault: str, resource: str, arguments: Any) -> Rule | None:
        """The first rule with this fault (`error`, `runs_twice` or `ends_after`) that strikes."""
        with self._lock:
            self._read()
            for rule in self._rules:
                if fault in rule and _is_for(rule, resource, arguments) and self._dice.random() < rule["probability"]:
                    with self._path.with_suffix(".fired").open("a") as fired:
                        print(resource, rule[fault], file=fired)
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
    is_meant = rule["resource"] in resource and any(target in text for text in texts)
    return is_meant and rule.get("within", "") in json.dumps(arguments)


def apply(path: Path) -> None:
    """Wrap the calls of Task states and the walks of Express children."""
    faults, dispatch, walk = Faults(path), task_states._dispatch, child_executions.walk

    def dispatch_or_fail(resource: str, arguments: Any, timeout_seconds: float | None, history: TaskHistory) -> Any:
        rule = faults.draw("error", resource, arguments)
        is_made = rule is None or rule.get("answer_lost")
        result = dispatch(resource, arguments, timeout_seconds, history) if is_made else None
        if rule:
            raise stepfunctions._ExecutionError(rule["error"], rule["cause"])
        return result

    def walk_or_fail(child: Execution, definition: Definition, machine: dict[str, Any]) -> None:
        if not runs.is_express(child):
            walk(child, definition, machine)
            return
        arguments = child["stateMachineArn"], {"Input": child["input"]}
        if rule := faults.draw("ends_after", *arguments):
            definition = definition._replace(timeout_seconds=rule["ends_after"])
        if rule := faults.draw("runs_twice", *arguments):
            _walk_twice(lambda one: walk(one, definition, machine), child, at_once=rule["runs_twice"] == "at_once")
        else:
            walk(child, definition, machine)

    task_states._dispatch = dispatch_or_fail
    child_executions.walk = walk_or_fail


def _walk_twice(walk: Callable[[Execution], None], child: Execution, *, at_once: bool) -> None:
    if at_once:
        scope = contextvars.copy_context()
        other = threading.Thread(target=scope.run, args=(walk, _twin(child)), daemon=True)
        other.start()
        walk(child)
        other.join()
    else:
        walk(_twin(child))
        child["startDate"] = now_iso()
        walk(child)


def _twin(child: Execution) -> Execution:
    return {**child, "executionArn": f"{child['executionArn'].rpartition(':')[0]}:{new_uuid()}"}
