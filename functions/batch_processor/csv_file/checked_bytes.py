"""Hands the bytes of a CSV on as UTF-8, and stops at what no text has: told with its place before anything is called."""

import codecs
import io
import re
from typing import TYPE_CHECKING

from batch_processor.csv_file.dialect import Dialect
from batch_processor.csv_file.encodings import DeclarationDoubt, is_doubtful
from batch_processor.csv_file.fault import EndlessLine

if TYPE_CHECKING:
    from typing_extensions import Buffer  # in collections.abc from Python 3.12 on

BUFFER_BYTES = 1024 * 1024
# Lines are held in memory whole; if a line end is missing, one could be the rest of a large file.
LONGEST_LINE_BYTES = 16 * 1024 * 1024
_CTRL_Z = b"\x1a"
# As many bytes of the last chunk as the longest of the patterns may begin with.
_TAIL_BYTES = 8
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NULS = re.compile(rb"\0\0|(?:[\t\r\n -~]\0){2}")
# At the beginning of a line: where one file ends and another begins.
_MARK = re.compile(rb"[\r\n]\xef\xbb\xbf")
_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\$[()][@A-G]|\([IJ])")
_C1 = re.compile(rb"\xc2[\x80-\x9f]")
# What cp1252 and cp1250 make of small letters of mac_roman, and what stands in no word.
_WITHIN_WORD = re.compile("[A-Za-z](‡|‰|‹|“|”|•|›)[a-z]".encode())
_WINDOWS = ("cp1252", "cp1250")
_TWICE = re.compile(rb"\r\r\n")
_NULS_TOLD = (
    "here are zero bytes as no text has them: a part of the file is UTF-16, or was never written. Write it anew, all of it as "
    "UTF-8"
)
_ISO_2022_TOLD = (
    "here is an escape sequence of ISO-2022 (ISO-2022-JP, JIS, or its like), which is not supported. Save the file as UTF-8; "
    "if it is a text that has such sequences, set csv_format.encoding_certain to true"
)
_MARK_TOLD = (
    "a byte order mark stands here, as where files were put together. Put them together without the marks, and without the "
    "headers, of all but the first; if it is meant to be in the cell, set csv_format.encoding_certain to true"
)
_TWICE_TOLD = (
    "it ends in two carriage returns and a line feed (CR CR LF), as where a text was written as text twice. Turn that into CR "
    'LF everywhere; if the file has several columns, csv_format.line_end "any" reads it too'
)


def is_unlikely(text: str, encoding: str) -> bool:
    """Whether a text has what this encoding makes of bytes that were another one's."""
    written = text.encode("utf-8", "replace")
    return bool(_C1.search(written) or (encoding in _WINDOWS and _WITHIN_WORD.search(written)))


