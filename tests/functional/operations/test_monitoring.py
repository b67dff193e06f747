"""Progress of batches that run; their histories are made, as nothing runs rows in moto."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batch_processor.aws import executions
from batch_processor.aws.client import client
from batch_processor.aws.executions import Running
from batch_processor.batch import recording
from batch_processor.batch.work_folder import part_key
from batch_processor.cost.shapes import Usage
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.running import row_batches, rows_so_far
from batch_processor.operations.running.listing import list_batches
from batch_processor.operations.running.newest_rows import NewestRows
from batch_processor.operations.running.progress import monitor_batch_execution
from batch_processor.operations.running.row_batches import newest_rows
from batch_processor.output.counting import beginning
from tests.functional.account import put
from tests.functional.operations.deployed import ROW_BATCHES, Batch, describe, make_deployment
from tests.unit.operations.running.inline_maps import BEGAN, InlineMap

AT_ONCE = 10
Events = list[dict[str, Any]]


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    monkeypatch.setattr(rows_so_far, "_PAUSE_SECONDS", 0)
    return make_deployment(monkeypatch)


class Histories:
    """What Step Functions tells of executions, by ARN, newest first; `read` counts the events that were asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: dict[str, Events] = {}
        self.running: list[Running] = []
        self.read = 0
        monkeypatch.setattr(executions, "newest_events", self._newest)
        monkeypatch.setattr(executions, "first_events", lambda arn, count: self.events[arn][::-1][:count])
        monkeypatch.setattr(executions, "running", lambda machine: iter(self.running if machine == ROW_BATCHES else ()))

    def _newest(self, arn: str) -> Any:
        events = self.events[arn]
        for start in range(0, len(events), 1_000):
            self.read += len(events[start : start + 1_000])
            yield events[start : start + 1_000]

    def row_batch(self, batch: Batch, first: int, events: Events) -> str:
        """A row batch that runs."""
        arn = f"{ROW_BATCHES.replace(':stateMachine:', ':execution:')}:{batch.key}-{first}"
        self.events[arn] = events
        self.running.append(Running(arn, BEGAN))
        return arn


@pytest.fixture
def histories(monkeypatch: pytest.MonkeyPatch) -> Histories:
    return Histories(monkeypatch)


def moment_of(history: InlineMap, done: int) -> int:
    """How many events there are when so many rows are done."""
    return history.done_after.index(done) + 1


def distributed(name: str, rows: int, batch_rows: int, **sections: Any) -> Batch:
    batch = Batch(name, rows, **sections).start()
    batch.loaded["map_mode"] = "distributed"
    batch.loaded["fan_out"] = {"bucket": "data", "rows_key": "rows", "batch_rows": batch_rows, "batch_bytes": 200_000}
    return batch.load()


def fanned_out(histories: Histories, batch: Batch) -> None:
    """The batch's own events, up to its Map."""
    entered = {"type": "MapStateEntered", "stateEnteredEventDetails": {"name": "FanOutRowBatches"}}
    started = {"type": "MapStateStarted", "mapStateStartedEventDetails": {"length": 3}}
    numbered = [
        {"id": n, "previousEventId": n - 1, "timestamp": BEGAN, **e} for n, e in enumerate((entered, started), 1)
    ]
    histories.events[batch.arn] = numbered[::-1]


def test_inline_batch_tells_its_rows_and_how_long_the_rest_takes(deployment: Deployment, histories: Histories) -> None:
    history = InlineMap(["answered", "failed"] * 100, AT_ONCE)
    batch = Batch("night", 200).start().load()
    histories.events[batch.arn] = history.until(moment_of(history, 120))
    progress = monitor_batch_execution("night", deployment)
    assert abs(progress["rows_processed"] - 120) <= AT_ONCE
    assert (progress["status"], progress["stage"], progress["map_mode"]) == ("RUNNING", "running", "inline")
    assert (progress["total_rows"], progress["rows_in_flight"]) == (200, AT_ONCE)
    assert progress["failures_known_of"] <= progress["rows_processed"]
    assert progress["rows_failed"] == progress["failures"][0]["count"] > 40
    assert progress["failures"][0]["cause"] == "target_error"
    assert progress["percent_complete"] == pytest.approx(60, abs=5)
    assert progress["seconds_left"] > progress["seconds_left_error"] > 0


