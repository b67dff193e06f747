"""Progress of batches whose rows run in Express children, which have no history: parts, counts and items tell."""

from datetime import UTC, datetime
from typing import Any

import pytest

from batch_processor.aws import dynamodb, executions
from batch_processor.batch import recording
from batch_processor.batch.work_folder import part_key
from batch_processor.contract import RowRange
from batch_processor.contract.results import time_text
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running import express_rows
from batch_processor.operations.running.progress import monitor_batch_execution
from batch_processor.results.stored_row import Item, failure_item, success_item
from tests.functional.account import put
from tests.functional.operations.deployed import Batch, make_deployment
from tests.functional.tables import TABLE
from tests.unit.plans import failure

CHILD_ROWS = 100


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return make_deployment(monkeypatch)


@pytest.fixture
def batch(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """1,000 rows in ten children, two of them at once."""
    batch = Batch("large", 1_000).start()
    batch.loaded.update(map_mode="distributed", tier="express", rows_at_once=40, row_batches_at_once=2)
    batch.loaded["storage"]["partition_rows"] = CHILD_ROWS
    batch.loaded["fan_out"] = {"bucket": "data", "rows_key": "rows", "batch_rows": CHILD_ROWS, "batch_bytes": 200_000}
    in_state(monkeypatch, "FanOutExpressRows")
    return batch.load()


def in_state(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    entered = {"id": 1, "timestamp": datetime.now(UTC), "type": "MapStateEntered"}
    events: list[dict[str, Any]] = [{**entered, "stateEnteredEventDetails": {"name": name}}]
    monkeypatch.setattr(executions, "newest_events", lambda arn: iter([events]))


def ended(batch: Batch, child: int, *, is_counted: bool = True) -> None:
    """That child, from 0, has written its part, and the table of batches knows."""
    rows = RowRange(first=child * CHILD_ROWS + 1, last=(child + 1) * CHILD_ROWS)
    put(part_key(batch.plan["work"], rows), b"part")
    if is_counted:
        recording.row_batch_ended(batch.plan["batch"], recording.Counts({"rows_succeeded": CHILD_ROWS}, {}, {}))


def stored(batch: Batch, rows: range, status: str = "ANSWERED") -> None:
    """The items of those rows, as the machine stores them."""
    for index in rows:
        now = int(datetime.now(UTC).timestamp())
        if status == "FAILED":
            result = {**failure(index, "ToolBroke", "no"), "at": time_text(datetime.now(UTC))}
            item: Item = failure_item(batch.loaded["storage"], result, now)  # type: ignore[arg-type]
        else:
            item = success_item(batch.loaded["storage"], index, ["a"], ["b"], None, None, 10, now)
            item["status"] = {"S": status}
        dynamodb.put("Storing a row", TableName=TABLE, Item=item)


def test_rows_of_children_that_run_are_counted_by_their_items(batch: Batch, deployment: Deployment) -> None:
    for child in (0, 1, 3):
        ended(batch, child)
    stored(batch, range(201, 251))
    stored(batch, range(401, 431), "SUCCESS")
    stored(batch, range(431, 441), "FAILED")
    progress = monitor_batch_execution("large", deployment)
    assert (progress["stage"], progress["execution_tier"], progress["total_rows"]) == ("running", "express", 1_000)
    assert progress["rows_processed"] == 300 + 50 + 40
    assert (progress["rows_failed"], progress["rows_succeeded"]) == (10, 380)
    assert progress["failures"] == [{"cause": "target_error", "count": 10}]
    assert (progress["latest"]["row"], progress["latest"]["error"]) == (440, "ToolBroke")
    assert progress["rows_in_flight"] == 80
    assert progress["seconds_left"] > 0


def test_part_that_the_table_has_not_counted_yet_counts(batch: Batch, deployment: Deployment) -> None:
    ended(batch, 0)
    ended(batch, 1, is_counted=False)
    assert monitor_batch_execution("large", deployment)["rows_processed"] == 200


def test_of_many_children_a_few_are_looked_at_and_the_count_is_right_within_two_percent(
    batch: Batch, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch.loaded["row_batches_at_once"] = 8
    batch.load()
    ended(batch, 0)
    for child in range(1, 9):
        first = child * CHILD_ROWS + 1
        stored(batch, range(first, first + 48 + child % 3))
    asked: list[str] = []
    query = dynamodb.query
    monkeypatch.setattr(
        express_rows.dynamodb, "query", lambda action, **request: asked.append(action) or query(action, **request)
    )
    processed = monitor_batch_execution("large", deployment)["rows_processed"]
    assert len(asked) == 4
    assert processed == pytest.approx(100 + 48 * 8 + 8, abs=0.02 * 1_000)


def test_rows_that_children_have_left_go_on_from_where_they_are(
    batch: Batch, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for child in range(8):
        ended(batch, child)
    stored(batch, range(801, 896))
    stored(batch, range(901, 991))
    in_state(monkeypatch, "FanOutRowBatches")
    progress = monitor_batch_execution("large", deployment)
    assert (progress["stage"], progress["rows_processed"]) == ("running", 800 + 95 + 90)


def test_items_of_another_batch_of_the_same_name_do_not_count(batch: Batch, deployment: Deployment) -> None:
    stored(batch, range(1, 11))
    item = success_item(
        {**batch.loaded["storage"], "since": "2020-01-01T00:00:00Z"}, 11, ["a"], ["b"], None, None, 1, 1
    )
    dynamodb.put("Storing a row", TableName=TABLE, Item={**item, "since": {"S": "2020-01-01T00:00:00Z"}})
    assert monitor_batch_execution("large", deployment)["rows_processed"] == 10
