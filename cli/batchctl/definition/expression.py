"""Puts JSONata on one line: what separates tokens becomes one space, and the tokens themselves stay as they are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPEN, _CLOSE = "{%", "%}"
_TOKEN = re.compile(
    r"""(?P<gap>(?:\s|/\*.*?\*/)+)
      | (?P<text>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `[^`]*`)
      | (?P<word>[\w$]+)
      | (?P<sign>.)""",
    re.DOTALL | re.VERBOSE,
)
_REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[])+/[im]*", re.DOTALL)


class UnreadableExpression(Exception):
    """An expression cannot be put on one line; it says how many lines down the cause is."""

    def __init__(self, what: str, lines_down: int = 0) -> None:
        super().__init__(what)
        self.lines_down = lines_down


@dataclass(frozen=True, slots=True)
class _Token:
    """`kind` is gap, text, regex, word or sign."""

    kind: str
    text: str


def is_expression(text: str) -> bool:
    """Whether Step Functions would take the text for an expression."""
    return text.lstrip().startswith(_OPEN)


def unwrapped(text: str) -> str:
    """The JSONata between the marks `{%` and `%}`."""
    if not text.rstrip().endswith(_CLOSE):
        raise UnreadableExpression(f"an expression begins with {_OPEN} and does not end with {_CLOSE}")
    return text.strip().removeprefix(_OPEN).removesuffix(_CLOSE)


def wrapped(jsonata: str) -> str:
    """The expression as Step Functions wants it."""
    return f"{_OPEN} {jsonata} {_CLOSE}"


def one_line(jsonata: str) -> str:
    """The same JSONata without line breaks and comments."""
    tokens = list(_tokens(jsonata))
    befores, afters = ["(", *(token.text for token in tokens)], [*(token.text for token in tokens[1:]), ")"]
    return "".join(
        token.text if token.kind != "gap" else _gap(token.text, before, after)
        for before, token, after in zip(befores, tokens, afters, strict=False)
    ).strip()


def names(jsonata: str) -> set[str]:
    """The names of variables and functions in the expression, with those that it defines itself."""
    return {token.text for token in _tokens(jsonata) if token.kind == "word" and token.text.startswith("$")}


def _gap(text: str, before: str, after: str) -> str:
    # What a bracket holds on lines of its own needs no space on the one line.
    return "" if "\n" in text and (before in ("(", "[") or after in (")", "]")) else " "


def _tokens(jsonata: str) -> Iterator[_Token]:
    at, divides = 0, False
    while at < len(jsonata):
        token = _token(jsonata, at, divides=divides)
        if problem := _problem(token):
            raise UnreadableExpression(problem, jsonata.count("\n", 0, at))
        yield token
        at += len(token.text)
        divides = _is_operand(token) or (token.kind == "gap" and divides)


def _token(jsonata: str, at: int, *, divides: bool) -> _Token:
    found = _TOKEN.match(jsonata, at)
    assert found
    if found[0] == "/" and not divides and (regex := _REGEX.match(jsonata, at)):
        return _Token("regex", regex[0])
    return _Token(str(found.lastgroup), found[0])


def _problem(token: _Token) -> str | None:
    if token.kind == "sign" and token.text in ('"', "'", "`"):
        return f"the text that begins with {token.text} has no end"
    if token.kind in ("text", "regex") and "\n" in token.text:
        return r"a text has a line break in it; write it as \n"
    return None


def _is_operand(token: _Token) -> bool:
    """Whether a slash behind the token divides; else, as JSONata tells them apart, a regular expression begins."""
    if token.kind == "sign":
        return token.text in (")", "]", "}")
    return token.kind != "gap" and token.text not in ("and", "or", "in")
