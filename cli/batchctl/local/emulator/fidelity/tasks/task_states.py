"""Task states: JSONata in TimeoutSeconds, the role's policies, quotas, and waiting that can be interrupted.

https://docs.aws.amazon.com/step-functions/latest/dg/state-task.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import payload_quota, runs, walking
from batchctl.local.emulator.fidelity.tasks import (
    lambda_tasks,
    nested_executions,
    role_policies,
    synchronous_executions,
)
from batchctl.local.emulator.fidelity.tasks.task_history import TaskHistory

State = dict[str, Any]
Outcome = tuple[Any, str | None]


def _attempt(state: State, data: Any, execution: dict[str, Any], context: dict[str, Any]) -> Outcome:
    is_jsonata = stepfunctions._state_query_language(state, context) == "JSONata"
    if is_jsonata:
        arguments = stepfunctions._apply_jsonata_arguments(state, data, context)
    else:
        effective = stepfunctions._apply_input_path(state, data, context)
        arguments = stepfunctions._apply_parameters(state, effective, context)
    timeout_seconds = _timeout_seconds(state, data, context)
    result = _call(state["Resource"], arguments, timeout_seconds, execution, context["State"]["Name"])
    following = stepfunctions._next_or_end(state)
    if is_jsonata:
        output = stepfunctions._apply_jsonata_output(state, data, context, result=result, default=result)
        stepfunctions._apply_state_assign(state, data, context, result=result)
        return output, following
    selected = stepfunctions._apply_result_selector(state, result)
    output = stepfunctions._apply_result_path(state, data, selected)
    return stepfunctions._apply_output_path(state, output, context), following


def _timeout_seconds(state: State, data: Any, context: dict[str, Any]) -> float | None:
    if "TimeoutSeconds" not in state:
        return None
    seconds: float = stepfunctions._jsonata_state_field(state, "TimeoutSeconds", "number", data, context)
    if seconds <= 0 or not float(seconds).is_integer():
        raise stepfunctions._ExecutionError(
            "States.QueryEvaluationError",
            f"The TimeoutSeconds field must be a positive integer but was: {seconds}",
        )
    return seconds


def _call(resource: str, arguments: Any, timeout_seconds: float | None, execution: dict[str, Any], name: str) -> Any:
    history = TaskHistory(execution, resource)
    history.scheduled(payload_quota.told(arguments, name, execution), timeout_seconds)
    try:
        role_policies.check(execution, resource, arguments)
        result = _dispatch(resource, arguments, timeout_seconds, history)
        text = payload_quota.told(result, history.called, execution)
    except TimeoutError:
        history.failed("States.Timeout", None)
        raise stepfunctions._ExecutionError("States.Timeout", None) from None
    except stepfunctions._ExecutionError as exc:
        history.failed(exc.error, exc.cause)
        raise
    history.succeeded(text)
    return result


def _dispatch(resource: str, arguments: Any, timeout_seconds: float | None, history: TaskHistory) -> Any:
    if nested_executions.is_job(resource):
        return nested_executions.run_child(resource, arguments, timeout_seconds, history)
    if resource == synchronous_executions.RESOURCE:
        return synchronous_executions.run(arguments, timeout_seconds)
    run = runs.current()
    call = run.call_here if _is_here(resource, arguments) else run.call
    return call(stepfunctions._invoke_resource, resource, arguments, timeout_seconds=timeout_seconds)


def _is_here(resource: str, arguments: Any) -> bool:
    # The table answers at once; Python functions are waited for in the state's own thread.
    return resource.startswith("arn:aws:states:::dynamodb:") or lambda_tasks.is_python_call(resource, arguments)


def apply() -> None:
    """Replace the Task state; callbacks, activities and mocked tasks stay MiniStack's."""
    execute_other: Callable[..., Outcome] = stepfunctions._execute_task

    def execute_task(state: State, data: Any, execution: dict[str, Any], context: dict[str, Any]) -> Outcome:
        resource = state["Resource"]
        if ".waitForTaskToken" in resource or ":activity:" in resource or stepfunctions._sfn_mock_config:
            with walking.pause():
                return execute_other(state, data, execution, context)
        outcome: Outcome = stepfunctions._with_retry_and_catch(
            state, data, context, lambda: _attempt(state, data, execution, context)
        )
        return outcome

    stepfunctions._execute_task = execute_task
