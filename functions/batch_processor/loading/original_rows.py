"""Keeps all cells of the original rows as CSV, RFC 4180, with an index by which any range of rows is found."""

import csv
import io
import sys
from array import array
from itertools import accumulate, pairwise

OFFSET_BYTES = 8
LINE_END = "\r\n"


class OriginalRows:
    """Makes originals.csv and originals.index, a piece at a time."""

    def __init__(self) -> None:
        self._text = io.StringIO(newline="")
        self._writer = csv.writer(self._text, lineterminator=LINE_END)
        self._lengths: list[int] = []
        self._end = 0

    def add(self, cells: list[str]) -> int:
        """Takes in a row; returns how many characters it has."""
        characters: int = self._writer.writerow(cells)
        self._lengths.append(characters)
        return characters

    def take(self) -> tuple[bytes, bytes]:
        """The CSV of the rows added since the last call, and their index: where each begins in the whole CSV."""
        text = self._text.getvalue()
        lengths = self._lengths if text.isascii() else self._byte_lengths(text)
        *starts, self._end = accumulate(lengths, initial=self._end)
        self._text.seek(0)
        self._text.truncate()
        self._lengths = []
        return text.encode(), packed(starts)

    def end(self) -> bytes:
        """The last entry of the index: where the last row ends."""
        return packed([self._end])

    def _byte_lengths(self, text: str) -> list[int]:
        ends = list(accumulate(self._lengths, initial=0))
        return [len(text[start:end].encode()) for start, end in pairwise(ends)]


def packed(offsets: list[int]) -> bytes:
    """Byte offsets as the index has them: unsigned, 64 bits, little-endian."""
    entries = array("Q", offsets)
    if sys.byteorder == "big":
        entries.byteswap()
    return entries.tobytes()
