"""Which errors a Retry or Catch sees, and how long a retry waits.

https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
"""

import random
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from batchctl.local.emulator.fidelity.executions import runs
from batchctl.local.emulator.fidelity.expressions import evaluation_failures

# AWS's default for MaxDelaySeconds is none; an interval itself may not exceed one day.
_MAXIMUM_DELAY_SECONDS = 86_400.0


def matches(error_equals: list[str], error: str | None) -> bool:
    """Whether an ErrorEquals list covers the error; nothing covers States.Runtime."""
    if error == "States.Runtime":
        return False
    if error in error_equals:
        return True
    if error == "States.DataLimitExceeded":
        return False
    return "States.ALL" in error_equals or ("States.TaskFailed" in error_equals and error != "States.Timeout")


def retry_delay_seconds(retrier: dict[str, Any], retries: int) -> float:
    """How long to wait before the next attempt."""
    delay = float(retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retries)
    delay = min(delay, retrier.get("MaxDelaySeconds", _MAXIMUM_DELAY_SECONDS))
    return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay  # noqa: S311


def with_retry_and_catch(
    state: dict[str, Any],
    data: Any,
    context: dict[str, Any],
    attempt: Callable[[], tuple[Any, str | None]],
) -> tuple[Any, str | None]:
    """Run a Task, Parallel or Map under its Retry and Catch; the output and the next state's name."""
    entered = context["State"]
    retries: dict[int, int] = {}
    while True:
        # Branches leave their own State in the context; each attempt starts from this state's, counted.
        context["State"] = {**entered, "RetryCount": sum(retries.values())}
        try:
            return attempt()
        except stepfunctions._ExecutionError as exc:
            run = runs.current()
            evaluation_failures.record(exc, run.execution, entered["Name"])
            retrier, index = stepfunctions._find_matching_retrier(state.get("Retry", []), exc.error, retries)
            if retrier is None:
                return _caught(state, data, context, exc)
            # Also a Map begins with all of its items again.
            run.progress.start_over()
            stepfunctions._scaled_sleep(retry_delay_seconds(retrier, retries.get(index, 0)))
            retries[index] = retries.get(index, 0) + 1


def _caught(state: dict[str, Any], data: Any, context: dict[str, Any], error: Any) -> tuple[Any, str | None]:
    catcher = stepfunctions._find_matching_catcher(state.get("Catch", []), error.error)
    if catcher is None:
        raise error
    # An error without a cause, as a timeout, is caught with an empty one.
    error_output = {"Error": error.error, "Cause": error.cause or ""}
    language = stepfunctions._state_query_language(state, context)
    output = stepfunctions._apply_catcher({"QueryLanguage": language, **catcher}, data, context, language, error_output)
    return output, catcher["Next"]


def apply() -> None:
    """Replace the matching and the loop of attempts."""
    stepfunctions._error_matches = matches
    stepfunctions._with_retry_and_catch = with_retry_and_catch
