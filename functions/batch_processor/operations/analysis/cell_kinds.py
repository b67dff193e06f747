"""Tells what one cell looks like: an e-mail address, a date, a number and so on. Nothing here knows the column's name."""

import json
import re
import unicodedata
from collections.abc import Callable
from datetime import date

from batch_processor.operations.analysis.countries import NAMES, THREE_LETTERS, TWO_LETTERS

_EMAIL = re.compile(r"(?:[^<>@]*<)?[^\s@<>,;:()\"]+@[^\s@<>,;:()\"]+\.[^\W\d_][\w-]*>?")
_URL = re.compile(
    r"(?:https?|ftp)://\S+|www\.[\w-]+\.\S+|"
    r"(?:[a-z0-9-]+\.)+(?:com|org|net|io|co|de|fr|es|uk|eu|ai|app|dev)(?:/\S*)?",
    re.I,
)
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?:/\d{1,2})?|(?=.*::|(?:[^:]*:){7})[0-9a-fA-F:]{3,39}")
_MAC = re.compile(r"(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PHONE = re.compile(r"[+(]?[\d(][\d\s().\-/–]{5,22}\d(?:\s*(?:x|ext\.?|#)\s*\d{1,6})?", re.I)
# Without the help of a column's name: an international prefix, a long-distance 0 that is grouped, or North America's groups.
_SURE_PHONE = re.compile(
    r"\+[\d\s().\-/]+|00\d{1,3}[\s\-/][\d\s().\-/]+|\(\d{2,5}\)[\d\s.\-/]+|0\d{1,5}[\s/\-][\d\s\-/]+|"
    r"(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4}.*"
)
_NO_PHONE = re.compile(r"\d{3}-\d{2}-\d{4}|97[89][- ]\d.*|\d{1,4}([-/.])\d{1,2}\1\d{1,4}|\d+\.\d+")
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z][ -]?\d[A-Z]\d|\d{5}-\d{4}|\d{4} [A-Z]{2}")
_POSTCODE_OF_NAME = re.compile(
    r"\d{4,6}|\d{3}-\d{4}|\d{2}-\d{3}|\d{5}-\d{3}|\d{3} \d{2}|\d{4}[A-Z]{2}|[A-Z]{1,2}-\d{4,5}|" + _POSTCODE.pattern,
    re.I,
)
_INTEGER = re.compile(r"0|-?[1-9]\d{0,14}")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?")
# What people read as a number, and a program only once it is told how: 1.234,56 · $1,200.00 · 12 % · +5 · 007.
_LIKE_NUMBER = re.compile(
    r"[+-]? ?(?:[$€£¥] ?|[A-Z]{3} )?[+-]?\d[\d.,'\u00a0\u202f]*(?: \d{3}(?=\D|$)[\d.,]*)* ?(?:%|[$€£¥]|[A-Z]{3}|°[CF]?)?"
)
_TIME = re.compile(r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:\s*[ap]\.?m\.?)?", re.I)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_CLOCK = r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?(?:\s*[ap]m)?(?:\s*(?:Z|UTC|[+-]\d{2}:?\d{2}))?"
_DATETIME = re.compile(rf"(.{{6,18}}?)(?:T|,? +){_CLOCK}", re.I)
_ZONED = re.compile(r"[\d-]{10}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})")
_DATES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("YYYY-MM-DD", _ISO_DATE, "ymd"),
    ("YYYY/MM/DD", re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})"), "ymd"),
    ("DD.MM.YYYY", re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})"), "dmy"),
    ("DD/MM/YYYY", re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})"), "dmy"),
    ("MM/DD/YYYY", re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})"), "mdy"),
    ("DD Mon YYYY", re.compile(r"(\d{1,2})\.?[ -]([^\W\d_]{3,9})\.?,?[ -](\d{4})"), "dby"),
    ("Mon DD, YYYY", re.compile(r"([^\W\d_]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})"), "bdy"),
)
_MONTHS = (
    "jan ene janv", "feb fev fevr", "mar maerz mrz mars", "apr abr avr", "may mai mayo", "jun juin", "jul juil",
    "aug ago aout", "sep sept", "oct okt", "nov", "dec dez dic",
)  # fmt: skip
_MONTH_OF = {word: number for number, words in enumerate(_MONTHS, start=1) for word in words.split()}
_TRUTHS = (
    {"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"}, {"ja", "nein"}, {"oui", "non"}, {"si", "no"}, {"1", "0"},
    {"on", "off"}, {"wahr", "falsch"}, {"vrai", "faux"},
)  # fmt: skip
_NUMERIC_TRUTH = {"1", "0"}
_MOST_DIGITS = 15  # a double carries as many


