"""Reads a CSV exactly: every cell as the characters it has in the file, every error with its line."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from batch_processor.errors import InvalidCsv

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in collections.abc from Python 3.12 on

DELIMITERS = (",", ";", "\t", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
SAMPLE_BYTES = 256 * 1024
_SAMPLE_RECORDS = 50
_BUFFER_BYTES = 1024 * 1024
# Cells and lines are held in memory whole; if a quote or a line end is missing, one could be the rest of a large file.
LONGEST_CELL = LONGEST_LINE_BYTES = 16 * 1024 * 1024
_CSV_ERRORS = {
    "unexpected end of data": "a quoted cell is opened and never closed; close it, or double the quotes within it",
    "expected after": "a closing quote is followed by more text; double the quotes within a quoted cell",
    "field larger than": f"a cell has more than {LONGEST_CELL:,} characters; if it is opened by a quote, close it with one",
    "line longer than": f"it has more than {LONGEST_LINE_BYTES:,} bytes and no line end; is the file a CSV?",
}

# The csv module's own limit, 128 KiB a cell, holds for the whole process.
csv.field_size_limit(LONGEST_CELL)


class Record(NamedTuple):
    """One record of the file: the line it starts on (1-based) and its cells."""

    line: int
    cells: list[str]


@dataclass(slots=True)
class CsvInput:
    """A CSV that can be opened from its start again and again; `encoding` and `delimiter` as detected or declared."""

    open_bytes: Callable[[], io.RawIOBase]
    encoding: str
    delimiter: str
    blank_lines: int = 0

    def records(self) -> Iterator[Record]:
        """The header and then the rows, in file order; blank lines are no records and only counted."""
        self.blank_lines = 0
        line = 1
        try:
            with open_text(self.open_bytes(), self.encoding) as text:
                reader = csv.reader(text, delimiter=self.delimiter, strict=True)
                for cells in reader:
                    if cells:
                        yield Record(line, cells)
                    else:
                        self.blank_lines += 1
                    line = reader.line_num + 1
        except csv.Error as exc:
            raise InvalidCsv(f"Line {line}: {_explain(exc)}.") from exc
        except UnicodeDecodeError as exc:
            self._refuse_undecodable(exc)

    def _refuse_undecodable(self, exc: UnicodeDecodeError) -> NoReturn:
        with self.open_bytes() as raw:
            line, column = locate_undecodable(raw, self.encoding)
        raise InvalidCsv(
            f"Line {line}, column {column}: the bytes {exc.object[exc.start : exc.end].hex(' ')} are not {self.encoding}. "
            "Save the file as UTF-8, or declare its encoding in csv_format.encoding (for example cp1252)."
        ) from exc


def open_text(raw: io.RawIOBase, encoding: str) -> io.TextIOWrapper:
    """The decoded text with its line ends as they are; decoding is strict."""
    bounded = io.BufferedReader(_BoundedLines(raw), _BUFFER_BYTES)
    return io.TextIOWrapper(bounded, encoding=encoding, errors="strict", newline="")


class _BoundedLines(io.RawIOBase):
    """Passes the bytes of `raw` on; csv.Error where a line has more than LONGEST_LINE_BYTES."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._line_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        count = self._raw.readinto(buffer) or 0
        chunk = bytes(memoryview(buffer)[:count])
        # Not exactly: in UTF-16, one of these bytes may be half of another character.
        self._line_bytes = 0 if b"\n" in chunk or b"\r" in chunk else self._line_bytes + count
        if self._line_bytes > LONGEST_LINE_BYTES:
            raise csv.Error("line longer than the limit")
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def detect_encoding(head: bytes, declared: str) -> str:
    """The encoding by byte order mark, else as declared, else UTF-8; InvalidCsv if it is one that cannot be read."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise InvalidCsv("The file is UTF-32, which is not supported. Save it as UTF-8.")
    by_mark = next((encoding for mark, encoding in _BOMS if head.startswith(mark)), None)
    if head and declared == "utf-16" and not by_mark:
        raise InvalidCsv("The file has no byte order mark. Declare csv_format.encoding as utf-16-le or utf-16-be.")
    return by_mark or ("utf-8" if declared == "auto" else declared)


def detect_delimiter(head: bytes, encoding: str) -> str:
    """The delimiter that splits the first records most evenly; a comma where nothing splits them."""
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    widths = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        if cells:
            widths.append(len(cells))
        if len(widths) > _SAMPLE_RECORDS:
            break
    if not widths or widths[0] == 1:
        return (0.0, 0)
    return (sum(width == widths[0] for width in widths) / len(widths), widths[0])


def locate_undecodable(raw: io.RawIOBase, encoding: str) -> tuple[int, int]:
    """Line and column (1-based, in characters) of the first byte that is not `encoding`."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    line, column, after_return = 1, 1, False
    while True:
        chunk = raw.read(_BUFFER_BYTES) or b""
        state = decoder.getstate()
        try:
            text, at_fault = decoder.decode(chunk, final=not chunk), False
        except UnicodeDecodeError as exc:
            decoder.setstate(state)
            # `exc.object` may begin before the chunk, with bytes kept from the last one, or in it, behind the mark.
            fault = len(chunk) - len(exc.object) + exc.start
            text, at_fault = decoder.decode(chunk[: max(fault, 0)]), True
        if text:
            line, column = _place_behind(text.removeprefix("\n") if after_return else text, line, column)
            after_return = text.endswith("\r")
        if at_fault or not chunk:
            return line, column


def _place_behind(text: str, line: int, column: int) -> tuple[int, int]:
    line_ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    if not line_ends:
        return line, column + len(text)
    return line + line_ends, len(text) - max(text.rfind("\n"), text.rfind("\r"))


def _explain(exc: csv.Error) -> str:
    return next((words for sign, words in _CSV_ERRORS.items() if sign in str(exc)), str(exc))
