"""What a name means: the concept that it names, and what else it says of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from batch_processor.operations.naming.synonyms import ALIKE, CONCEPTS, entries
from batch_processor.operations.naming.words import is_head_first, words, written_words


@dataclass(frozen=True, slots=True)
class Meaning:
    """A concept of the table of synonyms, None if the name has none, and the other words, which say which one it is."""

    concept: str | None
    others: frozenset[str]


@cache
def meaning_of(name: str) -> Meaning:
    """The concept that most of the name's words name; of several, that of the word that heads the name."""
    found = _spread(_counted(name))
    order = {word: -place if is_head_first(name) else place for place, word in enumerate(found)}
    candidates = [
        (len(phrase), max(order[word] for word in phrase), concept, phrase)
        for phrase, concept in _PHRASES.items()
        if phrase <= order.keys()
    ]
    if not candidates:
        return Meaning(None, _alike(found))
    *_, concept, phrase = max(candidates, key=lambda candidate: candidate[:2])
    return Meaning(concept, _alike(order.keys() - phrase))


def _alike(found: Iterable[str]) -> frozenset[str]:
    return frozenset(ALIKE.get(word, word) for word in found)


def roles_of(name: str) -> frozenset[str]:
    """The roles that cells of a column of that name would have."""
    concept = meaning_of(name).concept
    return ROLES.get(concept, frozenset()) if concept else frozenset()


def _counted(name: str) -> tuple[str, ...]:
    """The words; "number of guests" is a count, and no number that a guest has."""
    written = written_words(name)
    if written[:2] in (("number", "of"), ("no", "of"), ("nr", "of"), ("num", "of"), ("total", "number")):
        return (*words(" ".join(written[2:])), "count")
    return words(name)


def _spread(found: tuple[str, ...]) -> tuple[str, ...]:
    """The words, with each that is a name of several words written as one taken apart: firstname, emailaddress."""
    return tuple(part for word in found for part in _JOINED.get(word, (word,)))


def _table() -> tuple[dict[frozenset[str], str], dict[str, frozenset[str]], dict[str, tuple[str, ...]]]:
    phrases, roles, joined = dict[frozenset[str], str](), dict[str, frozenset[str]](), dict[str, tuple[str, ...]]()
    for line in entries(CONCEPTS):
        concept, role, names = line.split(maxsplit=2)
        roles[concept] = frozenset() if role == "-" else frozenset(role.split("/"))
        for name in names.split(", "):
            phrases.setdefault(frozenset(words(name)), concept)
            if " " in name:
                joined.setdefault("".join(words(name)), words(name))
                joined.setdefault(name.replace(" ", ""), words(name))
    return phrases, roles, joined


_PHRASES, ROLES, _JOINED = _table()
VOCABULARY = frozenset(word for phrase in _PHRASES for word in phrase if not word.isdigit())
