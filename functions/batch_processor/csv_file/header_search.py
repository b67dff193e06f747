"""Looks for columns that the header lacks where else they may stand: below, or between other delimiters."""

import csv
import re
from collections.abc import Collection, Iterator

from batch_processor.csv_file.detection import DELIMITERS, Sample
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
        if delimiter != dialect.delimiter and line in lines and wanted <= _cells(lines[line], delimiter):
            name = delimiter_name(delimiter)
            return f"; line {line} has {_it(names)} between other delimiters: set csv_format.delimiter to {name}"
    for delimiter in dict.fromkeys((dialect.delimiter, *DELIMITERS)):
        for number, text in lines.items():
            if number != line and wanted <= _cells(text, delimiter):
                told = (
                    f"; line {number} has {_it(names)}: if that is the header, set csv_format.header_line to {number}"
                )
                declared = not dialect.delimiter_guessed and delimiter != dialect.delimiter
                return f"{told}, and csv_format.delimiter to {delimiter_name(delimiter)}" if declared else told
    return guess_told(dialect)


def _it(names: Collection[str]) -> str:
    return "it" if len(names) == 1 else "all that are missing"


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    lines = re.split(r"\r\n|\r|\n", text[:_FIRST_CHARACTERS], maxsplit=_LINES)
    return enumerate(lines[:_LINES], start=1)


def _cells(line: str, delimiter: str) -> set[str]:
    try:
        return {cell for cells in csv.reader([line], delimiter=delimiter) for cell in cells}
    except csv.Error:
        return set()
