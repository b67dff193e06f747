"""Lays the words of a field's name beside those of a column's: which are the same, and which are left over on either side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from batch_processor.operations.matching.evidence import CsvColumn
from batch_processor.operations.matching.fields import InputField
from batch_processor.operations.naming.abbreviations import ABBREVIATIONS, UNIT_OF, WORDS_OF_THEIR_OWN
from batch_processor.operations.naming.meaning import meaning_of
from batch_processor.operations.naming.synonyms import ALIKE
from batch_processor.operations.naming.tokens import english, is_known, share_stem, tokens

_SAME, STEM, _CONCEPT, _TABLE, _SHORTENED = 1.0, 0.95, 0.94, 0.93, 0.85
_SHORTEST_BEGINNING, _SHORTEST_SKELETON = 3, 2
_VOWELS = frozenset("aeiouy")
TRUTH_WORDS = frozenset({"is", "has", "was", "are", "yn", "flag", "ind", "indicator", "bool", "boolean"})
_NO_CONCEPT = frozenset({None, "name", "code", "date", "number", "key"})


@dataclass(frozen=True)
class Alignment:
    """The words of both names: `shared` of the field with how sure each is, and those that the other name lacks."""

    shared: dict[str, float]
    only_field: frozenset[str]
    only_column: frozenset[str]

    @cached_property
    def surety(self) -> float:
        """That of the least sure pair of words."""
        return min(self.shared.values(), default=0.0)


@dataclass(frozen=True)
class Vocabulary:
    """The words of all fields' names: what run-together and short names may be made of."""

    words: frozenset[str]

    @classmethod
    def of(cls, fields: Sequence[InputField]) -> "Vocabulary":
        """That of these fields."""
        return cls(frozenset(word for field in fields for word in tokens(field.name)))


def aligned(field: InputField, column: CsvColumn, vocabulary: Vocabulary) -> Alignment:
    """The words of both; a word of the column is that of the field it is likest."""
    of_field = _without_truth(tokens(field.name), field)
    of_column = _without_truth(tokens(column.name, vocabulary.words), field)
    pairs = [
        (likeness, one, place)
        for one in dict.fromkeys(of_field)
        for place, other in enumerate(of_column)
        if (likeness := _likeness(one, other, vocabulary.words))
    ]
    shared, taken = dict[str, float](), set[int]()
    for likeness, one, place in sorted(pairs, key=lambda pair: -pair[0]):
        if one not in shared and place not in taken:
            shared[one] = likeness
            taken.add(place)
    left = [english(word) for place, word in enumerate(of_column) if place not in taken]
    return Alignment(shared, _read({*of_field} - shared.keys()), frozenset(left) - {"of", "the"} - _said(shared, left))


def _said(shared: dict[str, float], left: Sequence[str]) -> frozenset[str]:
    """What is there twice says nothing more."""
    return frozenset(left) & shared.keys()


def _read(words: Iterable[str]) -> frozenset[str]:
    return frozenset(map(english, words)) - {"of", "the"}


def _without_truth(found: tuple[str, ...], field: InputField) -> tuple[str, ...]:
    """The words but those that only say that there is a yes or a no."""
    kept = tuple(word for word in found if word not in TRUTH_WORDS)
    return kept if kept and "boolean" in field.types else found


@cache
def _likeness(field: str, column: str, vocabulary: frozenset[str]) -> float:
    """How sure it is that two words are one."""
    if field.isdigit() or column.isdigit():
        return _SAME if field == column else 0.0
    one, other = ALIKE.get(english(field), english(field)), ALIKE.get(english(column), english(column))
    if one == other or (UNIT_OF.get(field) and UNIT_OF.get(field) == UNIT_OF.get(column)):
        return _SAME
    if one in ABBREVIATIONS.get(column, ()) or other in ABBREVIATIONS.get(field, ()):
        return _TABLE
    if {*ABBREVIATIONS.get(column, ())} & {*ABBREVIATIONS.get(field, ())}:
        return _TABLE
    concepts = meaning_of(field), meaning_of(column)
    if concepts[0].concept not in _NO_CONCEPT and not concepts[0].others | concepts[1].others:
        if concepts[0].concept == concepts[1].concept:
            return _CONCEPT
        if concepts[1].concept not in _NO_CONCEPT:
            return 0.0
    if share_stem(one, other):
        return STEM
    return _SHORTENED if shortens(column, field, vocabulary) else 0.0


@cache
def shortens(short: str, word: str, vocabulary: frozenset[str]) -> bool:
    """Whether one word is the beginning of the other, or its consonants, and of no other word of the fields."""
    if not _may_shorten(short, word, vocabulary):
        return False
    return not any(other != word and _may_shorten(short, other, vocabulary) for other in vocabulary)


def _may_shorten(short: str, word: str, vocabulary: frozenset[str]) -> bool:
    if len(short) >= len(word) or short[:1] != word[:1] or not short.isalpha() or not short.isascii():
        return False
    if short in WORDS_OF_THEIR_OWN or short in ABBREVIATIONS or is_known(short, vocabulary):
        return False
    if len(short) >= _SHORTEST_BEGINNING and word.startswith(short) and len(word) > len(short) + 1:
        return True
    letters = iter(word)
    is_part = all(letter in letters for letter in short)
    return is_part and len(short) > _SHORTEST_SKELETON and not _VOWELS & {*short[1:]} and len(word) > len(short) + 1
