"""The words in which problems are told: values shortened, likely spellings, lists of choices."""

import difflib
import json
import unicodedata
from collections.abc import Iterable
from typing import Any

_LONGEST = 60
# Of a text, as the end is where an ARN or a path tells most.
_LONGEST_TEXT, _LONGEST_END = 80, 40
_CALLED = {" ": "a blank", "\t": "a tab", "\n": "a line break", "\r": "a line break"}
_INVISIBLE = ("Cc", "Cf", "Zl", "Zp", "Zs")
# What joins the parts of an emoji.
_JOINER = "\u200d"


def shown(value: Any) -> str:
    """Return the value as JSON: a long text without its middle, anything else that is long cut.

    Behind a text stands in parentheses what of it cannot be seen.
    """
    if isinstance(value, str):
        remark = unseen(value)
        return json.dumps(_shortened(value), ensure_ascii=False) + (f" ({remark})" if remark else "")
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def unseen(text: str) -> str | None:
    """Return what of the text nobody sees, as "it ends with a blank"; None if there is nothing of the kind."""
    for character, where in ((text[-1:], "ends"), (text[:1], "begins")):
        if character and _is_invisible(character):
            return f"it {where} with {_called(character)}"
    inside = (at for at, character in enumerate(text) if _is_invisible(character) and character not in _CALLED)
    at = next(inside, None)
    return None if at is None else f"it has {_called(text[at])} at character {at + 1}"


def _is_invisible(character: str) -> bool:
    return unicodedata.category(character) in _INVISIBLE and character != _JOINER


def _called(character: str) -> str:
    return _CALLED.get(character) or f"an invisible character (U+{ord(character):04X})"


def _shortened(text: str) -> str:
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[: _LONGEST_TEXT - _LONGEST_END]}…{text[-_LONGEST_END:]}"


def lowered(sentence: str) -> str:
    """Return the sentence without capital and full stop, to go on after a colon."""
    start = sentence[:2] if sentence[1].isupper() else sentence[:2].lower()
    return start + sentence[2:].rstrip(".")


def choices(names: Iterable[str]) -> str:
    """Return the names as "a, b or c"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, whatever its case; None when nothing is near."""
    by_case: dict[str, str] = {}
    for name in known:
        by_case.setdefault(name.lower(), name)
    matches = difflib.get_close_matches(word[:100].lower(), by_case, n=1, cutoff=0.6)
    return by_case[matches[0]] if matches else None


def suggestion(word: object, known: Iterable[str]) -> str:
    """Return "did you mean 'x'?" where a known word is near, else what the known words are."""
    known = list(known)
    meant = nearest(word, known) if isinstance(word, str) else None
    return f"did you mean '{meant}'?" if meant else f"use {choices(known)}"
