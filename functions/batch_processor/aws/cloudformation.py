"""Answers CloudFormation's requests to a custom resource; without an answer it waits for an hour."""

import json
import os
import re
import time
import urllib.request
from typing import Any
from urllib.parse import SplitResult, urlsplit

from batch_processor.errors import BatchProcessorError

# The whole body may have 4,096 bytes, and each character of the reason takes up to four.
_REASON_CHARACTERS = 600
_ATTEMPTS = 3
_TIMEOUT_SECONDS = 10


def refuse_foreign(response_url: str) -> None:
    """BatchProcessorError unless the answer would go to CloudFormation, and not wherever a caller of the function wants it."""
    url = urlsplit(response_url)
    # Only whoever deploys the function can give it this variable: it is set where something stands in for AWS.
    stand_in = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
    if stand_in.netloc and _place(url) == _place(stand_in):
        return
    if url.scheme != "https" or not _host_of_cloudformation(os.environ["AWS_REGION"]).fullmatch(url.netloc):
        raise BatchProcessorError(
            f"The request's ResponseURL is at {url.scheme}://{url.hostname}, which is not CloudFormation's: nothing was "
            "registered, and nothing is sent there. Without a ResponseURL, as {kind, entry}, an entry is registered directly."
        )


def _place(url: SplitResult) -> tuple[str, str]:
    # This machine has two names, and what stands in for AWS uses both.
    return url.scheme, re.sub(r"^localhost(?=:|$)", "127.0.0.1", url.netloc)


def _host_of_cloudformation(region: str) -> re.Pattern[str]:
    # One bucket a Region, of AWS's own, with the Region's name without dashes:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html
    bucket = f"cloudformation-custom-resource-response-{region.replace('-', '')}"
    return re.compile(rf"{bucket}\.s3(?:[.-](?:dualstack\.)?{region})?\.amazonaws\.(?:com|com\.cn|eu)")


def answer(event: dict[str, Any], physical_id: str, reason: str | None = None) -> None:
    """Puts the outcome at the request's ResponseURL, which is CloudFormation's: FAILED where there is a reason for it."""
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
