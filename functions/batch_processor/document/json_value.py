"""A single JSON value: its kind in words, its parsing from text, and text that UTF-8 can carry."""

import json
import math
import re
from decimal import Decimal
from typing import Any

# Infinity, which Python makes of 1e400, and NaN, which a program may write where it means no number.
BEYOND_JSON = "a number beyond those that JSON has"
# How models wrap a text as code: a fence of backticks or tildes, behind it perhaps the name of a language.
_FENCE = re.compile(r"(`{3,}|~{3,})[\w+.-]*[ \t]*(?:\r?\n|(?=[\[{\"]))")


def without_lone_surrogates(text: str) -> str:
    """The text as it can be written in UTF-8: JSON may carry half a surrogate pair, UTF-8 cannot."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def kind(value: Any) -> str:
    """The kind of a JSON value, never its content: the runtime logs error messages, which must not hold a row's."""
    if isinstance(value, str):
        return f"a string of {len(value)} characters"
    if isinstance(value, float) and not math.isfinite(value):
        return BEYOND_JSON
    names = {dict: "an object", list: "an array", bool: "true or false", type(None): "null"}
    return next((name for type_, name in names.items() if isinstance(value, type_)), "a number")


def parsed(value: Any) -> Any:
    """The value in a JSON text, which a markdown fence may stand around; anything else as it is.

    A fraction with more digits than a float keeps is a Decimal.
    """
    if not isinstance(value, str):
        return value
    try:
        return _loaded(value)
    except (ValueError, RecursionError):
        pass
    inner = _unfenced(value)
    try:
        return value if inner is None else _loaded(inner)
    except (ValueError, RecursionError):
        return value


def fenced_texts(text: str) -> list[str]:
    """What stands in each of the markdown fences in a text, whatever stands around them."""
    return [match[2] for match in re.finditer(rf"(?ms)^[ \t]*{_FENCE.pattern}(.*?)^[ \t]*\1", text)]


def number_in(text: str) -> float | Decimal:
    """The fraction that a text is: a float, unless that would lose digits."""
    number = float(text)
    return number if math.isinf(number) or Decimal(text) == Decimal(repr(number)) else Decimal(text)


def _loaded(text: str) -> Any:
    return json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse_constant, parse_float=number_in)


def _unfenced(text: str) -> str | None:
    """What stands in the fence around the whole text; None if there is none."""
    text = text.strip()
    opening = _FENCE.match(text)
    is_closed = opening and text.endswith(opening[1]) and opening.end() + len(opening[1]) <= len(text)
    return text[opening.end() : -len(opening[1])] if opening and is_closed else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are the same: 1.0 is 1, and true, which Python takes for 1 as well, is not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
