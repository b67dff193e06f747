"""The events of one task attempt, in the two families that AWS has.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
"""

import functools
from typing import Any, NamedTuple

from ministack.core.responses import get_region

from batchctl.local.emulator.fidelity.executions import runs
from batchctl.local.emulator.fidelity.executions.execution_history import add_event

_INCLUDED = {"truncated": False}


class _Names(NamedTuple):
    """What a resource is called in events and in the causes of failures."""

    is_function: bool
    called: str
    details: dict[str, str]


@functools.lru_cache(maxsize=1024)
def _names(resource: str) -> _Names:
    if resource.startswith("arn:aws:lambda:"):
        return _Names(True, resource, {})
    *service, action = resource.removeprefix("arn:aws:states:::").split(":", 1)
    if resource.startswith("arn:aws:states:::aws-sdk:"):
        name, action = action.split(":", 1)
        service = [f"aws-sdk:{name}"]
    called = ":".join(service)
    return _Names(False, called, {"resource": action, "resourceType": called})


class TaskHistory:
    """Writes what happens to a service integration (Task…) or to a function called by its ARN (Lambda…)."""

    def __init__(self, execution: dict[str, Any], resource: str) -> None:
        self._execution = execution
        self._is_kept = not runs.is_express(execution)
        self._arn = resource
        self._names = _names(resource)
        # What the causes of failures call the task.
        self.called = self._names.called

    def scheduled(self, arguments: str, timeout_seconds: float | None) -> None:
        """The attempt begins."""
        if not self._is_kept:
            return
        limit = {} if timeout_seconds is None else {"timeoutInSeconds": timeout_seconds}
        if self._names.is_function:
            self._add("Scheduled", {"resource": self._arn, "input": arguments, "inputDetails": _INCLUDED, **limit})
        else:
            self._add("Scheduled", {"region": get_region(), "parameters": arguments, **limit})
        self._add("Started", {})

    def submitted(self, output: str) -> None:
        """A `.sync` job was accepted."""
        self._add("Submitted", {"output": output, "outputDetails": _INCLUDED})

    def succeeded(self, output: str) -> None:
        """The task answered."""
        self._add("Succeeded", {"output": output, "outputDetails": _INCLUDED})

    def failed(self, error: str, cause: str | None) -> None:
        """The task failed."""
        details = {"error": error} if cause is None else {"error": error, "cause": cause}
        self._add("TimedOut" if error == "States.Timeout" else "Failed", details)

    def _add(self, what: str, details: dict[str, Any]) -> None:
        if not self._is_kept:
            return
        kind = f"{'LambdaFunction' if self._names.is_function else 'Task'}{what}"
        details = {**self._names.details, **details}
        key = f"{kind[0].lower()}{kind[1:]}EventDetails"
        # LambdaFunctionStarted is the one event without details.
        add_event(self._execution, kind, {key: details} if details else None)
