"""The features of a ticket's text: words, their pairs, their pieces, and how loud it is."""

import re
import unicodedata
from itertools import pairwise

# Order numbers, amounts and dates are all different, what they are is the same: one word for each kind.
KINDS = (
    (re.compile(r"(?:[£€$]\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|£|\$|eur\b|euros?\b|gbp\b|usd\b|pounds?\b|dollars?\b))"), " _amount "),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b"), " _date "),
    (re.compile(r"#?\b(?:fw-?)?\d{6}\b"), " _order "),
    (re.compile(r"\d+"), " _number "),
)  # fmt: skip
WORD = re.compile(r"[^\W\d]+|[!?]")
SHOUTED = re.compile(r"\b[A-Z]{4,}\b")
SMILE = re.compile(r"[:;]-?[)D]|[😀-😍😊🙂🙏👍💚❤🎉🥰]")
FROWN = re.compile(r"[:;]-?[(/]|[😠-😭🤬👎🙁☹💔🤦]")


def extract_features(text: str) -> set[str]:
    """Return the names of the features present in the text."""
    words = _words(text)
    return {*words, *_pairs(words), *_pieces(words), *_tone_marks(text)}


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower().replace("’", "'").replace("'", "")
    for pattern, word in KINDS:
        plain = pattern.sub(word, plain)
    return WORD.findall(plain)


def _pairs(words: list[str]) -> set[str]:
    return {f"{first} {second}" for first, second in pairwise(words)}


def _pieces(words: list[str]) -> set[str]:
    # Pieces of four letters make "refunded" and "refunds" relatives of "refund" without a stemmer.
    marked = (f"^{word}$" for word in words)
    return {word[start : start + 4] for word in marked for start in range(len(word) - 3)}


def _tone_marks(text: str) -> set[str]:
    marks = {
        "_shouted": len(SHOUTED.findall(text)) >= 3,
        "_exclaimed": text.count("!") >= 2,
        "_smile": bool(SMILE.search(text)),
        "_frown": bool(FROWN.search(text)),
    }
    return {name for name, present in marks.items() if present}
