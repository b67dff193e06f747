"""How people write numbers: which mark is the decimal one, and what stands beside them; one cell alone may be either."""

import re

_CURRENCY = r"[$€£¥₹]|EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK|PLN|CZK|INR"
_BESIDE = re.compile(rf"(?P<before>{_CURRENCY})?\s?(?P<number>[+-]?\d.*?|[+-]?\d)\s?(?P<after>%|{_CURRENCY})?")
_PLAIN = "1234"
_BLANK = " \u00a0\u202f"
_WRITTEN = {
    # Without marks between digits it is the same number either way.
    _PLAIN: re.compile(r"[+-]?\d+"),
    "1.234,56": re.compile(rf"[+-]?(?:\d+|\d{{1,3}}(?:\.\d{{3}})+|\d{{1,3}}(?:[{_BLANK}]\d{{3}})+)(?:,\d+)?"),
    "1,234.56": re.compile(rf"[+-]?(?:\d+|\d{{1,3}}(?:,\d{{3}})+|\d{{1,3}}(?:['’{_BLANK}]\d{{3}})+)(?:\.\d+)?"),
}
_LEADING_ZERO = re.compile(r"[+-]?0\d")
# Yen have no hundredths, so that what has three digits behind it is no decimal mark.
_WITHOUT_HUNDREDTHS = re.compile(r"円|¥|\b(?:jpy|yen|krw|won)\b", re.I)


def formats_of(cell: str) -> tuple[str, ...]:
    """The ways in which it is a number, each with the mark beside it: ("1.234,56 €",)."""
    found = _BESIDE.fullmatch(cell.strip())
    if not found or _LEADING_ZERO.match(found["number"]):
        return ()
    mark = found["before"] or found["after"] or ""
    names = [name for name, pattern in _WRITTEN.items() if pattern.fullmatch(found["number"])]
    return tuple(f"{name} {mark}".rstrip() for name in names)


def only_format(formats: frozenset[str], column: str) -> str | None:
    """The way in which all cells are written; None if they are written in none, or in either."""
    plain = [name for name in formats if name.startswith(_PLAIN)]
    if plain or len(formats) == 1:
        return next(iter(plain or formats))
    told = " ".join((column, *formats))
    if formats and _WITHOUT_HUNDREDTHS.search(told):
        return next(name for name in formats if name.startswith("1,234.56"))
    return None
