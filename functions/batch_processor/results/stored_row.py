"""A row's result as an item of the results table: its keys, what it holds, and what it may take.

An item is as DynamoDB's low-level API has it, each value with its type: `{"status": {"S": "SUCCESS"}}`.
"""

import json
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, NotRequired, TypedDict

from batch_processor.contract import EarlierRows, RowRange, RowResult, RowStore
from batch_processor.contract.stored_answer import ANSWERED
from batch_processor.document.json_value import without_lone_surrogates

Item = dict[str, dict[str, Any]]
# Whatever has rows: where a run keeps its own, or what it may take of another's.
Shelf = RowStore | EarlierRows

_ROW_ID = "row_"
_INDEX_DIGITS = 10  # so that row ids sort as their numbers do
# DynamoDB's limit is 400 KB (it counts 409,600 bytes) with names and values; the rest is left as a margin.
_LIST_BYTES, _ELEMENT_BYTES = 3, 1
_MOST_BYTES = 400_000
_COMPRESSED_BEYOND_BYTES = 4 * 1024
# What a row loses once its answer has been read.
OF_UNREAD = ("answer", "attempt", "letter", "error_message", "failed_batch", "answered_by")
# Without names and lists, which take little.
_SMALL_BYTES, _MOST_CHARACTER_BYTES = 300_000, 4
_GZIP = 16 + zlib.MAX_WBITS
# Made once: json.dumps would make one for each text.
_encoded = json.JSONEncoder(ensure_ascii=False).encode
# DynamoDB takes 1,000 writes a second for one key of an index: a large batch's failures have several keys.
FAILURE_KEYS = 16
# Answers are dated by Lambda's clock, batches by Step Functions'; AWS refuses requests if a clock is farther off.
_CLOCK_SKEW = timedelta(minutes=5)


class Paid(TypedDict):
    """What was paid for a row's answer, as its result has it: the calls, if there was not one, and the tokens."""

    calls: NotRequired[int]
    usage: NotRequired[list[int]]


# One call, of whose tokens nothing is known.
NOTHING_MORE: Paid = {}


def partition(shelf: Shelf, index: int) -> str:
    """The `batch_id` of a row's item."""
    size = shelf.get("partition_rows")
    return shelf["batch_id"] if size is None else f"{shelf['batch_id']}#{_first_row(index, size)}"


def key_of(shelf: Shelf, index: int) -> Item:
    """The key of a row's item."""
    return {"batch_id": {"S": partition(shelf, index)}, "row_id": {"S": row_id(index)}}


def partitions(shelf: Shelf, rows: RowRange) -> Iterator[str]:
    """The partitions that hold the rows, in the rows' order."""
    if rows["first"] > rows["last"]:
        return
    size = shelf.get("partition_rows", rows["last"])
    for first in range(_first_row(rows["first"], size), rows["last"] + 1, size):
        yield partition(shelf, first)


def paid_of(result: RowResult) -> Paid:
    """What was paid for a row's answer."""
    paid: Paid = {}
    if "calls" in result:
        paid["calls"] = result["calls"]
    if "usage" in result:
        paid["usage"] = result["usage"]
    return paid


def failures_key(store: RowStore, index: int) -> str:
    """The `failed_batch` of a failed row's item: the batch, of a large one with one of `FAILURE_KEYS` numbers behind it.

    Row batches that run at the same time are neighbours, so neighbours have unlike numbers.
    """
    size = store.get("partition_rows")
    return store["batch_id"] if size is None else f"{store['batch_id']}#{(index - 1) // size % FAILURE_KEYS}"


def _first_row(index: int, partition_rows: int) -> int:
    return (index - 1) // partition_rows * partition_rows + 1


def row_id(index: int) -> str:
    """The sort key of a row's item."""
    return f"{_ROW_ID}{index:0{_INDEX_DIGITS}}"


def index_of(row_id: str) -> int:
    """The row that a sort key names."""
    return int(row_id.removeprefix(_ROW_ID))


def success_item(
    store: RowStore,
    index: int,
    names: list[str],
    cells: list[str],
    row_input: Any,
    at: str | None,
    ms: int | None,
    now: int,
    method: str | None = None,
    paid: Paid = NOTHING_MORE,
) -> Item:
    """The item of an answered row; the target's input is left out where it is None or the item has no room for it.

    `now`, in seconds since the epoch, is taken where `at` is not known. The answer itself may be too large: see `fits`.
    `method` is the extraction method that found the answer, for people who look at the table; `paid` what was paid for it.
    """
    item = {**_item(store, {"index": index, "status": "SUCCESS"}, at, ms, now), **_paid_attributes(paid)}
    if method is not None:
        item["extraction_method"] = {"S": method}
    item["output_data"] = _packed(output_text(names, cells), store)
    if row_input is None:
        return item
    with_input = {**item, "input_data": _packed(_json(row_input), store)}
    return with_input if fits(with_input) else item


