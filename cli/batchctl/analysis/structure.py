"""Shows what a CSV holds."""

import shlex
from contextlib import nullcontext
from pathlib import Path

from batch_processor.csv_file.csv_format import Encoding
from batch_processor.operations.analysis.problems import FoundProblem
from batch_processor.operations.analysis.structure import ColumnProfile, CsvStructure, analyze_csv_structure
from batchctl import exit_codes
from batchctl.account import deployed
from batchctl.answer import Answer, note, tell_next
from batchctl.encodings import as_option
from batchctl.errors import WrongUsage
from batchctl.figures import counted, size
from batchctl.harmless import harmless
from batchctl.tables import Column, table
from batchctl.where import Where

_COLUMNS = (
    Column("column", 10),
    Column("type"),
    Column("role", 8),
    Column("empty", align="right"),
    Column("distinct", align="right"),
    Column("examples", 10),
    Column("because", 10),
)
_EXAMPLE = 30
_LINE_ENDS = {"\r\n": "CRLF", "\n": "LF", "\r": "CR"}
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}


def analyze_csv(csv: str, rows: int, encoding: Encoding, as_json: str | None, where: Where) -> int:
    """The exit code: 2 if a batch of the CSV would be refused."""
    answer = Answer.of(as_json, CsvStructure)
    remote = "://" in csv
    if not remote and not Path(csv).is_file():
        raise WrongUsage(f"CSV: there is no file {csv}. Give one that exists, or s3://BUCKET/KEY.")
    with deployed(where) if remote else nullcontext() as deployment:
        found = analyze_csv_structure(csv, rows or 5, deployment, encoding)
    answer.give(found, lambda shown: _show(shown, rows))
    blocked = any(problem["blocks"] for problem in found["problems"])
    if not answer.as_json and not blocked:
        run = ["batchctl", "run", csv, *(["--encoding", encoding] if encoding != "auto" else [])]
        listing = [] if encoding != "auto" else [shlex.join(["batchctl", "agents", "list", "--csv", csv])]
        tell_next(where, *listing, shlex.join([*run, "--agent", "NAME", "--max-rows", "20"]))
    return exit_codes.WRONG_USAGE if blocked else exit_codes.DONE


def _show(found: CsvStructure, rows: int) -> None:
    if found["columns"]:
        _show_columns(found, rows)
    for problem in found["problems"]:
        verb = "A batch would be refused: " if problem["blocks"] else ""
        note(f"\n{verb}{_told(problem)}\n  {harmless(problem['suggestion'])}")
        if option := as_option(problem["suggestion"]):
            note(f"  {option}")


def _told(problem: FoundProblem) -> str:
    # Most messages begin with the line that they are about.
    named = "line" in problem and not problem["message"].startswith(f"Line {problem['line']}")
    return harmless(f"line {problem['line']}: {problem['message']}" if named else problem["message"])


def _show_columns(found: CsvStructure, rows: int) -> None:
    about = "" if found["row_count_is_exact"] else "about "
    form = ", ".join(
        (
            found["encoding"],
            _DELIMITERS.get(found["delimiter"], found["delimiter"]),
            _LINE_ENDS.get(found["line_end"], found["line_end"]),
        )
    )
    print(
        f"{harmless(found['s3_uri'])}: {about}{counted(found['row_count'], 'row')}, {counted(len(found['columns']), 'column')}, "
        f"{size(found['size_bytes'])} ({form})\n"
    )
    print(table(_COLUMNS, [_row(profile) for profile in found["profiles"]]))
    if rows and found["sample_data"]:
        print()
        print(
            table(
                [Column(name, 6) for name in found["columns"]], [[*row.values()] for row in found["sample_data"][:rows]]
            )
        )
    if not found["row_count_is_exact"]:
        error = found.get("row_count_error")
        within = f", within about {error:.0%}" if error else ""
        note(f"\nThe rows were estimated from {found['rows_examined']:,} of them{within}.")


def _row(profile: ColumnProfile) -> tuple[object, ...]:
    return (
        profile["name"],
        profile["data_type"],
        profile["role"].replace("_", " "),
        f"{profile['empty_cells']:,}",
        f"{profile['distinct']:,}{'' if profile['distinct_is_exact'] else '+'}",
        " · ".join(harmless(example, _EXAMPLE) for example in profile["examples"][:3]),
        profile["role_evidence"],
    )
