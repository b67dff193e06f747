"""Whether the cells of a column can be what an input field takes, or show that they are."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from batch_processor.csv_file.column_names import shown_name
from batch_processor.operations.analysis import cell_kinds as kinds
from batch_processor.operations.analysis.columns import Column
from batch_processor.operations.analysis.structure import ColumnProfile, profile_of
from batch_processor.operations.matching.fields import InputField
from batch_processor.operations.naming.meaning import ROLES, Meaning, meaning_of
from batch_processor.operations.naming.synonyms import OPAQUE

_CHECKED_CELLS, _LONGEST_TITLE = 200, 120
# Which part of the cells may be unlike what the field takes: rows fail one by one, and a column is not for another field for it.
_MOST_UNLIKE = 0.1
# Roles that cells show by themselves, so that a column of one is of no other.
_PLAIN_ROLES = frozenset({"email", "url", "phone", "date", "time", "number", "boolean", "json"})
# Of these, cells that do not look like it are none.
_STRICT = frozenset({"email", "url", "phone", "json"})
_FORMAT_ROLES = {
    "email": "email", "idn-email": "email", "uri": "url", "url": "url", "iri": "url", "date": "date", "date-time": "date",
    "phone": "phone", "hostname": "url",
}  # fmt: skip
_WRITTEN = {"date": "YYYY-MM-DD", "date-time": "YYYY-MM-DDThh:mm:ssZ"}
_NAMES = frozenset(
    {"name", "full_name", "first_name", "last_name", "company", "product_name", "title", "brand", "author"}
)
_TYPES_OF = {
    "integer": {"integer"}, "number": {"integer", "number"}, "boolean": {"boolean"}, "object": {"json"}, "array": {"json"},
}  # fmt: skip


@dataclass(frozen=True)
class CsvColumn:
    """A column of the CSV with what was seen in it."""

    seen: Column

    @property
    def name(self) -> str:
        return self.seen.name

    @cached_property
    def profile(self) -> ColumnProfile:
        """What is told of it."""
        return profile_of(self.seen)

    @cached_property
    def meaning(self) -> Meaning:
        """What its name means."""
        return meaning_of(self.name)

    @property
    def is_opaque(self) -> bool:
        """Whether its name says nothing at all: column_3, field1, data."""
        return self.meaning.concept is None and self.meaning.others <= OPAQUE | {
            word for word in self.meaning.others if word.isdigit()
        }

    @property
    def is_checked(self) -> bool:
        """Whether it has cells that could speak for or against it."""
        return self.seen.filled > 0


def expected_roles(field: InputField) -> frozenset[str]:
    """The roles that the field's columns have, by its format or by what its name means."""
    by_format = _FORMAT_ROLES.get(str(field.schema.get("format", "")))
    if by_format:
        return frozenset({by_format})
    roles = ROLES.get(field.meaning.concept or "", frozenset())
    return frozenset() if field.meaning.others - {"kg"} and roles == {"free_text"} else roles


def is_confirmed(field: InputField, column: CsvColumn) -> bool:
    """Whether the cells show by themselves that they are what the field takes."""
    role, roles = column.profile["role"], expected_roles(field)
    if field.schema.get("enum"):
        return column.is_checked
    return column.is_checked and role in roles and role not in ("free_text", "identifier")


def contradiction(field: InputField, column: CsvColumn) -> str | None:
    """Why the column cannot be what the field takes; None if nothing speaks against it."""
    if not column.is_checked:
        return None
    return _of_type(field, column) or _of_schema(field, column) or _of_role(field, column)


def _of_type(field: InputField, column: CsvColumn) -> str | None:
    profile = column.profile
    allowed = {kind for name in field.types for kind in _TYPES_OF.get(name, ())}
    data_type = "string" if "number_format" in profile else profile["data_type"]
    if not field.types or "string" in field.types or data_type in allowed:
        return None
    if "boolean" in allowed and profile["role"] == "boolean":
        return None
    numeric = {"integer", "number"} & allowed and profile["role"] == "number" and data_type == "string"
    written = (
        f", but as {profile['number_format']}" if "number_format" in profile else ", but not as programs write them"
    )
    told = f"look like numbers{written}" if numeric else f"are {_called(profile)}"
    return f"it takes {' or '.join(sorted(field.types))}, and the cells {told}"


def _called(profile: ColumnProfile) -> str:
    return profile["role"].replace("_", " ") if profile["data_type"] == "string" else profile["data_type"]


