"""BatchGetItem answers with at most 16 MB, and says which keys it left out.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import json_response
from ministack.services import dynamodb

Request = dict[str, Any]
Response = tuple[int, dict[str, str], bytes]

_MAXIMUM_BYTES = 16 * 1024 * 1024


def _split(requested: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    now: dict[str, Any] = {}
    later: dict[str, Any] = {}
    used = 0
    for name, config in requested.items():
        sizes = [_size(name, key) for key in config["Keys"]]
        fitting = 0
        while fitting < len(sizes) and (used + sizes[fitting] <= _MAXIMUM_BYTES or used == 0):
            used += sizes[fitting]
            fitting += 1
        for part, keys in ((now, config["Keys"][:fitting]), (later, config["Keys"][fitting:])):
            if keys:
                part[name] = {**config, "Keys": keys}
    return now, later


def _size(name: str, key: dict[str, Any]) -> int:
    table = dynamodb._tables[dynamodb._normalize_table_name(name)]
    partition, sort, _ = dynamodb._resolve_table_key_values(table, key, allow_extra=False)
    item = table["items"].get(partition, {}).get(sort)
    size: int = dynamodb._item_size_bytes(item) if item else 0
    return size


def apply() -> None:
    """Wrap the operation."""
    batch_get_item: Callable[[Request], Response] = dynamodb._batch_get_item

    def batch_get_limited(request: Request) -> Response:
        response = batch_get_item(request)
        # JSON is longer than what counts.
        if response[0] != 200 or len(response[2]) <= _MAXIMUM_BYTES:
            return response
        now, later = _split(request["RequestItems"])
        answer = json.loads(batch_get_item({**request, "RequestItems": now})[2])
        limited: Response = json_response({**answer, "UnprocessedKeys": later})
        return limited

    dynamodb._batch_get_item = batch_get_limited
