"""Files with registry entries, JSON or YAML: one entry a file, or several as the RegisterEntry function takes them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from batch_processor.document.json_path import follow
from batch_processor.document.pointers import location
from batch_processor.document.problem import Problem
from batch_processor.errors import InvalidEntry
from batch_processor.registry.documents import parse_request
from batch_processor.registry.entry import Entry
from batchctl.document_text import beyond_json, read_json, read_yaml
from batchctl.errors import Expected
from batchctl.placeholders import filled, unfilled

_SUFFIXES = (".json", ".yaml", ".yml")
# What stands in for a placeholder while a file is checked without a stack.
_HOME = "us-east-1:123456789012"
_MACHINE, _FUNCTION = f"arn:aws:states:{_HOME}:stateMachine:name", f"arn:aws:lambda:{_HOME}:function:name"


class UnusableFiles(Expected):
    """All that is wrong with files, of which then none is registered."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class EntryFile:
    """A file, its entries and where in it they stand.

    `missing` are placeholders that no output fills, and then there are no entries.
    """

    path: Path
    entries: tuple[Entry, ...]
    missing: tuple[str, ...] = ()
    pointers: tuple[str, ...] = ()

    def placed(self) -> Iterator[tuple[str, Entry]]:
        """Yield where each entry stands, and the entry."""
        for pointer, entry in zip(self.pointers, self.entries, strict=True):
            yield f"{self.path} {pointer}".rstrip(), entry


def entry_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files themselves, and those in folders, in a stable order, each once; UnusableFiles names empty folders."""
    found: dict[Path, Path] = {}
    empty = []
    for path in map(Path, paths):
        files = list(_expanded(path))
        found |= {file.resolve(): file for file in files if file.resolve() not in found}
        empty += [] if files else [f"{path}: there are no entries; expected files that end in {', '.join(_SUFFIXES)}"]
    if empty:
        raise UnusableFiles(empty)
    return list(found.values())


def read_all(paths: Iterable[Path], outputs: Mapping[str, str] | None) -> list[EntryFile]:
    """The entries of all files, with a stack's outputs filled in, or with stand-ins if there is no stack.

    UnusableFiles tells what is wrong in any of them.
    """
    found: list[EntryFile] = []
    problems: list[str] = []
    for path in paths:
        try:
            found.append(_read(path, outputs))
        except (OSError, ValueError, InvalidEntry) as exc:
            problems.append(f"{path}: {exc}")
    problems += _repeated(found)
    if problems:
        raise UnusableFiles(problems)
    return found


def _read(path: Path, outputs: Mapping[str, str] | None) -> EntryFile:
    text = path.read_text(encoding="utf-8-sig")
    if outputs is not None:
        text = filled(text, outputs)
        if missing := unfilled(text):
            return EntryFile(path, (), tuple(missing))
    document = read_yaml(text) if path.suffix in (".yaml", ".yml") else read_json(text)
    if problems := list(beyond_json(document)):
        raise InvalidEntry("What is to be registered", problems)
    entries = _parsed(document if outputs is not None else _stood_in(document))
    return EntryFile(path, entries, pointers=tuple(_pointers(document)))


def _parsed(document: Any) -> tuple[Entry, ...]:
    try:
        return tuple(parse_request(document))
    except InvalidEntry as exc:
        raise InvalidEntry(
            "What is to be registered", [_advised(problem, document) for problem in exc.problems]
        ) from exc


def _advised(problem: Problem, document: Any) -> Problem:
    """Adds the advice to write quotes: YAML makes a number of `version: 1.0`, and true of `on`."""
    value = follow(location(document, problem.pointer), document)
    is_scalar = isinstance(value, int | float)
    wants_text = problem.message.startswith(("expected a string", "expected a name", "Input should be a valid string"))
    return replace(problem, message=f"{problem.message}; write it in quotes") if is_scalar and wants_text else problem


def _pointers(document: Any) -> Iterator[str]:
    """Yield where the entries stand in a document that is without problems."""
    if "entry" in document:
        yield "/entry"
    elif isinstance(entries := document.get("entries"), list):
        for index, item in enumerate(entries):
            yield f"/entries/{index}/entry" if "entry" in item else f"/entries/{index}"
    else:
        yield ""


def _repeated(files: list[EntryFile]) -> Iterator[str]:
    first: dict[str, str] = {}
    for place, entry in (placed for file in files for placed in file.placed()):
        if (other := first.setdefault(entry.id, place)) != place:
            yield f"{place}: {entry.id} stands at {other} too; keep one of them"


def _stood_in(value: Any) -> Any:
    if isinstance(value, list):
        return [_stood_in(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    machine = value.get("tool_type") == "state_machine"
    arns = {"state_machine_arn": _MACHINE, "lambda_arn": _FUNCTION, "resource_arn": _MACHINE if machine else _FUNCTION}
    return {
        key: _name(inner, arns.get(key)) if isinstance(inner, str) else _stood_in(inner) for key, inner in value.items()
    }


def _name(text: str, arn: str | None) -> str:
    for placeholder in unfilled(text):
        # Names that differ must not become the same one.
        text = text.replace(placeholder, arn or placeholder.strip("${}").lower())
    return text


def _expanded(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and not file.is_dir())
    else:
        yield path
