"""The batch in the batches table, and with that its places in the indexes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from batch_processor.aws import dynamodb
from batch_processor.batch.batches_table import key_of


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """The one item that the batch has there."""

    table: str
    batch_key: str
    where: str
    name: str = "listed batch"
    unit: str = "items"
    at_a_time: int = 1

    def found(self) -> Iterator[tuple[Any, int]]:
        """The item's key; the table does not tell its size."""
        key = key_of(self.batch_key)
        if dynamodb.get(f"Looking for the batch in the table {self.table}", TableName=self.table, Key=key):
            yield key, 0

    def remove(self, items: list[Any]) -> None:
        """Deletes it."""
        for key in items:
            dynamodb.delete(f"Deleting the batch from the table {self.table}", TableName=self.table, Key=key)
