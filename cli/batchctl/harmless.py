"""Makes text of others harmless on a terminal: cells, names, messages may hold what would move the cursor or turn the line.

What steers a terminal (C0, C1, ANSI's escape among them) or the direction of text (bidi marks) is shown by a sign or its
code point; line ends and tabs by signs, so that a cell stays on its line.
"""

import unicodedata

_SIGNS = {"\n": "⏎", "\t": "→", "\r": ""}
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
# What joins the parts of an emoji, and of letters of some scripts.
_JOINERS = ("\u200c", "\u200d")


def harmless(text: str) -> str:
    """The text in one line, with nothing in it that a terminal would act upon."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_sign, text.replace("\r\n", "\n")))


def shortened(text: str, most: int) -> str:
    """As `harmless`, cut with a mark."""
    shown = harmless(text[: most + 1])
    return shown if len(text) <= most and len(shown) <= most else f"{shown[: most - 1]}…"


def _sign(character: str) -> str:
    if character in _SIGNS:
        return _SIGNS[character]
    if unicodedata.category(character) in _UNSEEN and character not in _JOINERS:
        return f"[U+{ord(character):04X}]"
    return character