def test_inline_batch_costs_more_the_more_rows_are_done(deployment: Deployment, histories: Histories) -> None:
    history = InlineMap(["answered", "retried", "failed", "skipped"] * 100, AT_ONCE)
    batch = Batch("night", 400, target={"price": {"per_call_usd": 0.01}}).start()
    recording.planned(batch.plan, beginning(batch.plan))
    batch.load()
    told = []
    for done in (0, 100, 200, 380):
        histories.events[batch.arn] = history.until(moment_of(history, done))
        told.append(monitor_batch_execution("night", deployment)["cost_so_far"])
    calls = [cost["usage"].get("target_call", 0) for cost in told]
    # Of four rows one is not sent, and one is sent twice: a call a row.
    assert calls == [pytest.approx(done, abs=3 * AT_ONCE) for done in (0, 100, 200, 380)]
    assert [cost["target_usd"] for cost in told] == pytest.approx([count / 100 for count in calls])
    assert sorted(cost["orchestration_usd"] for cost in told) == [cost["orchestration_usd"] for cost in told]
    assert told[3]["usage"]["state_transition"] == pytest.approx(9 + 380 * 4.25, rel=0.1)


def test_large_batch_has_in_its_cost_what_its_row_batches_have_done_so_far(
    deployment: Deployment, histories: Histories
) -> None:
    batch = distributed("large", 300, 100, target={"price": {"input_per_million_usd": 1_000_000.0}})
    fanned_out(histories, batch)
    used: Usage = {"state_transition": 400, "target_call": 100, "input_tokens": 300}
    recording.row_batch_ended(batch.plan["batch"], recording.Counts({"rows_succeeded": 100}, {}, used))
    history = InlineMap(["answered"] * 100, AT_ONCE)
    histories.row_batch(batch, 101, history.until(moment_of(history, 50)))
    cost = monitor_batch_execution("large", deployment)["cost_so_far"]
    assert cost["usage"]["target_call"] == pytest.approx(150, abs=AT_ONCE)
    # Tokens of rows on their way are taken to be as many as those of the others.
    assert cost["target_usd"] == pytest.approx(cost["usage"]["target_call"] * 3)


def test_row_that_failed_last_is_told_with_its_number(deployment: Deployment, histories: Histories) -> None:
    history = InlineMap([*["answered"] * 40, "failed", *["answered"] * 59], 1)
    night = Batch("night", 100).start().load()
    histories.events[night.arn] = history.until(moment_of(history, 60))
    latest = monitor_batch_execution("night", deployment)["latest"]
    assert (latest["row"], latest["cause"], latest["error"]) == (41, "target_error", "ToolBroke")
    large = distributed("large", 300, 100)
    fanned_out(histories, large)
    histories.row_batch(large, 101, history.until(moment_of(history, 60)))
    assert monitor_batch_execution("large", deployment)["latest"]["row"] == 141


def test_row_that_failed_last_has_no_number_where_rows_were_taken_over(
    deployment: Deployment, histories: Histories
) -> None:
    history = InlineMap(["failed", *["answered"] * 59], 1)
    earlier = {"batch": "before", "only_failed": False, "rows": [], "runs": []}
    batch = Batch("night", 100, earlier=earlier).start().load()
    histories.events[batch.arn] = history.until(moment_of(history, 30))
    assert "row" not in monitor_batch_execution("night", deployment)["latest"]


