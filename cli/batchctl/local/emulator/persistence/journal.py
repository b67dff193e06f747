"""A file of JSON lines that grows; what a line says is safe from `kill -9` as soon as it is written."""

import json
import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ministack.core import persistence


class Journal:
    """One file in the folder of the emulator's state."""

    def __init__(self, name: str) -> None:
        self._path = Path(persistence.STATE_DIR) / name
        self._lock = threading.Lock()
        self._descriptor: int | None = None

    def read(self) -> Iterator[Any]:
        """The records of earlier runs, without a last line that is cut off."""
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):
                    yield json.loads(line)

    def rewrite(self, records: Iterable[Any]) -> None:
        """Replace all records by these, and open the file for more."""
        rewritten = self._path.with_suffix(".new")
        with rewritten.open("w", encoding="utf-8") as file:
            file.writelines(f"{_line(record)}\n" for record in records)
        rewritten.replace(self._path)
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)

    def append(self, record: Any) -> None:
        """Add a record; before `rewrite` nothing is written, as earlier runs have written it."""
        if self._descriptor is not None:
            line = f"{_line(record)}\n".encode()
            with self._lock:
                os.write(self._descriptor, line)


def _line(record: Any) -> str:
    # ASCII: lone surrogates survive, and so does every other character.
    return json.dumps(record, separators=(",", ":"))
