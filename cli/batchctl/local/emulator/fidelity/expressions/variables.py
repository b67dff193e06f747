"""Assign: every expression sees the values from before the state, and all of them make at most 256 KiB together.

https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
"""

from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import payload_quota, runs
from batchctl.local.emulator.fidelity.expressions import templates as fields


def assign(
    state: dict[str, Any],
    data: Any,
    context: dict[str, Any] | None,
    result: Any = None,
    error_output: Any = None,
) -> None:
    """Evaluate a state's Assign and then set its variables, if the state is one of JSONata."""
    if context is not None and stepfunctions._state_query_language(state, context) == "JSONata":
        assign_jsonata(state, data, context, result, error_output)


def assign_jsonata(
    state: dict[str, Any], data: Any, context: dict[str, Any], result: Any = None, error_output: Any = None
) -> None:
    """As `assign`, of a state or of a rule of a Choice, which has no language of its own."""
    if not isinstance(state.get("Assign"), dict):
        return
    values = fields.field(state, "Assign", data, context, result, error_output)
    run = runs.current()
    run.progress.assigned = payload_quota.told_together(values, "Assign", run.execution)
    # A new object: whoever kept the old one keeps the values from before.
    context["variables"] = {**context.get("variables", {}), **values}


def apply() -> None:
    """Replace the evaluation of Assign."""
    stepfunctions._apply_state_assign = assign
