"""A postal code as people type it, brought into the form in which its country writes it."""

import re
from collections.abc import Sequence

_SEPARATORS = re.compile(r"[^0-9A-Z]+")


def tidy_postal_code(text: str, examples: Sequence[str]) -> str:
    """Return the code upper case, with the separators of the first example that has the same shape: `e84lx` is `E8 4LX`."""
    code = " ".join(text.upper().split())
    bare = _SEPARATORS.sub("", code)
    return next((_separated(bare, example) for example in examples if _shape(example) == _shape(bare)), code)


def _separated(bare: str, example: str) -> str:
    characters = iter(bare)
    return "".join(next(characters) if character.isalnum() else character for character in example)


def _shape(code: str) -> str:
    return re.sub(r"[A-Z]", "A", re.sub(r"[0-9]", "9", _SEPARATORS.sub("", code.upper())))
