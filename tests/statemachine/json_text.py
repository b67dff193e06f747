"""JSON as text to compare: unlike Python's ==, it tells true from 1."""

import json
from typing import Any


def canonical(value: Any) -> str:
    """Equal texts for equal JSON, whatever the order of keys; 1.0 is 1, as in JavaScript."""
    return json.dumps(_whole(value), sort_keys=True)


def size(value: Any) -> int:
    """Bytes of the JSON as Step Functions counts them: UTF-8, without spaces."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
