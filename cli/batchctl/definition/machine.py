"""Makes a state machine's definition of its source, which is the definition itself but for three things.

- `functions` are JSONata functions by their names; an expression that calls some gets their definitions put in front.
- `$contract` is the number of the contract that the functions of the same build have, put in front in the same way.
- A catcher may name errors beside `States.ALL`, which Step Functions wants alone: it becomes two catchers.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from batch_processor.contract.number import CONTRACT
from batchctl.definition.errors import SourceError
from batchctl.definition.expression import is_expression, names, unwrapped, wrapped
from batchctl.definition.source import read, read_text

_ALL = "States.ALL"
_NAME = re.compile(r"\$[a-z][a-z0-9_]*")


def machine(path: Path) -> dict[str, Any]:
    """The definition of the source in the file."""
    return _machine(read(path), path)


def machine_of(text: str, path: Path) -> dict[str, Any]:
    """As `machine`, with the text in place of the file's."""
    return _machine(read_text(text, path), path)


def text_of(definition: Mapping[str, Any]) -> str:
    """The definition as it is deployed."""
    return json.dumps(definition, ensure_ascii=False, indent=2) + "\n"


def _machine(source: Any, path: Path) -> dict[str, Any]:
    if not isinstance(source, dict) or "States" not in source:
        raise SourceError(str(path), "it is no state machine, for it has no States")
    functions = {**dict(_functions(source.get("functions", {}), path)), "$contract": str(CONTRACT)}
    definition = {key: value for key, value in source.items() if key != "functions"}
    return {key: _deployed(value, functions) for key, value in definition.items()}


def _functions(given: Any, path: Path) -> Iterator[tuple[str, str]]:
    if not isinstance(given, dict):
        raise SourceError(str(path), "functions are to be given by their names")
    for name, text in given.items():
        jsonata = unwrapped(text).strip() if isinstance(text, str) and is_expression(text) else ""
        if not _NAME.fullmatch(name) or not jsonata.startswith("function"):
            raise SourceError(str(path), f"{name} is no function: write it as $name: '{{% function(…) {{ … }} %}}'")
        yield name, jsonata


def _deployed(value: Any, functions: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        made = {key: _deployed(inner, functions) for key, inner in value.items()}
        is_state = "Type" in made and "Catch" in made
        return {**made, "Catch": list(_apart(made["Catch"]))} if is_state else made
    if isinstance(value, list):
        return [_deployed(inner, functions) for inner in value]
    return _with_functions(value, functions) if isinstance(value, str) and is_expression(value) else value


def _with_functions(expression: str, functions: Mapping[str, str]) -> str:
    jsonata = unwrapped(expression).strip()
    called = _called(jsonata, functions)
    # In the order of the source, though any would do.
    definitions = "".join(f"{name} := {text}; " for name, text in functions.items() if name in called)
    return wrapped(f"({definitions}{jsonata})") if called else expression


def _called(jsonata: str, functions: Mapping[str, str]) -> set[str]:
    """The functions that the expression calls, and those that they call in turn."""
    found, waiting = set[str](), [jsonata]
    while waiting:
        new = (names(waiting.pop()) & functions.keys()) - found
        found |= new
        waiting += [functions[name] for name in new]
    return found


def _apart(catchers: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for catcher in catchers:
        others = [error for error in catcher["ErrorEquals"] if error != _ALL]
        if others:
            yield {**catcher, "ErrorEquals": others}
        if _ALL in catcher["ErrorEquals"]:
            yield {**catcher, "ErrorEquals": [_ALL]}
