"""What a queue is asked for several messages at once is allowed by the action for one, as no other exists.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
"""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

_ACTIONS = {
    f"sqs:{action}Batch": f"sqs:{action}" for action in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")
}


def apply() -> None:
    """Wrap what names the action of a request."""
    extract: Callable[..., str | None] = iam_actions.extract_iam_action

    def extract_of_one(*request: Any, **named: Any) -> str | None:
        action = extract(*request, **named)
        return _ACTIONS.get(action, action) if action else action

    iam_actions.extract_iam_action = extract_of_one
