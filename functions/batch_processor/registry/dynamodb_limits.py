"""What DynamoDB does not take as an item."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem

# Source: the DynamoDB quotas page: 400 KB an item, 32 levels, numbers of 1E-130 to 9.99E+125 with 38 digits.
_MOST_BYTES = 390_000  # the margin is for types, and for who registered it
_MOST_LEVELS = 30
_LEAST_NUMBER, _MOST_NUMBER = 1e-130, 9.9e125


def beyond_dynamodb(document: Mapping[str, Any]) -> Iterator[Problem]:
    """Why an item of these attributes would be refused, each with its JSON pointer."""
    size = len(json.dumps(document, ensure_ascii=False).encode())
    if size > _MOST_BYTES:
        yield Problem("", f"the entry takes {size:,} bytes, and DynamoDB at most {_MOST_BYTES:,}; shorten it")
    for name, value in document.items():
        yield from _beyond(value, f"/{escaped(name)}", 1)


def _beyond(value: Any, at: str, level: int) -> Iterator[Problem]:
    if isinstance(value, float) and value and not _LEAST_NUMBER <= abs(value) <= _MOST_NUMBER:
        yield Problem(at, "DynamoDB has no such number, only those from 1e-130 to 9.9e125; write it as text")
    if not isinstance(value, dict | list):
        return
    if level > _MOST_LEVELS:
        yield Problem(at, f"DynamoDB nests at most {_MOST_LEVELS} levels; make it flatter, in a schema by $defs")
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _beyond(inner, f"{at}/{escaped(key)}", level + 1)