def test_what_is_read_of_an_inline_batch_does_not_grow_with_its_rows(
    deployment: Deployment, histories: Histories
) -> None:
    history = InlineMap(["answered"] * 1_300, AT_ONCE)
    batch = Batch("night", 1_300).start().load()
    counts = []
    for done in (600, 1_200):
        histories.events[batch.arn], histories.read = history.until(moment_of(history, done)), 0
        progress = monitor_batch_execution("night", deployment)
        assert abs(progress["rows_processed"] - done) <= AT_ONCE
        counts.append(histories.read)
    assert counts == [5_000, 5_000]


def test_inline_batch_that_goes_on_counts_what_it_took_over(deployment: Deployment, histories: Histories) -> None:
    history = InlineMap(["answered"] * 60, AT_ONCE)
    earlier = {"batch": "before", "only_failed": False, "rows": [], "runs": []}
    batch = Batch("night", 100, earlier=earlier).start().load()
    histories.events[batch.arn] = history.until(moment_of(history, 20))
    progress = monitor_batch_execution("night", deployment)
    assert progress["rows_taken_over"] == 40
    assert abs(progress["rows_processed"] - 60) <= AT_ONCE


def test_batch_that_has_just_begun_or_joins_says_so(deployment: Deployment, histories: Histories) -> None:
    batch = Batch("night", 3).start()
    history = InlineMap(["answered"] * 3, AT_ONCE)
    histories.events[batch.arn] = history.until(2)
    progress = monitor_batch_execution("night", deployment)
    assert (progress["stage"], progress["rows_processed"], "total_rows" in progress) == ("checking", 0, False)
    batch.load()
    last = len(history.events)
    joining = {"id": last + 1, "previousEventId": last, "type": "TaskStateEntered", "timestamp": BEGAN,
               "stateEnteredEventDetails": {"name": "AggregateResults"}}  # fmt: skip
    histories.events[batch.arn] = [joining, *history.until(last)]
    progress = monitor_batch_execution("night", deployment)
    assert (progress["stage"], progress["rows_processed"], progress["percent_complete"]) == ("joining", 3, 100.0)
    assert "seconds_left" not in progress


def test_batch_without_rows_is_complete(deployment: Deployment, histories: Histories) -> None:
    batch = Batch("night", 0).start().load()
    history = InlineMap([], AT_ONCE)
    histories.events[batch.arn] = history.until(5)
    progress = monitor_batch_execution("night", deployment)
    assert (progress["rows_processed"], progress["percent_complete"]) == (0, 100.0)


@pytest.mark.parametrize(
    ("row", "reason", "words"),
    [
        ("retried", "retries", "for the next attempt"),
        ("throttled", "throttled", "AWS throttles the calls"),
    ],
)
def test_what_a_batch_waits_for_is_told(
    deployment: Deployment, histories: Histories, row: str, reason: str, words: str
) -> None:
    history = InlineMap([row] * 2, 2)
    batch = Batch("night", 2).start().load()
    seen = set()
    for count in range(5, len(history.events), 2):
        histories.events[batch.arn] = history.until(count)
        if waiting := monitor_batch_execution("night", deployment).get("waiting"):
            seen.add(waiting["reason"])
            assert words in waiting["words"]
    assert seen == {reason}


