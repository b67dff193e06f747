"""A state machine's walk from state to state: the same for executions, Map iterations and branches.

MiniStack writes no history inside Map and Parallel, knows no `TimeoutSeconds` of a machine, and lets stopped
executions run on.
"""

import functools
import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from ministack.core.responses import now_iso
from ministack.services import stepfunctions

from batch_cli.emulator.fidelity import payload_quota, runs
from batch_cli.emulator.fidelity.execution_history import add_event

logger = logging.getLogger("states")

Execution = dict[str, Any]
# stepfunctions' own names, looked up at call time so that the other topics' replacements count.
_WITH_EXECUTION = {"Task": "_execute_task", "Parallel": "_execute_parallel", "Map": "_execute_map"}
_WITHOUT_EXECUTION = {"Pass": "_execute_pass", "Choice": "_execute_choice", "Wait": "_execute_wait"}


def close(execution: Execution, status: str, details: dict[str, Any], **fields: Any) -> None:
    """End a running execution with its last event and its status event; a closed one stays as it is."""
    kind = "Execution" + {"TIMED_OUT": "TimedOut"}.get(status, status.capitalize())
    with runs.RECORDS:
        if execution["status"] != "RUNNING":
            return
        _write_last_events(execution)
        add_event(execution, kind, {f"{kind[0].lower()}{kind[1:]}EventDetails": details})
        execution.update(status=status, stopDate=now_iso(), **fields)
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
        output = run_states(definition.states, definition.start_at, data, execution, context)
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


def run_states(states: dict[str, Any], start_at: str, data: Any, execution: Execution, context: dict[str, Any]) -> Any:
    """The output of the last state; goes on where the current run stands if it is a redriven one."""
    run = runs.current()
    progress = run.progress
    if progress.state is None:
        progress.enter(start_at, data, context["variables"])
    context["variables"] = progress.variables
    text = payload_quota.checked_text(progress.data, start_at)
    while (name := progress.state) is not None:
        run.check()
        data, text, following = _step(states, name, text, execution, context)
        if following is None:
            progress.finish(data)
        else:
            progress.enter(following, data, context["variables"])
    return progress.data


def _step(
    states: dict[str, Any], name: str, text: str, execution: Execution, context: dict[str, Any]
) -> tuple[Any, str, str | None]:
    if name not in states:
        raise stepfunctions._ExecutionError("States.Runtime", f"State '{name}' not found in definition")
    progress, kind = runs.current().progress, states[name]["Type"]
    context["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
    if not progress.is_entered:
        entered = {"name": name, "input": text, "inputDetails": {"truncated": False}}
        add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
        progress.is_entered = True
    try:
        data, following = _execute(kind, states[name], progress.data, execution, context)
        text = payload_quota.checked_text(data, name)
    except stepfunctions._ExecutionError as exc:
        if exc.error == "States.DataLimitExceeded":
            # On AWS too a redrive then runs a Map again with all that had succeeded.
            progress.start_over()
        raise
    exited = {"name": name, "output": text, "outputDetails": {"truncated": False}}
    add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
    return data, text, following


def _run_branch(states: dict[str, Any], start_at: str, data: Any, execution: Execution, context: dict[str, Any]) -> Any:
    with runs.current().branch():
        return run_states(states, start_at, data, execution, dict(context))


def _execute(
    kind: str, state: dict[str, Any], data: Any, execution: Execution, context: dict[str, Any]
) -> tuple[Any, str | None]:
    if kind == "Fail":
        raise stepfunctions._ExecutionError(*stepfunctions._fail_state_error(state, data, context))
    if kind == "Succeed":
        return _succeed(state, data, context), None
    result: tuple[Any, str | None]
    if kind in _WITH_EXECUTION:
        result = getattr(stepfunctions, _WITH_EXECUTION[kind])(state, data, execution, context)
    else:
        result = getattr(stepfunctions, _WITHOUT_EXECUTION[kind])(state, data, context)
    return result


def _succeed(state: dict[str, Any], data: Any, context: dict[str, Any]) -> Any:
    if stepfunctions._state_query_language(state, context) == "JSONata":
        return stepfunctions._apply_jsonata_output(state, data, context, default=data)
    data = stepfunctions._apply_input_path(state, data, context)
    return stepfunctions._apply_output_path(state, data, context)


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
    stepfunctions._run_sub_machine = _run_branch
    stepfunctions._stop_execution = stop_execution
