"""From state to state: the same for executions, Map iterations and branches.

MiniStack writes no history inside Map and Parallel.
"""

from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import payload_quota, runs
from batchctl.local.emulator.fidelity.executions.execution_history import add_event
from batchctl.local.emulator.fidelity.executions.instants import now_iso
from batchctl.local.emulator.fidelity.expressions import evaluation_failures

Execution = dict[str, Any]

_WHOLE = {"truncated": False}
# stepfunctions' own names, looked up at call time so that the other topics' replacements count.
_WITH_EXECUTION = {"Task": "_execute_task", "Parallel": "_execute_parallel", "Map": "_execute_map"}
_WITHOUT_EXECUTION = {"Pass": "_execute_pass", "Choice": "_execute_choice", "Wait": "_execute_wait"}


def run_states(states: dict[str, Any], start_at: str, data: Any, execution: Execution, context: dict[str, Any]) -> Any:
    """The output of the last state; goes on where the current run stands if it is a redriven one."""
    run = runs.current()
    progress = run.progress
    if progress.state is None:
        progress.enter(start_at, data, context["variables"])
    context["variables"] = progress.variables
    text = payload_quota.told(progress.data, start_at, execution)
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
        entered = {"name": name, "input": text, "inputDetails": _WHOLE}
        progress.before_entry_event_id = progress.last_event_id
        event = add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
        progress.is_entered, progress.entry_event_id = True, event["id"]
    try:
        data, following = _execute(kind, states[name], progress.data, execution, context)
        # A Choice hands on what it was given, for instance.
        if data is not progress.data:
            text = payload_quota.told(data, name, execution)
    except stepfunctions._ExecutionError as exc:
        evaluation_failures.record(exc, execution, name)
        if exc.error == "States.DataLimitExceeded":
            # On AWS too a redrive then runs a Map again with all that had succeeded.
            progress.start_over()
        raise
    exited = {"name": name, "output": text, "outputDetails": _WHOLE}
    if progress.assigned:
        exited |= {"assignedVariables": progress.assigned, "assignedVariablesDetails": _WHOLE}
    add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
    return data, text, following


def _run_branch(states: dict[str, Any], start_at: str, data: Any, execution: Execution, context: dict[str, Any]) -> Any:
    with runs.current().branch():
        return run_states(states, start_at, data, execution, dict(context))


def _execute(
    kind: str, state: dict[str, Any], data: Any, execution: Execution, context: dict[str, Any]
) -> tuple[Any, str | None]:
    if kind == "Fail":
        # One that names no error has none, and so has the execution.
        fields = (stepfunctions._fail_state_field(state, name, None, data, context) for name in ("Error", "Cause"))
        raise stepfunctions._ExecutionError(*fields)
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
    """Replace the walk through a branch."""
    stepfunctions._run_sub_machine = _run_branch
