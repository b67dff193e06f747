"""What SNS takes as a message: an ARN that is one, a text, a subject of one line in ASCII.

https://docs.aws.amazon.com/sns/latest/api/API_Publish.html. MiniStack takes any.
"""

import re
from collections.abc import Callable
from typing import Any

from ministack.services import sns

_SUBJECT = re.compile(r"[!-~][ -~]{0,99}")


def _problem(parameters: Any) -> str | None:
    arn, message, subject = (sns._p(parameters, name) for name in ("TopicArn", "Message", "Subject"))
    if arn and len(arn.split(":")) < 6:
        return f"TopicArn Reason: An ARN must have at least 6 elements, not {len(arn.split(':'))}"
    if not message:
        return "Empty message"
    return "Subject" if subject and not _SUBJECT.fullmatch(subject) else None


def apply() -> None:
    """Check messages before they are published."""
    publish: Callable[[Any], Any] = sns._publish

    def publish_if_valid(parameters: Any) -> Any:
        problem = _problem(parameters)
        if problem:
            return sns._error("InvalidParameter", f"Invalid parameter: {problem}", 400)
        return publish(parameters)

    sns._publish = publish_if_valid
