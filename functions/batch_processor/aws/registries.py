"""Reads and writes the registries, one DynamoDB table each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from batch_processor.aws.client import client, translated
from batch_processor.errors import BatchProcessorError
from batch_processor.registry.entries import ENTRY_TYPES
from batch_processor.registry.entry import Document, Entry, Kind, entry_id
from batch_processor.registry.lookup import VersionedKind
from batch_processor.registry.versions import Listed
from batch_processor.settings import read

# Whoever looks for a misspelt name reads at most so many megabytes of the table.
_MOST_PAGES = 10
# Marks what a CloudFormation stack has registered, so that another one's deletion leaves it.
OWNER = "registered_by"
_OVERVIEW = ("status", "description", "structured_output", "tool_type")


@dataclass(frozen=True, slots=True)
class Settings:
    """The names of the registries' tables."""

    agent_registry: str
    tool_registry: str
    template_registry: str
    schema_registry: str


@dataclass(frozen=True)
class DynamoDbRegistries:
    """The registries by the names of their tables; `dynamodb` is a client, the functions' own one by default."""

    tables: Mapping[Kind, str]
    dynamodb: Any = None

    @classmethod
    def of_environment(cls) -> "DynamoDbRegistries":
        """The tables that the template gives the functions."""
        settings = read(Settings)
        return cls({kind: getattr(settings, f"{kind}_registry") for kind in ENTRY_TYPES})

    def versions(self, kind: VersionedKind, name: str) -> list[Listed]:
        """All versions of a name."""
        partition, sort = ENTRY_TYPES[kind].key
        names = {"#name": partition, "#version": sort, "#status": "status", "#arn": "state_machine_arn"}
        pages = self._client.get_paginator("query").paginate(
            TableName=self.tables[kind],
            ConsistentRead=True,
            KeyConditionExpression="#name = :name",
            ProjectionExpression="#version, #status, #arn",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":name": {"S": name}},
        )
        with translated(f"Looking for the {kind} {name} in {self.tables[kind]}"):
            found = [_plain(item) for page in pages for item in page["Items"]]
        return [Listed.of(item, item[sort]) for item in found]

    def entry(self, kind: Kind, name: str, version: str | None = None) -> Document | None:
        """One entry as it is stored, None if it is not there."""
        with translated(f"Reading {entry_id(kind, name, version)} from {self.tables[kind]}"):
            answer = self._client.get_item(
                TableName=self.tables[kind], Key=_key(kind, name, version), ConsistentRead=True
            )
        return _plain(answer["Item"]) if "Item" in answer else None

    def overview(self, kind: Kind, most_pages: int | None = _MOST_PAGES) -> list[Document]:
        """What the entries of a kind say of themselves: keys, status, description and structured_output."""
        attributes = (*ENTRY_TYPES[kind].key, *_OVERVIEW)
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        pages = self._client.get_paginator("scan").paginate(
            TableName=self.tables[kind], ProjectionExpression=", ".join(names), ExpressionAttributeNames=names
        )
        with translated(f"Listing {self.tables[kind]}"):
            return [_plain(item) for _, page in zip(_up_to(most_pages), pages, strict=False) for item in page["Items"]]

    def put(self, entry: Entry, owner: str | None = None, *, over: str | None = None) -> None:
        """Registers an entry, in the place of the one that has its name and version.

        With `over` only of one whose owner begins so; BatchProcessorError if another has them.
        """
        document = {**entry.document(), **({OWNER: owner} if owner else {})}
        condition: dict[str, Any] = {} if over is None else _absent_or_owned(entry.kind, over)
        try:
            with translated(f"Registering {entry.id} in {self.tables[entry.kind]}"):
                self._client.put_item(TableName=self.tables[entry.kind], Item=_item(document), **condition)
        except BatchProcessorError as exc:
            if not self._is_taken(exc):
                raise
            raise BatchProcessorError(
                f"{entry.id} is registered already, and not by this stack, which would take it along when it is deleted or "
                "rolled back. Register another version, or remove that entry first."
            ) from exc

    def delete(self, kind: Kind, name: str, version: str | None, owner: str) -> bool:
        """Removes an entry; False if it is not there, or somebody else has registered it since."""
        try:
            with translated(f"Removing {entry_id(kind, name, version)} from {self.tables[kind]}"):
                self._client.delete_item(
                    TableName=self.tables[kind],
                    Key=_key(kind, name, version),
                    ConditionExpression="#owner = :owner",
                    ExpressionAttributeNames={"#owner": OWNER},
                    ExpressionAttributeValues={":owner": {"S": owner}},
                )
        except BatchProcessorError as exc:
            if self._is_taken(exc):
                return False
            raise
        return True

    def _is_taken(self, exc: BatchProcessorError) -> bool:
        return isinstance(exc.__cause__, self._client.exceptions.ConditionalCheckFailedException)

    @property
    def _client(self) -> Any:
        return self.dynamodb or client("dynamodb")


def _absent_or_owned(kind: Kind, owner: str) -> dict[str, Any]:
    return {
        "ConditionExpression": "attribute_not_exists(#name) OR begins_with(#owner, :owner)",
        "ExpressionAttributeNames": {"#name": ENTRY_TYPES[kind].key[0], "#owner": OWNER},
        "ExpressionAttributeValues": {":owner": {"S": owner}},
    }


def _key(kind: Kind, name: str, version: str | None) -> dict[str, dict[str, str]]:
    parts = (name,) if version is None else (name, version)
    return {attribute: {"S": part} for attribute, part in zip(ENTRY_TYPES[kind].key, parts, strict=True)}


def _up_to(most: int | None) -> Iterator[int]:
    number = 0
    while most is None or number < most:
        yield number
        number += 1


def _plain(item: Mapping[str, Any]) -> Document:
    """An item as JSON."""
    from boto3.dynamodb.types import TypeDeserializer

    class Reader(TypeDeserializer):  # type: ignore[misc]
        def _deserialize_n(self, value: str) -> Decimal:
            return Decimal(value)  # boto3's own fails on digits that others have written

    deserialize = Reader().deserialize
    return {name: _json(deserialize(value)) for name, value in item.items()}


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        # DynamoDB does not tell 1e22 from its digits, and as an integer no JSON reader would keep it.
        is_whole = value == value.to_integral_value()
        as_float = float(value)
        return int(value) if is_whole and (abs(value) <= 2**53 or Decimal(repr(as_float)) != value) else as_float
    if isinstance(value, dict):
        return {name: _json(inner) for name, inner in value.items()}
    if isinstance(value, list | set):
        return [_json(inner) for inner in value]
    return value


def _item(document: Document) -> dict[str, Any]:
    from boto3.dynamodb.types import TypeSerializer

    write = TypeSerializer().serialize
    return {name: write(_dynamodb(value)) for name, value in document.items()}


def _dynamodb(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {name: _dynamodb(inner) for name, inner in value.items()}
    return [_dynamodb(inner) for inner in value] if isinstance(value, list) else value