class DoubtfulBytes(Exception):
    """What was found at `offset`, counted in the file's text as UTF-8, is hardly what it is said to be."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset, self.reason = offset, reason


class DoubtfulDeclaration(Exception):
    """The file, or a part of it, is UTF-8 and not in the encoding that was declared."""


class Utf8Bytes(io.RawIOBase):
    """The bytes of `raw`, turned into UTF-8 without a mark; UnicodeDecodeError where they are not `encoding`.

    Bytes that claim to be UTF-8 are handed on as they are.
    """

    def __init__(self, raw: io.RawIOBase, encoding: str) -> None:
        self._raw = raw
        self._decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)(errors="strict")
        self._ready = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        while not self._ready and not self._ended:
            chunk = self._raw.read(BUFFER_BYTES) or b""
            self._ended = not chunk
            self._ready = memoryview(self._passed(chunk))
        target = memoryview(buffer)
        count = min(len(target), len(self._ready))
        target[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _passed(self, chunk: bytes) -> bytes:
        return self._decoder.decode(chunk, final=self._ended).encode() if self._decoder else chunk


class CheckedBytes(Utf8Bytes):
    """The same from the header on and without a Ctrl-Z at the end, if nothing speaks against the file being such a text.

    Fails with DoubtfulBytes, DoubtfulDeclaration or EndlessLine. `has_other_breaks` tells whether a line of the last
    bytes may have line breaks in it; `blank_lines` counts those before the header.
    """

    def __init__(self, raw: io.RawIOBase, encoding: str, dialect: Dialect) -> None:
        super().__init__(raw, encoding)
        self._encoding, self._certain, self._line_end = encoding, dialect.encoding_certain, dialect.line_end.encode()
        self._doubt = DeclarationDoubt(encoding) if is_doubtful(encoding) and not self._certain else None
        self._to_skip = dialect.header_line - 1
        self._held = self._tail = self._preamble = b""
        self._line_bytes = 0
        self.checked_bytes = self.blank_lines = 0
        self.has_other_breaks = False

    def _passed(self, chunk: bytes) -> bytes:
        if self._doubt:
            self._doubt.add(chunk, final=self._ended)
            if self._doubt.strong_runs or (self._ended and self._doubt.is_utf_8):
                raise DoubtfulDeclaration
        chunk = super()._passed(chunk)
        if self._held or chunk.endswith(_CTRL_Z):
            chunk = self._without_end_mark(chunk)
        self._check(chunk)
        return self._from_header(chunk) if self._to_skip else chunk

    def _without_end_mark(self, chunk: bytes) -> bytes:
        """DOS ends a text with Ctrl-Z; which one is the last shows when nothing follows."""
        if self._ended and not chunk:
            return b""
        text = self._held + chunk
        chunk = text.rstrip(_CTRL_Z)
        self._held = text[len(chunk) :]
        return chunk

    def _check(self, chunk: bytes) -> None:
        window = self._tail + chunk
        start = self.checked_bytes - len(self._tail)
        if not self._certain:
            if b"\0" in window:
                _stop_at(_NULS, window, start, _NULS_TOLD)
            if b"\x1b" in window:
                _stop_at(_ISO_2022, window, start, _ISO_2022_TOLD)
            if not window.isascii():
                self._check_characters(window, start)
        if self._line_end:
            self._check_line_ends(window, start)
        # Not exactly: a line may have ended before the chunk's end.
        self._line_bytes = 0 if b"\n" in chunk or b"\r" in chunk else self._line_bytes + len(chunk)
        if self._line_bytes > LONGEST_LINE_BYTES:
            raise EndlessLine(LONGEST_LINE_BYTES)
        self.checked_bytes += len(chunk)
        self._tail = window[-_TAIL_BYTES:]

    def _check_characters(self, window: bytes, start: int) -> None:
        # The line is the one behind the line end.
        if codecs.BOM_UTF8 in window and (found := _MARK.search(window)):
            raise DoubtfulBytes(start + found.end() - len(codecs.BOM_UTF8), _MARK_TOLD)
        if found := _C1.search(window):
            raise DoubtfulBytes(start + found.start(), _control_told(found[0].decode(), self._encoding))
        if self._encoding in _WINDOWS and (found := _WITHIN_WORD.search(window)):
            raise DoubtfulBytes(start + found.start(), _within_word_told(found[1].decode(), self._encoding))

    def _check_line_ends(self, window: bytes, start: int) -> None:
        if b"\r" in window:
            if b"\r\r\n" in window:
                _stop_at(_TWICE, window, start, _TWICE_TOLD)
            pairs, returns, feeds = window.count(b"\r\n"), window.count(b"\r"), window.count(b"\n")
            expected = {b"\r\n": pairs == returns == feeds, b"\n": pairs == returns, b"\r": not feeds}
            self.has_other_breaks = not expected[self._line_end]
        else:
            self.has_other_breaks = self._line_end != b"\n" and b"\n" in window

    def _from_header(self, chunk: bytes) -> bytes:
        """Takes the lines above the header off; a return at the chunk's end may be half of a line end."""
        text = self._preamble + chunk
        place = 0
        while self._to_skip and (found := _LINE_END.search(text, place)):
            if found.end() == len(text) and found[0] == b"\r" and not self._ended:
                break
            self.blank_lines += found.start() == place
            self._to_skip -= 1
            place = found.end()
        self._preamble = text[place:] if self._to_skip else b""
        return b"" if self._to_skip else text[place:]


def is_utf_8(encoding: str) -> bool:
    """Whether bytes in this encoding are passed on as they are, with or without a mark."""
    return encoding in ("utf-8", "utf-8-sig")


def _stop_at(pattern: re.Pattern[bytes], window: bytes, start: int, reason: str) -> None:
    if found := pattern.search(window):
        raise DoubtfulBytes(start + found.start(), reason)


def _within_word_told(character: str, encoding: str) -> str:
    meant = character.encode(encoding).decode("mac_roman")
    return (
        f'csv_format.encoding says {encoding}, which makes {character} of a letter within a word; "mac_roman" would make {meant} '
        "of it. Set csv_format.encoding to that, or if it is right as it is, csv_format.encoding_certain to true"
    )


def _control_told(control: str, encoding: str) -> str:
    told = f"here is U+{ord(control):04X}, a control character that no text has"
    keep = "if it is meant, set csv_format.encoding_certain to true"
    try:
        meant = control.encode("latin-1").decode("cp1252")
    except UnicodeDecodeError:
        return f"{told}. Mend the file; {keep}"
    if encoding == "latin-1":
        other = control.encode("latin-1").decode("mac_roman")
        return (
            f"{told}; in cp1252 it is {meant}, in mac_roman {other}. Set csv_format.encoding to the right one; {keep}"
        )
    return f"{told}: {meant} of cp1252, which was read as latin-1 once. Save it anew where it comes from, read as cp1252; {keep}"
