"""Names that are the same but for abbreviations, units, or a general word that the cells say instead."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from batch_processor.operations.matching.alignment import STEM, Alignment, Vocabulary, aligned
from batch_processor.operations.matching.cells_say import (
    DAYS,
    GENERAL,
    IDENTIFIERS,
    cells_are,
    is_specific,
    takes_days,
)
from batch_processor.operations.matching.evidence import CsvColumn, contradiction
from batch_processor.operations.matching.fields import InputField
from batch_processor.operations.naming.abbreviations import ABBREVIATIONS, MEASURES, SAID_BY, UNIT_OF
from batch_processor.operations.naming.synonyms import APART, OWNERS
from batch_processor.operations.naming.tokens import english, tokens

PartialHow = Literal["abbreviated", "in_part"]
# All are guesses. Two columns that are as likely are for the person; so is what is below the bar of 0.75.
_ALL_WORDS, _SHORTENED, _SHORT_ALONE = 0.86, 0.8, 0.7
_UNIT_MORE, _CELLS_SAY, _TOLD, _ONLY_ONE, _ONE_OF_SEVERAL = 0.8, 0.79, 0.78, 0.76, 0.66
_ASKED = 0.55
_SURE_WORDS, _LONG_SHORT = 0.9, 4
_PER = re.compile(r"/|\bper\b|\bje\b|\bpar\b|\bpor\b", re.I)
# What turns a yes into a no.
_NEGATIONS = frozenset(
    [
        "waived",
        "refused",
        "declined",
        "denied",
        "not",
        "non",
        "without",
        "exempt",
        "missing",
        "expired",
        "overdue",
        "rejected",
        "unpaid",
        "free",
        "lost",
        "off",
    ]
)
_ENDS_OF_DAYS = frozenset({"on", "at", "date", "day"})
_PLAIN_DAYS = frozenset({None, "date", "datetime"})


@dataclass(frozen=True)
class Table:
    """What the rules look at besides the two names: all fields and all columns."""

    fields: Sequence[InputField]
    columns: Sequence[CsvColumn]
    vocabulary: Vocabulary

    @classmethod
    def of(cls, fields: Sequence[InputField], columns: Sequence[CsvColumn]) -> "Table":
        """The table of these."""
        return cls(fields, columns, Vocabulary.of(fields))


def by_parts(field: InputField, column: CsvColumn, table: Table) -> tuple[PartialHow, float] | None:
    """How sure the names are the same; None if they are not."""
    found = aligned(field, column, table.vocabulary)
    if units_differ(field, column, table) or _are_apart(found):
        return None
    if not found.shared:
        confidence = _only_day(field, column, table)
        return ("in_part", confidence) if confidence else None
    if not found.only_field and not found.only_column:
        return "abbreviated", _of_words(found, field, column)
    confidence = _left_over(found, field, column, table) or _only_identifier(found, field, column, table)
    if not confidence:
        # Worth a question: what the field is about is there, and something else.
        core = found.shared.keys() - GENERAL - UNIT_OF.keys()
        return ("in_part", _ASKED) if core and found.only_column and found.only_field <= GENERAL else None
    return "in_part", round(min(confidence, _of_words(found, field, column)), 2)


def units_differ(field: InputField, column: CsvColumn, table: Table) -> str | None:
    """Which two units the names have, of which one cannot be sent for the other."""
    of_field, of_column = _units(tokens(field.name)), _units(tokens(column.name, table.vocabulary.words))
    if not of_field or not of_column or of_field & of_column:
        return None
    if {MEASURES[unit] for unit in of_field}.isdisjoint(MEASURES[unit] for unit in of_column):
        return None
    return f"its name says {' '.join(sorted(of_field))}, and the column's says {' '.join(sorted(of_column))}"


def _units(found: Sequence[str]) -> frozenset[str]:
    """The units that a name has behind its first word, where a minimum or a day would be."""
    return frozenset(UNIT_OF[word] for word in found[1:] if word in UNIT_OF)


def _are_apart(found: Alignment) -> bool:
    """Whether a word makes one of them another thing; a number is no "no"."""
    return bool((found.only_field | (found.only_column - {"number"})) & (APART - DAYS - {"on", "at"}))


def _of_words(found: Alignment, field: InputField, column: CsvColumn) -> float:
    """How sure the words that both have are, by how they were found to be the same."""
    is_single = len(found.shared) == 1
    means_several = any(len(ABBREVIATIONS.get(word, ())) > 1 for word in tokens(column.name))
    is_loose = means_several or found.surety == STEM
    if is_single and is_loose and not found.only_column and not is_specific(field, column):
        return _SHORT_ALONE
    if found.surety >= _SURE_WORDS:
        return _ALL_WORDS
    longest = max(map(len, tokens(column.name)), default=0)
    return _SHORTENED if not is_single or is_specific(field, column) or longest >= _LONG_SHORT else _SHORT_ALONE


def _left_over(found: Alignment, field: InputField, column: CsvColumn, table: Table) -> float:
    """How sure it is with words left over; 0 if nothing explains them."""
    more_field, more_column = _but_owners(found.only_field), _but_owners(found.only_column)
    more_field -= {word for word in more_field if _is_said_by_unit(word, found)}
    units_field, units_column = _of_units(more_field), _of_units(more_column) & _behind(column, table)
    more_field, more_column = more_field - units_field, more_column - units_column
    is_about_it = bool(found.shared.keys() - GENERAL - UNIT_OF.keys())
    if (units_field and units_column) or (more_column and not is_about_it):
        return 0.0
    confidence = _UNIT_MORE
    if more_column:
        confidence = min(confidence, _more_in_column(more_column, field, column))
    if more_field:
        confidence = min(confidence, _more_in_field(more_field, more_column, field, column))
    if confidence and (more_field or more_column) and _others_like_it(found, field, column, table):
        return _ONE_OF_SEVERAL
    return confidence


def _but_owners(words: frozenset[str]) -> frozenset[str]:
    return words - OWNERS if words - OWNERS else words


def _is_said_by_unit(word: str, found: Alignment) -> bool:
    units = {UNIT_OF[shared] for shared in found.shared if shared in UNIT_OF}
    return any(word in SAID_BY[MEASURES[unit]] for unit in units)


def _behind(column: CsvColumn, table: Table) -> frozenset[str]:
    """The words that stand where a unit does, behind what it is of; what is "per" something is another thing."""
    found = tokens(column.name, table.vocabulary.words)
    return frozenset() if _PER.search(column.name) else frozenset(map(english, found[1:])) | {*found[1:]}


def _of_units(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word in UNIT_OF)


def _more_in_column(more: frozenset[str], field: InputField, column: CsvColumn) -> float:
    """The column's name says more: what the field's description says too, what its cells are, or the field is a yes or no."""
    read = {word: {word, *ABBREVIATIONS.get(word, ())} for word in more}
    if all(words & field.affirmed for words in read.values()):
        return _UNIT_MORE
    general = all(words & GENERAL for words in read.values())
    if general and all(_is_said_by_cells(words, field, column) for words in read.values()):
        return _CELLS_SAY
    if "boolean" in field.types and column.profile["role"] == "boolean" and len(more) == 1 and not more & _NEGATIONS:
        return _ONLY_ONE
    return 0.0


def _is_said_by_cells(words: set[str], field: InputField, column: CsvColumn) -> bool:
    """Whether the cells are what the word says, and the field takes just that."""
    if words & IDENTIFIERS:
        return False  # a thing's number is not the thing
    is_day = bool(words & DAYS) and takes_days(field)
    is_other = not words & DAYS and not takes_days(field)
    return (is_day or is_other) and any(cells_are(frozenset({word}), field, column) for word in words & GENERAL)


def _more_in_field(more: frozenset[str], more_column: frozenset[str], field: InputField, column: CsvColumn) -> float:
    """The field's name says more: a general word that the cells say, or what the description has in the column's words."""
    if more <= GENERAL and not more_column and cells_are(more, field, column):
        return _CELLS_SAY
    if takes_days(field) and column.profile["role"] == "date" and more <= DAYS:
        return _CELLS_SAY
    is_told = bool(more_column) and more_column <= field.affirmed
    return _TOLD if is_told and len(more) == 1 and is_specific(field, column) else 0.0


def _others_like_it(found: Alignment, field: InputField, column: CsvColumn, table: Table) -> bool:
    """Whether another column has the same words of the field, and cells that it takes."""
    return any(other is not column and _is_like(found, field, column, other, table) for other in table.columns)


def _is_like(found: Alignment, field: InputField, column: CsvColumn, other: CsvColumn, table: Table) -> bool:
    beside = aligned(field, other, table.vocabulary)
    if not beside.shared.keys() >= found.shared.keys() or _are_apart(beside):
        return False
    says_more = _but_owners(beside.only_column) - field.affirmed
    is_as_near = len(says_more) <= len(found.only_column - field.affirmed)
    return is_as_near and other.profile["role"] == column.profile["role"] and not contradiction(field, other)


def _only_day(field: InputField, column: CsvColumn, table: Table) -> float:
    """How sure a day is the only column of days, which is called a date and no more; 0 if there are more of either."""
    if not takes_days(field) or column.profile["role"] != "date" or field.meaning.concept not in _PLAIN_DAYS:
        return 0.0
    days = [other for other in table.columns if other.profile["role"] == "date"]
    alike = [other for other in table.fields if takes_days(other)]
    # A departure has a place and a time, too; what was filed on a day has a day.
    is_called_so = field.schema.get("format") == "date" and _ends_as_day(field.name)
    is_plain = column.meaning.concept == "date" and not column.meaning.others and is_called_so
    return _ONLY_ONE if len(days) == len(alike) == 1 and is_plain else 0.0


def _ends_as_day(name: str) -> bool:
    last = tokens(name)[-1]
    return last in _ENDS_OF_DAYS or last.endswith("ed")


def _only_identifier(found: Alignment, field: InputField, column: CsvColumn, table: Table) -> float:
    """How sure an entity's number is the column `id`, if there are no other identifiers; people have theirs elsewhere, too."""
    is_plain = field.required and field.meaning.concept == column.meaning.concept == "id" and not found.only_column
    if not is_plain or column.meaning.others or found.only_field & (OWNERS | APART) or len(found.only_field) != 1:
        return 0.0
    ids = [other for other in table.columns if other.profile["role"] == "identifier"]
    alike = [other for other in table.fields if IDENTIFIERS & {*tokens(other.name)}]
    is_unique = column.seen.distinct == column.seen.filled
    return _ONLY_ONE if ids == [column] and len(alike) == 1 and is_unique else 0.0
