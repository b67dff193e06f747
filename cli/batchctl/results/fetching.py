"""Fetches what came out of a batch, never over a file of the user's."""

import filecmp
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NotRequired, cast

from batch_processor.document.s3_uri import object_uri
from batch_processor.operations.running.outcome import BatchResults


class FetchedResults(BatchResults):
    """Results whose CSV and summary lie on this disk too."""

    output_path: NotRequired[str]
    summary_path: NotRequired[str]


def fetched(results: BatchResults, folder: Path | None, s3: Any) -> FetchedResults:
    """The results with the places in the folder where CSV and summary were put, as far as there are any.

    Without a folder nothing is fetched.
    """
    found = cast("FetchedResults", dict(results))
    if folder is None:
        return found
    if uri := results.get("output_csv_uri"):
        found["output_path"] = str(fetch(uri, folder, s3))
    if uri := results.get("summary_uri"):
        found["summary_path"] = str(fetch(uri, folder, s3))
    return found


def fetch(uri: str, folder: Path, s3: Any) -> Path:
    """Where the object lies in the folder: under its own name, or with a number if another file has that one."""
    place = object_uri(uri)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".fetching-")
    os.close(descriptor)
    new = Path(name)
    try:
        s3.download_file(place.bucket, place.key, name)
        return _named(new, folder / Path(place.key).name)
    finally:
        with suppress(FileNotFoundError):
            new.unlink()


def _named(new: Path, wanted: Path) -> Path:
    for path in _names(wanted):
        try:
            # A link is made only where nothing is: no file that appears meanwhile is lost.
            os.link(new, path)
        except FileExistsError:
            if path.is_file() and filecmp.cmp(new, path, shallow=False):
                return path
            continue
        # Temporary files are for their owner alone; this one is as any other that the user makes.
        path.chmod(0o666 & ~_umask())
        return path
    raise AssertionError("names do not end")


def _names(wanted: Path) -> Iterator[Path]:
    yield wanted
    number = 2
    while True:
        stem, *endings = wanted.name.split(".", 1)
        yield wanted.with_name(".".join([f"{stem}-{number}", *endings]))
        number += 1


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
