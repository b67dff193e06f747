"""Reads a CSV exactly: every cell as the characters it has in the file, every error with its line."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from batch_processor.csv_file.checked_bytes import (
    BUFFER_BYTES,
    CheckedBytes,
    DoubtfulBytes,
    DoubtfulDeclaration,
    Utf8Bytes,
)
from batch_processor.csv_file.dialect import OWN, Dialect
from batch_processor.csv_file.fault import Fault
from batch_processor.csv_file.records import Record, Records
from batch_processor.csv_file.undecodable import advice, doubt_told, line_at, locate_undecodable
from batch_processor.errors import InvalidCsv


@dataclass(slots=True)
class CsvInput:
    """A CSV that can be opened from its start again and again; `encoding` and `dialect` as detected or declared."""

    open_bytes: Callable[[], io.RawIOBase]
    encoding: str
    dialect: Dialect = OWN
    _records: Records | None = field(default=None, init=False, repr=False)
    _checked: CheckedBytes | None = field(default=None, init=False, repr=False)

    @property
    def blank_lines(self) -> int:
        """How many lines have been passed, so far, that are no records."""
        return self._records.blank_lines + self._checked.blank_lines if self._records and self._checked else 0

    def records(self) -> Iterator[Record]:
        """The header and then the rows, in file order; InvalidCsv for what is no CSV, or could be read in two ways."""
        checked = CheckedBytes(self.open_bytes(), self.encoding, self.dialect)
        try:
            with open_text(checked, self.dialect.line_end) as text:
                self._checked, self._records = checked, Records(text, self.dialect, checked)
                yield from self._records
        except Fault as exc:
            end = "" if exc.reason.endswith("?") else "."
            raise InvalidCsv(f"Line {exc.line}: {exc.reason}{end}") from exc
        except DoubtfulBytes as exc:
            raise InvalidCsv(f"Line {self._line_at(exc.offset)}: {exc.reason}.") from exc
        except DoubtfulDeclaration as exc:
            raise InvalidCsv(doubt_told(self.open_bytes(), self.encoding)) from exc
        except UnicodeDecodeError as exc:
            self._refuse_undecodable(exc)

    def _line_at(self, offset: int) -> int:
        with Utf8Bytes(self.open_bytes(), self.encoding) as text:
            return line_at(iter(lambda: text.read(BUFFER_BYTES) or b"", b""), offset)

    def _refuse_undecodable(self, exc: UnicodeDecodeError) -> NoReturn:
        with self.open_bytes() as raw:
            line, column = locate_undecodable(raw, self.encoding)
        told = f"Line {line}, column {column}: the bytes {exc.object[exc.start : exc.end].hex(' ')} are not {self.encoding}."
        raise InvalidCsv(f"{told} {advice(self.open_bytes(), self.encoding, exc)}") from exc


def open_text(raw: io.RawIOBase, line_end: str = "") -> io.TextIOWrapper:
    """The text of bytes in UTF-8, with its line ends as they are; only `line_end` ends a line, or any kind if it is empty."""
    return io.TextIOWrapper(io.BufferedReader(raw, BUFFER_BYTES), encoding="utf-8", errors="strict", newline=line_end)
