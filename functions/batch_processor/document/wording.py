"""The words in which problems are told: values shortened, likely spellings, lists of choices."""

import difflib
import json
from collections.abc import Iterable
from typing import Any

_LONGEST = 60


def shown(value: Any) -> str:
    """Return the value as JSON, cut where it is long."""
    text = json.dumps(value[:_LONGEST] if isinstance(value, str) else value, ensure_ascii=False)
    if isinstance(value, str) and len(value) > _LONGEST:
        return f'{text[:-1]}…"'
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


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
