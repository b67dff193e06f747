"""Finds on which lines of the CSV rows stand, as an editor counts them."""

from collections.abc import Iterable
from itertools import islice

from batch_processor.contract import Plan
from batch_processor.csv_file.source import csv_input
from batch_processor.errors import BatchProcessorError

# It is read as a whole up to the last of the rows.
_MOST_BYTES = 8 * 1024 * 1024


def lines_of(plan: Plan, rows: Iterable[int]) -> dict[int, int]:
    """The line of each row; none where the CSV is large, has changed, or may not be read by who asks."""
    wanted = set(rows)
    if not wanted or plan["source"]["size_bytes"] > _MOST_BYTES:
        return {}
    try:
        records = csv_input(plan).records()
        next(records, None)  # the header
        numbered = enumerate(islice(records, max(wanted)), 1)
        return {number: record.line for number, record in numbered if number in wanted}
    except BatchProcessorError:
        # Lines are a help; that they cannot be told takes nothing from the rest.
        return {}
