"""Says what the cells of a column are: their shapes decide, and the column's name only where shapes leave it open."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from batch_processor.operations.analysis import cell_kinds as kinds
from batch_processor.operations.analysis.columns import Column
from batch_processor.operations.analysis.countries import US_STATES
from batch_processor.operations.analysis.given_names import GIVEN_NAMES
from batch_processor.operations.analysis.header_says import says_code, says_day, says_person, says_state_or_status
from batch_processor.operations.analysis.number_formats import only_format
from batch_processor.operations.naming.meaning import meaning_of, roles_of

Role = Literal[
    "identifier", "category", "free_text", "short_text", "number", "date", "time", "email", "url", "phone", "person_name",
    "company_name", "address_part", "country", "postcode", "json", "boolean", "empty",
]  # fmt: skip
# Which part of the cells must look like it: alone, and where the name says the same.
_SURE, _NAMED, _GIVEN = 0.9, 0.6, 0.4
_LONG_TEXT_WORDS, _LONG_TEXT_CHARACTERS = 5.0, 120
_MOST_CATEGORIES, _CATEGORY_CHARACTERS, _CATEGORY_SHARE = 50, 40, 0.5
_FEW_LONG = 0.25
_UNIQUE = 0.98
_MANY_DAYS, _CODE_WIDTHS = 5, frozenset(range(10, 16))
_CODE_LENGTH, _CODE_WORDS = 24, 2
# No address, number or name is longer; what is need not be looked at by patterns.
_LONGEST_SHAPE = 2_000
_NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]*\.?(?:[\s'’,-]+[^\W\d_][^\W\d_.'’-]*\.?){0,4}")
_STREET = re.compile(r"\d+\w?[ ,].*[^\W\d_]{3}.*|.*[^\W\d_]{3}\.? \d+ ?\w?(?:[ ,/-].*)?")
_STREET_WORDS = re.compile(
    r"\b(st|street|ave|avenue|rd|road|blvd|lane|ln|drive|dr|way|court|ct|place|square|rue|calle|via|plaza|allee|weg|platz|gasse|"
    r"boulevard|highway|hwy|close|terrace|parkway)\b|stra(ss|ß)e\b|str\.",
    re.I,
)
_COMPANY = re.compile(
    r"\b(inc|ltd|llc|llp|gmbh|ag|kg|plc|corp|corporation|co|company|sa|sas|sarl|s\.a\.|bv|b\.v\.|nv|oy|ab|as|aps|spa|srl|s\.l\.|"
    r"group|holdings?|limited|partners|& sons|ug|ohg|se|e\.v\.)\.?(\s|,|$)",
    re.I,
)
_CODE = re.compile(r"(?=.*\d)[\w./:#-]{1,64}")
_CODE_NAMED = {
    "barcode",
    "account_number",
    "tax_id",
    "tracking_number",
    "policy_number",
    "license_plate",
    "sku",
    "reference",
}
_CATEGORIES = frozenset({
    "status", "type", "category", "priority", "gender", "channel", "department", "language", "currency", "brand", "color", "size",
})  # fmt: skip
_VERSIONS = re.compile(r"\b(version|release|chapter|section|clause|paragraph)\b")


@dataclass(frozen=True, slots=True)
class Judgement:
    """A role and why, in words."""

    role: Role
    evidence: str


def judge(column: Column) -> Judgement:
    """The role of the column."""
    if not column.filled:
        return Judgement("empty", f"all {column.cells:,} cells are empty" if column.cells else "there are no cells")
    return next(_judgements(column))


def _judgements(column: Column) -> Iterator[Judgement]:
    """What the column is, the surest first; the last one is always there."""
    hints = roles_of(column.name)
    yield from _of_shape(column, "email", kinds.is_email, "e-mail addresses", hints)
    if column.types.may_be("json"):
        yield Judgement("json", f"all {column.filled:,} cells are JSON objects or lists")
    yield from _of_shape(column, "json", kinds.is_json, "JSON", hints)
    yield from _of_shape(column, "url", kinds.is_url, "URLs", hints)
    yield from _of_dates(column, hints)
    yield from _of_shape(column, "time", kinds.is_time, "times of day", hints)
    yield from _of_shape(column, "identifier", kinds.is_ip, "IP or hardware addresses", hints)
    yield from _of_truth(column)
    is_phone = kinds.is_international if "identifier" in hints else kinds.is_phone
    yield from _of_shape(column, "phone", is_phone, "phone numbers", hints)
    yield from _named(column, "phone", kinds.may_be_phone, "could be dialled", hints)
    yield from _named(column, "postcode", kinds.may_be_postcode, "could be postcodes", hints)
    if "identifier" not in hints:
        yield from _of_shape(column, "postcode", kinds.is_postcode, "postcodes", hints)
    yield from _of_country(column, hints)
    yield from _of_numbers(column, hints)
    yield from _of_codes(column, hints)
    yield from _of_text(column, hints)


def _of_shape(
    column: Column, role: Role, test: Callable[[str], bool], called: str, hints: frozenset[str]
) -> Iterator[Judgement]:
    found = sum(len(cell) <= _LONGEST_SHAPE and bool(test(cell)) for cell in column.kept)
    if found >= len(column.kept) * (_NAMED if role in hints else _SURE):
        yield Judgement(role, f"{_of_all(found, column)} look like {called}{_and_name(role, hints)}")


def _named(
    column: Column, role: Role, test: Callable[[str], bool], told: str, hints: frozenset[str]
) -> Iterator[Judgement]:
    found = sum(len(cell) <= _LONGEST_SHAPE and test(cell) for cell in column.kept)
    if role in hints and found >= len(column.kept) * _NAMED:
        yield Judgement(role, f"{_of_all(found, column)} {told}, and the name says so")


def _of_dates(column: Column, hints: frozenset[str]) -> Iterator[Judgement]:
    if ("date" in hints or says_day(column.name)) and all(map(kinds.is_compact_date, column.kept)):
        yield Judgement("date", "all cells are dates as YYYYMMDD, and the name says so")
    elif _are_calendar_days(column):
        yield Judgement("date", f"all {column.filled:,} cells are days of the calendar as YYYYMMDD")
    formats = column.types.dates or column.types.datetimes
    if formats:
        doubt = "; day and month cannot be told apart" if len(formats) > 1 else ""
        yield Judgement("date", f"all cells are dates as {' or '.join(sorted(formats))}{doubt}")
        return
    found = sum(bool(kinds.date_formats(cell) or kinds.datetime_formats(cell)) for cell in column.kept)
    if found >= len(column.kept) * (_NAMED if "date" in hints else _SURE):
        yield Judgement("date", f"{_of_all(found, column)} look like dates, not all in one format")


def _are_calendar_days(column: Column) -> bool:
    """Whether so many different numbers of eight digits are days of these centuries that it is no chance."""
    return (
        column.distinct >= _MANY_DAYS
        and not says_code(column.name)
        and all(cell.strip()[:2] in ("19", "20") and kinds.is_compact_date(cell) for cell in column.kept)
    )


def _of_truth(column: Column) -> Iterator[Judgement]:
    truth = column.types.truth
    if truth and (column.filled > 1 or "boolean" in roles_of(column.name)):
        yield Judgement("boolean", f"all cells are {' or '.join(sorted(truth))}")


def _of_country(column: Column, hints: frozenset[str]) -> Iterator[Judgement]:
    if meaning_of(column.name).concept in ("language", "currency"):
        return
    states = sum(cell in US_STATES for cell in column.kept)
    test = kinds.may_be_country if "country" in hints else kinds.is_country
    if "country" not in hints and states >= len(column.kept) * _SURE and column.distinct > 1:
        yield Judgement("address_part", f"{_of_all(states, column)} are codes of states of the USA")
    yield from _of_shape(column, "country", test, "countries", hints)


def _of_numbers(column: Column, hints: frozenset[str]) -> Iterator[Judgement]:
    found = sum(len(cell) <= _LONGEST_SHAPE and kinds.is_like_number(cell) for cell in column.kept)
    if found < len(column.kept) * (_NAMED if "number" in hints else _SURE):
        return
    if "number" not in hints and (why := _why_identifier(column, hints)):
        yield Judgement("identifier", why)
    exact = sum(map(kinds.is_number, column.kept))
    told = "are numbers" if exact == found else "look like numbers, though not all as programs write them"
    yield Judgement("number", f"{_of_all(found, column)} {told}")


def _why_identifier(column: Column, hints: frozenset[str]) -> str | None:
    """Why a column of digits is of identifiers: zeros that lead, more digits than numbers have, a name, or a sequence."""
    if any(len(cell) > 1 and cell.strip().startswith("0") and cell.strip().isdigit() for cell in column.kept):
        return "digits with leading zeros, which a number would lose"
    if any(sum(map(str.isdigit, cell)) > 15 for cell in column.kept):
        return "digits beyond what a number holds exactly"
    if not column.types.may_be("integer"):
        return None
    if "identifier" in hints or says_code(column.name):
        return f"{column.distinct:,} different among {column.filled:,} cells of digits, and the name says so"
    widths = {len(cell.strip()) for cell in column.kept}
    if len(widths) == 1 and widths <= _CODE_WIDTHS and column.distinct >= _MANY_DAYS:
        return f"{column.distinct:,} different among {column.filled:,} cells, all of {min(widths)} digits"
    values = [int(cell) for cell in column.kept]
    if len(values) > 2 and all(later - earlier == 1 for earlier, later in pairwise(values)):
        return "numbers that count the rows"
    return None


def _of_codes(column: Column, hints: frozenset[str]) -> Iterator[Judgement]:
    found = sum(bool(_CODE.fullmatch(cell.strip())) for cell in column.kept)
    named = "identifier" in hints or any(map(kinds.is_uuid, column.kept[:10]))
    if found >= len(column.kept) * _SURE and (named or _is_unique(column)):
        told = f"{_of_all(found, column)} look like codes, {column.distinct:,} of them different"
        yield Judgement("identifier", f"{told}{_and_name('identifier', hints)}")
    elif says_code(column.name) and column.longest <= _CODE_LENGTH and all(_has_digit(c) for c in column.kept):
        yield Judgement("identifier", f"all {column.filled:,} cells have digits, and the name says so")
    elif "identifier" in hints and _is_unique(column) and all(len(cell.split()) == 1 for cell in column.kept):
        yield Judgement(
            "identifier", f"{column.distinct:,} different among {column.filled:,} cells, and the name says so"
        )


def _has_digit(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and len(cell.split()) <= _CODE_WORDS


def _of_text(column: Column, hints: frozenset[str]) -> Iterator[Judgement]:
    yield from _of_names(column, hints)
    words, long = column.mean_words, column.longest > _LONG_TEXT_CHARACTERS
    if words >= _LONG_TEXT_WORDS or (long and words >= _LONG_TEXT_WORDS / 2):
        yield Judgement("free_text", f"{words:.0f} words a cell, the longest of {column.longest:,} characters")
    if _is_category(column):
        yield Judgement("category", f"{column.distinct:,} different among {column.filled:,} cells, all short")
    if "free_text" in hints and words > 2:
        yield Judgement("free_text", f"{words:.0f} words a cell, and the name says so")
    yield Judgement("short_text", f"short texts, {column.distinct:,} different among {column.filled:,} cells")


def _of_names(column: Column, hints: frozenset[str]) -> Iterator[Judgement]:
    kept = len(column.kept)
    if column.longest > _LONGEST_SHAPE:
        return
    companies = sum(bool(_COMPANY.search(cell)) for cell in column.kept)
    streets = sum(bool(_STREET.fullmatch(cell)) and bool(_STREET_WORDS.search(cell)) for cell in column.kept)
    names = sum(bool(_NAME.fullmatch(cell.strip())) for cell in column.kept)
    concept = meaning_of(column.name).concept
    if streets >= kept * _NAMED:
        yield Judgement("address_part", f"{_of_all(streets, column)} look like streets")
    if companies >= kept * _NAMED:
        yield Judgement(
            "company_name", f"{_of_all(companies, column)} have what names of companies have, as Ltd or GmbH"
        )
    if column.mean_words > _LONG_TEXT_WORDS:
        return
    if "company_name" in hints and names + companies >= kept * _NAMED / 2:
        yield Judgement("company_name", "short texts, and the name says so")
    if "address_part" in hints and not (says_state_or_status(column.name) and _is_category(column)):
        yield Judgement("address_part", "short texts, and the name says so")
    if "person_name" in hints and names >= kept * _SURE and (concept == "full_name" or not _is_category(column)):
        yield Judgement("person_name", f"{_of_all(names, column)} could be names, and the name of the column says so")
    if _are_people(column, names):
        yield Judgement("person_name", "all cells are two to four words in capitals, and the name says so")
    given = sum(not GIVEN_NAMES.isdisjoint(_words(cell)) for cell in column.kept)
    if names >= kept * _SURE and given >= kept * _GIVEN and (concept in ("name", None) or column.mean_words > 1.5):
        yield Judgement("person_name", f"{_of_all(given, column)} have common given names")


def _are_people(column: Column, names: int) -> bool:
    """Whether the cells are written as people's names, under a name that is somebody's."""
    told = says_person(column.name) and meaning_of(column.name).concept in (
        None,
        "name",
        "full_name",
        "author",
        "company",
    )
    return told and names == len(column.kept) and all(map(_is_full_name, column.kept)) and column.distinct > 1


def _is_full_name(cell: str) -> bool:
    parts = cell.replace(",", " ").split()
    return 2 <= len(parts) <= 4 and all(part[:1].isupper() or not part[:1].isascii() for part in parts)


def _words(cell: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", kinds.plain(cell))


def _is_category(column: Column) -> bool:
    is_named = meaning_of(column.name).concept in _CATEGORIES and column.distinct < column.filled
    few = is_named or column.distinct <= max(column.filled * _CATEGORY_SHARE, 1)
    if column.distinct <= column.filled * _FEW_LONG and column.longest <= _LONG_TEXT_CHARACTERS:
        return column.filled > 1
    return few and column.distinct <= _MOST_CATEGORIES and column.longest <= _CATEGORY_CHARACTERS and column.filled > 1


def _is_unique(column: Column) -> bool:
    return column.distinct_is_exact and column.filled > 1 and column.distinct >= column.filled * _UNIQUE


def _of_all(found: int, column: Column) -> str:
    looked_at = " that were looked at" if len(column.kept) < column.filled else ""
    return f"{found:,} of {len(column.kept):,} cells{looked_at}"


def _and_name(role: str, hints: frozenset[str]) -> str:
    return ", and the name says so" if role in hints else ""


def data_type(column: Column, role: Role) -> str:
    """What a program may take the cells for: string, wherever something of them could get lost."""
    types = column.types
    if not column.filled:
        return "string"
    if role == "date" and all(map(kinds.is_compact_date, column.kept)):
        return "date"
    if role in ("phone", "postcode", "time") or (role == "identifier" and not _is_plain_id(column)):
        return "string"
    if types.truth and not kinds.is_numeric_truth(types.truth) and role == "boolean":
        return "boolean"
    if len(types.dates) == 1:
        return "date"
    if len(types.datetimes) == 1:
        return "datetime"
    if types.may_be("json"):
        return "json"
    if types.may_be("integer"):
        return "integer"
    is_number = types.may_be("number") or number_format(column, role)
    return "number" if is_number and not _VERSIONS.search(column.name.lower()) else "string"


def number_format(column: Column, role: str) -> str | None:
    """How its numbers are written, if all are in one way that is not the one of programs."""
    if role != "number" or column.types.may_be("number") or _VERSIONS.search(column.name.lower()):
        return None
    return only_format(column.types.numbers, column.name)


def _is_plain_id(column: Column) -> bool:
    """Whether an identifier is a plain number: no code that happens to have digits alone."""
    return column.types.may_be("integer") and meaning_of(column.name).concept not in _CODE_NAMED
