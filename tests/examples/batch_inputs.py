"""The example inputs, read as the batch processor reads them."""

import csv
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"
CONTACTS = EXAMPLES / "contacts.csv"
TICKETS = EXAMPLES / "tickets.csv"


def rows_of(table: Path) -> list[list[str]]:
    """Return the data rows, ragged ones as they are."""
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines, strict=True))[1:]
