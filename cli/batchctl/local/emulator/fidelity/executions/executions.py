"""Executions from their start to their end.

MiniStack knows no `TimeoutSeconds` of a machine, and lets stopped executions run on.
"""

import functools
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from ministack.core.responses import error_response_json, json_response, now_iso
from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import (
    ended_histories,
    payload_quota,
    runs,
    state_walk,
    time_limits,
    walking,
)
from batchctl.local.emulator.fidelity.executions.execution_history import add_event

logger = logging.getLogger("states")

Execution = dict[str, Any]


def close(execution: Execution, status: str, details: dict[str, Any], **fields: Any) -> None:
    """End a running execution with its last event and its status event; a closed one stays as it is."""
    kind = "Execution" + {"TIMED_OUT": "TimedOut"}.get(status, status.capitalize())
    with runs.RECORDS:
        if execution["status"] != "RUNNING":
            return
        for event_type in runs.run_of(execution).last_events:
            add_event(execution, event_type)
        event = add_event(execution, kind, {f"{kind[0].lower()}{kind[1:]}EventDetails": details})
        execution.update(status=status, stopDate=event.get("timestamp") or now_iso(), **fields)
        ended_histories.pack(execution)
    stepfunctions._emit_execution_status_event(execution)
    runs.end(execution)


def fail(execution: Execution, error: str | None, cause: str | None) -> None:
    """End an execution as FAILED."""
    _end_with(execution, "FAILED", error, cause)


def _end_with(execution: Execution, status: str, error: str | None, cause: str | None) -> None:
    told = {name: text for name, text in (("error", error), ("cause", cause)) if text is not None}
    close(execution, status, told, **told)


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
        _complete_first_event(execution["events"][0])
        machine = stepfunctions._state_machines[execution["stateMachineArn"]]
        progress = runs.run_of(execution).progress
        progress.definition = progress.definition or definition_of(machine["definition"])
        walk(execution, progress.definition, machine)


def _complete_first_event(event: dict[str, Any]) -> None:
    event["previousEventId"] = 0
    event["executionStartedEventDetails"]["inputDetails"] = {"truncated": False}


@functools.lru_cache(maxsize=256)
def definition_of(text: str) -> Definition:
    """What an execution of a machine with this definition walks through."""
    parsed = json.loads(text)
    language = parsed.get("QueryLanguage", "JSONPath")
    return Definition(parsed["States"], parsed["StartAt"], language, parsed.get("TimeoutSeconds"))


def walk(execution: Execution, definition: Definition, machine: dict[str, Any]) -> None:
    """Walk an execution to its end, in this thread."""
    with walking.turn(), runs.running(execution) as run:
        try:
            run.check()
            output = _run_definition(execution, definition, machine)
            details = {"output": output, "outputDetails": {"truncated": False}}
            close(execution, "SUCCEEDED", details, output=output)
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
            **_redrives(execution),
        },
        # A Distributed Map's children name their machine with the Map's label behind it.
        "StateMachine": {"Id": arn, "Name": arn.split(":stateMachine:")[-1]},
        "variables": {},
    }
    with _time_limit(execution, definition.timeout_seconds):
        output = state_walk.run_states(definition.states, definition.start_at, data, execution, context)
    return payload_quota.checked_text(output, machine["name"])


def _redrives(execution: Execution) -> dict[str, Any]:
    # A Map Run that is redriven starts its Express children anew, and they know nothing of it.
    if runs.is_express(execution):
        return {}
    time = {"RedriveTime": execution["redriveDate"]} if "redriveDate" in execution else {}
    return {"RedriveCount": execution.get("redriveCount", 0), **time}


@contextmanager
def _time_limit(execution: Execution, seconds: float | None) -> Iterator[None]:
    if seconds is None:
        yield
        return
    # No Error or Cause: a timed-out execution is described by its status alone.
    run = runs.current()
    with time_limits.after(seconds, lambda: _time_out(execution, run)):
        yield


def _time_out(execution: Execution, run: runs.Run) -> None:
    if not run.is_stopped:
        close(execution, "TIMED_OUT", {})


def _stop_execution(request: dict[str, Any]) -> Any:
    execution = stepfunctions._executions.get(request["executionArn"])
    if execution is None:
        return unknown_execution(request["executionArn"])
    _end_with(execution, "ABORTED", request.get("error"), request.get("cause"))
    # An execution that is over stays as it is, and no error says so.
    return json_response({"stopDate": execution["stopDate"]})


def unknown_execution(arn: str) -> Any:
    """What is answered where nobody knows the execution."""
    return error_response_json("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'", 400)


def apply() -> None:
    """Replace the walk, and let StopExecution stop it."""
    stepfunctions._run_execution = run_execution
    stepfunctions._stop_execution = _stop_execution
