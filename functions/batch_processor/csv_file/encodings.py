"""Decides in which encoding a CSV is read, and doubts what is declared where the bytes say otherwise."""

import codecs
import re

from batch_processor.errors import InvalidCsv

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UTF_16 = ("utf-16", "utf-16-le", "utf-16-be")
_UNICODE = ("utf-8", "utf-8-sig", *_UTF_16)
# In these, two letters side by side are hardly ever UTF-8 by chance; in the others whole words now and then are.
_WESTERN = ("cp1252", "latin-1", "cp1250", "mac_roman")
# In a text that is UTF-16, a delimiter, a line end or a Latin letter has a NUL beside it: at least one byte in so many.
_BYTES_PER_NUL = 16
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1f]")
# What may stand behind a letter at the end of a word, in a text of Western Europe.
_BEHIND_WORDS = "…‘’“”–—›»®™°\u00a0"
_LONGEST_RUN = 64 * 1024
_RUN = re.compile(rb"[\x80-\xff]+")
_UTF_8_RUN = re.compile(
    rb"(?<![\x80-\xff])(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})+(?![\x80-\xff])"
)


def detect_encoding(head: bytes, declared: str) -> str:
    """The encoding by byte order mark, else as declared, else UTF-16 by its NULs, else UTF-8.

    InvalidCsv if it cannot be read, or if the first bytes contradict what is declared.
    """
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) or _is_utf_32(head):
        raise InvalidCsv("The file is UTF-32, which is not supported. Save it as UTF-8.")
    if by_mark := next((encoding for mark, encoding in _BOMS if head.startswith(mark)), None):
        return by_mark
    by_nuls = _utf_16_by_nuls(head)
    if declared in ("auto", "utf-16"):
        if not head or by_nuls:
            return by_nuls or ("utf-8" if declared == "auto" else declared)
        if declared == "auto":
            return "utf-8"
    if not head:
        return declared
    if declared in _UTF_16 and not by_nuls:
        raise InvalidCsv(
            f"csv_format.encoding says {declared}, and the file has no byte order mark and not the zero bytes that UTF-16 has "
            "around delimiters and line ends. Leave csv_format.encoding out, or declare the encoding that it is saved in."
        )
    if by_nuls and declared != by_nuls:
        raise InvalidCsv(
            f"csv_format.encoding says {declared}, and by its zero bytes the file is {by_nuls}. Leave csv_format.encoding out, "
            f'or set it to "{by_nuls}".'
        )
    return declared


def _is_utf_32(head: bytes) -> bool:
    whole = head[: len(head) // 4 * 4]
    return (len(whole) >= 8 and not (any(whole[2::4]) or any(whole[3::4]))) or (
        len(whole) >= 8 and not (any(whole[0::4]) or any(whole[1::4]))
    )


def _utf_16_by_nuls(head: bytes) -> str | None:
    """The byte order of a text without a mark, by where delimiters and line ends have their zero bytes."""
    nuls = head.count(0)
    if not nuls or nuls * _BYTES_PER_NUL < len(head):
        return None
    if nuls * 4 < len(head) and _is_plain(head.replace(b"\0", b"")):
        return None
    # Zero bytes alone do not tell: the commonest characters of Chinese and Japanese have theirs at the other end.
    signs = {encoding: _count_of_signs(head.decode(encoding, "replace")) for encoding in ("utf-16-le", "utf-16-be")}
    encoding = max(signs, key=lambda name: signs[name])
    if signs[encoding] <= 4 * min(signs.values()):
        return None
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return None
    # A text hardly has the character NUL, let alone in every fifth place: zero bytes in a row are of another file.
    return None if text.count("\0") * 5 >= len(text) else encoding


def _count_of_signs(text: str) -> int:
    return sum(map(text.count, "\r\n,;\t|"))


def _is_plain(head: bytes) -> bool:
    """Whether that is a text in UTF-8, to the character that its end may cut; what is left of UTF-16 in Chinese is none."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(head)


def is_doubtful(encoding: str) -> bool:
    """Whether bytes of UTF-8 can be read as this encoding without an error, as another text."""
    return encoding not in _UNICODE


class DeclarationDoubt:
    """Gathers, chunk by chunk, whether a file that is said to be in another encoding is UTF-8.

    The evidence are runs of bytes beyond ASCII that are UTF-8 as a whole, against those that are not.
    """

    def __init__(self, encoding: str) -> None:
        self._encoding, self._western = encoding, encoding in _WESTERN
        self._tail = b""
        self.utf_8_runs = self.other_runs = self.strong_runs = 0

    def add(self, chunk: bytes, *, final: bool = False) -> None:
        """Takes in the next bytes."""
        chunk = self._tail + chunk
        # A run that the chunk's end cuts is judged with the next chunk.
        whole = len(chunk) if final else len(chunk.rstrip(_BEYOND_ASCII))
        whole = whole if len(chunk) - whole < _LONGEST_RUN else len(chunk)
        self._tail, chunk = chunk[whole:], chunk[:whole]
        if chunk.isascii():
            return
        utf_8_runs, other_runs = runs_of(chunk)
        self.utf_8_runs += utf_8_runs
        self.other_runs += other_runs
        if self._western and utf_8_runs:
            self.strong_runs += sum(_is_strong(run, self._encoding) for run in _UTF_8_RUN.findall(chunk))

    @property
    def is_utf_8(self) -> bool:
        """Whether the file, or a part of it, is UTF-8 rather than what it is said to be."""
        return self.strong_runs > 0 or self.utf_8_runs > self.other_runs


def _is_strong(run: bytes, encoding: str) -> bool:
    """Whether that is UTF-8 and no text of Western Europe: a capital and a typographic quote may stand side by side."""
    if len(run) > len("ß”"):
        return True
    second = run[1:].decode(encoding, "replace")
    # In mac_roman and cp1250 a letter is as likely there as a sign.
    letters = encoding in ("mac_roman", "cp1250") and second.isalpha()
    return second not in _BEHIND_WORDS and not letters


def runs_of(line: bytes) -> tuple[int, int]:
    """How many runs of bytes beyond ASCII are UTF-8, and how many are not."""
    runs = len(_UTF_8_RUN.findall(line))
    return runs, len(_RUN.findall(line)) - runs
