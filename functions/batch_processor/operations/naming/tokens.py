"""Takes names apart further than blanks and capitals do: signs of units, words run together, verbs and their nouns."""

from collections.abc import Iterable
from functools import cache

from batch_processor.operations.naming.abbreviations import ABBREVIATIONS, UNIT_OF
from batch_processor.operations.naming.meaning import VOCABULARY
from batch_processor.operations.naming.synonyms import ENTITIES, OWNERS
from batch_processor.operations.naming.words import FOREIGN, words, written_words

_SIGNS = (
    ("km/h", " kmh "),
    ("m/s", " mps "),
    ("%", " percent "),
    ("€", " eur "),
    ("$", " usd "),
    ("£", " gbp "),
    ("¥", " jpy "),
    ("円", " jpy "),
    ("°", " "),
)
# How times and dates are written; no part of what a column is.
_UNSAID = frozenset({"utc", "gmt", "cet", "iso", "yyyy", "dd"})
_SHORTEST_RUN, _LONGEST_RUN = 5, 40
_UNKNOWN_COST, _WHOLE_COST, _SHORTEST_UNKNOWN = 4, 6, 3
_ENDS = frozenset(
    {"kg", "km", "lb", "cm", "mm", "ml", "no", "nr", "id", "dt", "tm", "nm", "cd", "yn", "amt", "dtm", "ts"}
)
_SUFFIXES = ("ations", "ation", "ings", "ing", "ions", "ion", "ments", "ment", "ed", "es", "e", "s", "y")
_SHORTEST_STEM = 3
_OF_VERBS = ("ed", "ing")


@cache
def tokens(name: str, vocabulary: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The words of a name as written, but for signs of units, and those that are run together taken apart."""
    for sign, word in _SIGNS:
        name = name.replace(sign, word)
    found = [part for word in written_words(name) for part in _apart(word, vocabulary)]
    return tuple(word for word in found if word not in _UNSAID) or tuple(found)


@cache
def stems(word: str) -> frozenset[str]:
    """What a verb and its nouns have in common: of filed and filing fil, of donated and donation donat."""
    found = [word.removesuffix(suffix) for suffix in _SUFFIXES if word.endswith(suffix)]
    return frozenset(_undoubled(part) for part in found if len(part) >= _SHORTEST_STEM)


def share_stem(one: str, other: str) -> bool:
    """Whether one is a form of a verb, and the other one too or its noun."""
    is_verb = one.endswith(_OF_VERBS) or other.endswith(_OF_VERBS)
    return (
        is_verb and min(len(one), len(other)) > _SHORTEST_STEM and bool((stems(one) | {one}) & (stems(other) | {other}))
    )


def _undoubled(word: str) -> str:
    return word[:-1] if len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in "lsz" else word


def is_known(word: str, vocabulary: Iterable[str] = ()) -> bool:
    """Whether the word is one, and no abbreviation of another."""
    return word in _KNOWN or word in vocabulary


@cache
def _apart(word: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    """The words that are run together in one, the fewest; itself if they are not known."""
    if not _SHORTEST_RUN <= len(word) <= _LONGEST_RUN or is_known(word, vocabulary) or not word.isalpha():
        return (word,)
    best: list[tuple[int, int, tuple[str, ...]] | None] = [(0, 0, ())] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for begin in range(end):
            before = best[begin]
            if before is None or not (cost := _cost(word[begin:end], vocabulary, is_end=end == len(word))):
                continue
            is_unknown = cost == _UNKNOWN_COST
            cost += (_WHOLE_COST - _UNKNOWN_COST) * (end - begin == len(word))
            # Names of fields are written out: what is no word in them is one that the table lacks.
            if before[1] + is_unknown <= (1 if vocabulary or (begin == 0 and end == len(word)) else 0):
                unknown = before[1] + is_unknown
                reading = (before[0] + cost, unknown, (*before[2], word[begin:end]))
                best[end] = min(filter(None, (best[end], reading)), key=lambda known: known[:2])
    found = best[-1]
    if found is None or len(found[2]) == 1 or not any(_is_sure(part, vocabulary) for part in found[2]):
        return (word,)
    return tuple(part.removesuffix("s") if _is_joint(part, vocabulary) else part for part in found[2])


def _cost(part: str, vocabulary: frozenset[str], *, is_end: bool) -> int:
    is_whole = part in vocabulary or len(part) > _SHORTEST_UNKNOWN or part in VOCABULARY
    if len(part) >= _SHORTEST_UNKNOWN and is_whole and (is_known(part, vocabulary) or _is_joint(part, vocabulary)):
        return 1
    if is_end and (part in _ENDS or (part in UNIT_OF and len(part) >= _SHORTEST_UNKNOWN)):
        return 1
    if part in ABBREVIATIONS and len(part) >= _SHORTEST_UNKNOWN:
        return 2
    return _UNKNOWN_COST if len(part) >= _SHORTEST_UNKNOWN else 0


def _is_sure(part: str, vocabulary: frozenset[str]) -> bool:
    return is_known(part, vocabulary) or part in UNIT_OF


def _is_joint(part: str, vocabulary: frozenset[str]) -> bool:
    """Whether it is a word with the s that German joins words by: Wartungs-datum."""
    return len(part) > _SHORTEST_RUN and part.endswith("s") and is_known(part[:-1], vocabulary)


_KNOWN = VOCABULARY | ENTITIES | OWNERS | frozenset(FOREIGN) | {name for name in UNIT_OF if len(name) > _SHORTEST_STEM}


def english(word: str) -> str:
    """The word in English, as far as the table has it."""
    return words(word)[0] if words(word) else word
