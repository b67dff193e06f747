"""What the check of a configuration answers."""

from collections.abc import Iterable
from pathlib import Path
from typing import NotRequired, TypedDict

from batch_processor.csv_file.header import Header
from batch_processor.document.places import places
from batch_processor.document.problem import Problem


class Remark(TypedDict):
    """A remark on the value at `pointer` (RFC 6901; "" is the whole file); line and column where they are known."""

    pointer: str
    message: str
    line: NotRequired[int]
    column: NotRequired[int]


class ConfigCheck(TypedDict):
    """The answer of check_config: with a problem a batch would be refused; a warning is for somebody to look at.

    `checked` says what was looked at, `not_checked` what only a stack can tell.
    """

    file: str
    csv: NotRequired[str]
    sound: bool
    problems: list[Remark]
    warnings: list[Remark]
    checked: list[str]
    not_checked: list[str]
    csv_columns: NotRequired[list[str]]


def answer_of(
    path: Path, problems: Iterable[Problem], warnings: Iterable[Problem], text: str, header: Header | None
) -> ConfigCheck:
    """The answer about the file of that text, each remark with its place there."""
    found, remarks = list(dict.fromkeys(problems)), list(warnings)
    where = places(text) if text and (found or remarks) else {}
    found.sort(key=lambda problem: where.get(problem.pointer or "-", (0, 0)))
    answer = ConfigCheck(
        file=str(path),
        sound=not found,
        problems=[_remark(problem, where) for problem in found],
        warnings=[_remark(warning, where) for warning in remarks],
        checked=["configuration"],
        not_checked=["what the stack's patterns and caps allow"],
    )
    if header:
        answer["csv_columns"] = [*header.addresses]
    return answer


def with_scope(answer: ConfigCheck, csv: Path | None, *, knows_targets: bool) -> ConfigCheck:
    """The answer, with what was looked at besides the configuration, and what to type for the rest."""
    if csv:
        answer["csv"] = str(csv)
        answer["checked"].append("CSV")
    else:
        answer["not_checked"].append("the CSV's header (--csv FILE)")
    if knows_targets:
        answer["checked"].append("target")
    else:
        answer["not_checked"].append(
            "whether the target is registered, and what it takes and answers (--agent-file FILE)"
        )
    return answer


def _remark(problem: Problem, where: dict[str, tuple[int, int]]) -> Remark:
    remark = Remark(pointer=problem.pointer, message=problem.message)
    if problem.pointer and problem.pointer in where:
        remark["line"], remark["column"] = where[problem.pointer]
    return remark
