"""Takes answers that earlier batches got for the same input, and lets later ones take this batch's.

A pointer in the results table leads from a row's input to the item of the row that was answered: the answer itself stands there
alone. So whatever removes the row, or puts another in its place, has emptied the pointer. Its key has the folder of the outputs
and all that makes an answer of a row's cells (Plan.cache), and a digest of these.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice

from batch_processor.aws import dynamodb
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.contract import LoadedRow, Plan, RowResult, RowStore
from batch_processor.results import results_table
from batch_processor.results.stored_row import Item, key_of

_ROW_ID = "answer"
# What a request may ask for, and what one may write.
_READ_AT_ONCE, _WRITTEN_AT_ONCE = 100, 25
_SCOPE_DIGITS = 32


@dataclass(frozen=True, slots=True)
class Shared:
    """An answer that others may take: its row, the row's cells in use by address, and when it came."""

    index: int
    cells: Mapping[str, str]
    at: str


def remember(plan: Plan, store: RowStore, answers: Iterable[Shared]) -> None:
    """Points to the answers, which this batch has stored; to the last one of those to the same input."""
    lasting = min(plan["cache"]["max_age_seconds"], store["ttl_seconds"])
    pointers = {_key(plan, answer.cells): _pointer(store, answer, lasting) for answer in answers}
    remaining = iter(pointers.items())
    table = results_table.table_name()
    while chunk := list(islice(remaining, _WRITTEN_AT_ONCE)):
        items = [{**_pointer_key(key), **pointer} for key, pointer in chunk]
        dynamodb.put_all(f"Sharing {len(items)} answers in the table {table}", table, items)


def recall(plan: Plan, store: RowStore, rows: Sequence[LoadedRow]) -> set[int]:
    """The rows that have an answer of an earlier batch; each is stored as this batch's own, which called nothing for it."""
    names = [column["name"] for column in plan["output"]["columns"]]
    waiting = iter(rows)
    recalled: set[int] = set()
    while chunk := list(islice(waiting, _READ_AT_ONCE)):
        by_key: dict[str, list[int]] = {}
        for row in chunk:
            by_key.setdefault(_key(plan, row["row"]), []).append(row["index"])
        found = list(_found(plan, store, names, list(by_key)))
        copies = [(index, result, source) for key, result, source in found for index in by_key[key]]
        recalled.update(_stored(plan, store, names, copies))
    return recalled


def _found(plan: Plan, store: RowStore, names: list[str], keys: list[str]) -> Iterator[tuple[str, RowResult, str]]:
    """(key, result, the batch that has it) of each pointer that leads to an answer."""
    table = results_table.table_name()
    action = f"Looking for {len(keys)} answers of earlier batches in the table {table}"
    as_of = datetime.fromisoformat(store["as_of"])
    not_before = as_of - timedelta(seconds=plan["cache"]["max_age_seconds"])
    pointers = {
        item["batch_id"]["S"]: item
        for item in dynamodb.get_all(action, table, [_pointer_key(key) for key in keys])
        if _lives(item, as_of)
    }
    goals = {_goal(pointer): None for pointer in pointers.values()}
    items = results_table.get_items([{"batch_id": {"S": batch}, "row_id": {"S": row}} for batch, row in goals])
    standing = {(item["batch_id"]["S"], item["row_id"]["S"]): item for item in items}
    for key, pointer in pointers.items():
        item = standing.get(_goal(pointer))
        if item and _is_meant(item, pointer) and _lives(item, as_of) and _at(item) >= not_before:
            result = results_table.result_in(item, names)
            if result and result["status"] == "SUCCESS":
                yield key, result, item["batch_id"]["S"]


def _is_meant(item: Item, pointer: Item) -> bool:
    """Whether the item is still that of the batch that pointed to it: a name may be given anew."""
    same = all(item.get(name) == pointer[name] for name in ("since", "fingerprint"))
    # What was taken itself is not taken any further: it would live on and on.
    return same and item["status"]["S"] == "SUCCESS" and "cached" not in item


def _lives(item: Item, as_of: datetime) -> bool:
    # DynamoDB deletes expired items days later.
    return int(item["ttl"]["N"]) > as_of.timestamp()


def _at(item: Item) -> datetime:
    return datetime.fromisoformat(item["timestamp"]["S"])


def _stored(
    plan: Plan, store: RowStore, names: list[str], copies: Sequence[tuple[int, RowResult, str]]
) -> Iterator[int]:
    def put(copy: tuple[int, RowResult, str]) -> None:
        index, result, source = copy
        results_table.put_success(
            store,
            plan["work"],
            index,
            names,
            result["cells"],
            None,
            result.get("at"),
            0,
            paid={"calls": 0},
            cached=source,
        )

    dynamodb.connect()  # one thread must, before others ask
    with closing(read_ahead(copies, put, lambda _: 0)) as done:
        for (index, *_), _ in done:
            yield index


def _key(plan: Plan, cells: Mapping[str, str]) -> str:
    """The pointer's `batch_id`; no batch's, whose targets and names have no `#`, has so many of them."""
    cache = plan["cache"]
    scope = sha256(cache["scope"].encode()).hexdigest()[:_SCOPE_DIGITS]
    text = json.dumps(dict(cells), sort_keys=True, ensure_ascii=False)
    return f"cache#{scope}#{cache['made_by']}#{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def _pointer_key(key: str) -> Item:
    return {"batch_id": {"S": key}, "row_id": {"S": _ROW_ID}}


def _pointer(store: RowStore, answer: Shared, lasting_seconds: int) -> Item:
    row = key_of(store, answer.index)
    # By the answer's own time, which is before its row was stored: so the pointer never outlives the row.
    expires = int(datetime.fromisoformat(answer.at).timestamp()) + lasting_seconds
    return {
        "of_batch": row["batch_id"],
        "of_row": row["row_id"],
        "since": {"S": store["since"]},
        "fingerprint": {"S": store["fingerprint"]},
        "timestamp": {"S": answer.at},
        "ttl": {"N": str(expires)},
    }


def _goal(pointer: Item) -> tuple[str, str]:
    return pointer["of_batch"]["S"], pointer["of_row"]["S"]
