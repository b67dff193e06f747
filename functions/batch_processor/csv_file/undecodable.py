"""Says where bytes are not the text they are said to be, and what can be done about it."""

import codecs
import io
import re
from collections.abc import Iterable, Iterator

from batch_processor.csv_file.checked_bytes import BUFFER_BYTES, LONGEST_LINE_BYTES, is_unlikely, is_utf_8
from batch_processor.csv_file.encodings import runs_of
from batch_processor.document.wording import choices

_LINE_END = re.compile(rb"\r\n|\r|\n")
_ASKED_BYTES = 512 * 1024 * 1024
_EVIDENCE_BYTES = 256 * 1024
_SHOWN_LINES = 5
# How much of a text may look like no language, from 0 to 1, for an encoding to be suggested.
_MOST_MESS = 0.2
_SHOWN_ENCODINGS = 3
# By which name it is told, where several read the same bytes alike; in this order.
_SUGGESTED = {
    "cp1252": "cp1252",
    "cp1250": "cp1250",
    "cp1251": "cp1251",
    "mac_roman": "mac_roman",
    "cp932": "shift_jis",
    "euc_jp": "euc-jp",
    "gb18030": "gb18030",
    "big5": "big5",
    "euc_kr": "euc-kr",
}
_AS_UTF_8 = "Save the file as UTF-8"


