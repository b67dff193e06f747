"""The shape of an answer in a few words: names of keys and kinds of values, nothing of the values themselves."""

import re
from collections.abc import Mapping
from typing import Any

_FIELD = re.compile(r"[^\W\d][\w-]{0,63}")
_DEEPEST, _LONGEST = 3, 300


def outline(value: Any) -> str:
    """As `{id: text, choices: [1 × {index: number, message: {…}}]}`, three levels deep, cut where it is long."""
    text = _outline(value, _DEEPEST)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _outline(value: Any, levels: int) -> str:
    if isinstance(value, Mapping):
        if not levels:
            return "{…}" if value else "{}"
        return f"{{{', '.join(f'{_name(str(key))}: {_outline(inner, levels - 1)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{len(value)} × {_outline(value[0], levels - 1) if levels else '…'}]" if value else "[]"
    if isinstance(value, str):
        return "text"
    return "null" if value is None else "true or false" if isinstance(value, bool) else "number"


def _name(key: str) -> str:
    # What does not look like a field's name may be somebody's.
    return key if _FIELD.fullmatch(key) else f"(a name of {len(key)} characters)"
