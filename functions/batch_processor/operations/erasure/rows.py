"""The rows of a batch in the results table, and with them their places in its index on failures."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from batch_processor.aws import dynamodb
from batch_processor.aws.read_ahead import read_ahead
from batch_processor.contract import RowRange
from batch_processor.results.stored_row import Item, Shelf, counts, partitions

# Every row of the batch is meant, whatever its ttl says: DynamoDB deletes expired rows days later.
_WHENEVER = "1970-01-01T00:00:00+00:00"
_KEYS = ("batch_id", "row_id", "since", "timestamp")
_PAGE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Rows:
    """What the batch has stored in its partitions; what another one of its name stored there before is not its own."""

    table: str
    shelf: Shelf
    row_count: int
    where: str
    name: str = "rows"
    unit: str = "rows"
    at_a_time: int = 25

    def found(self) -> Iterator[tuple[Item, int]]:
        """The keys of each row; the table does not tell sizes."""
        dynamodb.connect()
        wanted = partitions(self.shelf, RowRange(first=1, last=max(self.row_count, 1)))
        with closing(read_ahead(wanted, self._keys, lambda _: _PAGE_BYTES)) as read:
            for _, keys in read:
                yield from ((key, 0) for key in keys)

    def _keys(self, partition: str) -> list[Item]:
        pages = dynamodb.query(
            f"Looking for rows of {partition} in the table {self.table}",
            TableName=self.table,
            ConsistentRead=True,
            KeyConditionExpression="batch_id = :batch",
            ExpressionAttributeValues={":batch": {"S": partition}},
            ProjectionExpression=", ".join(f"#{name}" for name in _KEYS),
            ExpressionAttributeNames={f"#{name}": name for name in _KEYS},
        )
        return [_key(item) for page in pages for item in page if counts(item, self.shelf, _WHENEVER)]

    def remove(self, items: list[Any]) -> None:
        """Deletes the rows."""
        dynamodb.delete_all(f"Deleting rows from the table {self.table}", self.table, items)


def _key(item: Item) -> Item:
    return {name: item[name] for name in ("batch_id", "row_id")}
