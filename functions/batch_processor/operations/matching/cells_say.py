"""Whether the cells are what a general word of a name says: a name, a number that identifies, a day, an amount, a text."""

from batch_processor.operations.matching.evidence import CsvColumn, expected_roles
from batch_processor.operations.matching.fields import InputField

NAMES = frozenset({"name", "title", "label"})
IDENTIFIERS = frozenset({"id", "number", "code", "reference", "identifier", "key"})
DAYS = frozenset({"date", "day", "datetime", "timestamp", "on", "at", "time"})
AMOUNTS = frozenset({"amount", "value", "count", "quantity", "number", "total"})
TEXTS = frozenset({"text", "description", "details", "note", "comment", "body"})
GENERAL = NAMES | IDENTIFIERS | DAYS | AMOUNTS | TEXTS
_NAME_ROLES = frozenset({"person_name", "company_name"})
_TEXT_ROLES = frozenset({"short_text", "category", "free_text", "address_part"})
_LONGEST_NAME_WORDS = 12
_FORMATS_OF_DAYS = ("date", "date-time")


def takes_days(field: InputField) -> bool:
    """Whether the field is a day, by its format or by its name."""
    return field.schema.get("format") in _FORMATS_OF_DAYS or "date" in expected_roles(field)


def is_specific(field: InputField, column: CsvColumn) -> bool:
    """Whether the cells are of the field's own type, which not any column would be."""
    role = column.profile["role"]
    numeric = {"integer", "number"} & field.types and "string" not in field.types
    return bool(
        (takes_days(field) and role == "date")
        or (numeric and role == "number")
        or ("boolean" in field.types and role == "boolean")
        or ({"object", "array"} & field.types and role == "json")
        or any(key in field.schema for key in ("enum", "pattern"))
        or (role in expected_roles(field) and role in ("email", "url", "phone", "postcode", "country"))
    )


def cells_are(words: frozenset[str], field: InputField, column: CsvColumn) -> bool:
    """Whether the cells are what all these words say, each of them a general one."""
    return column.is_checked and all(_is(word, field, column) for word in words)


def _is(word: str, field: InputField, column: CsvColumn) -> bool:
    role, profile = column.profile["role"], column.profile
    numeric = bool({"integer", "number"} & field.types) and "string" not in field.types
    return (
        (word in AMOUNTS and numeric and role == "number")
        or (word in IDENTIFIERS and not numeric and role == "identifier")
        or (word in DAYS and role == "date")
        or (word in NAMES and _are_names(column))
        or (word in TEXTS and role == "free_text")
        or (word in TEXTS and role in _TEXT_ROLES and column.seen.mean_words > 2)
        or (word in IDENTIFIERS and role == "category" and profile["data_type"] == "integer" and numeric)
    )


def _are_names(column: CsvColumn) -> bool:
    """Whether they are names of people or companies, or many different short texts that begin with a capital."""
    role, seen = column.profile["role"], column.seen
    if role in _NAME_ROLES:
        return True
    if role not in _TEXT_ROLES or seen.mean_words > _LONGEST_NAME_WORDS:
        return False
    return all(not cell.strip()[:1].islower() for cell in seen.kept) and (
        seen.mean_words > 1.5 or seen.distinct * 2 >= seen.filled
    )
