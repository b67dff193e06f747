"""Checks that a document is JSON which arrives unchanged, before it is read as a configuration.

Step Functions carries every number as a double and every string as UTF-8.
"""

import math
from collections.abc import Iterator
from typing import Any

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown

_DEEPEST = 100
_LARGEST_EXACT_INTEGER = 2**53


def unreadable(document: Any) -> list[Problem]:
    """What keeps a document from being read key by key: its unsound values, or that it is no object."""
    problems = list(unsound(document))
    if not problems and not isinstance(document, dict):
        problems = [Problem("", f"expected an object {{…}}, got {shown(document)}")]
    return problems


def unsound(document: Any) -> Iterator[Problem]:
    """Yield a problem for each value that JSON text cannot express, or that would not arrive unchanged."""
    waiting = [("", document, 0)]
    while waiting:
        at, value, depth = waiting.pop()
        fault = _fault(value)
        if fault:
            yield Problem(at, fault)
        elif depth > _DEEPEST:
            yield Problem(at, f"the value is nested deeper than {_DEEPEST} levels; make it flatter")
        else:
            waiting += [(f"{at}/{escaped(key)}", child, depth + 1) for key, child in _children(value)]


def _children(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _fault(value: Any) -> str | None:
    fault = None
    match value:
        case None | bool() | list():
            pass
        case str():
            if not _is_unicode(value):
                fault = "the string holds half of a surrogate pair; write whole characters"
        case int():
            if abs(value) > _LARGEST_EXACT_INTEGER:
                fault = "the number is beyond 2^53 and would not arrive unchanged; write it as a string"
        case float():
            if not math.isfinite(value):
                fault = f"the number is {value}, which JSON lacks; give a finite one"
        case dict():
            wrong_keys = [key for key in value if not (isinstance(key, str) and _is_unicode(key))]
            fault = f"the key {wrong_keys[0]!a} is no JSON string; rename it" if wrong_keys else None
        case _:
            fault = f"the value is a Python {type(value).__name__}, not JSON; give the parsed JSON document"
    return fault


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
