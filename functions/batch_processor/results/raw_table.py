"""Stores in the results table what was read of raw answers, in their place."""

from collections.abc import Mapping, Sequence
from typing import Any

from batch_processor.aws import dynamodb
from batch_processor.contract import Location, Output, RowRange, RowStore
from batch_processor.results import spill
from batch_processor.results.raw_answer import Reading, is_raw, read_raw
from batch_processor.results.results_table import ALL, all_of, items_of, put_each, put_success, table_name
from batch_processor.results.stored_row import (
    Item,
    counts,
    fits,
    index_of,
    paid_of,
    raw_item,
    read_item,
    text_in,
    unreadable_item,
    with_reference,
)


def own_items(store: RowStore, rows: RowRange) -> dict[int, Item]:
    """The whole items that this batch has of the rows, with the targets' inputs."""
    own = (item for item in items_of(store, rows, ALL) if counts(item, store, store["as_of"]))
    return {index_of(item["row_id"]["S"]): item for item in own}


def put_read(work: Location, items: Sequence[Item]) -> None:
    """Stores items whose answers have been read in place of those with the answers, whatever stands there by now.

    The first answer to a row stands, and what is made of it is the same, whoever reads it. StorageUnavailable if DynamoDB
    throttles for too long: some may be stored then.
    """
    table, most = table_name(), dynamodb.MOST_WRITTEN
    action = f"Storing rows whose answers have been read in the table {table}"
    fitting = [item if fits(item) else _referring(work, item) for item in items]
    pieces = [fitting[start : start + most] for start in range(0, len(items), most)]
    all_of(pieces, lambda piece: dynamodb.put_all(action, table, piece))


def put_unreadable(store: RowStore, items: Sequence[Item]) -> list[int]:
    """Stores items whose answers could not be read; returns the rows of which the table has an answer that could."""
    return put_each(store, items)


def put_reading(store: RowStore, work: Location, output: Output, reading: Reading) -> None:
    """Stores an answer that the table did not take as it came."""
    result, names = reading.result, [column["name"] for column in output["columns"]]
    at, ms, paid = result.get("at"), result.get("ms"), paid_of(result)
    put_success(store, work, result["index"], names, result["cells"], None, at, ms, reading.method, paid)


def put_unstored(store: RowStore, work: Location, output: Output, told: Mapping[str, Any]) -> None:
    """Stores an answer that the table did not take when it came: {index, answer, attempt, at, ms}.

    One that cannot be read is stored as such, or its attempt would be made again.
    """
    item = raw_item(store, told)
    reading = read_raw(item, output)
    if (result := reading.result)["status"] == "SUCCESS":
        put_reading(store, work, output, reading)
    else:
        put_unreadable(store, [unreadable_item(item, store, result["error"], result["message"])])


def read_left(store: RowStore, work: Location, output: Output, rows: RowRange) -> None:
    """Reads the raw answers among these rows, and stores what they say; of what cannot be read the failure."""
    names = [column["name"] for column in output["columns"]]
    read, unreadable = list[Item](), list[Item]()
    for item in own_items(store, rows).values():
        if not is_raw(item):
            continue
        result, method = (reading := read_raw(item, output)).result, reading.method
        if result["status"] == "SUCCESS":
            read.append(read_item(item, store, names, result["cells"], method, result.get("usage")))
        elif (marked := unreadable_item(item, store, result["error"], result["message"])) != item:
            unreadable.append(marked)
    put_read(work, read)
    put_unreadable(store, unreadable)


def _referring(work: Location, item: Item) -> Item:
    text = text_in(item["output_data"])
    return with_reference(item, spill.put_text(work, index_of(item["row_id"]["S"]), text))
