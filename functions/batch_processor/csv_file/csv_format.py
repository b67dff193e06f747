"""How a CSV is said to be written, and how it is then read. What only reads configurations takes this without the reader."""

from dataclasses import dataclass
from typing import Literal

Encoding = Literal[
    "auto",
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "cp1252",
    "latin-1",
    "cp1250",
    "cp1251",
    "mac_roman",
    "shift_jis",
    "cp932",
    "euc-jp",
    "gb18030",
    "big5",
    "euc-kr",
]
Escape = Literal["doubled", "backslash", "none"]
Ragged = Literal["fail", "refuse", "pad"]
# By their names in a configuration. With "any" each of the three ends a line.
LINE_ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "any": ""}


@dataclass(frozen=True)
class CsvFormat:
    """What a configuration says of a CSV; "auto" and None leave a thing to detection. `quote` is empty for none.

    `encoding_certain` says that the file is what it is said to be, whatever its bytes look like.
    """

    encoding: Encoding = "auto"
    delimiter: str = "auto"
    quote: str = "auto"
    escape: Literal["auto", Escape] = "auto"
    line_end: str = "auto"
    header_line: int | None = None
    ragged: Ragged = "fail"
    encoding_certain: bool = False