def failure_item(store: RowStore, result: RowResult, now: int) -> Item:
    """The item of a row that failed or timed out; `failed_batch` puts it into the index on failures.

    `answered_by` is there if an execution of the agent has an answer that could not be read.
    """
    item = {
        **_item(store, result, result.get("at"), result.get("ms"), now),
        **_paid_attributes(paid_of(result)),
        "error_message": {"S": _reason(result.get("error", ""), result.get("message", ""))},
        "failed_batch": {"S": failures_key(store, result["index"])},
    }
    return {**item, "answered_by": {"S": result["unread"]}} if result.get("unread") else item


def skipped_item(store: RowStore, result: RowResult, now: int) -> Item:
    """The item of a row that had nothing to send; it is in no index, as it is no failure."""
    reason = _reason(result.get("error", ""), result.get("message", ""))
    told = _item(store, result, result.get("at"), result.get("ms"), now)
    return {**told, "calls": {"N": "0"}, "error_message": {"S": reason}}


def raw_item(store: RowStore, told: Mapping[str, Any]) -> Item:
    """The item of {index, answer, attempt, at, ms}, an answer that nobody has read yet, as the machine makes it."""
    told_of_row: Any = {"index": told["index"], "status": ANSWERED}
    now = int(datetime.fromisoformat(told["at"]).timestamp())
    paid: Paid = {"calls": told["attempt"]}
    item = {**_item(store, told_of_row, told["at"], told["ms"], now), **_paid_attributes(paid)}
    return {**item, "answer": {"S": _json({"answer": told["answer"]})}}


def read_item(
    item: Item, store: RowStore, names: list[str], cells: list[str], method: str | None, usage: list[int] | None
) -> Item:
    """The item of a row whose answer stood in it, unread, with the new cells in its place; see `fits`."""
    kept = {name: value for name, value in item.items() if name not in OF_UNREAD}
    if "input_data" in kept:
        kept["input_data"] = _packed(text_in(kept["input_data"]), store)
    if method is not None:
        kept["extraction_method"] = {"S": method}
    if usage is not None:
        kept |= _paid_attributes({"usage": usage})
    kept |= {"status": {"S": "SUCCESS"}, "output_data": _packed(output_text(names, cells), store)}
    return kept if fits(kept) else {name: value for name, value in kept.items() if name != "input_data"}


def unreadable_item(item: Item, store: RowStore, error: str, message: str) -> Item:
    """The item of a row whose answer stood in it and could not be read; the answer stays, for people and other rules."""
    index = index_of(item["row_id"]["S"])
    told = {
        "status": {"S": "FAILED"},
        "error_message": {"S": _reason(error, message)},
        "failed_batch": {"S": failures_key(store, index)},
    }
    return {**item, **told}


def output_text(names: list[str], cells: list[str]) -> str:
    """A row's new cells as `output_data` has them: a JSON object of the columns."""
    return _json(dict(zip(names, cells, strict=True)))


def fits(item: Item) -> bool:
    """Whether the table takes the item."""
    characters = 0
    for value in item.values():
        for text in value.values():
            characters += len(text)
    if characters * _MOST_CHARACTER_BYTES < _SMALL_BYTES:
        return True
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items()) <= _MOST_BYTES


def with_reference(item: Item, uri: str) -> Item:
    """The item with the URI of the answer in S3 in place of the answer."""
    return {**{name: value for name, value in item.items() if name != "output_data"}, "output_ref": {"S": uri}}


def with_output(item: Item, text: str) -> Item:
    """The item with the answer that was fetched from S3."""
    return {**item, "output_data": {"S": text}}


def input_in(item: Item) -> Any:
    """What the row's target was given; {} if the item had no room for it."""
    return json.loads(text_in(item["input_data"])) if "input_data" in item else {}


def counts(item: Item, shelf: Shelf, as_of: str) -> bool:
    """Whether an item belongs to the batch whose shelf it is on, and had not expired at `as_of`.

    DynamoDB deletes expired items days later. An item of another beginning belongs to another batch of the same name:
    Step Functions allows a name again after 90 days, or in a new state machine, and the table may outlive both. Of an
    item that does not say when its batch began, its own time tells.
    """
    if "ttl" in item and int(item["ttl"]["N"]) <= _epoch(as_of):
        return False
    if "since" in item:
        return bool(item["since"]["S"] == shelf["since"])
    return "timestamp" in item and datetime.fromisoformat(item["timestamp"]["S"]) >= _began(shelf["since"])


def may_be_taken(item: Item, rows: EarlierRows) -> bool:
    """Whether an item of another batch was made as this one would have it, or is taken although it was not."""
    if "fingerprint" not in item:
        return rows.get("unmarked", False)
    return item["fingerprint"]["S"] in rows["fingerprints"]


