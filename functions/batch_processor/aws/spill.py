"""Keeps the answers that are too large for the results payload, one object each, until the output is written."""

import json

from batch_processor.aws import s3
from batch_processor.contract import Location


def put_cells(spill: Location, index: int, cells: list[str]) -> None:
    """Stores one row's cells."""
    body = json.dumps(cells, ensure_ascii=False).encode()
    s3.write(spill["bucket"], _key(spill, index), body, "application/json")


def get_cells(spill: Location, index: int) -> list[str]:
    """The cells that `put_cells` stored."""
    cells: list[str] = json.loads(s3.read(spill["bucket"], _key(spill, index)))
    return cells


def _key(spill: Location, index: int) -> str:
    return f"{spill['prefix']}{index}.json"
