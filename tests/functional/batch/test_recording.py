"""What the stages write of a batch into the batches table, and that nothing fails by it."""

from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.batch import batches_table, recording
from batch_processor.batch.batches_table import BatchRecord
from batch_processor.batch.recording import Counts
from batch_processor.errors import InvalidConfiguration, StorageUnavailable
from tests.functional.tables import BATCHES, throttling
from tests.unit.plans import PLAN, make_loaded, make_plan

BATCH = PLAN["batch"]
END = {"status": "COMPLETED_WITH_ERRORS", "ended_at": "2026-11-21T09:40:00.000Z", "rows_total": 3}


def record() -> BatchRecord:
    found = batches_table.find(BATCHES, BATCH["key"])
    assert found
    return found


def part(succeeded: int = 2, failed: int = 1, timeouts: int = 1) -> Counts:
    return Counts({"rows_succeeded": succeeded, "rows_failed": failed}, {"timeout": timeouts}, {"state_transition": 15})


def final() -> Counts:
    return Counts({"rows_succeeded": 2, "rows_failed": 1}, {"timeout": 0, "throttled": 1}, {"state_transition": 40})


def item() -> dict[str, Any]:
    found: dict[str, Any] = client("dynamodb").get_item(TableName=BATCHES, Key={"batch_key": {"S": BATCH["key"]}})[
        "Item"
    ]
    return found


def test_a_batch_that_begins_is_running_and_expires() -> None:
    recording.begin(BATCH)
    found = record()
    assert (found["status"], found["name"], found["started_at"]) == ("RUNNING", "night", BATCH["started_at"])
    assert (found["rows_succeeded"], found["causes"]) == (0, {})
    # 400 days after 2026-11-21.
    assert item()["ttl"]["N"].startswith("1829")
    assert item()["listed"]["S"] == "2026-11"


def test_zero_days_keep_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BATCH_DAYS", "0")
    recording.begin(BATCH)
    assert "ttl" not in item()


def test_plan_and_rows_are_known_once_they_are() -> None:
    recording.begin(BATCH)
    recording.planned(make_plan(max_rows=5), {"state_transition": 10})
    recording.loaded(PLAN, make_loaded(5))
    found = record()
    assert (found["source"], found["target"], found["max_rows"]) == ("s3://data/inputs/people.csv", "triage", 5)
    assert found["config"] == "s3://data/work/night-1a2b3c4d/config.json"
    assert (found["rows_total"], found["map_mode"]) == (5, "inline")
    assert found["cost"]["orchestration_usd"] == 0.00025
    assert "resumed_from" not in found


def test_row_batches_add_up_until_the_end_counts_all() -> None:
    recording.begin(BATCH)
    recording.row_batch_ended(BATCH, part())
    recording.row_batch_ended(BATCH, part(succeeded=1, failed=0, timeouts=0))
    found = record()
    assert (found["rows_succeeded"], found["rows_failed"], found["causes"]) == (3, 1, {"timeout": 1})
    recording.ended(BATCH, END, final())
    found = record()
    assert (found["rows_succeeded"], found["rows_failed"], found["causes"]) == (2, 1, {"throttled": 1})
    assert found["status"] == "COMPLETED_WITH_ERRORS"


def test_what_comes_after_the_end_changes_nothing() -> None:
    recording.begin(BATCH)
    recording.loaded(PLAN, make_loaded(3))
    recording.ended(BATCH, END, final())
    before = record()
    recording.row_batch_ended(BATCH, part())
    recording.begin(BATCH)
    assert record() == before


def test_a_batch_that_was_refused_failed_and_says_why_and_may_be_redriven() -> None:
    recording.begin(BATCH)
    with pytest.raises(InvalidConfiguration), recording.refusals(BATCH):
        raise InvalidConfiguration(["no target"])
    found = record()
    assert (found["status"], found["error"]) == ("FAILED", "InvalidConfiguration")
    assert "ended_at" in found
    assert "no target" not in str(found)
    recording.begin(BATCH)
    found = record()
    assert found["status"] == "RUNNING"
    assert not {"error", "ended_at"} & found.keys()


def test_what_may_succeed_the_next_time_ends_nothing() -> None:
    recording.begin(BATCH)
    with pytest.raises(StorageUnavailable), recording.refusals(BATCH):
        raise StorageUnavailable("S3 is slow")
    assert record()["status"] == "RUNNING"


def test_a_redriven_batch_that_succeeds_has_no_error_left() -> None:
    recording.begin(BATCH)
    recording.ended(
        BATCH, {**END, "status": "PARTIAL", "error": "States.Runtime", "execution_status": "FAILED"}, final()
    )
    assert record()["error"] == "States.Runtime"
    recording.ended(BATCH, {**END, "status": "SUCCEEDED"}, final())
    assert not {"error", "execution_status"} & record().keys()


def test_a_table_that_takes_nothing_costs_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with throttling("UpdateItem"):
        recording.begin(BATCH)
        recording.row_batch_ended(BATCH, part())
        recording.ended(BATCH, END, final())
    assert [logged.levelname for logged in caplog.records] == ["WARNING"] * 3
    assert batches_table.find(BATCHES, BATCH["key"]) is None


def test_a_table_that_is_gone_costs_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    client("dynamodb").delete_table(TableName=BATCHES)
    recording.begin(BATCH)
    assert "could not be written to" in caplog.text


def test_prices_of_the_target_count_while_the_batch_runs() -> None:
    plan = make_plan(target={"price": {"per_call_usd": 0.5}})
    recording.begin(BATCH)
    recording.planned(plan, {})
    recording.row_batch_ended(BATCH, Counts({}, {}, {"target_call": 3}))
    assert record()["cost"]["target_usd"] == 1.5