def locate_undecodable(raw: io.RawIOBase, encoding: str) -> tuple[int, int]:
    """Line and column (1-based, in characters) of the first byte that is not `encoding`."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    line, column, after_return = 1, 1, False
    while True:
        chunk = raw.read(BUFFER_BYTES) or b""
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


def line_at(chunks: Iterator[bytes], offset: int) -> int:
    """The line (1-based) of the byte at `offset`; a carriage return, a line feed, or both in this order end a line."""
    line, after_return = 1, False
    for chunk in chunks:
        part = chunk[:offset]
        line += part.count(b"\n") + part.count(b"\r") - part.count(b"\r\n") - (after_return and part.startswith(b"\n"))
        after_return = part.endswith(b"\r") if part else after_return
        offset -= len(part)
        if not offset:
            break
    return line


def advice(raw: io.RawIOBase, encoding: str, fault: UnicodeDecodeError) -> str:
    """What to do about a file of which `fault` shows that it is not `encoding`."""
    found = fault.object[fault.start : fault.start + 2]
    if is_utf_8(encoding) and found[:1] == b"\xed":
        return (
            "They are half of a surrogate pair, written as if it were a character (CESU-8, which Oracle calls UTF8). Export the "
            "file in AL32UTF8, or convert it to UTF-8."
        )
    if encoding.startswith("utf-16"):
        return f"{_AS_UTF_8}."
    lines = _evidence(raw)
    with_utf_8, with_others, mostly_utf_8 = _by_kind(lines)
    if with_utf_8 and mostly_utf_8:
        if not is_utf_8(encoding):
            mend = f" Mend {_listed(with_others)}, which is not." if with_others else ""
            return f"The file is UTF-8: leave csv_format.encoding out.{mend}"
        return f"The rest of it is UTF-8, so no other encoding reads all of it: write {_listed(with_others)} anew."
    if with_utf_8:
        return f"Some of it is UTF-8, as {_listed(with_utf_8)}, most is not: save the file as UTF-8, all of it."
    return _suggestion(lines)


def doubt_told(raw: io.RawIOBase, encoding: str) -> str:
    """Why a declared encoding is not believed, and what to do: its bytes are UTF-8, all of them or in part."""
    with_utf_8, with_others, mostly_utf_8 = _by_kind(_lines_beyond_ascii(raw))
    sure = "If it is right, set csv_format.encoding_certain to true"
    told = f"csv_format.encoding says {encoding}, and what is beyond ASCII in {_listed(with_utf_8)} is UTF-8"
    if not with_others:
        return f"{told}, as in the rest of the file. Leave csv_format.encoding out. {sure}."
    if mostly_utf_8:
        told = f"{told}; only {_listed(with_others)} {_is(with_others)} not"
        return f"{told}. Mend it there, and leave csv_format.encoding out. {sure}."
    return f"{told}, while most of the file is not. Mend these cells, or save the whole file as UTF-8. {sure}."


def _lines_beyond_ascii(raw: io.RawIOBase) -> Iterator[tuple[int, bytes]]:
    """The lines that are not ASCII, with their numbers: they are what tells encodings apart."""
    read, rest, number = 0, b"", 1
    with raw:
        while read < _ASKED_BYTES and len(rest) < LONGEST_LINE_BYTES:
            chunk = raw.read(BUFFER_BYTES) or b""
            read += len(chunk)
            text = rest + chunk
            # A return at the chunk's end may be half of a line end.
            kept = b"\r" if chunk and text.endswith(b"\r") else b""
            lines = _LINE_END.split(text.removesuffix(kept))
            rest = lines.pop() + kept if chunk else b""
            yield from ((at, line) for at, line in enumerate(lines, start=number) if not line.isascii())
            number += len(lines)
            if not chunk:
                break


def _evidence(raw: io.RawIOBase) -> list[tuple[int, bytes]]:
    """As many of these lines as show what a file is."""
    found, size = list[tuple[int, bytes]](), 0
    for number, line in _lines_beyond_ascii(raw):
        found.append((number, line))
        size += len(line)
        if size > _EVIDENCE_BYTES:
            break
    return found


def _by_kind(lines: Iterable[tuple[int, bytes]]) -> tuple[list[int], list[int], bool]:
    """The lines with UTF-8, those with other bytes, and whether most of it is UTF-8."""
    utf_8_lines, other_lines, utf_8_runs, other_runs = list[int](), list[int](), 0, 0
    for number, line in lines:
        utf_8, others = runs_of(line)
        utf_8_runs, other_runs = utf_8_runs + utf_8, other_runs + others
        if utf_8:
            utf_8_lines.append(number)
        if others:
            other_lines.append(number)
    return utf_8_lines, other_lines, utf_8_runs >= other_runs


def _suggestion(lines: list[tuple[int, bytes]]) -> str:
    """Encodings in which the text makes sense, each with what it makes of the first byte: a reader knows which one it is."""
    sample = b"\n".join(line for _, line in lines)
    if not lines:
        return f"{_AS_UTF_8}, or declare in csv_format.encoding how it was saved."
    number, first = lines[0]
    at = next(position for position, byte in enumerate(first) if byte >= 0x80)
    readings = {name: _character(first, at, name) for name in _plausible(sample)}
    if not readings:
        return (
            f"{_AS_UTF_8}, or, if you know how it was saved, declare it in csv_format.encoding: the text does not tell."
        )
    told = choices(f'"{name}" reads {character}' for name, character in readings.items())
    return (
        f"{_AS_UTF_8}, or declare in csv_format.encoding how it was saved. Which one it is shows in line {number} at its first "
        f"character beyond ASCII: {told}. If none of them is right, it has to be UTF-8."
    )


def _plausible(sample: bytes) -> list[str]:
    # Imported where it is used: only a file that is refused needs it.
    from charset_normalizer import from_bytes

    matches = from_bytes(sample[:_EVIDENCE_BYTES], cp_isolation=[*_SUGGESTED], threshold=_MOST_MESS)
    # Encodings that read the same in all of it are one suggestion, under the name that is used most.
    alike = ([name for name in _SUGGESTED if name in match.could_be_from_charset] for match in matches)
    names = [names[0] for names in alike if names]
    likely = [name for name in names if not is_unlikely(sample.decode(name, "replace"), name)]
    return [_SUGGESTED[name] for name in dict.fromkeys(likely)][:_SHOWN_ENCODINGS]


def _character(line: bytes, at: int, encoding: str) -> str:
    return line.decode(encoding, "replace")[at]


def _is(lines: list[int]) -> str:
    return "is" if len(lines) == 1 else "are"


def _listed(lines: list[int]) -> str:
    if not lines:
        return "a line far behind"
    shown = [str(line) for line in lines[:_SHOWN_LINES]]
    if len(lines) == 1:
        return f"line {shown[0]}"
    more = f" and {len(lines) - _SHOWN_LINES} more" if len(lines) > _SHOWN_LINES else ""
    return f"lines {', '.join(shown)}{more}"
