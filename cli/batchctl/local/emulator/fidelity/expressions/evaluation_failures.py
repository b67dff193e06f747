"""An expression that fails: AWS's words for it, where it stands, and its event.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_EvaluationFailedEventDetails.html. Recorded are
undefined values; the words for other failures are those of AWS's documentation.
"""

from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import runs
from batchctl.local.emulator.fidelity.executions.execution_history import add_event, json_text


class EvaluationFailed(stepfunctions._ExecutionError):  # type: ignore[misc]
    """States.QueryEvaluationError of one expression; its place is put together while it is raised."""

    def __init__(self, expression: str, reason: str) -> None:
        super().__init__("States.QueryEvaluationError", reason)
        self._expression, self._reason, self._path = expression, reason, ""
        self.is_recorded = False

    def within(self, field: str) -> None:
        """The expression stands within this field, at what was told before."""
        self._path = field + (f"/{self._path}" if self._path and not self._path.startswith("[") else self._path)
        self.cause = (
            f"The JSONata expression '{self._expression}' specified for the field '{self._path}' {self._reason}"
        )

    @property
    def location(self) -> str:
        """The fields that lead to the expression, `Output/price` for instance."""
        return self._path


def unexpected_type(expression: str, field: str, expected: str, value: Any) -> EvaluationFailed:
    """The failure of an expression whose value is of a type that its field cannot have."""
    was = stepfunctions._json_type(value)
    reason = f"returned an unexpected result type. Expected '{expected}', but was '{was}' for value: {json_text(value)}"
    failure = EvaluationFailed(expression, reason)
    failure.within(field)
    return failure


def record(error: Exception, execution: dict[str, Any], state: str) -> None:
    """Write the event of a failed expression of this state, once, and name the state in its cause."""
    if not isinstance(error, EvaluationFailed) or error.is_recorded:
        return
    error.is_recorded = True
    progress = runs.current().progress
    entry = progress.entry_event_id
    error.cause = (
        f"An error occurred while executing the state '{state}' (entered at the event id #{entry}). {error.cause}"
    )
    details = {"cause": error.cause, "error": error.error, "location": error.location, "state": state}
    is_first = progress.last_event_id == entry
    previous = progress.before_entry_event_id if is_first else progress.last_event_id
    add_event(execution, "EvaluationFailed", {"evaluationFailedEventDetails": details}, previous=previous)
