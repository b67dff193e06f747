"""Items of texts and whole numbers, which MiniStack looks at from all sides before it stores them.

A row of a batch is one such item, put by itself under a condition and later once more with others. Nothing about it can be
refused that is not looked at here. Whatever is not plainly of this kind goes MiniStack's way, and so does the first one under
each condition: that it held where there was no item, it does for all others with the same names and values.
"""

import marshal
import re
from collections.abc import Callable
from typing import Any

from ministack.core.responses import json_response
from ministack.services import dynamodb

Request = dict[str, Any]
Response = tuple[int, dict[str, str], Any]

_CONDITION = ("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues")
_MEMBERS = frozenset(("TableName", "Item", *_CONDITION))
_MOST_CONDITIONS = 4096
_MOST_IN_BATCH = 25
# As DynamoDB writes them.
_WHOLE_NUMBER = re.compile("0|-?[1-9][0-9]{0,14}")
_LONGEST_NAME = 255
# Far within the limits of a key and of an item, in which a character may take four bytes.
_LONGEST_KEY = 250
_MOST_CHARACTERS = 90_000

_EMPTY: Response = json_response({})

_held_for_nothing: set[bytes] = set()


def _condition(request: Request) -> bytes:
    # Version 2 writes the same for the same values, whoever else refers to them.
    return marshal.dumps([request.get(name) for name in _CONDITION], 2)


def _is_plain(table: dict[str, Any], item: Any) -> bool:
    if type(item) is not dict or table.get("VectorIndexes"):
        return False
    characters = 0
    for name, value in item.items():
        if type(value) is not dict or len(value) != 1 or not 0 < len(name) <= _LONGEST_NAME:
            return False
        text = value.get("S")
        if type(text) is not str:
            text = value.get("N")
            if type(text) is not str or not _WHOLE_NUMBER.fullmatch(text):
                return False
        characters += len(name) + len(text)
    return characters <= _MOST_CHARACTERS and all(_is_key(item[name]) for name in _keys(table) if name in item)


def _is_key(value: dict[str, str]) -> bool:
    return 0 < len(value.get("S", "")) <= _LONGEST_KEY


def _keys(table: dict[str, Any]) -> set[str]:
    """The attributes that are a key of the table or of an index."""
    indexes = [index for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes") for index in table.get(kind) or ()]
    schemas = [table.get("KeySchema") or (), *(index.get("KeySchema") or () for index in indexes)]
    return {key["AttributeName"] for schema in schemas for key in schema}


def _key(table: dict[str, Any] | None, item: Any) -> tuple[str, str] | None:
    """The key of a plain item of a table whose keys are two texts; None for any other."""
    if not table or not table["sk_name"] or not _is_plain(table, item):
        return None
    if any(definition["AttributeType"] != "S" for definition in table["AttributeDefinitions"]):
        return None
    partition, sort = item.get(table["pk_name"]), item.get(table["sk_name"])
    return (partition["S"], sort["S"]) if partition and sort else None


def _new_place(request: Request) -> tuple[dict[str, Any], str, str] | None:
    """The table and the key of a plain item that is not there yet; None for any other request."""
    if not _MEMBERS.issuperset(request) or type(request.get("TableName")) is not str:
        return None
    table = dynamodb._tables.get(request["TableName"])
    key = _key(table, request.get("Item"))
    return None if key is None or key[1] in table["items"].get(key[0], ()) else (table, *key)


def _batch(request: Request) -> tuple[str, dict[tuple[str, str], Any]] | None:
    """The table and the items by their keys of a request to put plain items; None for any other."""
    if (
        set(request) != {"RequestItems"}
        or type(request["RequestItems"]) is not dict
        or len(request["RequestItems"]) != 1
    ):
        return None
    ((name, writes),) = request["RequestItems"].items()
    if type(writes) is not list or not 0 < len(writes) <= _MOST_IN_BATCH:
        return None
    table, items = dynamodb._tables.get(name), {}
    for write in writes:
        put = write.get("PutRequest") if type(write) is dict and len(write) == 1 else None
        item = put.get("Item") if type(put) is dict and len(put) == 1 else None
        key = _key(table, item)
        if key is None or key in items:
            return None
        items[key] = item
    return name, items


def _store(name: str, table: dict[str, Any], key: tuple[str, str], item: Any) -> None:
    old = dynamodb._set_item(table, *key, item)
    dynamodb._emit_stream_event(name, "MODIFY" if old else "INSERT", old, item)


def apply() -> None:
    """Store plain items at once."""
    put_any: Callable[[Request], Response] = dynamodb._put_item
    write_any: Callable[[Request], Response] = dynamodb._batch_write_item

    def put_item(request: Request) -> Response:
        place = _new_place(request)
        if place is None:
            return put_any(request)
        condition = _condition(request)
        if condition not in _held_for_nothing:
            response = put_any(request)
            if response[0] == 200:
                if len(_held_for_nothing) >= _MOST_CONDITIONS:
                    _held_for_nothing.clear()
                _held_for_nothing.add(condition)
            return response
        table, *key = place
        _store(request["TableName"], table, (key[0], key[1]), request["Item"])
        status, headers, body = _EMPTY
        return status, dict(headers), body

    def batch_write_item(request: Request) -> Response:
        batch = _batch(request)
        if batch is None:
            return write_any(request)
        name, items = batch
        for key, item in items.items():
            _store(name, dynamodb._tables[name], key, item)
        answer: Response = json_response({"UnprocessedItems": {}})
        return answer

    dynamodb._put_item, dynamodb._batch_write_item = put_item, batch_write_item
