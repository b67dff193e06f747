"""Tells what is wrong with a CSV, each with what to do about it."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NotRequired, TypedDict

from batch_processor.contract import METADATA_COLUMNS
from batch_processor.csv_file.column_names import shown_name
from batch_processor.operations.analysis import cell_kinds as kinds
from batch_processor.operations.analysis.survey import Survey

_LINE = re.compile(r"Line (\d+)")
_MEND = "Mend the file there, and try again."


class FoundProblem(TypedDict):
    """Something about the file; `blocks` says that a batch would be refused for it."""

    line: NotRequired[int]
    message: str
    suggestion: str
    blocks: bool


def problem_of(told: str, *, blocks: bool) -> FoundProblem:
    """The problem that a sentence tells: what is wrong, and behind the first `; ` or full stop what to do."""
    message, suggestion = _apart(told)
    problem = FoundProblem(message=message, suggestion=suggestion or _MEND, blocks=blocks)
    if found := _LINE.match(told):
        problem["line"] = int(found[1])
    return problem


def problems_of(seen: Survey) -> Iterator[FoundProblem]:
    """What was found in the rows, and what is strange about the header."""
    yield from (problem_of(told, blocks=blocks) for blocks, told in seen.faults)
    line, names = seen.header_line, seen.header.names
    if not seen.row_count and not any(blocks for blocks, _ in seen.faults):
        yield _of_header(line, "The CSV has a header and no rows.", "Add rows, or check that it is the right file.")
    if _is_row(names, seen):
        yield _of_header(
            line,
            "The first line looks like a row, and not like a header.",
            "Put a line with the names of the columns above it: names are what a mapping goes by.",
        )
    for name, count in Counter(names).items():
        if count > 1 and name:
            yield _of_header(
                line,
                f"{count} columns are called {shown_name(name)}.",
                f"Say which one is meant as {shown_name(f'{name}#1')} or {shown_name(f'{name}#2')}.",
            )
    if unnamed := [address for address, name in zip(seen.header.addresses, names, strict=True) if not name.strip()]:
        told = f"{len(unnamed)} column{'s have' if len(unnamed) > 1 else ' has'} no name."
        yield _of_header(line, told, f"Use {shown_name(unnamed[0])} to say which one is meant, or give it a name.")
    for name in names:
        if name != name.strip() and name.strip():
            yield _of_header(
                line,
                f"The name {shown_name(name)} has blanks around it.",
                "A mapping has to have them, too; better take them out.",
            )
    if taken := [name for name in names if name in METADATA_COLUMNS]:
        yield _of_header(
            line,
            f"{shown_name(taken[0])} is what a batch calls a column of its own.",
            "Give the column another name, or set output_mapping.add_metadata to false.",
        )


def _of_header(line: int, message: str, suggestion: str) -> FoundProblem:
    return FoundProblem(line=line, message=message, suggestion=suggestion, blocks=False)


def _is_row(names: tuple[str, ...], seen: Survey) -> bool:
    """Whether the header has what headers have not: numbers, dates or e-mail addresses, as the rows below have."""
    tests = (
        kinds.is_email,
        kinds.is_number,
        kinds.is_url,
        lambda cell: kinds.date_formats(cell) or kinds.datetime_formats(cell),
    )
    like = [any(test(name) for test in tests) for name in names if name.strip()]
    below = [bool(row) and any(test(cell) for test in tests) for row in seen.first_rows[:1] for cell in row]
    return bool(like) and sum(like) >= max(1, sum(below) / 2) and sum(like) * 2 >= min(len(like), 4)


def _apart(told: str) -> tuple[str, str]:
    depth = 0
    begin = _LINE.match(told)
    for at in range(begin.end() if begin else 0, len(told) - 1):
        depth += (told[at] == "(") - (told[at] == ")")
        if depth == 0 and told[at] in ";." and told[at + 1] == " ":
            rest = told[at + 2 :].strip()
            is_key = "_" in rest.split(maxsplit=1)[0]
            return f"{told[:at]}.", rest if is_key else f"{rest[0].upper()}{rest[1:]}"
    return told, ""
