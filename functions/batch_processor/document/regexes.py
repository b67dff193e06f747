"""RE2's regular expressions, which take time in proportion to the text, whatever the expression and the text are.

The expressions are other people's, and the texts are what a model wrote. https://github.com/google/re2/wiki/Syntax
"""

import re
from functools import lru_cache
from typing import Any

import re2

from batch_processor.document.json_value import without_lone_surrogates

# ECMA-262, and so JSON Schema, writes \u00e9 where RE2 has \x{e9}; a character beyond the BMP takes two of them.
_ESCAPED = re.compile(r"(\\\\)|\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|\\u([0-9a-fA-F]{4})")
TOO_MANY_REPETITIONS = "it repeats something more than 1,000 times"
_LINEAR = "which takes more than linear time"
# What other engines have and RE2 lacks: how it is found, what it is, and what to do in an expression that finds a value.
_LACKING = (
    (re.compile(r"\(\?<?[=!]"), f"it looks around, {_LINEAR}", "match what stands there, and group the wanted part"),
    (re.compile(r"\\[1-9]|\(\?P=|\\k<"), f"it refers back to a group, {_LINEAR}", "write the expression out"),
    (
        re.compile(r"[*+?]\+|\{\d+,?\d*\}\+|\(\?>"),
        "nothing backtracks here",
        "leave the possessive + or the atomic ?> out",
    ),
    (
        re.compile(r"\{\d*,?\d{4,}\}"),
        TOO_MANY_REPETITIONS,
        "limit the length elsewhere",
    ),
    (
        re.compile(r"\\[pP]\{(?:Emoji|Extended|RGI|Script|sc|gc|General)"),
        "it names a class of characters that RE2 does not know",
        "list the characters",
    ),
    (re.compile(r"\\Z"), r"\Z is written \z here", r"write \z for the end of the text"),
)


class Regex:
    """A compiled expression."""

    def __init__(self, pattern: str) -> None:
        """Raise ValueError with what to change where RE2 does not take the pattern."""
        options = re2.Options()
        options.log_errors = False
        try:
            self._compiled: Any = re2.compile(_translated(pattern), options)
        except (re2.error, UnicodeEncodeError) as exc:
            raise ValueError(_fault(pattern, exc)) from exc

    @property
    def groups(self) -> int:
        """The number of capturing groups."""
        count: int = self._compiled.groups
        return count

    def matches(self, text: str) -> bool:
        """Whether the expression is found anywhere in the text."""
        return self._compiled.search(without_lone_surrogates(text)) is not None

    def captured(self, text: str) -> str | None:
        """The text of the first group at the first match; None without a match."""
        match = self._compiled.search(without_lone_surrogates(text))
        captured: str | None = match[1] if match else None
        return captured


@lru_cache(maxsize=256)
def compile_regex(pattern: str) -> Regex:
    """The compiled pattern; ValueError says what to change where RE2 does not take it."""
    return Regex(pattern)


def regex_fault(pattern: str) -> str | None:
    """What keeps RE2 from taking the pattern, and what to change."""
    try:
        compile_regex(pattern)
    except ValueError as exc:
        return str(exc)
    return None


def lacking(pattern: str) -> str | None:
    """What the pattern has that other engines take and RE2 lacks; None if RE2 takes it, or no engine does."""
    found = regex_fault(pattern) and _lacking(pattern)
    return found[0] if found else None


@lru_cache(maxsize=256)
def is_beyond_re2(pattern: str) -> bool:
    """Whether other engines take the pattern, and RE2 does not."""
    return lacking(pattern) is not None


def _lacking(pattern: str) -> tuple[str, str] | None:
    return next(((fault, advice) for construct, fault, advice in _LACKING if construct.search(pattern)), None)


def _translated(pattern: str) -> str:
    return _ESCAPED.sub(_character, pattern)


def _character(escape: re.Match[str]) -> str:
    if escape[1]:
        return escape[1]
    if escape[4]:
        return rf"\x{{{escape[4]}}}"
    return rf"\x{{{0x10000 + ((int(escape[2], 16) - 0xD800) << 10) + int(escape[3], 16) - 0xDC00:x}}}"


def _fault(pattern: str, exc: Exception) -> str:
    if isinstance(exc, UnicodeEncodeError):
        return "it holds half of a surrogate pair; write whole characters"
    if found := _lacking(pattern):
        return "; ".join(found)
    reason = exc.args[0]
    return reason.decode() if isinstance(reason, bytes) else str(reason)
