"""Reads rows of a CSV that a batch has written, without fetching more of it than they take."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from batch_processor.aws import s3

# A part of the file takes little memory, and most rows that somebody looks at are among the first.
_BUFFER_BYTES = 1024 * 1024


def rows_of(bucket: str, key: str, delimiter: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of the CSV with their numbers, from the first on; columns of one name twice are the last one."""
    pinned = s3.pin(bucket, key)
    stream = io.BufferedReader(pinned.open(), _BUFFER_BYTES)
    with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        records = csv.reader(text, delimiter=delimiter)
        header = next(records, [])
        for number, record in enumerate(records, 1):
            yield number, dict(zip(header, record, strict=False))


def first_rows(bucket: str, key: str, delimiter: str, count: int) -> list[dict[str, str]]:
    """The first rows of the CSV."""
    return [row for _, row in islice(rows_of(bucket, key, delimiter), count)]
