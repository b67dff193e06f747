"""Answers CloudFormation's requests to a custom resource; without an answer it waits for an hour."""

import json
import time
import urllib.request
from typing import Any

# The whole body may have 4,096 bytes, and each character of the reason takes up to four.
_REASON_CHARACTERS = 600
_ATTEMPTS = 3
_TIMEOUT_SECONDS = 10


def answer(event: dict[str, Any], physical_id: str, reason: str | None = None) -> None:
    """Puts the outcome at the request's ResponseURL: FAILED where there is a reason for it."""
    body = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": _cut(reason or "Done"),
        "PhysicalResourceId": physical_id,
        **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
    }
    request = urllib.request.Request(  # noqa: S310 - CloudFormation's own URL
        event["ResponseURL"],
        data=json.dumps(body, ensure_ascii=False).encode(),
        method="PUT",
        headers={"Content-Type": ""},  # the URL is signed for none
    )
    for attempt in range(_ATTEMPTS):
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
                return
        except OSError:
            if attempt + 1 == _ATTEMPTS:
                raise
            time.sleep(2**attempt)


def _cut(reason: str) -> str:
    return reason if len(reason) <= _REASON_CHARACTERS else f"{reason[: _REASON_CHARACTERS - 1]}…"
