"""Reads the failed rows of a batch from the results table's index on failures."""

from collections.abc import Iterator
from dataclasses import dataclass

from batch_processor.aws import dynamodb
from batch_processor.contract import Loaded, RowResult
from batch_processor.results.stored_row import FAILURE_KEYS, counts, result_of

_INDEX = "failures"


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A failed row: its number, the error's name, and the reason in words, which may quote cells."""

    row: int
    status: str
    error: str
    message: str


def failed_rows(table: str, loaded: Loaded) -> Iterator[FailedRow]:
    """Those that the batch has stored, by row within each key of the index."""
    store = loaded["storage"]
    size = store.get("partition_rows")
    keys = [store["batch_id"]] if size is None else [f"{store['batch_id']}#{n}" for n in range(FAILURE_KEYS)]
    for key in keys:
        pages = dynamodb.query(
            f"Reading the failed rows of {key} from the table {table}",
            TableName=table,
            IndexName=_INDEX,
            KeyConditionExpression="failed_batch = :batch",
            ExpressionAttributeValues={":batch": {"S": key}},
        )
        for page in pages:
            for item in page:
                if counts(item, store, store["as_of"]) and (result := result_of(item, [])):
                    yield failed_row(result)


def failed_row(result: RowResult) -> FailedRow:
    """A row's result as that of a failed row."""
    return FailedRow(result["index"], result["status"], result.get("error", ""), result.get("message", ""))
