"""Takes names apart into words, whatever their case, separators, accents and language."""

import re
import unicodedata
from functools import cache

from batch_processor.operations.naming.synonyms import WORDS, entries

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_NUMBER_SIGN = re.compile(r"\b[nN][°º]|№|#(?=\s|$)|^#")
_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ø": "o", "æ": "ae"}
)
_UNSAID_TEXT = "of the at on de du des der die das del la le les el los von vom zu zum zur d l and und et your my"
_UNSAID = frozenset(_UNSAID_TEXT.split())
_ENDINGS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("s", ""))
_SHORTEST_PLURAL = 4
_SINGULAR_TEXT = (
    "status address business gps sms news series bus gas plus class process access express success analysis diagnosis basis "
    "notes features keywords symptoms details specifications specs units sales employees comments orders purchases points "
    "stars pieces hours days minutes seconds"
)
_SINGULAR = frozenset(_SINGULAR_TEXT.split())


@cache
def written_words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, without accents and plural: orderID, Order-Id and ORDER IDS are all (order, id)."""
    text = _NUMBER_SIGN.sub(" number ", name)
    text = re.sub(r"\b[eE][-_ ]?[mM]ail", "email", text)
    text = unicodedata.normalize("NFC", text).translate(_UMLAUTS)
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(map(_singular, (word.lower() for word in _PARTS.findall(text.replace("'", " ")))))


@cache
def words(name: str) -> tuple[str, ...]:
    """The same in the words of the table of synonyms, as far as it has them, without articles and prepositions."""
    written = written_words(name)
    said = [word for word in written if word not in _UNSAID] or list(written)
    return tuple(_ENGLISH.get(word, word) for word in said)


def is_head_first(name: str) -> bool:
    """Whether the language of the name puts what a thing is before whose it is: fecha de pedido."""
    return any(word in _UNSAID - {"and", "und", "et", "your", "my"} or word in _ROMANCE for word in written_words(name))


def _singular(word: str) -> str:
    if word in _SINGULAR or len(word) < _SHORTEST_PLURAL or word.endswith("ss"):
        return word
    return next((word.removesuffix(end) + kept for end, kept in _ENDINGS if word.endswith(end)), word)


def _table() -> dict[str, str]:
    table = dict[str, str]()
    for line in entries(WORDS):
        english, *others = line.split()
        others += ["".join(written_words(other)) for other in others if not other.isascii()]
        table |= {_singular(other): english for other in others} | dict.fromkeys(others, english)
    return table


_ENGLISH = _table()
FOREIGN = frozenset(_ENGLISH)
_ROMANCE_TEXT = "nom prenom numero adresse fecha nombre codigo montant prix fechas correo telefono direccion"
_ROMANCE = frozenset(_ROMANCE_TEXT.split())
