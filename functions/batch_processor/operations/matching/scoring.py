"""How sure it is that a column is what an input field takes, by their names and by the column's cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rapidfuzz.distance import OSA

from batch_processor.operations.matching.alignment import aligned
from batch_processor.operations.matching.cells_say import takes_days
from batch_processor.operations.matching.described import by_description
from batch_processor.operations.matching.evidence import CsvColumn, contradiction, expected_roles, is_confirmed
from batch_processor.operations.matching.fields import InputField
from batch_processor.operations.matching.partial_names import Table, by_parts, units_differ
from batch_processor.operations.naming.meaning import VOCABULARY
from batch_processor.operations.naming.synonyms import APART, ENTITIES, NEVER_ALONE, OF_ENTITIES, OWNERS, RELATED, UNITS
from batch_processor.operations.naming.words import words, written_words

How = Literal[
    "given", "same_name", "normalised", "synonym", "similar", "by_type", "abbreviated", "in_part", "described"
]
# From here on a column is mapped; below it is asked about, and below the floor it is not even that.
BAR, FLOOR = 0.75, 0.5
EXACT = ("given", "same_name", "normalised")
_SAME, _NORMALISED, _SYNONYM = 1.0, 0.97, 0.92
_OWNERS_DIFFER_ONE, _OWNERS_DIFFER_BOTH, _ENTITY, _UNIT = 0.82, 0.66, 0.78, 0.8
_ALONE, _NUMBERED = 0.76, 0.86
_COLUMN_SAYS_MORE, _FIELD_SAYS_MORE, _BOTH_SAY_OTHERS = 0.6, 0.62, 0.35
_PART_OF_NAME, _KNOWN_WORDS = 0.6, 0.6
# By OSA's normalised similarity; below, two names are not the same one misspelt.
_LEAST_SIMILAR, _SHORTEST_SIMILAR, _SIMILAR_WEIGHT = 0.8, 5, 0.86
_CONFIRMED, _CONTRADICTED = 0.06, 0.3
_BY_TYPE, _LONGEST_TEXT, _TEXT_RATIO, _ASKED_BY_TYPE, _ANY_DAY = 0.78, 0.76, 1.5, 0.6, 0.5
_SHOWN_BY_CELLS = frozenset({"email", "url", "phone", "country", "postcode", "json"})
_TEXT_CONCEPTS = frozenset({"body", "ticket", "description", "comment", "review", None})
_DAYS = frozenset({"date", "datetime", "created_at"})
_OTHER_DAYS = frozenset({"birth_date", "updated_at"})
_TEXTS = frozenset({"description", "comment", "review", "summary", "body", "ticket"})
_PRODUCTS = frozenset({"sku", "brand", "barcode", "stock", "product_name", "product_id"})
_PRODUCT_WORDS = frozenset({"product", "item"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column for a field: how it was found, how sure that is (0 to 1), and what speaks against it."""

    field: InputField
    column: CsvColumn
    how: How
    confidence: float
    against: str | None = None
    # How sure the names alone are, whatever the cells say.
    by_name: float = 0.0

    @property
    def is_guess(self) -> bool:
        """Whether somebody should look at it: all but names that are the same, and synonyms that the cells confirm."""
        is_plain = self.how == "synonym" and self.confidence > _SYNONYM and is_confirmed(self.field, self.column)
        return self.how not in EXACT and not is_plain


def candidates(fields: Sequence[InputField], columns: Sequence[CsvColumn]) -> list[Candidate]:
    """All pairs that are worth a thought."""
    about, table = _about(columns), Table.of(fields, columns)
    found = [scored for field in fields for column in columns if (scored := _scored(field, column, about, table))]
    found = [_alone(pair, found) for pair in found]
    return [*found, *_by_type(fields, columns, {(pair.field.name, pair.column.name): pair for pair in found})]


def _alone(pair: Candidate, found: Sequence[Candidate]) -> Candidate:
    """The pair, surer if it is the only column of the kind: of one destination_country, country is that."""
    others = [other for other in found if other.field is pair.field and other is not pair and not other.against]
    same = pair.field.meaning.concept is not None and pair.field.meaning.concept == pair.column.meaning.concept
    if pair.against or others or not same or pair.confidence >= BAR:
        return pair
    more = pair.column.meaning.others - pair.field.meaning.others
    is_other = more & APART or pair.field.meaning.others - pair.column.meaning.others
    if is_other or pair.field.meaning.concept in NEVER_ALONE:
        return pair
    roles = expected_roles(pair.field)
    return replace(pair, confidence=_ALONE) if not roles or pair.column.profile["role"] in roles else pair


