"""Text of others, as cells and messages, made harmless for a terminal: it can neither move the cursor nor turn lines round."""

import unicodedata

_KEPT = {"\u200c", "\u200d"}  # joiners, without which scripts and emoji come apart
_SHOWN = {"\r": "", "\n": "⏎", "\t": " "}
_UNSAFE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
_REPLACEMENT = "\ufffd"


def harmless(text: str, most: int | None = None) -> str:
    """The text on one line, of at most so many characters; what is cut is marked with an ellipsis."""
    # A cell may be megabytes; each of its characters becomes at most one.
    whole = most is None or len(text) <= most
    shown = "".join(map(_harmless, text if whole else text[:most]))
    return shown if whole else f"{shown[:-1]}…"


def _harmless(character: str) -> str:
    if character in _SHOWN:
        return _SHOWN[character]
    if character in _KEPT or unicodedata.category(character) not in _UNSAFE:
        return character
    return _REPLACEMENT
