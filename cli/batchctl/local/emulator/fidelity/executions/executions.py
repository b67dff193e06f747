"""Executions from their start to their end.

MiniStack knows no `TimeoutSeconds` of a machine, and lets stopped executions run on.
"""

import functools
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import payload_quota, runs, state_walk
from batchctl.local.emulator.fidelity.executions.execution_history import add_event

logger = logging.getLogger("states")

Execution = dict[str, Any]


def close(execution: Execution, status: str, details: dict[str, Any], **fields: Any) -> None:
    """End a running execution with its last event and its status event; a closed one stays as it is."""
    kind = "Execution" + {"TIMED_OUT": "TimedOut"}.get(status, status.capitalize())
    with runs.RECORDS:
        if execution["status"] != "RUNNING":
            return
        _write_last_events(execution)
        event = add_event(execution, kind, {f"{kind[0].lower()}{kind[1:]}EventDetails": details})
        execution.update(status=status, stopDate=event["timestamp"], **fields)
    stepfunctions._emit_execution_status_event(execution)
    runs.end(execution)


def _write_last_events(execution: Execution) -> None:
    for event_type in runs.run_of(execution).last_events:
        add_event(execution, event_type)


def fail(execution: Execution, error: str, cause: str) -> None:
    """End an execution as FAILED."""
    close(execution, "FAILED", {"error": error, "cause": cause}, error=error, cause=cause)


class Definition(NamedTuple):
    """What an execution walks through."""

    states: dict[str, Any]
    start_at: str
    query_language: str
    timeout_seconds: float | None = None


def run_execution(arn: str) -> None:
    """Walk an execution of a machine to its end, in its own thread."""
    execution = stepfunctions._executions.get(arn)
    if execution is not None:
        machine = stepfunctions._state_machines[execution["stateMachineArn"]]
        progress = runs.run_of(execution).progress
        progress.definition = progress.definition or _definition(machine["definition"])
        walk(execution, progress.definition, machine)


@functools.lru_cache(maxsize=256)
def _definition(text: str) -> Definition:
    parsed = json.loads(text)
    language = parsed.get("QueryLanguage", "JSONPath")
    return Definition(parsed["States"], parsed["StartAt"], language, parsed.get("TimeoutSeconds"))


def walk(execution: Execution, definition: Definition, machine: dict[str, Any]) -> None:
    """Walk an execution to its end, in this thread."""
    with runs.running(execution) as run:
        try:
            run.check()
            output = _run_definition(execution, definition, machine)
            close(execution, "SUCCEEDED", {"output": output}, output=output)
        except runs.Stopped:
            pass
        except stepfunctions._ExecutionError as exc:
            fail(execution, exc.error, exc.cause)
        except Exception as exc:
            logger.exception("Unexpected error in execution %s", execution["executionArn"])
            fail(execution, "States.Runtime", str(exc))


def _run_definition(execution: Execution, definition: Definition, machine: dict[str, Any]) -> str:
    data = json.loads(execution["input"])
    arn = execution["stateMachineArn"]
    context = {
        "QueryLanguage": definition.query_language,
        "Execution": {
            "Id": execution["executionArn"],
            "Input": data,
            "Name": execution["name"],
            "RoleArn": machine["roleArn"],
            "StartTime": execution["startDate"],
            "RedriveCount": execution.get("redriveCount", 0),
            **({"RedriveTime": execution["redriveDate"]} if "redriveDate" in execution else {}),
        },
        # A Distributed Map's children name their machine with the Map's label behind it.
        "StateMachine": {"Id": arn, "Name": arn.split(":stateMachine:")[-1]},
        "variables": {},
    }
    with _time_limit(execution, definition.timeout_seconds):
        output = state_walk.run_states(definition.states, definition.start_at, data, execution, context)
    return payload_quota.checked_text(output, machine["name"])


@contextmanager
def _time_limit(execution: Execution, seconds: float | None) -> Iterator[None]:
    if seconds is None:
        yield
        return
    # No Error or Cause: a timed-out execution is described by its status alone.
    timer = threading.Timer(seconds, _time_out, (execution, runs.current()))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _time_out(execution: Execution, run: runs.Run) -> None:
    if not run.is_stopped:
        close(execution, "TIMED_OUT", {})


def apply() -> None:
    """Replace the walk, and let StopExecution stop it."""
    stop: Callable[[dict[str, Any]], Any] = stepfunctions._stop_execution

    def stop_execution(request: dict[str, Any]) -> Any:
        execution = stepfunctions._executions.get(request.get("executionArn"))
        with runs.RECORDS:
            if execution is not None and execution["status"] == "RUNNING":
                _write_last_events(execution)
            response = stop(request)
        if execution is not None and execution["status"] == "ABORTED":
            runs.end(execution)
        return response

    stepfunctions._run_execution = run_execution
    stepfunctions._stop_execution = stop_execution