def _about(columns: Sequence[CsvColumn]) -> frozenset[str]:
    """What the rows of the CSV are, as far as its columns tell."""
    concepts = {column.meaning.concept for column in columns}
    return _PRODUCT_WORDS if concepts & _PRODUCTS else frozenset()


def _scored(field: InputField, column: CsvColumn, about: frozenset[str], table: Table) -> Candidate | None:
    how, confidence = _by_name(field, column, about)
    units = units_differ(field, column, table) if how not in EXACT else None
    if units and aligned(field, column, table.vocabulary).shared:
        return Candidate(field, column, how, _CONTRADICTED, units, BAR)
    how, confidence = _surer(how, confidence, field, column, table)
    if confidence < FLOOR:
        return None
    if against := contradiction(field, column):
        return Candidate(field, column, how, _CONTRADICTED, against, confidence)
    named = confidence
    if how in ("synonym", "similar") and is_confirmed(field, column):
        # Cells that only this kind of column has say more than another word in its name.
        confidence = min(confidence + _CONFIRMED * (3 if _relates(field, column) else 1), 0.96)
    return Candidate(field, column, how, round(confidence, 2), by_name=named)


def _surer(how: How, confidence: float, field: InputField, column: CsvColumn, table: Table) -> tuple[How, float]:
    """The same, or what the description, parts of the names and abbreviations say if that is surer."""
    if how in EXACT or confidence >= BAR:
        return how, confidence
    described = by_description(field, column)
    if described > confidence:
        return "described", described
    parts = by_parts(field, column, table)
    return parts if parts and parts[1] > confidence else (how, confidence)


def _relates(field: InputField, column: CsvColumn) -> bool:
    """Whether the cells decide what the names leave open: a `name` of companies is a company."""
    return field.meaning.concept == "company" and column.meaning.concept == "name"


def _by_name(field: InputField, column: CsvColumn, about: frozenset[str]) -> tuple[How, float]:
    if field.name == column.name:
        return "same_name", _SAME
    if "".join(written_words(field.name)) == "".join(written_words(column.name)):
        return "normalised", _NORMALISED
    of_field, of_column = field.meaning, column.meaning
    if of_field.concept and of_field.concept == of_column.concept:
        return "synonym", _others(field, column)
    if of_field.concept and of_column.concept:
        return "synonym", _related(field, column, about)
    return _unknown(field, column)


def _related(field: InputField, column: CsvColumn, about: frozenset[str]) -> float:
    assert field.meaning.concept
    assert column.meaning.concept
    confidence = RELATED.get((field.meaning.concept, column.meaning.concept), 0.0)
    if {field.meaning.concept, column.meaning.concept} <= {"name", "title", "product_name"} and about & field.context:
        confidence += 0.14  # in a table of products, the name is the product's
    return min(confidence, _others(field, column))


def _others(field: InputField, column: CsvColumn) -> float:
    """How sure the same concept is, by what both names say besides."""
    of_field, of_column = field.meaning.others, column.meaning.others
    more_field = of_field - of_column
    more_column = of_column - of_field - (field.told if field.meaning.concept == "name" else field.context)
    units_field, units_column = more_field & UNITS, more_column & UNITS
    more_field, more_column = more_field - UNITS - {"1"}, more_column - UNITS - {"1"}
    confidence = _SYNONYM
    if units_field and units_column:
        return _BOTH_SAY_OTHERS
    if units_field or units_column:
        confidence = _UNIT
    if more_field - OWNERS and more_column - OWNERS:
        return _BOTH_SAY_OTHERS
    if more_column - OWNERS and all(map(str.isdigit, more_column - OWNERS)) and not more_field:
        return min(confidence, _NUMBERED)
    if more_column - OWNERS:
        is_entity = more_column - OWNERS <= ENTITIES and field.meaning.concept in OF_ENTITIES
        return min(confidence, _ENTITY if is_entity and not more_field else _COLUMN_SAYS_MORE)
    if more_field - OWNERS:
        return min(confidence, _FIELD_SAYS_MORE)
    if more_field and more_column:
        return _OWNERS_DIFFER_BOTH
    return min(confidence, _OWNERS_DIFFER_ONE) if more_field or more_column else confidence


