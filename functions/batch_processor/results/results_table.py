"""Keeps the results of rows in a DynamoDB table, each from the moment it comes about."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

from batch_processor.aws import dynamodb
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.contract import Location, RowRange, RowResult, RowStore, Status
from batch_processor.errors import SourceUnavailable
from batch_processor.results import spill
from batch_processor.results.stored_row import (
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
    unless_better,
    with_output,
    with_reference,
)
from batch_processor.settings import read

# A page is of up to 1 MiB, and takes more as Python objects.
_PAGE_BYTES = 2 * 1024 * 1024

Pages = Iterator[list[Item]]

# What is read of an item: not the target's input, which may be the largest part of it.
_ATTRIBUTES = (
    *("row_id", "status", "timestamp", "ttl", "execution_time_ms"),
    *("error_message", "answered_by", "output_data", "output_ref"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`results_table` is the table's name."""

    results_table: str


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
    """Stores a row's answer, unless there is a newer one; one too large for an item goes into the work folder."""
    item = success_item(store, index, names, cells, row_input, at, ms, _now(), method)
    if not fits(item):
        item = with_reference(item, spill.put_text(work, index, output_text(names, cells)))
    _put(store, index, item)


def put_failures(store: RowStore, results: Iterable[RowResult]) -> None:
    """Stores the results of failed rows; a stored success, whichever columns it has, and a newer failure stay."""
    for result in results:
        _put(store, result["index"], failure_item(store, result, _now()))


def results(store: RowStore, names: list[str], rows: RowRange) -> Iterator[RowResult]:
    """The stored results of the rows, in order; successes without all of the columns `names` do not count."""
    for item in _items(store, rows):
        if result := _result(item, names):
            yield result


def answered(store: RowStore, names: list[str], rows: RowRange) -> Iterator[tuple[int, Status, str]]:
    """(index, status, unread) of each stored row, in order; successes without all of the columns `names` do not count.

    `unread` is the end of the name of the agent's execution whose answer could not be read, "" if there is none.
    """
    return ((result["index"], result["status"], result.get("unread", "")) for result in results(store, names, rows))


def _result(item: Item, names: list[str]) -> RowResult | None:
    if "output_ref" in item:
        try:
            item = with_output(item, spill.get_text(item["output_ref"]["S"]))
        except SourceUnavailable as exc:  # gone for good: that is this row's misfortune and no other's
            index = index_of(item["row_id"]["S"])
            return {"index": index, "status": "FAILED", "error": "SourceUnavailable", "message": str(exc)}
    return result_of(item, names)


def _items(store: RowStore, rows: RowRange) -> Iterator[Item]:
    """The rows' items that count, page by page; of several partitions the first pages are read ahead."""
    wanted_partitions = list(partitions(store, rows))

    def with_first_page(partition: str) -> Pages:
        pages = _pages(partition, rows)
        return chain([next(pages, [])], pages)

    read: Iterable[Pages] = (
        (_pages(partition, rows) for partition in wanted_partitions)
        if len(wanted_partitions) <= 1
        else _ahead(wanted_partitions, with_first_page)
    )
    for pages in read:
        for page in pages:
            yield from (item for item in page if counts(item, store))


def _ahead(wanted_partitions: list[str], with_first_page: Callable[[str], Pages]) -> Iterator[Pages]:
    dynamodb.connect()  # one thread must, before others ask
    with closing(read_ahead(wanted_partitions, with_first_page, lambda _: _PAGE_BYTES)) as read:
        for _, pages in read:
            yield pages


def _pages(partition: str, rows: RowRange) -> Pages:
    table = _table()
    return dynamodb.query(
        f"Reading rows {rows['first']} to {rows['last']} of {partition} from the table {table}",
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="batch_id = :batch AND row_id BETWEEN :first AND :last",
        ExpressionAttributeValues={
            ":batch": {"S": partition},
            ":first": {"S": row_id(rows["first"])},
            ":last": {"S": row_id(rows["last"])},
        },
        ProjectionExpression=", ".join(f"#{name}" for name in _ATTRIBUTES),
        ExpressionAttributeNames={f"#{name}": name for name in _ATTRIBUTES},  # some are reserved words
    )


def _put(store: RowStore, index: int, item: Item) -> None:
    """Stores the item, unless what is there is better."""
    table = _table()
    dynamodb.put(f"Storing row {index} in the table {table}", TableName=table, Item=item, **unless_better(item, store))


def _table() -> str:
    return read(Settings).results_table


def _now() -> int:
    return int(time.time())
