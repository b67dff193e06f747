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
    """Evaluate a state's Assign and then set its variables."""
    templates = state.get("Assign")
    if context is None or not isinstance(templates, dict):
        return
    if stepfunctions._state_query_language(state, context) != "JSONata":
        return
    values = fields.field(state, "Assign", data, context, result, error_output)
    texts = {name: payload_quota.checked_text(value, name) for name, value in values.items()}
    payload_quota.check_together(texts.values(), "Assign")
    runs.current().progress.assigned = texts
    # A new object: whoever kept the old one keeps the values from before.
    context["variables"] = {**context.get("variables", {}), **values}


def apply() -> None:
    """Replace the evaluation of Assign."""
    stepfunctions._apply_state_assign = assign
