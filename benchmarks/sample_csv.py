"""The examples' rows, over and over, as large an input as a benchmark wants."""

import csv
import io
from itertools import cycle, islice
from pathlib import Path


def rows(path: Path, row_count: int) -> list[dict[str, str]]:
    """The first rows that have a cell in every column; from the beginning again when they run out."""
    with path.open(encoding="utf-8", newline="") as file:
        whole = [row for row in csv.DictReader(file) if None not in row and None not in row.values()]
    return list(islice(cycle(whole), row_count))


def encoded(rows: list[dict[str, str]]) -> bytes:
    """The rows as a CSV with a header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
