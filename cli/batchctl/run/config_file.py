"""A configuration on this disk, with what only the stack knows filled in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from batch_processor.document.document_text import UnreadableDocument, read_object
from batchctl.errors import WrongUsage
from batchctl.placeholders import filled

_CSV_KEYS = ("csv_s3_uri", "input_csv_s3_uri")


def read_config(path: Path, outputs: Mapping[str, str], csv_uri: str | None = None) -> dict[str, Any]:
    """The configuration, pointed at that CSV if one is given; WrongUsage if the file has none."""
    # What is not UTF-8 is told by who reads it.
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    try:
        # As the batch processor reads it, under its own name: YAML too, and no key twice.
        config = read_object(str(path), filled(text, outputs).encode("utf-8", "surrogateescape"))
    except UnreadableDocument as exc:
        raise WrongUsage("\n".join(f"--config: {fault}" for fault in exc.faults)) from exc
    if csv_uri is None:
        return config
    return {name: value for name, value in config.items() if name not in _CSV_KEYS} | {"csv_s3_uri": csv_uri}
