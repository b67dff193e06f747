# Copied by `batchctl factory generate` from functions/batch_processor/document/json_value.py:
# change that, not this file.
"""A single JSON value: its kind in words, its parsing from text, and text that UTF-8 can carry."""

import json
import math
from typing import Any

# Infinity, which Python makes of 1e400, and NaN, which a program may write where it means no number.
BEYOND_JSON = "a number beyond those that JSON has"


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
    """The value in a JSON text; anything else as it is. A nested execution's `Output` comes in both shapes."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
