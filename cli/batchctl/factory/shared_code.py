"""The modules of the batch processor that other stacks take along, so that all check and render alike."""

import ast
from collections.abc import Iterator
from pathlib import Path

import batch_processor

_PACKAGE = "batch_processor"
_FOLDER = Path(batch_processor.__path__[0])


def shared_modules(*names: str) -> dict[str, str]:
    """The source of the modules by their paths, and of all that they import of the batch processor."""
    found: dict[str, str] = {}
    waiting = ["__init__", *names]
    while waiting:
        path = f"{waiting.pop()}.py"
        if path not in found:
            found[path] = (_FOLDER / path).read_text(encoding="utf-8")
            waiting += _imported(found[path])
    return dict(sorted(found.items()))


def _imported(source: str) -> Iterator[str]:
    """Yield the modules that a source imports, as paths without their suffix."""
    for node in ast.walk(ast.parse(source)):
        # The modules that are shared import each other by their full names.
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{_PACKAGE}."):
            yield node.module.removeprefix(f"{_PACKAGE}.").replace(".", "/")
