"""Where two JSON documents differ, to the pointer."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from batch_processor.document.json_path import MISSING
from batch_processor.document.wording import shown
from batchctl.factory.json_schema import pointer


@dataclass(frozen=True, slots=True)
class Difference:
    """What stands at a place and what should, MISSING for nothing; the place is a JSON pointer, or a line of a text."""

    place: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.place or 'the whole'}: expected {_said(self.expected)}, found {_said(self.found)}"


def differences(expected: Any, found: Any, at: str = "") -> Iterator[Difference]:
    """Yield the innermost differences; texts that are JSON themselves are looked into."""
    expected, found = _parsed(expected, found)
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in {**expected, **found}:
            yield from differences(expected.get(key, MISSING), found.get(key, MISSING), at + pointer(key))
        # The order of fields is that of columns.
        if expected.keys() == found.keys() and list(expected) != list(found):
            yield Difference(at, list(expected), list(found))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (left, right) in enumerate(zip(expected, found, strict=True)):
            yield from differences(left, right, at + pointer(index))
    elif not _same(expected, found):
        yield Difference(at, expected, found)


def _same(expected: Any, found: Any) -> bool:
    # In Python, true is 1; in JSON it is not.
    return isinstance(expected, bool) == isinstance(found, bool) and bool(expected == found)


def _parsed(expected: Any, found: Any) -> tuple[Any, Any]:
    inner = _inner(expected), _inner(found)
    return inner if all(isinstance(value, dict | list) for value in inner) else (expected, found)


def _inner(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return value


def _said(value: Any) -> str:
    return "nothing" if value is MISSING else shown(value)
