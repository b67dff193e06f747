"""The text of a template: `{name}` stands for a column, `{{` and `}}` for braces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# A name in double braces, as other languages of templates write it: it is no name here.
_DOUBLED = re.compile(r"(?<!\{)\{\{[ \t]*([^{}\"':,\[\]\n]+?)[ \t]*\}\}(?!\})")
# Characters of JSON that names of columns hardly have.
_OF_JSON = re.compile(r"[\"':\[\]\n]|^\s|\s$")
_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True)
class Placeholder:
    """A name between braces."""

    name: str


def parse_template(text: str) -> tuple[str | Placeholder, ...]:
    """Return the text's pieces in order, adjacent text joined; ValueError says which brace is wrong."""
    pieces: list[str | Placeholder] = []
    for piece in _pieces(text):
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    return tuple(pieces)


def placeholders(text: str) -> set[str]:
    """Return the names that the template asks for."""
    return {piece.name for piece in parse_template(text) if isinstance(piece, Placeholder)}


def doubled_names(text: str) -> list[str]:
    """Return the names in double braces, which stand for themselves in every row."""
    return list(dict.fromkeys(_DOUBLED.findall(text)))


def is_like_json(name: str) -> bool:
    """Whether what stands between braces is probably no name, but JSON or code whose braces were meant."""
    return _OF_JSON.search(name) is not None


def _pieces(text: str) -> Iterator[str | Placeholder]:
    end = 0
    for token in _TOKEN.finditer(text):
        yield text[end : token.start()]
        yield _meaning(token)
        end = token.end()
    yield text[end:]


def _meaning(token: re.Match[str]) -> str | Placeholder:
    brace = token[0]
    if brace in ("{{", "}}"):
        return brace[0]
    if token[1]:
        return Placeholder(token[1])
    position = token.start() + 1
    if token[1] == "":
        raise ValueError(f"the template has empty braces at character {position}; write a name in them, or {{{{}}}}")
    raise ValueError(f"the template has a single {brace} at character {position}; write {brace * 2} for a brace")
