"""Files with registry entries, JSON or YAML: one entry a file, or several as the RegisterEntry function takes them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from batch_cli.placeholders import filled, unfilled
from batch_processor.errors import InvalidEntry
from batch_processor.registry.documents import parse_request
from batch_processor.registry.entry import Entry

_SUFFIXES = (".json", ".yaml", ".yml")
# What stands in for a placeholder while a file is checked without a stack.
_HOME = "us-east-1:123456789012"
_MACHINE, _FUNCTION = f"arn:aws:states:{_HOME}:stateMachine:name", f"arn:aws:lambda:{_HOME}:function:name"


class UnusableFiles(Exception):
    """All that is wrong with files; nothing of them is registered."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class EntryFile:
    """A file and its entries; `missing` are placeholders that no output fills, and then there are no entries."""

    path: Path
    entries: tuple[Entry, ...]
    missing: tuple[str, ...] = ()


def entry_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files themselves, and those in folders, in a stable order."""
    return [file for path in paths for file in _expanded(Path(path))]


def read_all(paths: Iterable[Path], outputs: Mapping[str, str] | None) -> list[EntryFile]:
    """The entries of all files, with a stack's outputs filled in, or with stand-ins if there is no stack.

    UnusableFiles tells what is wrong in any of them.
    """
    found: list[EntryFile] = []
    problems: list[str] = []
    for path in paths:
        try:
            found.append(_read(path, outputs))
        except (OSError, ValueError, yaml.YAMLError, InvalidEntry) as exc:
            problems.append(f"{path}: {exc}")
    if problems:
        raise UnusableFiles(problems)
    return found


def _read(path: Path, outputs: Mapping[str, str] | None) -> EntryFile:
    text = path.read_text(encoding="utf-8-sig")
    if outputs is not None:
        text = filled(text, outputs)
        if missing := unfilled(text):
            return EntryFile(path, (), tuple(missing))
    document = yaml.safe_load(text) if path.suffix in (".yaml", ".yml") else json.loads(text)
    return EntryFile(path, tuple(parse_request(document if outputs is not None else _stood_in(document))))


def _stood_in(value: Any) -> Any:
    if isinstance(value, list):
        return [_stood_in(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    machine = value.get("tool_type") == "state_machine"
    arns = {"state_machine_arn": _MACHINE, "lambda_arn": _FUNCTION, "resource_arn": _MACHINE if machine else _FUNCTION}
    return {
        key: _name(inner, arns.get(key, "name")) if isinstance(inner, str) else _stood_in(inner)
        for key, inner in value.items()
    }


def _name(text: str, stand_in: str) -> str:
    for placeholder in unfilled(text):
        text = text.replace(placeholder, stand_in)
    return text


def _expanded(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES)
    else:
        yield path
