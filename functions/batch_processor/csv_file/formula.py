"""Takes the force out of text that a spreadsheet would run as a formula, after OWASP (ASVS 1.2.10, CSV Injection).

An apostrophe goes in before each sign that begins a cell: this one, or one that another program would make of a part of it,
as it splits at another delimiter, at line ends or at quotes, and strips what it takes for blank. Numbers run nothing.
"""

import re
from collections.abc import Callable
from functools import cache, cached_property

# In their fullwidth forms, too, which spreadsheets with an East Asian input method take for the others.
_WIDE_SIGNS = "\uff1d\uff0b\uff0d\uff20"
_SIGNS = f"=+-@{_WIDE_SIGNS}"
# A cell that begins so is neutralised whatever follows: OWASP names them beside the signs.
_STARTS = ("\t", "\r", "\n", "\0")
_DELIMITERS = ",;|\t"
_LINE_ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
# Those at which every program ends a line; to most, the others are a character of the cell.
_SURE_LINE_ENDS = ("\n", "\r")
_QUOTE = '"'
# What a program may strip from a cell: blanks, controls, and characters that show nothing.
_BLANKS = (
    " \xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
    "\0-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
    "\xad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_DIGITS = r"[+\-\uff0b\uff0d]\d++(?:\.\d++)?(?:[eE][+-]?\d++)?"
# Of JSON, a number may be the last in lists and objects.
_CLOSERS = "]}"


def may_have_force(text: str) -> bool:
    """Whether neutralising may change the text or any part of it: False is certain, and found out fast."""
    return _has_sign(text) or any(start in text for start in _STARTS)


def _has_sign(text: str) -> bool:
    # One search by the C library for each: this is asked of every cell.
    if "=" in text or "+" in text or "-" in text or "@" in text:
        return True
    return not text.isascii() and any(sign in text for sign in _WIDE_SIGNS)


@cache
def neutraliser(delimiter: str = ",") -> Callable[[str], str]:
    """What neutralises the generated cells of a CSV that has this delimiter."""
    return _Neutraliser(delimiter).neutralise


class _Neutraliser:
    # What has no sign needs none of the expressions, and to compile them takes milliseconds.

    def __init__(self, delimiter: str) -> None:
        delimiters = "".join(sorted({*_DELIMITERS, delimiter}))
        self._separators = frozenset(delimiters + _LINE_ENDS)
        self._delimiter, self._between = re.escape(delimiter), re.escape(delimiters)
        self._blank = rf"(?![{self._between}])[{_BLANKS}]"
        # A list's number may have the list's comma at the end of its line.
        self._last = rf"(?:[{self._between}](?:{self._blank})*+(?=[{_LINE_ENDS}]|\Z))?"

    @cached_property
    def _start(self) -> re.Pattern[str]:
        # Each stretch of blanks is looked at once, from the separator before it: the time is that of one pass.
        return re.compile(rf"[{self._between}{_LINE_ENDS}{_QUOTE}](?:{self._blank})*+[{re.escape(_SIGNS)}]")

    @cached_property
    def _number(self) -> re.Pattern[str]:
        return re.compile(rf"{_DIGITS}(?:{self._blank}|[{re.escape(_CLOSERS)}])*+{self._last}")

    @cached_property
    def _quoted_end(self) -> re.Pattern[str]:
        return re.compile(rf"{_QUOTE}(?:{self._blank}|[{_QUOTE}{re.escape(_CLOSERS)}])*+{self._last}")

    @cached_property
    def _blank_or_quote(self) -> re.Pattern[str]:
        return re.compile(rf"{self._blank}|{_QUOTE}")

    @cached_property
    def _quoted(self) -> re.Pattern[str]:
        return re.compile(rf"[{self._delimiter}{_QUOTE}\n\r]")

    def neutralise(self, text: str) -> str:
        """The text with an apostrophe before each sign that a spreadsheet might take for the start of a formula."""
        neutral = text
        if _has_sign(text):
            # The line end before it stands for where the cell begins.
            neutral = self._start.sub(self._with_apostrophe, f"\n{text}")[1:]
        return f"'{neutral}" if text.startswith(_STARTS) else neutral

    def _with_apostrophe(self, found: re.Match[str]) -> str:
        stretch = found[0]
        return stretch if self._is_number(found) else f"{stretch[:-1]}'{stretch[-1]}"

    def _is_number(self, found: re.Match[str]) -> bool:
        """Whether whatever begins a cell at the sign finds a number there and nothing else."""
        text, before = found.string, found.start()
        if not (number := self._number.match(text, found.end() - 1)):
            return False
        end = number.end()
        if text[before] == _QUOTE:
            if not (quoted := self._quoted_end.match(text, end)):
                return False
            while self._blank_or_quote.match(text, before):
                before -= 1
            if text[before] not in self._separators:
                return True  # Only what splits at quotes begins a cell here, and ends it at the next one.
            end = quoted.end()
        follows = text[end : end + 1]
        if before == 0:
            # The cell itself has no other end than its own.
            return not follows
        if not follows:
            # In the file the next cell follows, and is one with this number to a program that splits at another
            # delimiter, unless the quotes of this cell stand between, or what closes a list.
            return bool(self._quoted.search(text, 1)) or any(closer in number[0] for closer in _CLOSERS)
        return follows in _SURE_LINE_ENDS or follows == text[before]
