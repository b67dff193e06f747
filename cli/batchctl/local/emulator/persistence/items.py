"""DynamoDB's items: every successful write is repeated, in order, at the next start.

Records carry the id of their table: one that was deleted since takes its items along.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb

from batchctl.local.emulator.persistence.journal import Journal

Request = dict[str, Any]
Response = tuple[int, dict[str, str], Any]
Operation = Callable[[Request], Response]

_OPERATIONS = ("_put_item", "_delete_item", "_update_item", "_batch_write_item", "_transact_write_items")
_SETTINGS = ("tags", "ttl_settings", "pitr_settings", "kinesis_destinations", "contributor_insights", "backups",
             "resource_policies", "exports", "imports")  # fmt: skip
_journal = Journal("dynamodb-items.jsonl")


def resume() -> None:
    """Repeat all writes, and leave a journal with only the items that exist then."""
    for table_id, operation, request in _journal.read():
        if table_id is None or table_id == _table_id(request["TableName"]):
            getattr(dynamodb, operation)(request)
    _journal.rewrite(_present_items())


def _table_id(name: str) -> str | None:
    table = dynamodb._tables.get(name.rsplit("/", 1)[-1])
    return table["TableId"] if table else None


def _present_items() -> Iterator[Any]:
    for name, table in dynamodb._tables.items():
        for partition in table["items"].values():
            for item in partition.values():
                yield table["TableId"], "_put_item", {"TableName": name, "Item": item}


def _records(operation: str, request: Request) -> Iterator[Any]:
    if "TableName" in request:
        yield _table_id(request["TableName"]), operation, request
    elif operation == "_transact_write_items":
        yield None, operation, request
    else:
        for name, writes in request["RequestItems"].items():
            yield _table_id(name), "_batch_write_item", {"TableName": name, "RequestItems": {name: writes}}


def _state_without_items() -> dict[str, Any]:
    tables = AccountRegionScopedDict()
    for key, table in list(dynamodb._tables._data.items()):
        kept = {name: value for name, value in table.items() if name != dynamodb._INDEX_MEMBERS}
        tables._data[key] = {**kept, "items": {}, "ItemCount": 0, "TableSizeBytes": 0}
    return {"tables": tables, **{name: getattr(dynamodb, f"_{name}") for name in _SETTINGS}}


def apply() -> None:
    """Wrap the operations, and keep the items out of MiniStack's own files."""

    def journaled(name: str, operation: Operation) -> Operation:
        def write(request: Request) -> Response:
            response = operation(request)
            if response[0] == 200:
                for record in _records(name, request):
                    _journal.append(record)
            return response

        return write

    for name in _OPERATIONS:
        setattr(dynamodb, name, journaled(name, getattr(dynamodb, name)))
    dynamodb.get_state = _state_without_items
