"""Where the bytes of a CSV are: an object in S3, in the version that it has now, or a file of the user's machine."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from batch_processor.aws import s3
from batch_processor.csv_file.source import Readable
from batch_processor.document.s3_uri import object_uri
from batch_processor.document.wording import nearest, shown
from batch_processor.errors import SourceUnavailable

_S3, _FILE = "s3://", "file://"


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file as it is while it is read."""

    path: Path
    size_bytes: int

    @property
    def uri(self) -> str:
        return str(self.path)

    def open(self, start: int = 0, end: int | None = None) -> io.RawIOBase:
        """A stream of the file's bytes, or of those from `start` up to `end`."""
        if end is not None:
            return stream_of(self.read_range(start, end - start))
        stream = self.path.open("rb", buffering=0)
        stream.seek(start)
        return stream

    def read_range(self, start: int, length: int) -> bytes:
        """The bytes from `start`."""
        with self.path.open("rb") as stream:
            stream.seek(start)
            return stream.read(length)


def stream_of(data: bytes) -> io.RawIOBase:
    """The bytes as a stream; of one, only `read` is used."""
    return cast("io.RawIOBase", io.BytesIO(data))


def is_local(uri: str) -> bool:
    """Whether the text is a path of the machine that runs this, and no URI of S3."""
    return not uri.startswith(_S3)


def origin_of(uri: str) -> Readable:
    """The CSV at an S3 URI, a path or a file:// URI; SourceUnavailable says what is there instead."""
    return _local(uri) if is_local(uri) else _in_s3(uri)


def _in_s3(uri: str) -> Readable:
    place = object_uri(uri)
    if "${" in uri:
        raise SourceUnavailable(f"{uri}: a placeholder is left in it; write the name of the bucket instead of ${{…}}.")
    if not place.bucket or not place.key or place.key.endswith("/"):
        raise SourceUnavailable(f"expected the URI of one object, s3://BUCKET/KEY, got {shown(uri)}.")
    return s3.pin(place.bucket, place.key)


def _local(uri: str) -> LocalFile:
    path = Path(uri.removeprefix(_FILE)).expanduser()
    try:
        if path.is_dir():
            raise SourceUnavailable(f"{path} is a folder; give the path of one CSV.{_csvs_in(path)}")
        return LocalFile(path, path.stat().st_size)
    except FileNotFoundError as exc:
        raise SourceUnavailable(f"There is no file {path}.{_meant(path)}") from exc
    except OSError as exc:
        raise SourceUnavailable(f"{path} cannot be read: {exc.strerror}.") from exc


def _meant(path: Path) -> str:
    if not path.parent.is_dir():
        return f" There is no folder {path.parent} either."
    meant = nearest(path.name, (found.name for found in path.parent.iterdir() if found.is_file()))
    return f" Did you mean {path.parent / meant}?" if meant else _csvs_in(path.parent)


def _csvs_in(folder: Path) -> str:
    names = sorted(found.name for found in folder.glob("*.csv"))[:5]
    return f" In {folder} there are {', '.join(names)}." if names else ""
