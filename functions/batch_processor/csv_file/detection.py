"""Decides how a CSV is to be read by its first bytes, where that is clear, and refuses it where nothing reads it rightly."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from batch_processor.csv_file.csv_format import LINE_ENDS, CsvFormat
from batch_processor.csv_file.dialect import Dialect, delimiter_name
from batch_processor.csv_file.fault import Fault
from batch_processor.csv_file.quoted_lines import is_evidence
from batch_processor.csv_file.records import Record, Records
from batch_processor.errors import InvalidCsv

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 50
_SEP_LINE = re.compile(r'"?sep=(\\t|.)"?[,;\t ]*(?=[\r\n]|$)', re.IGNORECASE)
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


@dataclass(frozen=True, slots=True)
class Sample:
    """The beginning of a CSV's text, and whether that is all of it."""

    text: str
    complete: bool
    has_other_breaks: bool = True

    def place_of(self, number: int) -> int:
        """Where the line begins; the end of the text if it has fewer."""
        place = 0
        for _ in range(number - 1):
            found = _LINE.match(self.text, place)
            place = found.end() if found else place
        return place


def detect_dialect(sample: Sample, declared: CsvFormat) -> Dialect:
    """How the CSV is read: as declared, and for the rest as its beginning shows; InvalidCsv if they contradict each other."""
    hint, header_line = _beginning(sample, declared)
    body = sample.text[sample.place_of(header_line) :]
    delimiter, skips_blanks = _delimiter(body, declared, hint)
    dialect = Dialect(
        delimiter=delimiter,
        line_end=_line_end(body, sample.complete) if declared.line_end == "auto" else LINE_ENDS[declared.line_end],
        header_line=header_line,
        ragged=declared.ragged,
        skips_blanks=skips_blanks,
        delimiter_guessed=declared.delimiter == "auto" and not hint,
        encoding_certain=declared.encoding_certain,
    )
    _refuse_one_for_two(dialect, declared)
    return _Quoting(body, sample, dialect, declared).decided()


def _refuse_one_for_two(dialect: Dialect, declared: CsvFormat) -> None:
    """Delimiter, quote and escape are three characters, and a blank is no delimiter that blanks could belong to."""
    roles = [dialect.delimiter, *(["\\"] if declared.escape == "backslash" else [])]
    roles += [declared.quote] if declared.quote not in ("auto", "") else []
    if len({*roles}) < len(roles) or (dialect.skips_blanks and dialect.delimiter == " "):
        raise InvalidCsv(
            f"csv_format makes one character two things: the delimiter is {delimiter_name(dialect.delimiter)}. Change "
            "csv_format.delimiter, quote or escape."
        )


def _beginning(sample: Sample, declared: CsvFormat) -> tuple[str, int]:
    """The delimiter that a first line `sep=;` gives, and the line of the header: behind it, and behind blank lines."""
    found = _SEP_LINE.match(sample.text) if declared.header_line != 1 else None
    hint = found[1].replace("\\t", "\t") if found else ""
    if hint and declared.delimiter not in ("auto", hint):
        raise InvalidCsv(
            f"Line 1 says that cells are separated by {delimiter_name(hint)}, csv_format.delimiter says "
            f"{delimiter_name(declared.delimiter)}. Change one of them, or take line 1 out."
        )
    if declared.header_line is not None:
        return hint, declared.header_line
    first = 2 if found else 1
    place = sample.place_of(first)
    while place < len(sample.text) and sample.text[place] in "\r\n":
        first += 1
        place = sample.place_of(first)
    return hint, first


def _line_end(body: str, complete: bool) -> str:
    """What ends the header, outside of quotes if it has any; empty if nothing does."""
    quoted = False
    for found in re.finditer(r'"|\r\n|\r|\n', body):
        if found[0] == '"':
            quoted = not quoted
        elif not quoted:
            return "\r\n" if found[0] == "\r" and found.end() == len(body) and not complete else found[0]
    found_any = re.search(r"\r\n|\r|\n", body)
    return found_any[0] if found_any else ""


def _delimiter(body: str, declared: CsvFormat, hint: str) -> tuple[str, bool]:
    """The delimiter, and whether blanks behind it belong to it."""
    given = hint or declared.delimiter
    if given == "auto":
        return detect_delimiter(body), False
    return given[0], len(given) > 1


