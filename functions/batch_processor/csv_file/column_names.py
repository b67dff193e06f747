"""Tells the names of columns so that a reader sees what is in them, and why one that looks right was not found."""

import difflib
import unicodedata
from collections.abc import Sequence

_LISTED, _LONGEST_LIST = 20, 600  # names, and characters of all of them together
_LONGEST, _LONGEST_MEANT = 80, 300  # characters of a name
# Beyond them a name is not compared with each column letter by letter, which would take longer than anyone waits.
COMPARED_COLUMNS, _COMPARED_CHARACTERS = 2_000, 100
_CHARACTERS_TOLD = 3


def shown_name(name: str, longest: int = _LONGEST) -> str:
    """The name in quotes, in its own script; what cannot be seen in it is shown by its code point, as [U+200B].

    A long one is cut in its middle, as its end may be all that tells it from others.
    """
    name = name if len(name) <= longest else f"{name[: longest // 2]}…{name[-longest // 2 :]}"
    quote = '"' if "'" in name and '"' not in name else "'"
    shown = "".join(_visible(character, before) for before, character in zip(" " + name, name, strict=False))
    return f"{quote}{shown}{quote}"


def listed(names: Sequence[str]) -> str:
    """The first names, and how many more there are."""
    shown, room = [], _LONGEST_LIST
    for name in names[:_LISTED]:
        shown.append(shown_name(name))
        room -= len(shown[-1])
        if room < 0:
            break
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")


def why_not_found(name: str, addresses: Sequence[str]) -> str:
    """Which column was probably meant, and what tells the two names apart if it is hard to see; else what there is."""
    if alike := look_alike(name, addresses):
        shown = shown_name(alike, _LONGEST_MEANT)
        return f"{shown} differs from it only {_difference(alike, name)}; write the name as the CSV has it"
    near = _nearest(name, addresses)
    return f"did you mean {shown_name(near, _LONGEST_MEANT)}?" if near else f"its columns are {listed(addresses)}"


def _nearest(name: str, addresses: Sequence[str]) -> str | None:
    if letters := _letters(name):
        for address in addresses:
            if _letters(address) == letters:
                return address
    if len(addresses) > COMPARED_COLUMNS or len(name) > _COMPARED_CHARACTERS:
        return None
    return next(iter(difflib.get_close_matches(name, addresses, n=1)), None)


def _letters(name: str) -> str:
    """What names have in common that are told apart by case, blanks and punctuation only."""
    return "".join(filter(str.isalnum, name)).casefold()


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
    if column.casefold().replace(" ", "") == name.casefold().replace(" ", ""):
        return "by capital letters and blanks"
    matcher = difflib.SequenceMatcher(None, column, name, autojunk=False)
    _, *place = next(change for change in matcher.get_opcodes() if change[0] != "equal")
    return f"in {_characters(column[place[0] : place[1]])}, where the configuration has {_characters(name[place[2] : place[3]])}"


def _characters(text: str) -> str:
    told = [f"U+{ord(c):04X} ({unicodedata.name(c, 'a control character')})" for c in text[:_CHARACTERS_TOLD]]
    return " and ".join([*told, *(["more"] if len(text) > _CHARACTERS_TOLD else [])]) or "nothing"
