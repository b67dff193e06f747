"""Which file a machine's definition is written to."""

from collections.abc import Iterator
from pathlib import Path

from batchctl.definition.machine import machine, text_of

_SOURCE, _DEFINITION = ".asl.yaml", ".asl.json"


def definitions(folder: Path) -> dict[Path, str]:
    """Every definition whose source is below the folder, by the file that it belongs in."""
    return {definition_file(source): text_of(machine(source)) for source in sorted(_sources(folder))}


def definition_file(source: Path) -> Path:
    """The definition's file: beside the source, or beside the folder `source` that the source is in."""
    folder = source.parent.parent if source.parent.name == "source" else source.parent
    return folder / f"{source.name.removesuffix(_SOURCE)}{_DEFINITION}"


def write(folders: list[Path]) -> Iterator[Path]:
    """Write each definition that differs from its source and yield its file; all are made before any is written."""
    made = {path: text for folder in folders for path, text in definitions(folder).items()}
    for path, text in made.items():
        if not path.is_file() or path.read_bytes() != text.encode():
            path.write_bytes(text.encode())
            yield path


def _sources(folder: Path) -> Iterator[Path]:
    for path in folder.rglob(f"*{_SOURCE}"):
        # What SAM builds has copies of them.
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path
