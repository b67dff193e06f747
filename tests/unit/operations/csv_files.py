"""CSVs in files, as analysis reads them."""

from pathlib import Path

from batch_processor.csv_file.source import Readable
from batch_processor.operations.analysis.origin import origin_of


def written(csv: str | bytes, folder: Path) -> Readable:
    """The CSV, written to a file of the folder."""
    path = folder / "given.csv"
    path.write_bytes(csv if isinstance(csv, bytes) else csv.encode())
    return origin_of(str(path))
