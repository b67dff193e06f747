"""Judges whether a quoted cell of several lines is one, or whether a stray quote has swallowed rows."""

import re

_LINE_END = re.compile(r"\r\n|\r|\n")
# Between cells of a record, where the delimiters that stand there really are left out.
_BETWEEN = "\ue000"
_THOUSANDS = re.compile(r"(?<=\s\d)\D(?=\d{3}\b)|(?<=\s\d\d)\D(?=\d{3}\b)|(?<=\s\d{3})\D(?=\d{3}\b)")
# How a line ends in the middle of a text, but hardly as a row does.
_GOES_ON = (",", ":", ";", "-", "–", "—")


def swallowed_line(cells: list[str], delimiter: str, width: int, line_end: str) -> int | None:
    """Which line of the record, counted from 0, could be a row of its own; None if its quotes are beyond doubt.

    A line counts if it has the header's number of cells when quotes are taken for characters, unless its delimiters are
    those of prose: a comma and a blank. Lines that have been joined in their middle count if all of them have it.
    """
    text = _BETWEEN.join(cells)
    lines = text.split(line_end) if line_end else _LINE_END.split(text)
    if width == 1:
        return None if _is_one_text(lines) else 1
    for number, line in enumerate(lines):
        if _BETWEEN not in line and _is_row(line, delimiter, width):
            return number
    wide = all(line.count(_BETWEEN) + line.count(delimiter) == width - 1 for line in lines)
    parting = len(cells) != width or any(_parting(line, delimiter) for line in lines)
    return 1 if wide and parting and '"' not in text else None


def is_evidence(cell: str, delimiter: str) -> bool:
    """Whether a cell of a one-column file shows that quotes are meant: it needs them, or its lines are one text."""
    lines = _LINE_END.split(cell)
    return _is_one_text(lines) if len(lines) > 1 else '"' in cell or delimiter in cell


def _is_row(line: str, delimiter: str, width: int) -> bool:
    if '"' in line or line.count(delimiter) != width - 1:
        return False
    indented = line.startswith(" ") and delimiter != " "
    return not indented and _parting(line, delimiter)


def _parting(line: str, delimiter: str) -> bool:
    """Whether any delimiter in the line parts cells rather than clauses, lines or thousands."""
    if delimiter not in line:
        return False
    if delimiter not in ",;:.":
        return True
    prose = line.rstrip()
    prose = _THOUSANDS.sub("", prose)
    prose = prose.removesuffix(delimiter).replace(f"{delimiter} ", "")
    return delimiter in prose


def _is_one_text(lines: list[str]) -> bool:
    """Whether the lines of a cell belong together: a blank one, a quote that was doubled, a sentence that goes on."""
    inner = [line.rstrip("\r") for line in lines]
    return any(not line.strip() or '"' in line for line in inner) or any(
        line.rstrip().endswith(_GOES_ON) for line in inner[:-1]
    )