def plain(text: str) -> str:
    """The text in lower case, without accents and blanks around it."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c)).strip()


def is_email(cell: str) -> bool:
    return "@" in cell and bool(_EMAIL.fullmatch(cell.strip()))


def is_url(cell: str) -> bool:
    return "." in cell and "@" not in cell and bool(_URL.fullmatch(cell.strip()))


def is_ip(cell: str) -> bool:
    return bool(_IP.fullmatch(cell) or _MAC.fullmatch(cell))


def is_uuid(cell: str) -> bool:
    return bool(_UUID.fullmatch(cell))


def _digits(cell: str) -> int:
    return sum(map(str.isdigit, cell))


def may_be_phone(cell: str) -> bool:
    """Whether it could be dialled, if its column is said to have phone numbers."""
    cell = cell.strip()
    return 6 <= _digits(cell) <= _MOST_DIGITS + 4 and bool(_PHONE.fullmatch(cell)) and date_formats(cell) == ()


def is_phone(cell: str) -> bool:
    """Whether it is written as a phone number, whatever its column is called."""
    cell = cell.strip()
    sure = may_be_phone(cell) and not is_ip(cell) and not _NO_PHONE.fullmatch(cell)
    return sure and bool(_SURE_PHONE.fullmatch(cell))


def is_international(cell: str) -> bool:
    """Whether it is written as a phone number with the code of a country."""
    return cell.lstrip().startswith("+") and is_phone(cell)


def is_postcode(cell: str) -> bool:
    return bool(_POSTCODE.fullmatch(cell.strip()))


def may_be_postcode(cell: str) -> bool:
    """Whether it could be a postcode, if its column is said to have them."""
    return bool(_POSTCODE_OF_NAME.fullmatch(cell.strip()))


def is_country(cell: str) -> bool:
    """Whether it is the name of a country, or its three letters."""
    cell = cell.strip()
    return cell in THREE_LETTERS or plain(cell) in _PLAIN_NAMES


def may_be_country(cell: str) -> bool:
    """The same, or the two letters of one, in whichever case."""
    return is_country(cell) or cell.strip().upper() in TWO_LETTERS


def is_json(cell: str) -> bool:
    """Whether it is a JSON object or list."""
    if cell.lstrip()[:1] not in ("{", "["):
        return False
    try:
        return isinstance(json.loads(cell), dict | list)
    except (ValueError, RecursionError):
        return False


def is_integer(cell: str) -> bool:
    return bool(_INTEGER.fullmatch(cell.strip()))


def is_number(cell: str) -> bool:
    """Whether a double carries it, and would be written as it stands, but for zeros at its end."""
    cell = cell.strip()
    return (
        bool(_NUMBER.fullmatch(cell))
        and _digits(cell.lower().partition("e")[0].replace(".", "").lstrip("-0")) <= _MOST_DIGITS
    )


def is_like_number(cell: str) -> bool:
    """Whether people read it as a number: with a unit, a currency, or marks between its digits."""
    return is_number(cell) or bool(_LIKE_NUMBER.fullmatch(cell.strip()))


def is_time(cell: str) -> bool:
    return bool(_TIME.fullmatch(cell.strip()))


def date_formats(cell: str) -> tuple[str, ...]:
    """The formats in which it is a day of the calendar; several where day and month could be either."""
    cell = cell.strip()
    return tuple(
        name for name, pattern, order in _DATES if (found := pattern.fullmatch(cell)) and _is_day(found, order)
    )


def is_compact_date(cell: str) -> bool:
    """Whether it is a day as YYYYMMDD, which a number could be as well."""
    cell = cell.strip()
    return len(cell) == len("20260131") and cell.isdigit() and bool(date_formats(f"{cell[:4]}-{cell[4:6]}-{cell[6:]}"))


def datetime_formats(cell: str) -> tuple[str, ...]:
    """The same of a date with a time behind it."""
    found = _DATETIME.fullmatch(cell.strip())
    return date_formats(found[1]) if found else ()


def has_zone(cell: str) -> bool:
    """Whether a date with a time is written with its time zone, the two joined by a T."""
    return bool(_ZONED.fullmatch(cell.strip()))


def truth_of(cells: set[str]) -> set[str] | None:
    """The pair of words for true and false that these cells, in lower case, are; None if they are others."""
    return next((pair for pair in _TRUTHS if cells and cells <= pair and (len(cells) == 2 or pair == _TRUTHS[0])), None)


def is_numeric_truth(pair: set[str]) -> bool:
    return pair == _NUMERIC_TRUTH


def _is_day(found: re.Match[str], order: str) -> bool:
    parts = dict(zip(order, found.groups(), strict=True))
    month = (
        _MONTH_OF.get(plain(parts["b"])[:3]) or _MONTH_OF.get(plain(parts["b"])) if "b" in parts else int(parts["m"])
    )
    year = int(parts["y"])
    try:
        date(year if year > 99 else 2000 + year, month or 0, int(parts["d"]))
    except ValueError:
        return False
    return True


def share(cells: list[str], test: Callable[[str], object]) -> float:
    """Which part of the cells passes the test."""
    return sum(bool(test(cell)) for cell in cells) / len(cells) if cells else 0.0


_PLAIN_NAMES = frozenset(map(plain, NAMES))
