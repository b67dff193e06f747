"""Reads a source: YAML that has JSON's types only, in which `!include` stands for what is in another file.

`!include retry.yaml#queue` is what that file, named from this one's folder, has under `queue`; `!include row.yaml` all of it, and
`!include row.yaml#States.SkipRow` what stands under `SkipRow` under `States`.
"""

import re
from pathlib import Path
from typing import Any, ClassVar

import yaml

from batchctl.definition.errors import SourceError, at
from batchctl.definition.expression import UnreadableExpression, is_expression, one_line, unwrapped, wrapped

_INCLUDE = "!include"
_TAG = "tag:yaml.org,2002:"
# YAML 1.1 would also read NO as false and 2026-11-21 as a date.
_PLAIN = {
    "null": (r"null$", "n"),
    "bool": (r"(?:true|false)$", "tf"),
    "int": (r"-?(?:0|[1-9][0-9]*)$", "-0123456789"),
    "float": (r"-?(?:0|[1-9][0-9]*)\.[0-9]+$", "-0123456789"),
    "merge": (r"<<$", "<"),
}


def read(path: Path) -> Any:
    """The document in the file, each expression on one line."""
    return read_text(_text(path, str(path)), path)


def read_text(text: str, path: Path) -> Any:
    """As `read`, with the text in place of the file's; the file is named in errors and is the base of `!include`."""
    loader = _Loader(text, path, ())
    try:
        return loader.construct_document(_root(loader))
    except yaml.MarkedYAMLError as exc:
        raise SourceError(at(exc.problem_mark), f"it is not YAML: {exc.problem}") from exc
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML keeps them with the class
    # None, whatever other libraries have added to PyYAML's own loader.
    yaml_multi_constructors: ClassVar[dict[str | None, Any]] = {}

    def __init__(self, text: str, path: Path, includers: tuple[Path, ...]) -> None:
        try:
            super().__init__(text)
        except yaml.reader.ReaderError as exc:
            line = text.count("\n", 0, exc.position) + 1
            raise SourceError(f"{path}:{line}", f"{text[exc.position]!a} is no character of a text") from exc
        self.name = str(path)
        self.files = (*includers, path)

    def compose_node(self, parent: Any, index: int) -> Any:
        node = super().compose_node(parent, index)
        return _included(node, self.files) if node is not None and node.tag == _INCLUDE else node

    def compose_mapping_node(self, anchor: Any) -> Any:
        node = super().compose_mapping_node(anchor)
        _check_keys([key for key, _ in node.value])
        return node

    def construct_text(self, node: yaml.ScalarNode) -> str:
        text = str(self.construct_scalar(node))
        try:
            return wrapped(one_line(unwrapped(text))) if is_expression(text) else text
        except UnreadableExpression as exc:
            # The lines of a block begin below the mark of their block.
            lines_down = exc.lines_down + (node.style in ("|", ">"))
            raise SourceError(at(node.start_mark, lines_down), str(exc)) from exc


_Loader.add_constructor(f"{_TAG}str", _Loader.construct_text)
for _name, (_regex, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(_regex), list(_first))


def _root(loader: _Loader) -> yaml.Node:
    root: yaml.Node | None = loader.get_single_node()
    if root is None:
        raise SourceError(str(loader.name), "the file is empty")
    return root


def _included(node: yaml.Node, files: tuple[Path, ...]) -> yaml.Node:
    here = at(node.start_mark)
    name, _, keys = str(node.value).partition("#")
    path = files[-1].parent / name
    if path in files:
        raise SourceError(here, f"{name} includes itself")
    loader = _Loader(_text(path, here), path, files)
    try:
        root = _root(loader)
    finally:
        loader.dispose()
    for step in keys.split(".") if keys else ():
        root = _under(step, root, here, name)
    return root


def _under(key: str, root: yaml.Node, here: str, name: str) -> yaml.Node:
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    found: list[yaml.Node] = [value for inner, value in pairs if inner.value == key]
    if not found:
        there = ", ".join(str(inner.value) for inner, _ in pairs) or "no keys"
        raise SourceError(here, f"{name} has no {key}, but {there}")
    return found[0]


def _check_keys(keys: list[yaml.Node]) -> None:
    first: dict[str, yaml.Node] = {}
    for key in keys:
        if key.tag not in (f"{_TAG}str", f"{_TAG}merge"):
            raise SourceError(at(key.start_mark), f"the key {key.value} is read as no text; write it in quotes")
        if first.setdefault(key.value, key) is not key:
            raise SourceError(
                at(key.start_mark), f"{key.value} is given twice, first at {at(first[key.value].start_mark)}"
            )


def _text(path: Path, here: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise SourceError(here, f"{path} cannot be read: {getattr(exc, 'strerror', None) or exc}") from exc
