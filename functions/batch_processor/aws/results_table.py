"""Keeps the results of rows in a DynamoDB table, each from the moment it is there."""

import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import closing
from itertools import chain, islice

from batch_processor.aws import spill
from batch_processor.aws.client import client, translated
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.contract import Location, RowRange, RowResult, RowStore, Status
from batch_processor.errors import SourceUnavailable, StorageUnavailable
from batch_processor.settings import required
from batch_processor.stored_row import (
    Item,
    counts,
    failure_item,
    fits,
    index_of,
    output_text,
    partitions,
    result_of,
    row_id,
    success_item,
    with_output,
    with_reference,
)

_MOST_ITEMS = 25  # that one BatchWriteItem takes
# What DynamoDB leaves of a BatchWriteItem is sent again after random waits of up to so long: half a minute at most.
_WAITS_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 6.4, 6.4)

# A page is of up to 1 MiB, and takes more as Python objects.
_PAGE_BYTES = 2 * 1024 * 1024

Pages = Iterator[list[Item]]

_STATE = ("row_id", "status", "timestamp", "ttl")
# Not the target's input, which may be the largest part of an item.
_RESULT = (*_STATE, "execution_time_ms", "error_message", "output_data", "output_ref")


def put_success(
    store: RowStore,
    work: Location,
    index: int,
    names: list[str],
    cells: list[str],
    row_input: object,
    at: str | None,
    ms: int | None,
    method: str | None = None,
) -> None:
    """Stores a row's answer over whatever was there; one too large for an item goes into the work folder."""
    item = success_item(store, index, names, cells, row_input, at, ms, _now(), method)
    if not fits(item):
        item = with_reference(item, spill.put_text(work, index, output_text(names, cells)))
    table = _table()
    with translated(f"Storing row {index} in the table {table}"):
        client("dynamodb").put_item(TableName=table, Item=item)


def put_failures(store: RowStore, results: Iterable[RowResult]) -> None:
    """Stores the results of failed rows; a success that is there already stays, whichever columns it has.

    StorageUnavailable if the table leaves some of them undone for half a minute.
    """
    remaining = iter(results)
    while batch := {result["index"]: result for result in islice(remaining, _MOST_ITEMS)}:
        for index in _succeeded(store, batch):
            del batch[index]
        if batch:
            _write([failure_item(store, result, _now()) for result in batch.values()])


def results(store: RowStore, names: list[str], rows: RowRange) -> Iterator[RowResult]:
    """What the table has of the rows, by index; successes without all of the columns `names` do not count."""
    for item in _items(store, rows, _RESULT):
        if result := _result(item, names):
            yield result


def answered(store: RowStore, names: list[str], rows: RowRange) -> Iterator[tuple[int, Status]]:
    """What became of the rows that the table has, by index; a success has all of the columns `names`."""
    return ((result["index"], result["status"]) for result in results(store, names, rows))


def _result(item: Item, names: list[str]) -> RowResult | None:
    if "output_ref" in item:
        try:
            item = with_output(item, spill.get_text(item["output_ref"]["S"]))
        except SourceUnavailable as exc:  # gone for good: that is this row's misfortune and no other's
            index = index_of(item["row_id"]["S"])
            return {"index": index, "status": "FAILED", "error": "SourceUnavailable", "message": str(exc)}
    return result_of(item, names)


def _succeeded(store: RowStore, indexes: Collection[int]) -> list[int]:
    items = _items(store, RowRange(first=min(indexes), last=max(indexes)), _STATE)
    successes = (item for item in items if item["status"]["S"] == "SUCCESS")
    return [index for item in successes if (index := index_of(item["row_id"]["S"])) in indexes]


def _items(store: RowStore, rows: RowRange, attributes: Iterable[str]) -> Iterator[Item]:
    """The rows' items that count, page by page; of several partitions the first pages are read ahead."""
    asked = list(partitions(store, rows))

    def begun(partition: str) -> Pages:
        pages = _pages(partition, rows, attributes)
        return chain([next(pages, [])], pages)

    read: Iterable[Pages] = (
        (_pages(partition, rows, attributes) for partition in asked) if len(asked) <= 1 else _ahead(asked, begun)
    )
    for pages in read:
        for page in pages:
            yield from (item for item in page if counts(item, store))


def _ahead(asked: list[str], begun: Callable[[str], Pages]) -> Iterator[Pages]:
    client("dynamodb")  # made here, as boto3 makes one in one thread only
    with closing(read_ahead(asked, begun, lambda _: _PAGE_BYTES)) as read:
        for _, pages in read:
            yield pages


def _pages(partition: str, rows: RowRange, attributes: Iterable[str]) -> Pages:
    table, pages = _table(), client("dynamodb").get_paginator("query")
    with translated(f"Reading rows {rows['first']} to {rows['last']} of {partition} from the table {table}"):
        for page in pages.paginate(
            TableName=table,
            ConsistentRead=True,
            KeyConditionExpression="batch_id = :batch AND row_id BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":batch": {"S": partition},
                ":first": {"S": row_id(rows["first"])},
                ":last": {"S": row_id(rows["last"])},
            },
            ProjectionExpression=", ".join(f"#{name}" for name in attributes),
            ExpressionAttributeNames={f"#{name}": name for name in attributes},  # some are reserved words
        ):
            yield page["Items"]


def _write(items: list[Item]) -> None:
    table = _table()
    action = f"Storing failed rows in the table {table}"
    left = {table: [{"PutRequest": {"Item": item}} for item in items]}
    for most_seconds in (0, *_WAITS_SECONDS):
        time.sleep(random.uniform(0, most_seconds))  # noqa: S311
        with translated(action):
            left = client("dynamodb").batch_write_item(RequestItems=left)["UnprocessedItems"]
        if not left:
            return
    raise StorageUnavailable(f"{action}: {len(left[table])} of {len(items)} were left undone again and again.")


def _table() -> str:
    return required("RESULTS_TABLE")


def _now() -> int:
    return int(time.time())