def detect_delimiter(text: str) -> str:
    """The delimiter that splits the first records most evenly; a comma where nothing splits them."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    widths = list[int]()
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if cells:
                widths.append(len(cells))
            if len(widths) > _SAMPLE_RECORDS:
                break
    except csv.Error:  # a cell too long, or a stray line break: what came before it counts
        pass
    if not widths or widths[0] == 1:
        return (0.0, 0)
    return (sum(width == widths[0] for width in widths) / len(widths), widths[0])


@dataclass(frozen=True, slots=True)
class _Reading:
    """What came of reading the sample in one way: its records up to the fault that ended it, if any."""

    records: list[Record]
    fault: Fault | None

    @property
    def is_even(self) -> bool:
        return self.fault is None and len({len(record.cells) for record in self.records}) <= 1


class _Quoting:
    """Finds out what quotes and backslashes mean in a file."""

    def __init__(self, body: str, sample: Sample, dialect: Dialect, declared: CsvFormat) -> None:
        self._sample, self._declared = sample, declared
        self._certain = declared.quote != "auto"
        quote = declared.quote if self._certain else '"'
        self._dialect = replace(dialect, quote=quote, quote_certain=self._certain)
        cut = len(body) if sample.complete else max(body.rfind("\n"), body.rfind("\r")) + 1
        self._body = body[:cut]

    def decided(self) -> Dialect:
        dialect, escape = self._dialect, self._declared.escape
        if not dialect.quote:
            return replace(dialect, escape="none" if escape == "auto" else escape)
        if escape != "auto":
            return replace(dialect, escape=escape)
        if not self._certain:
            self._refuse_single_quotes()
            self._refuse_blanks_before_quotes()
        if dialect.quote not in self._body:
            return dialect
        doubled = self._read(dialect)
        if doubled.is_even:
            return self._settled(doubled)
        if f"\\{dialect.quote}" in self._body and self._read(backslash := replace(dialect, escape="backslash")).is_even:
            return backslash
        literal = replace(dialect, quote="", escape="none", quote_certain=True)
        return literal if not self._certain and self._is_plainly_literal(literal) else self._settled(doubled)

    def _read(self, dialect: Dialect) -> _Reading:
        records = list[Record]()
        try:
            records.extend(Records(_split(self._body, dialect.line_end), replace(dialect, ragged="fail"), self._sample))
        except Fault as fault:
            return _Reading(records, fault)
        return _Reading(records, None)

    def _settled(self, reading: _Reading) -> Dialect:
        """Quotes of a one-column file are beyond doubt if something in it shows that whoever wrote it quotes cells."""
        dialect = self._dialect
        if self._certain or not reading.records or len(reading.records[0].cells) != 1:
            return dialect
        trusting = self._read(replace(dialect, quote_certain=True))
        if trusting.fault and self._sample.complete:
            return dialect
        shown = self._body.lstrip("\r\n").startswith(dialect.quote) or any(
            is_evidence(cell, dialect.delimiter) for record in trusting.records for cell in record.cells
        )
        return replace(dialect, quote_certain=shown)

    def _is_plainly_literal(self, literal: Dialect) -> bool:
        """Whether delimiters that no prose has split all lines alike if quotes are characters, and no cell doubles them."""
        if literal.delimiter.isprintable() and literal.delimiter != "|":
            return False
        reading = self._read(literal)
        cells = [cell for record in reading.records for cell in record.cells]
        doubled = any(cell[:1] == cell[-1:] == '"' and '""' in cell[1:-1] for cell in cells)
        return reading.is_even and len(reading.records[0].cells) > 1 and not doubled

    def _refuse_single_quotes(self) -> None:
        """Single quotes quote nothing unless it is declared; where they seem to, that is to be said."""
        if "'" not in self._body or '"' in self._body:
            return
        header = re.split(r"[\r\n]", self._body, maxsplit=1)[0].split(self._dialect.delimiter)
        around_names = all(len(name) > 1 and name[0] == name[-1] == "'" for name in header)
        if not around_names:
            plain = self._read(self._dialect)
            if plain.is_even or not self._read(replace(self._dialect, quote="'", quote_certain=True)).is_even:
                return
        raise InvalidCsv(
            "Cells seem to be quoted by single quotes, which count as characters unless it is said. Set csv_format.quote to "
            '"single"; to take them as they are, set it to "double".'
        )

    def _refuse_blanks_before_quotes(self) -> None:
        delimiter = re.escape(self._dialect.delimiter)
        found = re.search(rf'{delimiter} +"[^"\r\n]*" *(?={delimiter}|[\r\n]|$)', self._body)
        if not found or self._dialect.skips_blanks or self._dialect.delimiter == " ":
            return
        line = len(re.findall(r"\r\n|\r|\n", self._body[: found.start()])) + self._dialect.header_line
        raise InvalidCsv(
            f"Line {line}: a quote stands behind a delimiter and a blank, so it would quote nothing. For the blank to "
            f'belong to the delimiter, set csv_format.delimiter to "{self._dialect.delimiter} "; to take both as they are, '
            'set csv_format.quote to "double".'
        )


def _split(text: str, line_end: str) -> Iterator[str]:
    """The lines with their ends, as a file that is opened with this line end gives them."""
    return iter(
        io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", "surrogatepass", newline=line_end)
    )
