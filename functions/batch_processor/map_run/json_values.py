"""Reads JSON values one after the other from a text that need not fit the memory: an array's, or one a line."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

_CHUNK_CHARACTERS = 1024 * 1024
# Step Functions carries 256 KiB of input and of output, which escaping makes a few times as long.
_LONGEST_VALUE = 64 * 1024 * 1024
_BLANKS = " \t\r\n"
_BEHIND_NUMBERS = frozenset(f"{_BLANKS},]")


def read_array(text: TextIO) -> Iterator[Any]:
    """The elements of a text that is one array; ValueError if it is not."""
    values = _Values(text)
    values.expect("[")
    following = values.following()
    while following != "]":
        yield values.take()
        if (following := values.following()) == ",":
            values.expect(",")
        elif following != "]":
            values.refuse("',' or ']'")
    values.expect("]")
    if values.following():
        values.refuse("nothing behind the array")


def read_lines(text: TextIO) -> Iterator[Any]:
    """The values of JSON Lines; ValueError if it is something else."""
    values = _Values(text)
    while values.following():
        yield values.take()


class _Values:
    """The JSON values in a text, of which only a part is in memory at a time."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._part, self._at, self._before = "", 0, 0

    def following(self) -> str:
        """The next character that is not blank, which is not taken yet; "" at the end."""
        while True:
            while self._at < len(self._part):
                if self._part[self._at] not in _BLANKS:
                    return self._part[self._at]
                self._at += 1
            if not self._fill():
                return ""

    def expect(self, character: str) -> None:
        """Takes the next character, which must be this one."""
        if self.following() != character:
            self.refuse(repr(character))
        self._at += 1

    def take(self) -> Any:
        """Takes the next value."""
        self.following()
        is_last = False
        while True:
            try:
                value, end = self._decoder.raw_decode(self._part, self._at)
            except json.JSONDecodeError as exc:
                further = exc.pos - self._at
                if is_last or not self._fill():
                    self.refuse("a JSON value", further)
                continue
            except RecursionError as exc:
                raise ValueError(
                    f"the value at character {self._before + self._at + 1:,} is nested too deeply"
                ) from exc
            # A number goes on until something else comes, which may be in the next part.
            if is_last or not isinstance(value, int | float) or self._part[end : end + 1] in _BEHIND_NUMBERS:
                self._at = end
                return value
            is_last = not self._fill()

    def refuse(self, expected: str, further: int = 0) -> NoReturn:
        """Raises ValueError with the place."""
        raise ValueError(f"expected {expected} at character {self._before + self._at + further + 1:,}")

    def _fill(self) -> bool:
        """Reads on behind what is not taken yet; False at the end of the text."""
        kept = self._part[self._at :]
        if len(kept) > _LONGEST_VALUE:
            self.refuse(f"a value of at most {_LONGEST_VALUE:,} characters")
        more = self._text.read(max(_CHUNK_CHARACTERS, len(kept)))
        self._before += self._at
        self._part, self._at = kept + more, 0
        return bool(more)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
