"""What the name of a column says of cells that may be several things: that they are codes, or people."""

from functools import cache

from batch_processor.operations.naming.meaning import meaning_of
from batch_processor.operations.naming.synonyms import OWNERS
from batch_processor.operations.naming.tokens import english, tokens
from batch_processor.operations.naming.words import is_head_first, written_words

_CODES = frozenset({"code", "cd", "id", "number", "no", "nr", "num", "nbr", "ref", "reference", "key"})
_DAYS = frozenset({"date", "dt", "dat", "day"})
_COUNTS = (("number", "of"), ("no", "of"), ("nr", "of"), ("num", "of"), ("total", "number"))
_PEOPLE_TEXT = (
    "technician driver judge doctor teacher nurse author owner manager agent inspector translator linguist officer handler "
    "engineer assignee operator supervisor coach captain pilot artist speaker instructor lawyer attorney counsel spouse parent "
    "chef editor reviewer surveyor witness winner payee sender claimant applicant plaintiff defendant adopter collector "
    "observer volunteer policyholder director"
)
_PEOPLE = OWNERS - {"main", "primary", "default", "record", "personal", "lead", "contact"} | {*_PEOPLE_TEXT.split()}
_SEVERAL_THINGS = frozenset({"estado", "etat"})


@cache
def says_code(name: str) -> bool:
    """Whether the name ends with, or in some languages begins with, a word for a number that identifies: OFFCODE, Nr. Vertrag."""
    found = [english(word) for word in tokens(name)]
    if len(found) < 2 or written_words(name)[:2] in _COUNTS or meaning_of(name).concept == "house_number":
        return False
    return found[-1] in _CODES or (is_head_first(name) and found[0] in _CODES)


@cache
def says_day(name: str) -> bool:
    """Whether the name ends with a word for a day: obs_dt, INVDATE."""
    return english(tokens(name)[-1]) in _DAYS if tokens(name) else False


@cache
def says_person(name: str) -> bool:
    """Whether the name is somebody's, or a word for somebody: Donor, pt_nm."""
    found = [english(word) for word in tokens(name)]
    return bool(found) and (found[-1] in _PEOPLE or found[-1] in ("name", "nm"))


def says_state_or_status(name: str) -> bool:
    """Whether it is a word that a part of a country is called by, and a condition, too."""
    return not _SEVERAL_THINGS.isdisjoint(written_words(name))
