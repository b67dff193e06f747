"""Reads rows of a batch from the results table: its own, and those that it took over from batches that it went on with."""

import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from batch_processor.aws import dynamodb
from batch_processor.contract import Loaded, Output, Plan
from batch_processor.results.raw_answer import resolved
from batch_processor.results.stored_row import Item, Shelf, counts, index_of, may_be_taken, partition, row_id

_AT_A_TIME = 100
_GZIP = 16 + zlib.MAX_WBITS


def is_kept(plan: Plan, loaded: Loaded) -> bool:
    """Whether each row is in the table from when it is answered."""
    return loaded["storage"]["mode"] == "dynamodb" or "earlier" in plan


def stored_rows(table: str, plan: Plan, loaded: Loaded, rows: Sequence[int]) -> dict[int, Item]:
    """The items of these rows; the batch's own before those of others, a success before all else.

    Answers that nobody has read yet are read here.
    """
    store, output = loaded["storage"], plan["output"]
    found: dict[int, Item] = {}
    for item in _items(table, store, rows, output):
        if counts(item, store, store["as_of"]):
            found[index_of(item["row_id"]["S"])] = item
    for shelf in plan["earlier"]["rows"] if "earlier" in plan else []:
        missing = [row for row in rows if found.get(row, {}).get("status", {}).get("S") != "SUCCESS"]
        for item in _items(table, shelf, missing, output):
            if item["status"]["S"] == "SUCCESS" and counts(item, shelf, store["as_of"]) and may_be_taken(item, shelf):
                found.setdefault(index_of(item["row_id"]["S"]), item)
    return found


def answered_rows(table: str, shelf: Shelf, as_of: str, rows: Iterable[int], output: Output) -> set[int]:
    """Those of the rows that have an answer on that shelf which the rules of `output` can read."""
    items = _items(table, shelf, sorted(set(rows)), output)
    return {
        index_of(item["row_id"]["S"])
        for item in items
        if item["status"]["S"] == "SUCCESS" and counts(item, shelf, as_of)
    }


def told_by(item: Item, name: str) -> Any:
    """The document that the item has under that name, compressed or not; None if it has none."""
    if name not in item:
        return None
    value = item[name]
    return json.loads(zlib.decompress(value["B"], wbits=_GZIP) if "B" in value else value["S"])


def _items(table: str, shelf: Shelf, rows: Sequence[int], output: Output) -> Iterator[Item]:
    for start in range(0, len(rows), _AT_A_TIME):
        keys = [
            {"batch_id": {"S": partition(shelf, row)}, "row_id": {"S": row_id(row)}}
            for row in rows[start : start + _AT_A_TIME]
        ]
        for item in dynamodb.get_all(f"Reading rows from the table {table}", table, keys):
            yield resolved(item, output)
