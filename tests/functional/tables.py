"""The results table as the template has it, and what DynamoDB does under load and moto does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from batch_processor.aws.client import client
from batch_processor.registry.entries import ENTRY_TYPES
from batch_processor.registry.entry import KINDS, Kind
from batch_processor.results.stored_row import FAILURE_KEYS

TABLE = "batch_processor_results"
BATCHES = "batch_processor_batches_dev"
REGISTRIES: dict[Kind, str] = {kind: f"{kind.title()}Registry-dev" for kind in KINDS}
_TEXT_ATTRIBUTES = ("batch_id", "row_id", "failed_batch")


def create_results_table() -> None:
    """Creates the table."""
    client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in _TEXT_ATTRIBUTES],
        KeySchema=_keys("batch_id"),
        GlobalSecondaryIndexes=[
            {"IndexName": "failures", "KeySchema": _keys("failed_batch"), "Projection": {"ProjectionType": "ALL"}}
        ],
    )


def create_batches_table() -> None:
    """Creates the table of batches, with its indexes."""
    names = ("batch_key", "listed", "status", "started_at")
    client("dynamodb").create_table(
        TableName=BATCHES,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "batch_key", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": "started_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
            for index, key in (("by_time", "listed"), ("by_status", "status"))
        ],
    )


def create_registries() -> None:
    """Creates the four registries."""
    for kind, table in REGISTRIES.items():
        names = ENTRY_TYPES[kind].key
        client("dynamodb").create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            KeySchema=[
                {"AttributeName": name, "KeyType": type_} for name, type_ in zip(names, ("HASH", "RANGE"), strict=False)
            ],
        )


def _keys(partition: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": "row_id", "KeyType": "RANGE"}]


def items() -> dict[tuple[str, str], dict[str, Any]]:
    """All items by their keys."""
    found: list[dict[str, Any]] = []
    for page in client("dynamodb").get_paginator("scan").paginate(TableName=TABLE):
        found += page["Items"]
    return {(item["batch_id"]["S"], item["row_id"]["S"]): item for item in found}


def failures_of(batch_id: str) -> list[dict[str, Any]]:
    """What the index on failures has of a batch, under all of its keys, by row."""
    found: list[dict[str, Any]] = []
    for key in (batch_id, *(f"{batch_id}#{number}" for number in range(FAILURE_KEYS))):
        found += client("dynamodb").query(
            TableName=TABLE,
            IndexName="failures",
            KeyConditionExpression="failed_batch = :batch",
            ExpressionAttributeValues={":batch": {"S": key}},
        )["Items"]
    return sorted(found, key=lambda item: item["row_id"]["S"])


@contextmanager
def throttling(operation: str) -> Iterator[None]:
    """DynamoDB takes no call of the operation, also after the SDK's own retries."""
    error = {"Code": "ThrottlingException", "Message": "Rate of requests exceeds the allowed throughput."}

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation)

    events, name = client("dynamodb").meta.events, f"before-parameter-build.dynamodb.{operation}"
    events.register(name, refuse)
    try:
        yield
    finally:
        events.unregister(name, refuse)


@contextmanager
def counting(operation: str) -> Iterator[list[dict[str, Any]]]:
    """Yields the list of the parameters of all calls of a DynamoDB operation."""
    calls: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_: Any) -> None:
        calls.append(dict(params))

    events, name = client("dynamodb").meta.events, f"before-parameter-build.dynamodb.{operation}"
    events.register(name, note)
    try:
        yield calls
    finally:
        events.unregister(name, note)
