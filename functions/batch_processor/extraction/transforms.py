"""What can be made of a value once it is found. To add a transform: write a function here and name it in TRANSFORMS.

Each takes a JSON value and returns one; ValueError says why it cannot, without the value.
"""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from batch_processor.csv_file.cell import render
from batch_processor.document.json_value import fenced_texts, kind, number_in, parsed

Transform = Callable[[Any], Any]

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
# A number with whatever people write between digits; of that, only commas between thousands are understood.
_DIGITS = re.compile(r"[+-]?[0-9](?:[0-9.,'_]|(?<=[0-9])[eE][+-]?(?=[0-9]))*")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_MARKUP = " \t*-"
_LONGEST_LABEL = 60
_TRUE, _FALSE = ("true", "yes", "y", "1"), ("false", "no", "n", "0")
_EXTRACT = "extract_"


class TextFields(dict[str, Any]):
    """The fields in a text, by names made of their labels (`Max speed:` is max_speed); `parse_text` returns them."""

    def named(self, field: str) -> Any:
        """The value whose label is the field's name; ValueError if no label is."""
        wanted = _squashed(field)
        for name, value in self.items():
            if _squashed(name) == wanted:
                return value
        raise ValueError(f"the text has no line that begins with {field!r} and a colon")


def transform_named(name: str) -> Transform | None:
    """The transform of that name, if any; `extract_exchange` takes what stands behind `Exchange:` in a text."""
    if name.startswith(_EXTRACT) and _squashed(label := name.removeprefix(_EXTRACT)):
        return lambda value: parse_text(value).named(label)
    return TRANSFORMS.get(name)


def parse_text(value: Any) -> TextFields:
    """Fields of a text of lines `Label: value`, or of a JSON object."""
    document = parsed(value)
    if isinstance(document, dict):
        return TextFields(document)
    fields: dict[str, Any] = {}
    for line in to_text(value).splitlines():
        label, _, text = (part.strip(_MARKUP) for part in line.partition(":"))
        # https://… is no label.
        if text and not text.startswith("//") and label[:1].isalpha() and len(label) <= _LONGEST_LABEL:
            fields.setdefault(_snake(label), text)
    if not fields:
        raise ValueError("the text has no lines of the form 'Label: value'")
    return TextFields(fields)


def parse_json(value: Any) -> Any:
    """The value in a JSON text; a value that is no text as it is."""
    document = parsed(value)
    if isinstance(value, str) and document is value:
        raise ValueError(f"expected JSON, got {kind(value)}")
    return document


def to_text(value: Any) -> str:
    """A text as it is; any other value as its cell in a CSV, objects and arrays as JSON."""
    return render(value)


def fenced_json(value: Any) -> Any:
    """The JSON in the one markdown fence in a text, whatever stands around it; JSON without a fence as it is."""
    document = parsed(value)
    if not isinstance(value, str) or document is not value:
        return document
    found = [inner for text in fenced_texts(value) if (inner := parsed(text)) is not text]
    if len(found) != 1:
        raise ValueError(f"expected one markdown fence with JSON in it, got {kind(value)} that has {len(found)}")
    return found[0]


def to_number(value: Any) -> int | float | Decimal:
    """A number, or a text that is nothing but one."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and math.isfinite(value):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return _number(value.strip())
    raise ValueError(f"expected a number, got {kind(value)}")


def first_number(value: Any) -> int | float | Decimal:
    """The first number in a text: 67.5 of `about 67.5 Mbps`, 1067 of `1,067 Mbps`."""
    match = _DIGITS.search(value) if isinstance(value, str) else None
    if not match:
        return to_number(value)
    digits = match[0].rstrip(".,'_")
    digits = digits.replace(",", "") if _GROUPED.fullmatch(digits) else digits
    if not _NUMBER.fullmatch(digits):
        raise ValueError("the first number is written in a way that is not clear, as 1.067,5 is")
    return _number(digits)


def to_integer(value: Any) -> int:
    """A whole number, or a text that is nothing but one."""
    number = to_number(value)
    if number != int(number):
        raise ValueError("expected a whole number, got a fraction")
    return int(number)


def to_boolean(value: Any) -> bool:
    """True or false, or a text or number that says so: true, yes, y, 1 and false, no, n, 0."""
    word = to_text(value).strip().lower()
    if word not in (*_TRUE, *_FALSE):
        raise ValueError(f"expected true or false, got {kind(value)}")
    return word in _TRUE


def to_date(value: Any) -> str:
    """The date of an ISO 8601 date or time, as 2026-11-21."""
    text = to_text(value).strip()
    try:
        return (date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)).isoformat()[:10]
    except ValueError as exc:
        raise ValueError(f"expected a date as 2026-11-21, got {kind(value)}") from exc


def _number(text: str) -> int | float | Decimal:
    number = number_in(text)
    if not math.isfinite(number):
        raise ValueError("the number is beyond any that JSON readers can hold")
    return int(text) if text.lstrip("+-").isdecimal() else number


def _snake(label: str) -> str:
    words = "".join(character if character.isalnum() else " " for character in label.lower())
    return "_".join(words.split())


def _squashed(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


TRANSFORMS: Final[dict[str, Transform]] = {
    "parse_text": parse_text,
    "parse_json": parse_json,
    "fenced_json": fenced_json,
    "to_text": to_text,
    "to_number": to_number,
    "first_number": first_number,
    "to_integer": to_integer,
    "to_boolean": to_boolean,
    "to_date": to_date,
    "trim": lambda value: to_text(value).strip(),
    "collapse_spaces": lambda value: " ".join(to_text(value).split()),
    "lower": lambda value: to_text(value).lower(),
    "upper": lambda value: to_text(value).upper(),
    "first_line": lambda value: next(iter(to_text(value).strip().splitlines()), "").strip(),
    "last_line": lambda value: next(iter(reversed(to_text(value).strip().splitlines())), "").strip(),
}
