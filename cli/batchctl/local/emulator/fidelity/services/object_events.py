"""The version of an object in its event from S3, which makes the event's identity.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html. MiniStack puts it into the older kind of
notification only.
"""

import contextvars
import json
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge, s3

_version_id: contextvars.ContextVar[str | None] = contextvars.ContextVar("version_id", default=None)


def apply() -> None:
    """Wrap the firing of S3's events, each of which has a thread and so a context of its own."""
    fire: Callable[..., None] = s3._fire_s3_event
    dispatch: Callable[..., None] = eventbridge._dispatch_event

    def fire_with_version(*arguments: Any, version_id: str | None = None, **others: Any) -> None:
        _version_id.set(version_id)
        fire(*arguments, version_id=version_id, **others)

    def dispatch_with_version(event: dict[str, Any], view: Any = None) -> None:
        version_id = _version_id.get()
        if version_id is not None and event["Source"] == "aws.s3":
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version_id
            event = {**event, "Detail": json.dumps(detail)}
        dispatch(event, view)

    s3._fire_s3_event = fire_with_version
    eventbridge._dispatch_event = dispatch_with_version
