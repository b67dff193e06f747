"""What AWS's SDK tells of a call beside its result, which optimised integrations hand on.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html shows it.
"""

import functools
import json
import time
from email.utils import formatdate
from typing import Any

from batchctl.local.emulator.fidelity.executions.request_ids import new_request_id


@functools.lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def of_answer(answer: Any, content_type: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """`SdkHttpMetadata` and `SdkResponseMetadata` of an answer, with these headers besides the usual ones."""
    request_id = new_request_id()
    named = {
        "Connection": "keep-alive",
        "Content-Length": str(len(json.dumps(answer))),
        "Content-Type": content_type,
        "Date": _date(int(time.time())),
        "x-amzn-RequestId": request_id,
        **(headers or {}),
    }
    return {
        "SdkHttpMetadata": {
            "AllHttpHeaders": {name: [value] for name, value in named.items()},
            "HttpHeaders": named,
            "HttpStatusCode": 200,
        },
        "SdkResponseMetadata": {"RequestId": request_id},
    }
