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
    """One row's cells, be they stored by `put_cells` or, as a JSON object of the columns, by `put_text`."""
    stored: list[str] | dict[str, str] = json.loads(s3.read(work["bucket"], answer_key(work, index)))
    return stored if isinstance(stored, list) else list(stored.values())


def put_text(work: Location, index: int, text: str) -> str:
    """Stores one row's answer as it is; returns its URI."""
    bucket, key = work["bucket"], answer_key(work, index)
    s3.write(bucket, key, text.encode(), "application/json")
    return f"s3://{bucket}/{key}"


def get_text(uri: str) -> str:
    """The answer that `put_text` stored, for this batch or another one."""
    file = object_uri(uri)
    return s3.read(file.bucket, file.key).decode()
