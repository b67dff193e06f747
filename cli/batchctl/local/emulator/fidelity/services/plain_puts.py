"""New items of texts and whole numbers, which MiniStack looks at from all sides before it stores them.

A row of a batch is one such item. Nothing about it can be refused that is not looked at here; whatever is not plainly of
this kind goes MiniStack's way, and so does the first one under each condition: that it held where there was no item, it
does for all others with the same names and values.
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
# As DynamoDB writes them.
_WHOLE_NUMBER = re.compile("0|-?[1-9][0-9]{0,14}")
_LONGEST_NAME = 255
# Far within the limits of a key and of an item, in which a character may take four bytes.
_LONGEST_KEY = 250
_MOST_CHARACTERS = 90_000

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
        ((kind, text),) = value.items()
        if type(text) is not str or not (kind == "S" or (kind == "N" and _WHOLE_NUMBER.fullmatch(text))):
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


def _place(request: Request) -> tuple[dict[str, Any], str, str] | None:
    """The table and the key of a plain new item; None for any other request."""
    if not _MEMBERS.issuperset(request) or type(request.get("TableName")) is not str:
        return None
    table, item = dynamodb._tables.get(request["TableName"]), request.get("Item")
    if not table or not _is_plain(table, item) or any(kind != "S" for kind in _kinds_of_keys(table)):
        return None
    partition = item.get(table["pk_name"]) if item else None
    sort = item.get(table["sk_name"]) if item and table["sk_name"] else None
    if partition is None or sort is None or sort["S"] in table["items"].get(partition["S"], ()):
        return None
    return table, partition["S"], sort["S"]


def _kinds_of_keys(table: dict[str, Any]) -> list[str]:
    return [definition["AttributeType"] for definition in table.get("AttributeDefinitions") or ()]


def apply() -> None:
    """Store plain new items at once."""
    put_any: Callable[[Request], Response] = dynamodb._put_item

    def put_item(request: Request) -> Response:
        place = _place(request)
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
        table, partition, sort = place
        dynamodb._set_item(table, partition, sort, request["Item"])
        dynamodb._emit_stream_event(request["TableName"], "INSERT", None, request["Item"])
        answer: Response = json_response({})
        return answer

    dynamodb._put_item = put_item
