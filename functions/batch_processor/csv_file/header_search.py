"""Looks for columns that the header lacks where else they may stand: below, or between other delimiters."""

import csv
import re
from collections.abc import Collection, Iterator

from batch_processor.csv_file.detection import DELIMITERS, Sample, repeated_delimiter
from batch_processor.csv_file.dialect import Dialect, delimiter_name, guess_told

_LINES = 200
_FIRST_CHARACTERS = 64 * 1024
# What separates cells now and then, and is never guessed.
_RARE_DELIMITERS = ("\x01", "\x1f", "^", "~", "§", ":", "/", " ")


def told_elsewhere(names: Collection[str], sample: Sample, dialect: Dialect) -> str:
    """Where all of the names stand, and the setting that makes this the header; else which delimiter was guessed; or ""."""
    line, wanted = dialect.header_line, set(names)
    lines = dict(_numbered(sample.text))
    for delimiter in (*DELIMITERS, *_RARE_DELIMITERS):
        cells = _cells(lines.get(line, ""), delimiter)
        if delimiter != dialect.delimiter and wanted <= {*cells}:
            if unread := _unread(cells, delimiter):
                return f"; line {line} has {_it(names)} between {unread}"
            name = delimiter_name(delimiter)
            return f"; line {line} has {_it(names)} between other delimiters: set csv_format.delimiter to {name}"
    whole = _cells(lines.get(line, ""), dialect.delimiter)
    if len(whole) == 1 and wanted <= {*_cells(whole[0], dialect.delimiter)}:
        return f"; line {line} has {_it(names)}, quoted as a whole: write the file without the quotes around its lines"
    for delimiter in dict.fromkeys((dialect.delimiter, *DELIMITERS)):
        for number, text in lines.items():
            if number != line and wanted <= {*map(str.strip, _cells(text, delimiter))}:
                told = (
                    f"; line {number} has {_it(names)}: if that is the header, set csv_format.header_line to {number}"
                )
                declared = not dialect.delimiter_guessed and delimiter != dialect.delimiter
                return f"{told}, and csv_format.delimiter to {delimiter_name(delimiter)}" if declared else told
    return guess_told(dialect)


def _unread(cells: list[str], delimiter: str) -> str | None:
    """What is between the cells of a line if the delimiter alone would not read it, and what to do."""
    if repeated := repeated_delimiter(cells, delimiter):
        return f'"{repr(repeated)[1:-1]}", and a delimiter is one character: write the file with one'
    if delimiter == " " and "" in cells:
        return "several blanks, as where columns have a fixed width: write the file as CSV"
    return None


def _it(names: Collection[str]) -> str:
    return "it" if len(names) == 1 else "all that are missing"


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    lines = re.split(r"\r\n|\r|\n", text[:_FIRST_CHARACTERS], maxsplit=_LINES)
    return enumerate(lines[:_LINES], start=1)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell for cells in csv.reader([line], delimiter=delimiter) for cell in cells]
    except csv.Error:
        return []
