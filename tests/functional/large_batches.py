"""A large batch whose rows are in S3, and whose row batches can be run one by one."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from batch_processor.aws.client import client
from batch_processor.batch.work_folder import part_key, tally_key
from batch_processor.contract import Loaded, Plan, RowRange, RowResult
from batch_processor.handlers import aggregate_results, load_csv_data
from batch_processor.results import results_table
from tests.functional.account import DATA, get
from tests.functional.batches import as_json, put_batch
from tests.unit.plans import success


class LargeBatch:
    """The batch after LoadCSVData, with results in the table."""

    def __init__(self, content: bytes, **sections: Any) -> None:
        storage = {"mode": "dynamodb"}
        self.plan: Plan = put_batch(content, **{"map_mode": "distributed", "storage": storage, **sections})
        self.loaded: Loaded = as_json(load_csv_data.handle({"plan": self.plan, "given": {}}, None)["loaded"])
        self.names = [column["name"] for column in self.plan["output"]["columns"]]

    def row_batch(self, first: int, last: int) -> Loaded:
        """What a row batch has of what was loaded."""
        return {**self.loaded, "row_batch": RowRange(first=first, last=last)}

    def store(self, result: RowResult) -> RowResult:
        """Stores an answer as ExtractStructuredOutput does; returns the iteration's result."""
        results_table.put_success(
            self.loaded["storage"], self.plan["work"], result["index"], self.names, result["cells"], None,
            result["at"], result["ms"],
        )  # fmt: skip
        return {"index": result["index"], "status": "SUCCESS", "at": result["at"], "ms": result["ms"], "stored": True}

    def finish(self, first: int, last: int, results: Iterable[RowResult] | None = None) -> dict[str, Any]:
        """Ends a row batch, all of whose rows were answered unless told otherwise; returns its report."""
        if results is None:
            results = [success(index, "billing", str(index)) for index in range(first, last + 1)]
        given = [self.store(result) if result["status"] == "SUCCESS" else result for result in results]
        event = {"plan": self.plan, "loaded": self.row_batch(first, last), "results": given}
        return aggregate_results.handle(as_json(event), None)

    def join(self) -> dict[str, Any]:
        """Ends the batch; returns its summary."""
        return aggregate_results.handle(as_json({"plan": self.plan, "loaded": self.loaded, "results": []}), None)

    def part(self, first: int, last: int) -> bytes:
        """The part of a row batch."""
        return get(self.part_key(first, last))

    def part_key(self, first: int, last: int) -> str:
        """The part's key."""
        return part_key(self.plan["work"], {"first": first, "last": last})

    def tally(self, first: int, last: int) -> Any:
        """The part's tally."""
        head = client("s3").head_object(Bucket=DATA, Key=self.part_key(first, last))
        return json.loads(head["Metadata"].get("tally") or get(self.tally_key(first, last)))

    def tally_key(self, first: int, last: int) -> str:
        """The key of a tally that has no room with its part."""
        return tally_key(self.part_key(first, last))

    def output(self) -> bytes:
        """The output CSV."""
        return get(self.plan["output"]["key"], self.plan["output"]["bucket"])


def table_of(content: bytes) -> list[list[str]]:
    """All cells of a CSV."""
    return list(csv.reader(io.StringIO(content.decode(), newline=""), strict=True))
