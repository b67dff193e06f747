"""CSV files in memory, read from detection on as ValidateInput and LoadCSVData read those in S3."""

import io
from dataclasses import dataclass
from typing import Any

from batch_processor.csv_file.csv_format import CsvFormat
from batch_processor.csv_file.csv_input import CsvInput
from batch_processor.csv_file.source import open_csv


@dataclass(frozen=True)
class _Object:
    """An object in S3, as far as reading a CSV goes."""

    content: bytes

    @property
    def size_bytes(self) -> int:
        return len(self.content)

    def read_range(self, start: int, length: int) -> bytes:
        return self.content[start : start + length]

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.content)


def opened(content: bytes | str, **csv_format: Any) -> CsvInput:
    """The file, with what is not declared detected; text is written as UTF-8."""
    raw = content if isinstance(content, bytes) else content.encode()
    return open_csv(_Object(raw), CsvFormat(**csv_format))[0]  # type: ignore[arg-type]


def read(content: bytes | str, **csv_format: Any) -> list[list[str]]:
    """All cells of the file, the header's among them."""
    return [record.cells for record in opened(content, **csv_format).records()]
