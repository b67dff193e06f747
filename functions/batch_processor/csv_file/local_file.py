"""A CSV on this machine, read as one in S3 is."""

import io
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file as long as nobody changes it; OSError if it cannot be read."""

    path: Path

    bucket: str = ""
    etag: str = ""
    version_id: str | None = None

    @property
    def key(self) -> str:
        return self.path.as_posix()

    @property
    def size_bytes(self) -> int:
        return self.path.stat().st_size

    def open(self) -> io.RawIOBase:
        """A stream of the file's bytes."""
        return io.FileIO(self.path)

    def read_range(self, start: int, length: int) -> bytes:
        """The bytes from `start`."""
        with self.path.open("rb") as file:
            file.seek(start)
            return file.read(length)
