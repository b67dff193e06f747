"""Says where the results table has the rows of a batch, so that they can be asked for."""

from typing import Any

from batch_processor.contract import Loaded, Plan
from batch_processor.results.stored_row import partition, row_id
from batch_processor.results.tally import Tally


def is_in_table(plan: Plan, loaded: Loaded, tally: Tally) -> bool:
    """Whether the rows of a batch that got to its end are stored: as they finish, or at its end, as some failed."""
    if loaded["storage"]["mode"] == "dynamodb":
        return True
    counts = tally.counts
    return plan["storage"]["mode"] == "auto" and counts["rows_failed"] + counts["rows_not_run"] > 0


def rows_in_table(loaded: Loaded, table: str) -> dict[str, Any]:
    """The keys of the rows; those of a large batch are in partitions, each called after its first row."""
    store, last = loaded["storage"], loaded["row_count"]
    keys = {"table": table, "batch_id": store["batch_id"], "first_row_id": row_id(1), "last_row_id": row_id(last)}
    if "partition_rows" not in store:
        return keys
    partitions = {"first_batch_id": partition(store, 1), "last_batch_id": partition(store, last)}
    return {**keys, "partition_rows": store["partition_rows"], **partitions}