def _unknown(field: InputField, column: CsvColumn) -> tuple[How, float]:
    """Names of which the table of synonyms lacks at least one: the same words, a part of them, or a slip."""
    of_field, of_column = frozenset(words(field.name)), frozenset(words(column.name))
    if of_field == of_column:
        return "synonym", _SYNONYM
    if of_field - UNITS == of_column - UNITS and of_field - UNITS and not (of_field & UNITS and of_column & UNITS):
        return "synonym", _UNIT
    if of_field - OWNERS == of_column - OWNERS and of_field - OWNERS:
        return "synonym", _OWNERS_DIFFER_ONE
    similar = _slip(field.name, column.name)
    if similar:
        return "similar", similar
    part = of_field <= of_column or of_column <= of_field
    return "similar", _PART_OF_NAME if part and not column.is_opaque else 0.0


def _slip(field: str, column: str) -> float:
    """How sure it is that one name is the other, misspelt; words that are known are others, however alike."""
    one, other = "".join(written_words(field)), "".join(written_words(column))
    if min(len(one), len(other)) < _SHORTEST_SIMILAR:
        return 0.0
    similarity = OSA.normalized_similarity(one, other)
    if similarity < _LEAST_SIMILAR:
        return 0.0
    differing = {*words(field)} ^ {*words(column)}
    known = VOCABULARY | OWNERS | ENTITIES
    both_known = {*words(column)} <= known and {*words(field)} <= known
    numbers = any(word.isdigit() for word in differing)
    confidence = similarity * _SIMILAR_WEIGHT
    return min(confidence, _KNOWN_WORDS) if both_known or numbers else confidence


def _by_type(
    fields: Sequence[InputField], columns: Sequence[CsvColumn], named: Mapping[tuple[str, str], Candidate]
) -> list[Candidate]:
    """Columns that only their cells speak for: the only e-mail addresses there are, the longest texts."""
    found = list[Candidate]()
    for field in fields:
        better = [pair for pair in named.values() if pair.field is field and pair.confidence >= BAR]
        if better:
            continue
        roles = expected_roles(field) & _SHOWN_BY_CELLS
        of_role = [column for column in columns if column.profile["role"] in roles and not contradiction(field, column)]
        sure = _BY_TYPE if len(of_role) == 1 else FLOOR
        found += [Candidate(field, column, "by_type", sure) for column in of_role if _says_nothing_else(column)]
        found += [Candidate(field, column, "by_type", _ASKED_BY_TYPE) for column in _could_be(field, columns)]
        found += [Candidate(field, column, "by_type", _ANY_DAY) for column in _any_day(field, columns)]
        if field.takes_any_text:
            found += _texts(field, columns)
    return [pair for pair in found if pair.confidence > _confidence_of(pair, named)]


def _could_be(field: InputField, columns: Sequence[CsvColumn]) -> list[CsvColumn]:
    """Columns of days for a day, of texts for a text, under names that say neither: worth a question, and no more."""
    role = "date" if "date" in expected_roles(field) else "free_text"
    if field.meaning.concept not in (_DAYS if role == "date" else _TEXTS):
        return []
    of_role = [column for column in columns if column.profile["role"] == role and not contradiction(field, column)]
    return [column for column in of_role if column.meaning.concept in (None, "time", "id")]


def _any_day(field: InputField, columns: Sequence[CsvColumn]) -> list[CsvColumn]:
    """All columns of days, for a day that must be there: which one it is, a person knows."""
    if not field.required or not takes_days(field):
        return []
    days = [column for column in columns if column.profile["role"] == "date" and not contradiction(field, column)]
    return [column for column in days if column.meaning.concept not in _OTHER_DAYS]


def _confidence_of(pair: Candidate, named: Mapping[tuple[str, str], Candidate]) -> float:
    known = named.get((pair.field.name, pair.column.name))
    return known.confidence if known else 0.0


def _says_nothing_else(column: CsvColumn) -> bool:
    # A number that somebody has may be one that is called.
    return column.meaning.concept in (None, "id") and not column.meaning.others & (VOCABULARY - OWNERS)


def _texts(field: InputField, columns: Sequence[CsvColumn]) -> list[Candidate]:
    """The columns of texts, the longest first, which is sure if the next one is a good deal shorter."""
    texts = [
        column
        for column in columns
        if column.profile["role"] == "free_text" and column.meaning.concept in _TEXT_CONCEPTS
    ]
    texts.sort(key=lambda column: column.seen.mean_words, reverse=True)
    if not texts:
        return []
    next_words = texts[1].seen.mean_words if len(texts) > 1 else 0.0
    is_sure = texts[0].seen.mean_words >= next_words * _TEXT_RATIO
    first = Candidate(field, texts[0], "by_type", _LONGEST_TEXT if is_sure else 0.66)
    return [first, *(replace(first, column=column, confidence=0.6) for column in texts[1:])]
