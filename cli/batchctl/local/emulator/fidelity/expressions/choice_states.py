"""JSONata Choice: a condition must yield a boolean, and the state's Output and Assign apply to Default.

https://docs.aws.amazon.com/step-functions/latest/dg/state-choice.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.expressions import variables
from batchctl.local.emulator.fidelity.expressions.evaluation_failures import EvaluationFailed


def _holds(number: int, rule: dict[str, Any], data: Any, context: dict[str, Any]) -> bool:
    try:
        return bool(stepfunctions._jsonata_state_field(rule, "Condition", "boolean", data, context))
    except EvaluationFailed as exc:
        exc.within(f"Choices[{number}]")
        raise


def _execute(state: dict[str, Any], data: Any, context: dict[str, Any]) -> tuple[Any, str]:
    rules = (rule for number, rule in enumerate(state["Choices"]) if _holds(number, rule, data, context))
    chosen = next(rules, None)
    if chosen is None and "Default" not in state:
        raise stepfunctions._ExecutionError("States.NoChoiceMatched", "No choice rule matched and no Default")
    taken = state if chosen is None else chosen
    output = stepfunctions._apply_jsonata_output(taken, data, context, default=data)
    variables.assign_jsonata(taken, data, context)
    return output, taken["Default" if chosen is None else "Next"]


def apply() -> None:
    """Replace the JSONata half of the Choice state."""
    jsonpath_choice: Callable[..., tuple[Any, str]] = stepfunctions._execute_choice

    def execute_choice(state: dict[str, Any], data: Any, context: dict[str, Any]) -> tuple[Any, str]:
        if stepfunctions._state_query_language(state, context) == "JSONata":
            return _execute(state, data, context)
        return jsonpath_choice(state, data, context)

    stepfunctions._execute_choice = execute_choice
