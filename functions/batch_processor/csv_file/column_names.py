"""Tells the names of columns so that a reader sees what is in them, and why one that looks right was not found."""

import difflib
import unicodedata
from collections.abc import Sequence

_LISTED = 20


def shown_name(name: str) -> str:
    """The name in quotes, in its own script; what cannot be seen in it is shown by its code point, as [U+200B]."""
    quote = '"' if "'" in name and '"' not in name else "'"
    shown = "".join(_visible(character, before) for before, character in zip(" " + name, name, strict=False))
    return f"{quote}{shown}{quote}"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown = ", ".join(map(shown_name, names[:_LISTED]))
    return shown if len(names) <= _LISTED else f"{shown} and {len(names) - _LISTED} more"


def why_not_found(name: str, addresses: Sequence[str]) -> str:
    """Which column was probably meant, and what tells the two names apart if it is hard to see; else what there is."""
    if alike := look_alike(name, addresses):
        return f"{shown_name(alike)} differs from it only {_difference(alike, name)}; write the name as the CSV has it"
    near = difflib.get_close_matches(name, addresses, n=1)
    return f"did you mean {shown_name(near[0])}?" if near else f"its columns are {listed(addresses)}"


def look_alike(name: str, addresses: Sequence[str]) -> str | None:
    """The column that a reader would take for the one of that name."""
    folded = _folded(name)
    return next((address for address in addresses if _folded(address) == folded), None) if folded else None


def _visible(character: str, before: str) -> str:
    composed = unicodedata.combining(character) and len(unicodedata.normalize("NFC", before + character)) == 1
    if composed or (not character.isprintable() and character >= "\x7f"):
        return f"[U+{ord(character):04X}]"
    return "\\\\" if character == "\\" else character if character.isprintable() else repr(character)[1:-1]


def _folded(name: str) -> str:
    """What is left of a name once case, width, composition and all that cannot be seen is taken off."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(
        " " if c.isspace() else c for c in plain if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc")
    )
    return " ".join(seen.split())


def _difference(column: str, name: str) -> str:
    if column.strip() == name.strip() and column.strip(" ") == name.strip(" "):
        return "by blanks at its beginning or end"
    if column.casefold() == name.casefold():
        return "by capital letters"
    matcher = difflib.SequenceMatcher(None, column, name, autojunk=False)
    _, *place = next(change for change in matcher.get_opcodes() if change[0] != "equal")
    return f"in {_characters(column[place[0] : place[1]])}, where the configuration has {_characters(name[place[2] : place[3]])}"


def _characters(text: str) -> str:
    return " and ".join(f"U+{ord(c):04X} ({unicodedata.name(c, 'a control character')})" for c in text) or "nothing"
