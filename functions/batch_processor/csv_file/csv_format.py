"""How a CSV is written. What only reads configurations takes this without the reader."""

from dataclasses import dataclass
from typing import Literal

Encoding = Literal["auto", "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]


@dataclass(frozen=True)
class CsvFormat:
    """Encoding and delimiter; "auto" leaves one to detection."""

    encoding: Encoding = "auto"
    delimiter: str = "auto"