def unless_better(item: Item, store: RowStore) -> dict[str, Any]:
    """Arguments that make DynamoDB put the item unless one that `counts` is better: a success, or else a newer item.

    Better than a failure is an answer that nobody has read yet, too, unless it is that very answer which could not be read.
    Others may store the same row meanwhile: functions of a batch that was stopped go on, and events come late.
    """
    is_success = item["status"]["S"] == "SUCCESS"
    operator = "OR" if is_success else "AND"
    better, names, values = "#status IN (:success)", ["status", "timestamp", "ttl", "since"], Item()
    if not is_success:
        better = "#status IN (:success, :answered)"
        values[":answered"] = {"S": ANSWERED}
    if not is_success and "answer" in item:
        better = "(#status IN (:success) OR (#status IN (:answered) AND #answer <> :answer))"
        names, values[":answer"] = [*names, "answer"], item["answer"]
    return {
        "ConditionExpression": "attribute_not_exists(#timestamp) OR #ttl <= :as_of "
        "OR (attribute_exists(#since) AND #since < :since) "
        "OR (attribute_not_exists(#since) AND #timestamp < :began) "
        f"OR (NOT {better} {operator} #timestamp <= :timestamp)",
        "ExpressionAttributeNames": {f"#{name}": name for name in names},
        "ExpressionAttributeValues": {
            ":since": {"S": store["since"]},
            ":success": {"S": "SUCCESS"},
            **values,
            ":timestamp": item["timestamp"],
            # Compared as text, so without Z and fractions of a second, which the times in the table have.
            ":began": {"S": f"{_began(store['since']):%Y-%m-%dT%H:%M:%S}"},
            ":as_of": {"N": str(datetime.fromisoformat(store["as_of"]).timestamp())},
        },
    }


# The same few times are asked for with every row.
@lru_cache(maxsize=64)
def _epoch(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()


@lru_cache(maxsize=64)
def _began(since: str) -> datetime:
    return datetime.fromisoformat(since).astimezone(UTC) - _CLOCK_SKEW


def result_of(item: Item, names: list[str]) -> RowResult | None:
    """The result that an item holds; None if it lacks one of the output columns `names`."""
    result = RowResult(index=index_of(item["row_id"]["S"]), status=item["status"]["S"])
    if "timestamp" in item:
        result["at"] = item["timestamp"]["S"]
    if "execution_time_ms" in item:
        result["ms"] = int(item["execution_time_ms"]["N"])
    if "cached" in item:
        result["cached"] = True
    if "calls" in item:
        result["calls"] = int(item["calls"]["N"])
    if "usage" in item:
        result["usage"] = [int(count["N"]) for count in item["usage"]["L"]]
    if result["status"] == "SUCCESS":
        cells = _cells(item, names)
        if cells is None:
            return None
        result["cells"] = cells
        return result
    # Without an error's name it is the message that is split; it is whole again wherever the two are joined.
    error, _, message = item["error_message"]["S"].partition(": ")
    if "answered_by" in item:
        result["unread"] = item["answered_by"]["S"]
    return {**result, "error": error, "message": message}


def _item(store: RowStore, result: RowResult, at: str | None, ms: int | None, now: int) -> Item:
    item: Item = {
        **key_of(store, result["index"]),
        "status": {"S": result["status"]},
        "timestamp": {"S": at or datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")},
        "ttl": {"N": str(now + store["ttl_seconds"])},
    }
    if fingerprint := store.get("fingerprint"):
        item |= {"fingerprint": {"S": fingerprint}, "since": {"S": store["since"]}}
    if ms is not None:
        item["execution_time_ms"] = {"N": str(ms)}
    return item


def _paid_attributes(paid: Paid) -> Item:
    item: Item = {}
    if paid.get("calls", 1) != 1:
        item["calls"] = {"N": str(paid["calls"])}
    if "usage" in paid:
        item["usage"] = {"L": [{"N": str(count)} for count in paid["usage"]]}
    return item


def _cells(item: Item, names: list[str]) -> list[str] | None:
    data = json.loads(text_in(item["output_data"])) if "output_data" in item else {}
    try:
        return [data[name] for name in names]
    except KeyError:
        return None


def _reason(error: str, message: str) -> str:
    return without_lone_surrogates(": ".join(part for part in (error, message) if part))


def _json(value: Any) -> str:
    text = _encoded(value)
    # Half a surrogate pair has no UTF-8; escaped it has.
    return text if text == without_lone_surrogates(text) else json.dumps(value)


def _packed(text: str, store: RowStore) -> dict[str, Any]:
    if store["compress"] and len(text) * _MOST_CHARACTER_BYTES > _COMPRESSED_BEYOND_BYTES:
        raw = text.encode()
        if len(raw) > _COMPRESSED_BEYOND_BYTES:
            return {"B": zlib.compress(raw, wbits=_GZIP)}
    return {"S": text}


def text_in(value: dict[str, Any]) -> str:
    """The text of an attribute, compressed or not."""
    return zlib.decompress(value["B"], wbits=_GZIP).decode() if "B" in value else value["S"]


def _value_bytes(value: dict[str, Any]) -> int:
    content = next(iter(value.values()))
    if isinstance(content, list):
        # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
        return _LIST_BYTES + sum(_ELEMENT_BYTES + _value_bytes(element) for element in content)
    return len(content) if isinstance(content, bytes) else len(content.encode())
