"""Keeps the results of rows in a DynamoDB table, each from the moment it comes about."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from heapq import merge
from itertools import chain, groupby

from batch_processor.aws import dynamodb
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.contract import EarlierRows, Location, RowRange, RowResult, RowStore, Status
from batch_processor.errors import SourceUnavailable
from batch_processor.results import spill
from batch_processor.results.stored_row import (
    NOTHING_MORE,
    Item,
    Paid,
    Shelf,
    counts,
    failure_item,
    fits,
    index_of,
    may_be_taken,
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
    *("row_id", "status", "timestamp", "ttl", "since", "fingerprint", "execution_time_ms"),
    *("error_message", "answered_by", "output_data", "output_ref", "calls", "usage"),
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
    paid: Paid = NOTHING_MORE,
) -> None:
    """Stores a row's answer, unless there is a newer one; one too large for an item goes into the work folder."""
    item = success_item(store, index, names, cells, row_input, at, ms, _now(), method, paid)
    if not fits(item):
        item = with_reference(item, spill.put_text(work, index, output_text(names, cells)))
    _put(store, index, item)


def put_failures(store: RowStore, results: Iterable[RowResult]) -> None:
    """Stores the results of failed rows; a stored success, whichever columns it has, and a newer failure stay."""
    for result in results:
        _put(store, result["index"], failure_item(store, result, _now()))


def results(
    store: RowStore, names: list[str], rows: RowRange, earlier: Sequence[EarlierRows] = ()
) -> Iterator[RowResult]:
    """The stored results of the rows, in order, one for each; successes without all of the columns `names` do not count.

    Of what `earlier` batches stored, nearest first, counts what may be taken. The first success stands, or else the
    newest failure.
    """
    with ExitStack() as reading:
        own = reading.enter_context(closing(_own(store, rows)))
        if not earlier:
            # A row has one item in its partition: there is nothing to choose from.
            yield from filter(None, (_result(item, names) for item in own))
            return
        shelves = [own]
        shelves += [reading.enter_context(closing(_taken(shelf, rows, store["as_of"]))) for shelf in earlier]
        for _, items in groupby(merge(*shelves, key=_row), _row):
            found = [result for item in items if (result := _result(item, names))]
            if found:
                yield _best(found)


def answered(
    store: RowStore, names: list[str], rows: RowRange, earlier: Sequence[EarlierRows] = ()
) -> Iterator[tuple[int, Status, str]]:
    """(index, status, unread) of each row that `results` has.

    `unread` is the end of the name of the agent's execution whose answer could not be read, "" if there is none.
    """
    for result in results(store, names, rows, earlier):
        yield result["index"], result["status"], result.get("unread", "")


def _best(found: list[RowResult]) -> RowResult:
    successes = (result for result in found if result["status"] == "SUCCESS")
    return next(successes, None) or max(found, key=lambda result: result.get("at", ""))


def _row(item: Item) -> str:
    row: str = item["row_id"]["S"]
    return row


def _result(item: Item, names: list[str]) -> RowResult | None:
    if "output_ref" in item:
        try:
            item = with_output(item, spill.get_text(item["output_ref"]["S"]))
        except SourceUnavailable as exc:  # gone for good: that is this row's misfortune and no other's
            index = index_of(item["row_id"]["S"])
            return {"index": index, "status": "FAILED", "error": "SourceUnavailable", "message": str(exc)}
    return result_of(item, names)


def _own(store: RowStore, rows: RowRange) -> Generator[Item]:
    yield from (item for item in _items(store, rows) if counts(item, store, store["as_of"]))


def _taken(shelf: EarlierRows, rows: RowRange, as_of: str) -> Generator[Item]:
    yield from (item for item in _items(shelf, rows) if counts(item, shelf, as_of) and may_be_taken(item, shelf))


def _items(shelf: Shelf, rows: RowRange) -> Iterator[Item]:
    """The rows' items, page by page; of several partitions the first pages are read ahead."""
    wanted_partitions = list(partitions(shelf, rows))

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
            yield from page


def _ahead(wanted_partitions: list[str], with_first_page: Callable[[str], Pages]) -> Iterator[Pages]:
    dynamodb.connect()  # one thread must, before others ask
    with closing(read_ahead(wanted_partitions, with_first_page, lambda _: _PAGE_BYTES)) as read:
        for _, pages in read:
            yield pages


def _pages(partition: str, rows: RowRange) -> Pages:
    table = table_name()
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
    table = table_name()
    dynamodb.put(f"Storing row {index} in the table {table}", TableName=table, Item=item, **unless_better(item, store))


def table_name() -> str:
    """The table that holds the rows of all batches."""
    return read(Settings).results_table


def _now() -> int:
    return int(time.time())
