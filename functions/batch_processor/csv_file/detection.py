"""Decides how a CSV is to be read by its first bytes, where that is clear, and refuses it where nothing reads it rightly."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from batch_processor.csv_file.csv_format import LINE_ENDS, CsvFormat
from batch_processor.csv_file.dialect import Dialect, delimiter_name
from batch_processor.csv_file.fault import Fault
from batch_processor.csv_file.quoted_lines import is_evidence
from batch_processor.csv_file.records import UNCLOSED, Record, Records
from batch_processor.errors import InvalidCsv

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_RECORDS = 50
# Of a record that the sample's end cuts, as many characters are believed to be one.
_LONGEST_CUT = 64 * 1024
# Cells that two cells and what is between them make, if a part of their delimiter is taken for the whole.
_LEAST_REPEATED = 3
_SEP_LINE = re.compile(r'"?sep=(\\t|.)"?[,;\t ]*(?=[\r\n]|$)', re.IGNORECASE)
# What else quotes now and then, and how a configuration says it.
_OTHER_QUOTES = {"'": "single", "`": "`", "~": "~", "|": "|", "^": "^", "$": "$"}
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
    if dialect.delimiter_guessed:
        _refuse_repeated(body, dialect)
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


def _refuse_repeated(body: str, dialect: Dialect) -> None:
    """A delimiter of two characters makes every second column an empty one."""
    twice, records = dialect.delimiter * 2, list(_first_records(body, dialect.delimiter))
    repeated = all(repeated_delimiter(cells, dialect.delimiter) == twice for cells in records)
    # Of commas and semicolons one empty column is likelier.
    enough = len(records) > 1 and (dialect.delimiter not in ",;" or len(records[0]) > _LEAST_REPEATED)
    if repeated and enough and all(records[0][::2]):
        raise InvalidCsv(
            f'Line {dialect.header_line}: cells seem to be separated by "{repr(twice)[1:-1]}", and a delimiter is one '
            "character. Write the file with one; to take what is empty between them for columns, set csv_format.delimiter to "
            f"{delimiter_name(dialect.delimiter)}."
        )


def repeated_delimiter(cells: list[str], delimiter: str) -> str | None:
    """The delimiter of several characters of which this one is only a part, if every second cell is the same rest of it."""
    between = cells[1::2]
    if len(cells) < _LEAST_REPEATED or len(cells) % 2 == 0 or len({*between}) > 1 or any(map(str.isalnum, between[0])):
        return None
    return f"{delimiter}{between[0]}{delimiter}"


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


def _first_records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    # A cell too long, or a stray line break: what came before it counts.
    with suppress(csv.Error):
        yield from islice(filter(None, reader), _SAMPLE_RECORDS + 1)


def _evenness(text: str, delimiter: str) -> tuple[float, int]:
    widths = [len(cells) for cells in _first_records(text, delimiter)]
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
            self._refuse_other_quotes()
            self._refuse_blanks_before_quotes()
            self._refuse_escaped_text()
        if dialect.quote not in self._body:
            return dialect
        doubled = self._plain
        if doubled.is_even:
            return self._settled(doubled)
        if f"\\{dialect.quote}" in self._body and self._read(backslash := replace(dialect, escape="backslash")).is_even:
            return backslash
        if not self._certain and self._is_plainly_literal():
            return self._literal
        return self._settled(doubled)

    @cached_property
    def _plain(self) -> _Reading:
        return self._read(self._dialect)

    @property
    def _literal(self) -> Dialect:
        return replace(self._dialect, quote="", escape="none", quote_certain=True)

    def _is_uneven_anyway(self) -> bool:
        """Whether neither double quotes nor taking all quotes for characters makes records of one width."""
        return not self._plain.is_even and not self._read(self._literal).is_even

    def _read(self, dialect: Dialect) -> _Reading:
        records = list[Record]()
        try:
            records.extend(Records(_split(self._body, dialect.line_end), replace(dialect, ragged="fail"), self._sample))
        except Fault as fault:
            return _Reading(records, None if records and self._is_cut(fault) else fault)
        return _Reading(records, None)

    def _is_cut(self, fault: Fault) -> bool:
        """Whether it is only that a cell goes on behind the sample's end, which a stray quote makes seem so too."""
        if self._sample.complete or fault.reason != UNCLOSED:
            return False
        return len(self._sample.text) - self._sample.place_of(fault.line) < _LONGEST_CUT

    def _settled(self, reading: _Reading) -> Dialect:
        """Quotes are beyond doubt where something shows that whoever wrote the file quotes cells."""
        dialect = self._dialect
        if self._certain or not reading.records:
            return dialect
        trusting = reading if reading.fault is None else self._read(replace(dialect, quote_certain=True))
        if trusting.fault and self._sample.complete:
            return dialect
        one_column = len(reading.records[0].cells) == 1
        shown = self._quotes_a_column(trusting) if one_column else trusting.is_even and self._quotes_all_cells()
        return replace(dialect, quote_certain=shown)

    def _quotes_all_cells(self) -> bool:
        """Whether no cell is without quotes, so that no line without quotes is a row that a stray one has swallowed."""
        lines = _split(self._body, self._dialect.line_end)
        # In this mode the csv module makes a number of each cell that is not quoted, or fails.
        reader = csv.reader(lines, delimiter=self._dialect.delimiter, quoting=csv.QUOTE_NONNUMERIC)
        try:
            return all(isinstance(cell, str) for cells in reader for cell in cells)
        except (ValueError, csv.Error):
            return False

    def _quotes_a_column(self, trusting: _Reading) -> bool:
        """Whether the header of a file of one column has quotes, or something in it needs them."""
        return self._body.lstrip("\r\n").startswith(self._dialect.quote) or any(
            is_evidence(cell, self._dialect.delimiter) for record in trusting.records for cell in record.cells
        )

    def _is_plainly_literal(self) -> bool:
        """Whether delimiters that no prose has split all lines alike if quotes are characters, and none seem to quote.

        Those of a cell that doubles some seem to, and those of a column of which all cells begin with one.
        """
        literal = self._literal
        if literal.delimiter.isprintable() and literal.delimiter != "|":
            return False
        reading = self._read(literal)
        if not reading.is_even or len(reading.records[0].cells) < 2:
            return False
        rows = [record.cells for record in reading.records]
        doubled = any(cell[:1] == cell[-1:] == '"' and '""' in cell[1:-1] for cells in rows for cell in cells)
        return not doubled and not any(map(_is_quoted, zip(*rows[1:], strict=True)))

    def _refuse_other_quotes(self) -> None:
        """Only double quotes quote unless it is declared; where other characters seem to, that is to be said."""
        header = re.split(r"[\r\n]", self._body, maxsplit=1)[0].split(self._dialect.delimiter)
        for quote, name in _OTHER_QUOTES.items():
            if quote == self._dialect.delimiter or quote not in self._body:
                continue
            around_names = all(len(cell) > 1 and cell[0] == cell[-1] == quote for cell in header)
            if around_names or (self._is_uneven_anyway() and self._read_quoted(quote).is_even):
                raise InvalidCsv(
                    f"Cells seem to be quoted by {name if name == quote else 'single quotes'}, which count as characters "
                    f'unless it is said. Set csv_format.quote to "{name}"; to take them as they are, set it to "double".'
                )

    def _read_quoted(self, quote: str) -> _Reading:
        return self._read(replace(self._dialect, quote=quote, quote_certain=True))

    def _refuse_escaped_text(self) -> None:
        """Databases write a delimiter or a line end of a cell behind a backslash, and quote nothing."""
        delimiter = re.escape(self._dialect.delimiter)
        if not re.search(rf"\\[{delimiter}\r\n]", self._body) or not self._is_uneven_anyway():
            return
        if self._read(replace(self._literal, escape="backslash")).is_even:
            raise InvalidCsv(
                "Backslashes seem to stand before delimiters or line breaks that belong to cells, as in the text formats of "
                'databases. Set csv_format.quote to "none" and csv_format.escape to "backslash"; to take backslashes as they '
                'are, set csv_format.quote to "double".'
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


def _is_quoted(column: Iterable[str]) -> bool:
    """Whether all cells of a column are quoted, perhaps one of them wrongly."""
    cells = list(filter(None, column))
    return all(cell[0] == '"' for cell in cells) and any(
        cell[-1] == '"' and cell.count('"') == len('""') for cell in cells
    )


def _split(text: str, line_end: str) -> Iterator[str]:
    """The lines with their ends, as a file that is opened with this line end gives them."""
    return iter(
        io.TextIOWrapper(io.BytesIO(text.encode("utf-8", "surrogatepass")), "utf-8", "surrogatepass", newline=line_end)
    )