def _of_schema(field: InputField, column: CsvColumn) -> str | None:
    """Whether the cells fit what the schema says of values: its enum, pattern, format, least and most."""
    if not field.schema.keys() - {"type", "description", "title", "default", "examples", "$ref"}:
        return None
    # Imported where it is used: most fields say no more than their type.
    from batch_processor.json_schema.budget import TooManySteps, bounded
    from batch_processor.json_schema.dialect import make_validator

    cells = list(dict.fromkeys(column.seen.kept))[:_CHECKED_CELLS]
    unheeded = {"$ref", "format"} if caveat(field, column) else {"$ref"}
    validator = make_validator({key: value for key, value in field.schema.items() if key not in unheeded})
    try:
        with bounded(validator.schema):
            unlike = sum(not validator.is_valid(_value(cell, field)) for cell in cells)
    except TooManySteps:
        return None
    if unlike <= len(cells) * _MOST_UNLIKE:
        return None
    what = f"one of {len(field.schema['enum'])} values" if "enum" in field.schema else "what its schema allows"
    return f"it takes {what}, and {unlike} of {len(cells)} different cells are none of them"


def caveat(field: InputField, column: CsvColumn) -> str | None:
    """What to know of days that are all written in one way, but not in that which the field's format means."""
    wanted = _WRITTEN.get(str(field.schema.get("format", "")))
    written = _one_format(column)
    if not wanted or not written or column.profile["data_type"] not in ("date", "datetime") or written == wanted:
        return None
    shown = written.replace("/", "-") if "/" not in column.seen.kept[0] else written
    return f"its cells are written {shown}, and {shown_name(field.name)} takes {wanted}: they are sent as they stand"


def _one_format(column: CsvColumn) -> str | None:
    """How all its days are written; a time of day is told by its beginning, as its precision may differ."""
    types, zoned = column.seen.types, all(map(kinds.has_zone, column.seen.kept))
    if len(types.dates) == 1:
        return next(iter(types.dates))
    if len(types.datetimes) == 1:
        is_standard = next(iter(types.datetimes)) == "YYYY-MM-DD" and zoned
        return _WRITTEN["date-time"] if is_standard else f"{next(iter(types.datetimes))} with a time"
    return "YYYYMMDD" if all(map(kinds.is_compact_date, column.seen.kept)) else None


def _value(cell: str, field: InputField) -> Any:
    """The cell as the field would get it."""
    if not field.types or "string" in field.types:
        return cell
    try:
        return json.loads(cell.lower() if "boolean" in field.types else cell)
    except (ValueError, RecursionError):
        return cell


def _of_role(field: InputField, column: CsvColumn) -> str | None:
    role, roles = column.profile["role"], expected_roles(field)
    if field.types and "string" not in field.types:
        return None  # its type says more than its name
    if field.takes_any_text:
        return (
            None
            if role in ("free_text", "short_text", "category")
            else f"it takes a text, and the cells are {_role(role)}"
        )
    if roles and role in _PLAIN_ROLES and role not in roles and not _are_alike(role, roles):
        return f"it takes {' or '.join(map(_role, sorted(roles)))}, and the cells are {_role(role)}"
    if roles <= _STRICT and roles and role not in roles:
        return f"it takes {' or '.join(map(_role, sorted(roles)))}, and the cells are {_role(role)}"
    if "address_part" in roles and role in ("identifier", "phone", "email", "date", "json", "boolean"):
        return f"it takes a part of an address, and the cells are {_role(role)}"
    is_title = field.meaning.concept == "title" and role == "free_text" and column.seen.longest <= _LONGEST_TITLE
    if field.meaning.concept in _NAMES and not is_title and role in _PLAIN_ROLES | {"free_text", "identifier"}:
        return f"it takes a name, and the cells are {_role(role)}"
    if field.meaning.concept in ("company", "full_name", "first_name", "last_name") and _is_other_name(field, column):
        return f"it takes another kind of name, and the cells are {_role(role)}"
    return None


def _is_other_name(field: InputField, column: CsvColumn) -> bool:
    role = column.profile["role"]
    return (
        role == ("person_name" if field.meaning.concept == "company" else "company_name")
        and column.meaning.concept == "name"
    )


def _are_alike(role: str, roles: frozenset[str]) -> bool:
    """Whether cells of one role may look like those of another."""
    return (role in ("number", "boolean") and bool(roles & {"identifier", "postcode", "boolean", "number"})) or (
        role == "date" and "free_text" in roles
    )


def _role(role: str) -> str:
    return {"email": "e-mail addresses", "url": "URLs", "json": "JSON", "free_text": "texts"}.get(
        role, f"{role.replace('_', ' ')}s" if role[-1] != "y" else f"{role[:-1]}ies"
    )


def fits_as_value(profile: Mapping[str, Any], field: InputField) -> bool:
    """Whether all cells are JSON of the field's type as they stand, so that they can be sent as such and not as text."""
    if not field.types or "string" in field.types or profile["empty_cells"] or "number_format" in profile:
        return False
    return profile["data_type"] in {kind for name in field.types for kind in _TYPES_OF.get(name, ())}
