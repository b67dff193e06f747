"""Keeps the results of rows in a DynamoDB table, each from the moment it comes about."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from heapq import merge
from itertools import chain, groupby, repeat
from typing import TypeVar

from batch_processor.aws import dynamodb
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.contract import EarlierRows, Location, Output, RowRange, RowResult, RowStore, Status
from batch_processor.errors import SourceUnavailable
from batch_processor.results import spill
from batch_processor.results.raw_answer import attempt_of, is_raw, read_raw
from batch_processor.results.stored_row import (
    NOTHING_MORE,
    Item,
    Paid,
    Shelf,
    counts,
    failure_item,
    fits,
    index_of,
    key_of,
    may_be_taken,
    output_text,
    partitions,
    result_of,
    row_id,
    skipped_item,
    success_item,
    unless_better,
    with_output,
    with_reference,
)
from batch_processor.settings import read

# A page is of up to 1 MiB, and takes more as Python objects.
_PAGE_BYTES = 2 * 1024 * 1024

Thing = TypeVar("Thing")
Done = TypeVar("Done")
Pages = Iterator[list[Item]]

# What is read of an item: not the target's input, which may be the largest part of it.
_ATTRIBUTES = (
    *("batch_id", "row_id", "status", "timestamp", "ttl", "since", "fingerprint", "execution_time_ms"),
    *("error_message", "answered_by", "output_data", "output_ref", "calls", "usage", "answer", "attempt", "cached"),
)
# Of items that are to be written anew.
ALL: tuple[str, ...] = ()


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
    cached: str = "",
) -> None:
    """Stores a row's answer, unless there is a newer one; one too large for an item goes into the work folder.

    `cached` is the partition of the earlier batch that got the answer, if it was taken from one.
    """
    item = success_item(store, index, names, cells, row_input, at, ms, _now(), method, paid)
    if cached:
        item["cached"] = {"S": cached}
    if not fits(item):
        item = with_reference(item, spill.put_text(work, index, output_text(names, cells)))
    _put(store, index, item)


def put_failures(store: RowStore, results: Iterable[RowResult]) -> list[int]:
    """Stores the results of failed rows; a stored answer, whichever columns it has, and a newer failure stay.

    Returns the rows of which the table had something better.
    """
    return put_each(store, [failure_item(store, result, _now()) for result in results])


def put_skipped(store: RowStore, results: Iterable[RowResult]) -> None:
    """Stores the results of rows that had nothing to send, of which only a part of the output tells otherwise."""
    put_each(store, [skipped_item(store, result, _now()) for result in results])


def results(
    store: RowStore, output: Output, rows: RowRange, earlier: Sequence[EarlierRows] = ()
) -> Iterator[RowResult]:
    """The stored results of the rows, in order, one for each; successes without all columns of `output` do not count.

    Of what `earlier` batches stored, nearest first, counts what may be taken. The first success stands, or else the
    newest failure. Answers that nobody has read yet are read here, by the rules of `output`.
    """
    names = [column["name"] for column in output["columns"]]
    with ExitStack() as reading:
        own = reading.enter_context(closing(_own(store, rows)))
        if not earlier:
            # A row has one item in its partition: there is nothing to choose from.
            yield from filter(None, (_result(item, output, names, is_own=True) for item in own))
            return
        shelves = [own]
        shelves += [reading.enter_context(closing(_taken(shelf, rows, store["as_of"]))) for shelf in earlier]
        told = [zip(repeat(number), shelf) for number, shelf in enumerate(shelves)]  # the own first
        for _, of_row in groupby(merge(*told, key=_row), _row):
            read = (_result(item, output, names, is_own=number == 0) for number, item in of_row)
            if found := [result for result in read if result]:
                yield _best(found)


def results_of(
    store: RowStore, output: Output, indexes: Sequence[int], earlier: Sequence[EarlierRows] = ()
) -> Iterator[RowResult]:
    """The same of up to 100 rows that need not be neighbours, by as many requests as there are shelves."""
    names, as_of = [column["name"] for column in output["columns"]], store["as_of"]
    found: dict[int, list[RowResult]] = {}
    items = [(item, True) for item in _items_of(store, indexes) if counts(item, store, as_of)]
    for shelf in earlier:
        there = _items_of(shelf, indexes)
        items += ((item, False) for item in there if counts(item, shelf, as_of) and may_be_taken(item, shelf))
    for item, is_own in items:
        if result := _result(item, output, names, is_own=is_own):
            found.setdefault(result["index"], []).append(result)
    for index in sorted(found):
        yield _best(found[index])


def _items_of(shelf: Shelf, indexes: Sequence[int]) -> list[Item]:
    return get_items([key_of(shelf, index) for index in indexes])


def get_items(keys: list[Item]) -> list[Item]:
    """Up to 100 items of rows, in no order; those that are not there are left out."""
    table = table_name()
    action = f"Reading {len(keys)} rows from the table {table}"
    return dynamodb.get_all(action, table, keys, attributes=_ATTRIBUTES) if keys else []


def answered(
    store: RowStore, output: Output, rows: RowRange, earlier: Sequence[EarlierRows] = ()
) -> Iterator[tuple[int, Status, str | int]]:
    """(index, status, unread) of each row that `results` has.

    `unread` is the end of the name of the call whose answer could not be read or had not come, "" if there is none. It is a
    number, that of the attempt, where the answer stands in the table itself.
    """
    for result in results(store, output, rows, earlier):
        yield result["index"], result["status"], result.get("unreadable") or result.get("unread", "")


def _best(found: list[RowResult]) -> RowResult:
    successes = (result for result in found if result["status"] == "SUCCESS")
    return next(successes, None) or max(found, key=lambda result: result.get("at", ""))


def _row(told: tuple[int, Item]) -> str:
    row: str = told[1]["row_id"]["S"]
    return row


def _result(item: Item, output: Output, names: list[str], *, is_own: bool) -> RowResult | None:
    return _of_raw(item, output, is_own=is_own) if is_raw(item) else result_in(item, names)


def _of_raw(item: Item, output: Output, *, is_own: bool) -> RowResult:
    result = read_raw(item, output).result
    if is_own and result["status"] != "SUCCESS":
        # The batch's own attempts go on behind this one; a batch that goes on with another's rows begins anew.
        result["unreadable"] = attempt_of(item)
    return result


def result_in(item: Item, names: list[str]) -> RowResult | None:
    """The result that an item holds, its answer from S3 where it had no room; None if it lacks one of the columns."""
    if "output_ref" in item:
        try:
            item = with_output(item, spill.get_text(item["output_ref"]["S"]))
        except SourceUnavailable as exc:  # gone for good: that is this row's misfortune and no other's
            index = index_of(item["row_id"]["S"])
            return {"index": index, "status": "FAILED", "error": "SourceUnavailable", "message": str(exc)}
    return result_of(item, names)


def _own(store: RowStore, rows: RowRange) -> Generator[Item]:
    yield from (item for item in items_of(store, rows) if counts(item, store, store["as_of"]))


def _taken(shelf: EarlierRows, rows: RowRange, as_of: str) -> Generator[Item]:
    yield from (item for item in items_of(shelf, rows) if counts(item, shelf, as_of) and may_be_taken(item, shelf))


def items_of(shelf: Shelf, rows: RowRange, attributes: Sequence[str] = _ATTRIBUTES) -> Iterator[Item]:
    """The rows' items, page by page; of several partitions the first pages are read ahead."""
    wanted_partitions = list(partitions(shelf, rows))

    def with_first_page(partition: str) -> Pages:
        pages = _pages(partition, rows, attributes)
        return chain([next(pages, [])], pages)

    read: Iterable[Pages] = (
        (_pages(partition, rows, attributes) for partition in wanted_partitions)
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


def _pages(partition: str, rows: RowRange, attributes: Sequence[str]) -> Pages:
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
        **(dynamodb.projected(attributes) if attributes != ALL else {}),
    )


def put_each(store: RowStore, items: Sequence[Item]) -> list[int]:
    """Stores each item unless what is there is better; returns the rows of which it was."""
    indexes = [index_of(item["row_id"]["S"]) for item in items]
    taken = all_of(zip(indexes, items, strict=True), lambda row: _put(store, *row))
    return [index for index, is_taken in zip(indexes, taken, strict=True) if not is_taken]


def all_of(things: Iterable[Thing], do: Callable[[Thing], Done]) -> list[Done]:
    """What `do` returns for each, many at a time where they are several."""
    things = list(things)
    if len(things) <= 1:
        return [do(thing) for thing in things]
    dynamodb.connect()  # one thread must, before others ask
    with closing(read_ahead(things, do, lambda _: 0)) as done:
        return [result for _, result in done]


def _put(store: RowStore, index: int, item: Item) -> bool:
    """Stores the item; False if what is there is better, which stays."""
    table = table_name()
    return dynamodb.put(
        f"Storing row {index} in the table {table}", TableName=table, Item=item, **unless_better(item, store)
    )


def table_name() -> str:
    """The table that holds the rows of all batches."""
    return read(Settings).results_table


def _now() -> int:
    return int(time.time())
