"""Why rows fail, in a fixed vocabulary that people and programs can count by."""

from typing import Literal

Cause = Literal[
    "timeout",
    "throttled",
    "invalid_answer",
    "refused",
    "bad_input",
    "target_error",
    "not_found",
    "denied",
    "too_large",
    "storage",
    "stack_updated",
    "not_run",
]
