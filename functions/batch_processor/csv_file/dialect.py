"""How one CSV is read, once everything that was left to detection is decided."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from batch_processor.contract import Source, SourceDialect
from batch_processor.csv_file.csv_format import Escape, Ragged

if TYPE_CHECKING:
    from _csv import Reader

# What a backslash and a letter stand for in the text formats of PostgreSQL's COPY and of MySQL, which quote nothing.
_LETTERS = {"0": "\0", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "Z": "\x1a"}
_ESCAPE = re.compile(r"\\(\r\n|[\s\S])")
_NULL = r"\N"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the characters of a CSV become cells.

    `quote` is empty where quotes are characters like others; `line_end` is empty where any kind ends a line;
    `header_line` counts from 1. What is certain was declared, or is beyond doubt: it is not questioned while reading.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: Escape = "doubled"
    line_end: str = ""
    header_line: int = 1
    ragged: Ragged | Literal["keep"] = "fail"
    skips_blanks: bool = False
    delimiter_guessed: bool = False
    quote_certain: bool = False
    encoding_certain: bool = False

    def reader(self, lines: Iterable[str]) -> "Reader":
        """The csv module's reader of the lines, each with its line end."""
        form: dict[str, Any] = {"delimiter": self.delimiter, "skipinitialspace": self.skips_blanks, "strict": True}
        if self.quote:
            # Whatever the escape is: else the csv module would drop a closing quote that has text behind it, and say nothing.
            form |= {"quotechar": self.quote, "doublequote": True}
        else:
            form |= {"quoting": csv.QUOTE_NONE, "quotechar": None}
        if self.escape == "backslash":
            return csv.reader(self._escaped_for_csv(lines), **form, escapechar="\\")
        if self.quote and self.escape == "none":
            return csv.reader(self._without_doubled(lines), **form)
        return csv.reader(lines, **form)

    def _without_doubled(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines, as long as two quotes side by side are no more than an empty cell."""
        delimiter, doubled = re.escape(self.delimiter), re.escape(self.quote * 2)
        within = re.compile(rf"[^{delimiter} ]{doubled}|{doubled}[^{delimiter}\r\n]")
        for line in lines:
            if self.quote * 2 in line and within.search(line):
                raise csv.Error(f"'{self.delimiter}' expected after '{self.quote}'")
            yield line

    def _escaped_for_csv(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines with such escapes only as the csv module understands: it would drop any backslash that escapes nothing."""
        escape = self._escape_within_quotes if self.quote else self._escape_of_text
        null = re.compile(
            rf"(?<![^{re.escape(self.delimiter)}]){re.escape(_NULL)}(?=[{re.escape(self.delimiter)}\r\n]|$)"
        )
        for line in lines:
            if "\\" not in line:
                yield line
            else:
                yield _ESCAPE.sub(escape, line if self.quote else null.sub("", line))

    def _escape_within_quotes(self, found: re.Match[str]) -> str:
        """Only what could not stand there otherwise is escaped; before all else a backslash is a character."""
        character = found[1]
        if character == "\r\n":
            return "\\\r\\\n"
        return found[0] if character in (self.quote, self.delimiter, "\\", "\r", "\n") else rf"\\{character}"

    def _escape_of_text(self, found: re.Match[str]) -> str:
        character = found[1]
        return "\\\r\\\n" if character == "\r\n" else f"\\{_LETTERS.get(character, character)}"

    def as_planned(self) -> SourceDialect:
        """The dialect as the plan carries it, without what is as in a plain CSV."""
        plain = Dialect()
        parts: Any = {
            field.name: value
            for field in fields(self)
            if field.name != "delimiter" and (value := getattr(self, field.name)) != getattr(plain, field.name)
        }
        planned: SourceDialect = parts
        return planned


# As RFC 4180 has it, and as this project writes its own files.
OWN = Dialect(line_end="\r\n", quote_certain=True, encoding_certain=True)


def dialect_of(source: Source) -> Dialect:
    """How a batch's CSV is read."""
    return Dialect(delimiter=source["delimiter"], **source.get("dialect", {}))


def delimiter_name(delimiter: str) -> str:
    """The delimiter as a configuration says it, in quotes."""
    names = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe"}
    shown = delimiter if delimiter.isprintable() else f"\\u{ord(delimiter):04x}"
    return f'"{names.get(delimiter, shown)}"'


def guess_told(dialect: Dialect) -> str:
    """Which delimiter was guessed, in brackets; nothing if it was not."""
    if not dialect.delimiter_guessed:
        return ""
    return f" (guessed delimiter: {delimiter_name(dialect.delimiter)}; csv_format.delimiter declares another)"