def test_batch_none_of_whose_row_batches_can_begin_waits_for_that(
    deployment: Deployment, histories: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = distributed("large", 300, 100)
    fanned_out(histories, batch)
    assert "waiting" not in monitor_batch_execution("large", deployment)
    describe(monkeypatch, {batch.arn: {"startDate": datetime.now(UTC) - timedelta(minutes=5)}})
    assert monitor_batch_execution("large", deployment)["waiting"]["reason"] == "concurrency"


def test_redriven_large_batch_adds_what_has_run_since_to_its_earlier_end(
    deployment: Deployment, histories: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = distributed("large", 300, 100)
    fanned_out(histories, batch)
    batch.end("PARTIAL", rows_succeeded=100, rows_not_run=200)
    for first in (1, 101):
        put(part_key(batch.plan["work"], {"first": first, "last": first + 99}), b"")
    describe(monkeypatch, {batch.arn: {"redriveCount": 1, "redriveDate": datetime.now(UTC) - timedelta(minutes=5)}})
    # 100 rows have come to a part since, and of the last row batch half is done.
    history = InlineMap(["answered"] * 100, AT_ONCE)
    histories.row_batch(batch, 201, history.until(moment_of(history, 50)))
    progress = monitor_batch_execution("large", deployment)
    assert progress["status"] == "RUNNING"
    assert abs(progress["rows_processed"] - 250) <= AT_ONCE


def test_redriven_inline_batch_is_read_as_a_whole(
    deployment: Deployment, histories: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = InlineMap(["answered"] * 400, AT_ONCE)
    batch = Batch("night", 400).start().load()
    stopped = moment_of(history, 300)
    redriven = [{"type": "ExecutionAborted"}, {"type": "ExecutionRedriven"}]
    ends = [{"id": stopped + n, "previousEventId": 0, "timestamp": BEGAN, **e} for n, e in enumerate(redriven, 1)]
    histories.events[batch.arn] = [*ends[::-1], *history.until(stopped)]
    describe(monkeypatch, {batch.arn: {"redriveCount": 1, "redriveDate": BEGAN}})
    assert abs(monitor_batch_execution("night", deployment)["rows_processed"] - 300) <= AT_ONCE
    assert histories.read == stopped + 2


def test_large_batch_adds_its_row_batches_on_their_way_to_those_that_ended(
    deployment: Deployment, histories: Histories
) -> None:
    batch = distributed("large", 300, 100)
    fanned_out(histories, batch)
    counts = {"rows_succeeded": 97, "rows_failed": 3}
    recording.row_batch_ended(batch.plan["batch"], recording.Counts(counts, {"timeout": 3}, {}))
    history = InlineMap(["answered", "slow"] * 50, AT_ONCE)
    for first, done in ((101, 30), (201, 40)):
        histories.row_batch(batch, first, history.until(moment_of(history, done)))
    progress = monitor_batch_execution("large", deployment)
    assert abs(progress["rows_processed"] - 170) <= 4
    assert progress["rows_in_flight"] == 2 * AT_ONCE
    assert 3 + 28 <= progress["rows_failed"] <= 3 + 42
    assert progress["failures"] == [{"cause": "timeout", "count": progress["rows_failed"]}]
    assert progress["rows_succeeded"] == progress["rows_processed"] - progress["rows_failed"]


def test_row_batch_that_the_table_has_counted_is_not_counted_again(
    deployment: Deployment, histories: Histories
) -> None:
    batch = distributed("large", 200, 100)
    fanned_out(histories, batch)
    recording.row_batch_ended(batch.plan["batch"], recording.Counts({"rows_succeeded": 100}, {}, {}))
    history = InlineMap(["answered"] * 100, AT_ONCE)
    last = len(history.events)
    written = [
        {"id": last + 1, "previousEventId": last, "type": "TaskStateEntered", "timestamp": BEGAN,
         "stateEnteredEventDetails": {"name": "AggregateResults"}},
        {"id": last + 2, "previousEventId": last + 1, "type": "TaskSucceeded", "timestamp": BEGAN + timedelta(minutes=1)},
    ]  # fmt: skip
    histories.row_batch(batch, 1, [*written[::-1], *history.until(last)])
    histories.row_batch(batch, 101, history.until(moment_of(history, 50)))
    assert abs(monitor_batch_execution("large", deployment)["rows_processed"] - 150) <= 3


def test_of_many_row_batches_some_are_looked_into_and_stand_for_the_others(
    deployment: Deployment, histories: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = distributed("large", 6_000, 100)
    fanned_out(histories, batch)
    history = InlineMap(["answered"] * 100, AT_ONCE)
    for number in range(60):
        histories.row_batch(batch, number * 100 + 1, history.until(moment_of(history, 30 + number % 3 * 10)))
    looked: list[str] = []

    def look(arn: str, least_pages: int) -> NewestRows:
        looked.append(arn)
        return newest_rows(arn, least_pages)

    monkeypatch.setattr(row_batches, "newest_rows", look)
    progress = monitor_batch_execution("large", deployment)
    assert len(looked) == 20
    assert progress["rows_processed"] == pytest.approx(60 * 40, rel=0.3)
    assert progress["rows_in_flight"] == 60 * AT_ONCE


def test_row_batches_of_others_are_not_counted(deployment: Deployment, histories: Histories) -> None:
    batch, other = distributed("large", 100, 100), distributed("other", 100, 100)
    fanned_out(histories, batch)
    history = InlineMap(["answered"] * 100, AT_ONCE)
    histories.row_batch(other, 1, history.until(moment_of(history, 50)))
    assert monitor_batch_execution("large", deployment)["rows_processed"] == 0


def test_list_has_the_rows_and_the_cost_so_far_of_an_inline_batch_that_runs(
    deployment: Deployment, histories: Histories
) -> None:
    history = InlineMap(["answered", "failed"] * 50, AT_ONCE)
    batch = Batch("night", 100).start()
    recording.planned(batch.plan, beginning(batch.plan))
    batch.load()
    histories.events[batch.arn] = history.until(moment_of(history, 60))
    progress = monitor_batch_execution("night", deployment)
    [found] = list_batches(deployment, status="running")["batches"]
    assert found["rows_succeeded"] + found["rows_failed"] == progress["rows_processed"] > 50
    assert found["causes"] == {"target_error": progress["rows_failed"]}
    assert found["cost"] == progress["cost_so_far"]


def test_list_says_of_a_redriven_batch_that_it_runs(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    batch, ended = distributed("large", 300, 100), distributed("over", 300, 100)
    for each, status in ((batch, "RUNNING"), (ended, "FAILED")):
        each.end("PARTIAL", rows_succeeded=100, rows_not_run=200)
        describe(monkeypatch, {each.arn: {"status": status, "redriveDate": datetime.now(UTC)}})
    found = {record["name"]: record for record in list_batches(deployment)["batches"]}
    assert {name: record["status"] for name, record in found.items()} == {"large": "RUNNING", "over": "PARTIAL"}
    assert "ended_at" not in found["large"]


def test_row_batch_that_ends_while_the_rows_are_counted_is_in_rows_and_cost(
    deployment: Deployment, histories: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = distributed("large", 300, 100)
    fanned_out(histories, batch)
    recording.row_batch_ended(batch.plan["batch"], recording.Counts({"rows_succeeded": 1}, {}, {"target_call": 1}))
    running, ends = executions.running, iter([True])

    def ending(machine: str) -> Any:
        if next(ends, False):
            change = recording.Counts({"rows_succeeded": 99}, {}, {"target_call": 99})
            recording.row_batch_ended(batch.plan["batch"], change)
        return running(machine)

    monkeypatch.setattr(executions, "running", ending)
    progress = monitor_batch_execution("large", deployment)
    assert (progress["rows_processed"], progress["cost_so_far"]["usage"]["target_call"]) == (100, 100)


def test_stopped_inline_batch_is_told_by_its_events_until_its_end_is_written(
    deployment: Deployment, histories: Histories
) -> None:
    history = InlineMap(["answered"] * 100, AT_ONCE)
    batch = Batch("night", 100).start()
    recording.planned(batch.plan, beginning(batch.plan))
    batch.load()
    histories.events[batch.arn] = history.until(moment_of(history, 60))
    client("stepfunctions").stop_execution(executionArn=batch.arn)
    progress = monitor_batch_execution("night", deployment)
    assert (progress["stage"], progress["rows_in_flight"]) == ("ended", 0)
    assert abs(progress["rows_processed"] - 60) <= AT_ONCE
    assert progress["percent_complete"] == progress["rows_processed"]
    assert progress["cost_so_far"]["usage"]["target_call"] >= progress["rows_processed"]
    batch.end("PARTIAL", rows_succeeded=61, rows_not_run=39)
    progress = monitor_batch_execution("night", deployment)
    assert (progress["rows_processed"], progress["percent_complete"]) == (61, 61.0)
