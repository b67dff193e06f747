"""Reads and writes the registries, one DynamoDB table each."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from batch_processor.aws import dynamodb
from batch_processor.errors import BatchProcessorError
from batch_processor.registry.entries import ENTRY_TYPES
from batch_processor.registry.entry import Document, Entry, Kind, entry_id
from batch_processor.registry.lookup import VersionedKind
from batch_processor.registry.versions import Listed
from batch_processor.settings import read

# The most that is read to find out which name was meant by a misspelt one; a page has 1 MB.
_MOST_PAGES = 10
# The attribute that names the stack which has registered an entry, so that deleting another stack leaves the entry.
OWNER = "registered_by"
_OVERVIEW = ("status", "description", "structured_output", "tool_type", "metadata")


@dataclass(frozen=True, slots=True)
class Settings:
    """The names of the registries' tables."""

    agent_registry: str
    tool_registry: str
    template_registry: str
    schema_registry: str


@dataclass(frozen=True)
class DynamoDbRegistries:
    """The registries by the names of their tables; `client` is one of DynamoDB, the functions' own by default."""

    tables: Mapping[Kind, str]
    client: Any = None

    @classmethod
    def of_environment(cls) -> "DynamoDbRegistries":
        """The tables that the template gives the functions."""
        settings = read(Settings)
        return cls({kind: getattr(settings, f"{kind}_registry") for kind in ENTRY_TYPES})

    def versions(self, kind: VersionedKind, name: str) -> list[Listed]:
        """All versions of a name."""
        partition, sort = ENTRY_TYPES[kind].key
        names = {"#name": partition, "#version": sort, "#status": "status", "#arn": "state_machine_arn"}
        pages = dynamodb.query(
            f"Looking for the {kind} {name} in {self.tables[kind]}",
            self.client,
            TableName=self.tables[kind],
            ConsistentRead=True,
            KeyConditionExpression="#name = :name",
            ProjectionExpression="#version, #status, #arn",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":name": {"S": name}},
        )
        items = [dynamodb.as_json(item) for page in pages for item in page]
        return [Listed.of(item, item[sort]) for item in items]

    def entry(self, kind: Kind, name: str, version: str | None = None) -> Document | None:
        """One entry as it is stored, None if it is not there."""
        item = dynamodb.get(
            f"Reading {entry_id(kind, name, version)} from {self.tables[kind]}",
            self.client,
            TableName=self.tables[kind],
            Key=_key(kind, name, version),
        )
        return dynamodb.as_json(item) if item else None

    def overview(self, kind: Kind, most_pages: int | None = _MOST_PAGES) -> list[Document]:
        """What the entries of a kind say of themselves: keys, status, description, structured_output and metadata."""
        attributes = (*ENTRY_TYPES[kind].key, *_OVERVIEW)
        names = {f"#{number}": name for number, name in enumerate(attributes)}
        pages = dynamodb.scan(
            f"Listing {self.tables[kind]}",
            self.client,
            TableName=self.tables[kind],
            ProjectionExpression=", ".join(names),
            ExpressionAttributeNames=names,
        )
        return [dynamodb.as_json(item) for page in islice(pages, most_pages) for item in page]

    def put(self, entry: Entry, owner: str | None = None, *, over: str | None = None) -> None:
        """Registers an entry, in place of one with the same name and version.

        With `over` only in place of one whose owner begins with that text; BatchProcessorError if another one is there.
        """
        document = {**entry.document(), **({OWNER: owner} if owner else {})}
        condition: dict[str, Any] = {} if over is None else _absent_or_owned(entry.kind, over)
        action, table = f"Registering {entry.id} in {self.tables[entry.kind]}", self.tables[entry.kind]
        if not dynamodb.put(action, self.client, TableName=table, Item=dynamodb.as_item(document), **condition):
            raise BatchProcessorError(
                f"{entry.id} is registered already, and not by this stack, which would take it along when it is deleted or "
                "rolled back. Register it under another name or version, or remove that entry first."
            )

    def delete(self, kind: Kind, name: str, version: str | None, owner: str) -> bool:
        """Removes an entry; False if it is not there, or somebody else has registered it since."""
        return dynamodb.delete(
            f"Removing {entry_id(kind, name, version)} from {self.tables[kind]}",
            self.client,
            TableName=self.tables[kind],
            Key=_key(kind, name, version),
            ConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": OWNER},
            ExpressionAttributeValues={":owner": {"S": owner}},
        )


def _absent_or_owned(kind: Kind, owner: str) -> dict[str, Any]:
    return {
        "ConditionExpression": "attribute_not_exists(#name) OR begins_with(#owner, :owner)",
        "ExpressionAttributeNames": {"#name": ENTRY_TYPES[kind].key[0], "#owner": OWNER},
        "ExpressionAttributeValues": {":owner": {"S": owner}},
    }


def _key(kind: Kind, name: str, version: str | None) -> dict[str, dict[str, str]]:
    parts = (name,) if version is None else (name, version)
    return {attribute: {"S": part} for attribute, part in zip(ENTRY_TYPES[kind].key, parts, strict=True)}
