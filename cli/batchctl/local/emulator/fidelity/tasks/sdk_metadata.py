"""What AWS's SDK tells of a call beside its result, which optimised integrations hand on.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html shows it.
"""

import functools
import json
import random
import time
from email.utils import formatdate
from typing import Any


@functools.lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)


def _request_id() -> str:
    # A UUID of version 4; nobody is kept out by it.
    digits = f"{random.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def of_answer(answer: Any, content_type: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """`SdkHttpMetadata` and `SdkResponseMetadata` of an answer, with these headers besides the usual ones."""
    request_id = _request_id()
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
