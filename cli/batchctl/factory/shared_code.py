"""The modules of the batch processor that other stacks take along, so that all check and render alike.

They are copies: each says so at its top, this writes them, and tests hold that they are current.
"""

import ast
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import batch_processor

_PACKAGE = "batch_processor"
_FOLDER = Path(batch_processor.__path__[0])
CHECKING = "json_schema/violations"
RENDERING = "mustache"


def shared_modules(*names: str) -> dict[str, str]:
    """The source of the modules by their paths, of all that they import of the batch processor, and of their packages."""
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if (path := f"{name}.py") not in found:
            found[path] = (_FOLDER / path).read_text(encoding="utf-8")
            packages = PurePosixPath(name).parents
            waiting += [*_imported(found[path]), *(str(package / "__init__") for package in packages)]
    return dict(sorted(found.items()))


def copies(*names: str, command: str) -> dict[str, str]:
    """As `shared_modules`, each with a head that says where it comes from and which command writes it."""
    return {
        path: f"# Copied by `{command}` from functions/{_PACKAGE}/{path}:\n# change that, not this file.\n{source}"
        for path, source in shared_modules(*names).items()
    }


def write_examples_copies(agent: Path) -> None:
    """Writes what the language model's agent, an example, has of the batch processor anew."""
    folder = agent / _PACKAGE
    shutil.rmtree(folder, ignore_errors=True)
    for path, text in copies(CHECKING, command="make generated").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")


def _imported(source: str) -> Iterator[str]:
    """Yield the modules that a source imports, as paths without their suffix."""
    for node in ast.walk(ast.parse(source)):
        # The modules that are shared import each other by their full names.
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{_PACKAGE}."):
            yield node.module.removeprefix(f"{_PACKAGE}.").replace(".", "/")


if __name__ == "__main__":
    write_examples_copies(Path(sys.argv[1]))
