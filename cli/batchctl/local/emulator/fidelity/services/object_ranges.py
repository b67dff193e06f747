"""A range of one version of an object: MiniStack gives the whole of it.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

import re
from collections.abc import Callable
from typing import Any

from ministack.services import s3

Response = tuple[int, dict[str, str], bytes]

_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def _partial(response: Response, span: re.Match[str]) -> Response:
    _, headers, body = response
    start, size = int(span[1]), len(body)
    end = min(int(span[2] or size - 1), size - 1)
    if start > end:
        return 416, {"Content-Range": f"bytes */{size}"}, b""
    # A checksum is that of the whole, which a part of it cannot have.
    headers = {name: value for name, value in headers.items() if not name.lower().startswith("x-amz-checksum-")}
    headers |= {"Content-Range": f"bytes {start}-{end}/{size}", "Content-Length": str(end + 1 - start)}
    return 206, headers, body[start : end + 1]


def apply() -> None:
    """Wrap GetObject."""
    get: Callable[..., Response] = s3._get_object

    def get_object(bucket: str, key: str, headers: Any, query_params: Any = None) -> Response:
        response = get(bucket, key, headers, query_params)
        span = _RANGE.fullmatch(headers.get("range", ""))
        whole_of_a_version = response[0] == 200 and s3._qp(query_params or {}, "versionId", "")
        return _partial(response, span) if span and whole_of_a_version else response

    s3._get_object = get_object
