"""The folder that an extraction is generated into, and its manifest, which knows what was written there.

A file that is not as it was written was edited by somebody, and is not overwritten unasked.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from batchctl.factory.canonical import Canonical

MANIFEST = "manifest.json"


class Refused(Exception):
    """Writing would replace files that are not the factory's; nothing was written."""


class TakenFolder(Refused):
    """The folder is that of another extraction."""

    def __init__(self, folder: Path, extraction_name: str) -> None:
        super().__init__(
            f"{folder} is that of another extraction, {extraction_name!r}, whose name comes down to the same; "
            "rename one of them, or give --force"
        )


class EditedFiles(Refused):
    """Files that somebody edited or put there would be replaced; nothing was written."""

    def __init__(self, folder: Path, paths: list[str]) -> None:
        self.paths = paths
        lines = "\n".join(f"- {folder / path}" for path in paths)
        super().__init__(
            f"Not written, for these are not as the factory made them; move your changes into the schema or elsewhere, "
            f"or give --force to lose them:\n{lines}"
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """Which schema a folder was made from, and the digests of the files as they were written."""

    extraction_name: str = ""
    schema_sha256: str = ""
    files: Mapping[str, str] | None = None

    @classmethod
    def of(cls, canonical: Canonical, files: Mapping[str, str]) -> "Manifest":
        digests = {path: digest(text.encode()) for path, text in sorted(files.items())}
        return cls(canonical.shape.extraction_name, canonical.digest, digests)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The folder's manifest; an empty one where there is none, or none that can be read."""
        try:
            found: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            return cls(str(found["extraction_name"]), str(found["schema_sha256"]), dict(found["files"]))
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    def text(self) -> str:
        content = {"extraction_name": self.extraction_name, "schema_sha256": self.schema_sha256, "files": self.files}
        return json.dumps(content, ensure_ascii=False, indent=2) + "\n"

    def made(self, path: str, content: bytes) -> bool:
        """Whether the file is as it was written."""
        return (self.files or {}).get(path) == digest(content)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write(folder: Path, canonical: Canonical, files: Mapping[str, str], *, force: bool = False) -> list[str]:
    """Writes the files and removes those that are no longer made; the paths that changed.

    Refused, and nothing is written, if that would lose what somebody edited, or another extraction.
    """
    before = Manifest.read(folder)
    if before.extraction_name not in ("", canonical.shape.extraction_name) and not force:
        raise TakenFolder(folder, before.extraction_name)
    gone = [path for path in before.files or {} if path not in files and _is_inside(folder, path)]
    edited = [path for path in (*files, *gone) if _is_edited(folder, path, files.get(path), before)]
    if edited and not force:
        raise EditedFiles(folder, edited)
    changed = list(_written(folder, files))
    for path in gone:
        (folder / path).unlink()
    # Last: after an interruption, what was written is still known by being what would be written.
    changed += _written(folder, {MANIFEST: Manifest.of(canonical, files).text()})
    return [*changed, *gone]


def _is_inside(folder: Path, path: str) -> bool:
    return (folder / path).is_file() and (folder / path).resolve().is_relative_to(folder.resolve())


def _is_edited(folder: Path, path: str, text: str | None, before: Manifest) -> bool:
    file = folder / path
    if not file.is_file():
        return False
    content = file.read_bytes()
    return not before.made(path, content) and (text is None or content != text.encode())


def _written(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    for path, text in files.items():
        file = folder / path
        if not file.is_file() or file.read_bytes() != text.encode():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
            yield path
