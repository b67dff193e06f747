"""Tells why the JSON in a cell, or the value that a path takes out of it, would not reach the target as it is.

It quotes nothing of the cell: where such a row ends the batch, the reason is told to many.
"""

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from batch_processor.document.json_path import Step, follow

# What JSONata can surely parse; beyond it the expression would fail in a Pass state, which nothing catches.
_DEEPEST = 100
# JSONata has doubles alone. Whether it reads more digits than one has, or as what, is documented nowhere.
_LARGEST_EXACT_INTEGER = 2**53


def json_fault(cell: str, path: Sequence[Step]) -> str | None:
    """What keeps the value at the path from being sent as it is written, to go on after a comma; None if nothing does.

    Numbers that the path does not lead to are not sent, so they may have any digits.
    """
    try:
        value = json.loads(cell, parse_constant=_refuse_constant, parse_int=_integer, parse_float=_decimal)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is JSON and cannot be sent
    except ValueError as exc:
        return str(exc) or "not JSON"
    except RecursionError:
        return "nested too deeply"
    if _is_deeper(value, _DEEPEST):
        return f"nested deeper than {_DEEPEST} levels"
    if not any(_altered(follow(path, value))):
        return None
    return (
        "but a number at its path would not surely arrive unchanged, as it is beyond 2^53 or has more digits "
        "than a double. Write it in quotes in that JSON, or map the whole cell by column_mappings: text is sent as it is"
    )


class _Altered(float):
    """A number that a double might not carry as it is written."""


def _integer(digits: str) -> float:
    number = _finite(digits)
    return number if abs(number) < _LARGEST_EXACT_INTEGER or _is_limit(digits) else _Altered(number)


def _is_limit(digits: str) -> bool:
    return digits.removeprefix("-") == str(_LARGEST_EXACT_INTEGER)


def _decimal(digits: str) -> float:
    number = _finite(digits)
    if number == 0:  # an exponent may be too small for Decimal, too
        mantissa = digits.lower().partition("e")[0]
        return number if not mantissa.strip("-0.") else _Altered(number)
    return number if Decimal(digits) == Decimal(repr(number)) else _Altered(number)


def _finite(digits: str) -> float:
    if math.isinf(number := float(digits)):
        raise ValueError("a number is larger than any that Step Functions can carry")
    return number


def _altered(value: Any) -> Iterator[bool]:
    """Whether each of the parts of the value is a number that might be altered."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        yield isinstance(value, _Altered)
        if isinstance(value, dict | list):
            waiting += _children(value)


def _is_deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels + 1):
        layer = [inner for outer in layer if isinstance(outer, dict | list) for inner in _children(outer)]
    return bool(layer)


def _children(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _refuse_constant(name: str) -> None:
    # Python reads NaN and Infinity, which are not JSON and which Step Functions refuses.
    raise ValueError(f"{name} is not JSON")
