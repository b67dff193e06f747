"""Keeps the answers that are too large for the results payload or the table, one object each."""

import json

from batch_processor.aws import s3
from batch_processor.batch.work_folder import answer_key
from batch_processor.contract import Location
from batch_processor.document.s3_uri import object_uri


def put_cells(work: Location, index: int, cells: list[str]) -> None:
    """Stores one row's cells."""
    put_text(work, index, json.dumps(cells, ensure_ascii=False))


def get_cells(work: Location, index: int) -> list[str]:
    """The cells that `put_cells` stored, or `put_text` in their place as a JSON object of the columns."""
    found: list[str] | dict[str, str] = json.loads(s3.read(work["bucket"], answer_key(work, index)))
    return found if isinstance(found, list) else list(found.values())


def put_text(work: Location, index: int, text: str) -> str:
    """Stores one row's answer as it is; returns its URI."""
    bucket, key = work["bucket"], answer_key(work, index)
    s3.write(bucket, key, text.encode(), "application/json")
    return f"s3://{bucket}/{key}"


def get_text(uri: str) -> str:
    """The answer that `put_text` stored, in whichever batch that was."""
    found = object_uri(uri)
    return s3.read(found.bucket, found.key).decode()
