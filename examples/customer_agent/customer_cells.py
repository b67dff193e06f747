"""Numbers and dates as people write them into cells; what could be read in two ways is not read."""

import re
from datetime import date, datetime

_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}([, ’'.])[0-9]{3}(?:\1[0-9]{3})*(?:([.,])[0-9]{1,2})?")
_DECIMAL_COMMA = re.compile(r"[0-9]+,[0-9]{1,2}")
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|[£€$¥])\s*|\s*(?:[A-Z]{3}|[£€$¥])$")
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


class Unreadable(ValueError):
    """The cell is not what its field wants; the message says what it is."""


def read_number(text: str) -> float:
    """Return the number, zero or more, with or without a currency: 1250.5, 1,250.50, 1.250,50, € 12,50."""
    bare = _CURRENCY.sub("", text.replace("\u00a0", " ").strip())
    grouped = _GROUPED.fullmatch(bare)
    if _PLAIN.fullmatch(bare) and not (grouped and grouped[1] == "." and grouped[2] is None):
        return float(bare)
    if _DECIMAL_COMMA.fullmatch(bare):
        return float(bare.replace(",", "."))
    if grouped and grouped[1] != grouped[2] and (grouped[1] not in ".," or grouped[2] or bare.count(grouped[1]) > 1):
        return float(bare.replace(grouped[1], "").replace(",", "."))
    raise Unreadable(f"{text!r} is not a number that can be read in one way only, as 1250.50 is")


def read_date(text: str) -> date:
    """Return the day: 2026-10-31, with or without a time, or 31.10.2026."""
    if found := _DAY_FIRST.fullmatch(text):
        text = f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}"
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as exc:
        raise Unreadable(f"{text!r} is not a date that can be read in one way only, as 2026-10-31 is") from exc
