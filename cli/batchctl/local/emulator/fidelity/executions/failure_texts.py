"""At most 32,768 characters of a Cause, wherever a failure is told: what is longer is cut, also in the middle of JSON.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailedEventDetails.html. Uncut, each execution
around a failed one would double the backslashes of its Cause, until it is more than a payload, which nobody can catch.
"""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

LONGEST_CAUSE = 32_768


def apply() -> None:
    """Cut the Cause of every failure as it comes up."""
    begin: Callable[..., None] = stepfunctions._ExecutionError.__init__

    def begin_cut(self: Any, error: str | None, cause: Any) -> None:
        begin(self, error, cause[:LONGEST_CAUSE] if isinstance(cause, str) else cause)

    stepfunctions._ExecutionError.__init__ = begin_cut
