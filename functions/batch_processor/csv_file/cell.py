"""Turns one JSON value into the text of one CSV cell."""

import json
import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from batch_processor.document.json_value import BEYOND_JSON, kind, without_lone_surrogates
from batch_processor.errors import StructuredOutputInvalid

# printf's fixed point, with other text around it.
_FIXED = re.compile(r"((?:[^%]|%%)*)%([-+ 0#]*)([0-9]*)(?:\.([0-9]+))?f((?:[^%]|%%)*)")
_EXACT_IN_FLOATS = 2**53


def render(value: Any, *, type_name: str | None = None, number_format: str | None = None) -> str:
    """The cell for a JSON value: null empty, true/false lower case, objects and arrays as JSON.

    With `type_name` (string, number, integer, boolean, json_string) the value is coerced to it;
    ValueError says what was expected and what was there.
    """
    if type_name == "json_string":
        return _json(value)
    if value is None:
        return ""
    value = _COERCIONS[type_name](value) if type_name else value
    if number_format and (type_name or _is_number(value)):
        return _formatted(value, number_format)
    return value if isinstance(value, str) else _json(value)


def render_column(name: str, value: Any, *, type_name: str | None, number_format: str | None) -> str:
    """As `render`; a value that does not fit is StructuredOutputInvalid, which names the column."""
    try:
        return without_lone_surrogates(render(value, type_name=type_name, number_format=number_format))
    except (ValueError, TypeError, OverflowError) as exc:
        raise StructuredOutputInvalid(f"Column {name!r}: {exc}.") from exc


def _formatted(value: Any, number_format: str) -> str:
    fixed = _FIXED.fullmatch(number_format)
    if not fixed or not isinstance(value, int | Decimal) or -_EXACT_IN_FLOATS < value < _EXACT_IN_FLOATS:
        return str(number_format % value)
    # Of such a number Python's %.2f would make a float, which has no room for its digits.
    before, flags, width, precision, after = fixed.groups()
    sign = next((flag for flag in "+ " if flag in flags), "")
    layout = f"<{sign}" if "-" in flags else f"{sign}0" if "0" in flags else f">{sign}"
    number = format(Decimal(value), f"{layout}{width}.{precision or 6}f")
    return f"{before % ()}{number}{after % ()}"


def _json(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    try:
        # Of a whole number JSON is its text, for which no encoder has to be made.
        return str(value) if type(value) is int else json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError as exc:
        raise ValueError(f"there is {BEYOND_JSON}") from exc
    except TypeError:  # of a Decimal within
        return _json_with_decimals(value)


def _json_with_decimals(value: Any) -> str:
    # With all their digits, which json.dumps cannot write.
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_json(name)}: {_json(inner)}' for name, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_json, value))}]"
    raise TypeError(f"a {type(value).__name__} is no JSON")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _expected(what: str, value: Any) -> ValueError:
    return ValueError(f"expected {what}, got {kind(value)}")


def _to_string(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _to_number(value: Any) -> Any:
    if _is_number(value) and kind(value) != BEYOND_JSON:
        return value
    if isinstance(value, str):
        try:
            number = Decimal(value.strip())
        except InvalidOperation:
            number = Decimal("NaN")
        # Beyond a float's range it is no number to any reader, and int() of it could fill the memory.
        if number.is_finite() and math.isfinite(float(number)):
            return number
    raise _expected("a number", value)


def _to_integer(value: Any) -> int:
    number = _to_number(value)
    if number != int(number):
        raise _expected("an integer", value)
    return int(number)


def _to_boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    raise _expected("true or false", value)


_COERCIONS: dict[str, Any] = {
    "string": _to_string,
    "number": _to_number,
    "integer": _to_integer,
    "boolean": _to_boolean,
}
