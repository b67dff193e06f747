"""Reads and writes items of DynamoDB.

In each function `action` says in words what is done, for error messages, and `request` is DynamoDB's own. `dynamodb` is
the client to use, by default the one that all functions share.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

from batch_processor.aws.client import client, dynamodb_types, translated
from batch_processor.errors import StorageUnavailable

Item = dict[str, dict[str, Any]]  # as DynamoDB writes it: {"name": {"S": "text"}}
# How many items a BatchWriteItem takes.
MOST_WRITTEN = 25
_BATCH_ATTEMPTS = 12
_LONGEST_WAIT_SECONDS = 5.0
# DynamoDB keeps these exactly, whatever their digits are.
_PLAIN_NUMBERS = 2**53


def connect(dynamodb: Any = None) -> Any:
    """The client to use; to be called before threads are started, as boto3 makes clients safely in one thread only."""
    return dynamodb or client("dynamodb")


def query(action: str, dynamodb: Any = None, **request: Any) -> Iterator[list[Item]]:
    """The items that a key condition finds, page by page."""
    return _pages(action, connect(dynamodb).get_paginator("query"), request)


def scan(action: str, dynamodb: Any = None, **request: Any) -> Iterator[list[Item]]:
    """The items of a table, page by page."""
    return _pages(action, connect(dynamodb).get_paginator("scan"), request)


def get(action: str, dynamodb: Any = None, **request: Any) -> Item | None:
    """One item, read consistently; None if it is not there."""
    with translated(action):
        item: Item | None = connect(dynamodb).get_item(ConsistentRead=True, **request).get("Item")
    return item


def get_all(
    action: str, table: str, keys: list[Item], dynamodb: Any = None, attributes: Sequence[str] = ()
) -> list[Item]:
    """Up to 100 items, read consistently, in no order, with those `attributes` or all; what is not there is left out.

    StorageUnavailable if DynamoDB leaves some of them unread again and again.
    """
    wanted: dict[str, Any] = {
        table: {"Keys": keys, "ConsistentRead": True, **(projected(attributes) if attributes else {})}
    }
    found: list[Item] = []
    for attempt in range(_BATCH_ATTEMPTS):
        with translated(action):
            answer = connect(dynamodb).batch_get_item(RequestItems=wanted)
        found += answer["Responses"].get(table, [])
        wanted = answer.get("UnprocessedKeys", {})
        if not wanted:
            return found
        time.sleep(min(_LONGEST_WAIT_SECONDS, 0.1 * 2**attempt))
    raise StorageUnavailable(f"{action}: DynamoDB throttles; {len(found)} of {len(keys)} items were read.")


def projected(attributes: Sequence[str]) -> dict[str, Any]:
    """What has a request read these attributes alone, some of whose names may be reserved words."""
    return {
        "ProjectionExpression": ", ".join(f"#{name}" for name in attributes),
        "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
    }


def update(action: str, dynamodb: Any = None, **request: Any) -> bool:
    """Changes an item, or makes it; False if the request's condition does not hold, and then nothing is changed."""
    return _conditionally(action, connect(dynamodb), "update_item", request)


def put(action: str, dynamodb: Any = None, **request: Any) -> bool:
    """Writes an item; False if the request's condition does not hold, and then nothing is written."""
    return _conditionally(action, connect(dynamodb), "put_item", request)


def delete(action: str, dynamodb: Any = None, **request: Any) -> bool:
    """Removes an item; False if the request's condition does not hold, and then it stays."""
    return _conditionally(action, connect(dynamodb), "delete_item", request)


def put_all(action: str, table: str, items: list[Item], dynamodb: Any = None) -> None:
    """Writes up to 25 items, in place of what is there; StorageUnavailable as `delete_all`."""
    _write_all(action, table, [{"PutRequest": {"Item": item}} for item in items], dynamodb)


def delete_all(action: str, table: str, keys: list[Item], dynamodb: Any = None) -> None:
    """Removes up to 25 items; StorageUnavailable if DynamoDB leaves some of them unprocessed again and again."""
    _write_all(action, table, [{"DeleteRequest": {"Key": key}} for key in keys], dynamodb)


def _write_all(action: str, table: str, requests: list[dict[str, Any]], dynamodb: Any) -> None:
    wanted: dict[str, Any] = {table: requests}
    for attempt in range(_BATCH_ATTEMPTS):
        with translated(action):
            wanted = connect(dynamodb).batch_write_item(RequestItems=wanted).get("UnprocessedItems", {})
        if not wanted:
            return
        time.sleep(min(_LONGEST_WAIT_SECONDS, 0.1 * 2**attempt))
    raise StorageUnavailable(f"{action}: DynamoDB throttles; {len(wanted[table])} of {len(requests)} items are left.")


def as_json(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's attributes as JSON values; binary values stay what they are."""
    types = dynamodb_types()

    class Reader(types.TypeDeserializer):  # type: ignore[misc, name-defined]
        def _deserialize_n(self, value: str) -> Decimal:
            return Decimal(value)  # boto3's own fails on digits that others have written

    read = Reader().deserialize
    return {name: _json(read(value)) for name, value in item.items()}


def as_item(document: Mapping[str, Any]) -> Item:
    """A JSON object as an item."""
    return {name: _attribute(value) for name, value in document.items()}


def _pages(action: str, paginator: Any, request: dict[str, Any]) -> Iterator[list[Item]]:
    with translated(action):
        for page in paginator.paginate(**request):
            yield page["Items"]


def _conditionally(action: str, dynamodb: Any, call: str, request: dict[str, Any]) -> bool:
    with translated(action), suppress(dynamodb.exceptions.ConditionalCheckFailedException):
        getattr(dynamodb, call)(**request)
        return True
    return False


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        # DynamoDB does not distinguish 1e22 from the integer of its digits, which JSON readers would not keep exact.
        is_whole = value == value.to_integral_value()
        as_float = float(value)
        return int(value) if is_whole and (abs(value) <= 2**53 or Decimal(repr(as_float)) != value) else as_float
    if isinstance(value, dict):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, list | set):
        return [_json(inner) for inner in value]
    return value


def _attribute(value: Any) -> dict[str, Any]:
    # Of most values boto3 would find out, slowly, what is plain; it knows what DynamoDB takes of the others.
    if type(value) is str:
        return {"S": value}
    if type(value) is int and abs(value) <= _PLAIN_NUMBERS:
        return {"N": str(value)}
    if type(value) is float and 1 / _PLAIN_NUMBERS <= abs(value) <= _PLAIN_NUMBERS:
        return {"N": str(Decimal(repr(value)))}
    written: dict[str, Any] = dynamodb_types().TypeSerializer().serialize(_dynamodb(value))
    return written


def _dynamodb(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {name: _dynamodb(inner) for name, inner in value.items()}
    return [_dynamodb(inner) for inner in value] if isinstance(value, list) else value
