"""Reads JSON and YAML that people write; what a parser would drop silently, or fail on, is reported with its place."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from batch_processor.document.pointers import escaped
from batch_processor.document.problem import Problem
from batch_processor.document.wording import shown

_DEEPEST = 100
_TOO_DEEP = f"it is nested deeper than {_DEEPEST} levels; make it flatter"
# A text, which is a key if a colon follows, or a bracket.
_TOKEN = re.compile(r'("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[\[\]{}]')


def read_json(text: str) -> Any:
    """The document; ValueError where it is no JSON, is nested too deep, or has a key twice in one object."""
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except json.JSONDecodeError as exc:
        raise ValueError(f"it is not JSON: {exc}") from exc
    _refuse(document, _repeated_in_json(text))
    return document


def read_yaml(text: str) -> Any:
    """As `read_json`, for YAML; values may be of types that JSON lacks, which `beyond_json` finds."""
    try:
        document, repeated = _loaded(text)
    except yaml.YAMLError as exc:
        raise ValueError(f"it is not YAML: {exc}") from exc
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    _refuse(document, repeated)
    return document


def beyond_json(document: Any) -> Iterator[Problem]:
    """Yield what YAML reads as something that JSON lacks: dates, keys that are no text."""
    waiting = [("", document)]
    while waiting:
        at, value = waiting.pop()
        for key in value if isinstance(value, dict) else ():
            if not isinstance(key, str):
                yield Problem(at, f"the key {key} is read as a {_yaml_type(key)}; write it in quotes")
        if not isinstance(value, str | int | float | dict | list | None):
            yield Problem(at, f"the value is read as a {_yaml_type(value)}, {value}; write it in quotes")
        waiting += [(f"{at}/{escaped(key)}", inner) for key, inner in _children(value)]


def _loaded(text: str) -> tuple[Any, list[str]]:
    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        # Before the document is made of it, which merges `<<` into the nodes.
        repeated = list(_repeated_in_yaml(root))
        return loader.construct_document(root) if root else None, repeated
    except (ValueError, LookupError, AttributeError) as exc:
        # The last two are how PyYAML fails on `!!bool maybe` and `!!timestamp soon`; they say nothing to people.
        said = f", {exc}" if isinstance(exc, ValueError) else ""
        raise ValueError(
            f"a value is no date, number or the like, as which it is read{said}; write it in quotes"
        ) from exc
    finally:
        loader.dispose()


def _refuse(document: Any, repeated: Iterable[str]) -> None:
    if _is_too_deep(document):
        raise ValueError(_TOO_DEEP)
    if found := "; ".join(repeated):
        raise ValueError(f"{found}: keep one of each")


def _is_too_deep(document: Any) -> bool:
    level = [document]
    for _ in range(_DEEPEST + 1):
        # By identity: YAML's aliases make the same value many, or part of itself.
        level = list({id(inner): inner for value in level for _, inner in _children(value)}.values())
    return bool(level)


def _children(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _repeated_in_json(text: str) -> Iterator[str]:
    """Yield each repetition; the text is valid, so that brackets match and keys are those of the last open one."""
    objects: list[dict[Any, int]] = []
    for token in _TOKEN.finditer(text):
        if token[0] in ("{", "["):
            objects.append({})
        elif token[0] in ("}", "]"):
            objects.pop()
        elif token[2]:
            key = json.loads(token[1])
            if (first := objects[-1].setdefault(key, token.start())) != token.start():
                yield _twice(key, _place(text, first), _place(text, token.start()))


def _repeated_in_yaml(root: yaml.Node | None) -> Iterator[str]:
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            yield from _repeated_keys([key for key, _ in node.value])
            waiting += [inner for pair in node.value for inner in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def _repeated_keys(keys: list[yaml.Node]) -> Iterator[str]:
    found: dict[tuple[str, str], yaml.Node] = {}
    for key in keys:
        if isinstance(key, yaml.ScalarNode):
            first = found.setdefault((key.tag, key.value), key)
            if first is not key:
                yield _twice(key.value, _marked(first), _marked(key))


def _twice(key: str, first: str, second: str) -> str:
    return f"{shown(key)} is given twice in one object, at {first} and at {second}"


def _place(text: str, offset: int) -> str:
    return f"line {text.count(chr(10), 0, offset) + 1}, column {offset - text.rfind(chr(10), 0, offset)}"


def _marked(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}, column {node.start_mark.column + 1}"


def _yaml_type(value: Any) -> str:
    return "missing value" if value is None else f"YAML {type(value).__name__}"
