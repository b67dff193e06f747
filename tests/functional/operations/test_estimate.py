"""What is estimated of a batch is what is counted of it afterwards: inline and distributed, as it is and with a trial."""

from typing import Any

import pytest

from batch_processor.aws import dynamodb
from batch_processor.aws.client import client
from batch_processor.batch import batches_table
from batch_processor.batch.names import batch_key
from batch_processor.contract import Loaded, Plan, RowRange, RowResult
from batch_processor.contract.number import CONTRACT
from batch_processor.errors import BatchTooLarge, InvalidConfiguration, UnknownBatch
from batch_processor.handlers import aggregate_results, load_csv_data, validate_input
from batch_processor.operations import foreseen
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.estimate import CostEstimate, estimate_batch_cost
from tests.functional.account import DATA, put
from tests.functional.batches import as_json
from tests.functional.conftest import ENVIRONMENT
from tests.functional.tables import BATCHES, REGISTRIES, TABLE
from tests.functional.targets import create_agent, create_tool
from tests.unit.configs import AGENT, TOOL, make_document
from tests.unit.plans import failure, success

MACHINE = ENVIRONMENT["BATCH_MACHINE_ARN"]
NAME = AGENT.rpartition(":")[2]
TEN_PERCENT = 0.1


@pytest.fixture(autouse=True)
def machine(account: None) -> None:
    create_agent()
    client("stepfunctions").create_state_machine(
        name="batch-processor-dev", definition='{"StartAt":"E","States":{"E":{"Type":"Succeed"}}}',
        roleArn="arn:aws:iam::123456789012:role/machine",
    )  # fmt: skip


@pytest.fixture
def deployment() -> Deployment:
    tables = (REGISTRIES["agent"], REGISTRIES["tool"], REGISTRIES["template"], REGISTRIES["schema"])
    return Deployment(
        MACHINE, ENVIRONMENT["ROW_BATCH_MACHINE_ARN"], DATA, TABLE, BATCHES, *tables, "dead", "undelivered"
    )


def register(**keys: Any) -> None:
    properties = {"category": {"type": "string"}, "score": {"type": "number"}}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    entry = {
        "agent_name": NAME,
        "version": "1.0.0",
        "status": "active",
        "state_machine_arn": AGENT,
        "structured_output": {"enabled": True, "schemas": {"triage": {"schema": schema}}},
        **keys,
    }
    dynamodb.put("Registering", TableName=REGISTRIES["agent"], Item=dynamodb.as_item(entry))


def document(rows: int, **keys: Any) -> dict[str, Any]:
    put("inputs/people.csv", b"name,email\n" + b"".join(b"Ana,a%d@x.org\n" % row for row in range(rows)))
    return make_document(**keys)


class Batch:
    """A batch that is run stage by stage, its rows answered as `answer` says."""

    def __init__(self, given: dict[str, Any], name: str = "night") -> None:
        self.arn = f"{MACHINE.replace(':stateMachine:', ':execution:')}:{name}"
        execution = {"id": self.arn, "name": name, "started_at": "2026-11-21T09:34:44.123Z"}
        self.plan: Plan = as_json(
            validate_input.handle({"contract": CONTRACT, "input": given, "execution": execution}, None)
        )
        self.loaded: Loaded = as_json(load_csv_data.handle({"plan": self.plan, "given": {}}, None)["loaded"])

    def run(self, answer: Any = None) -> Any:
        results = [
            (answer or (lambda row: success(row, "a", "1")))(row) for row in range(1, self.loaded["row_count"] + 1)
        ]
        if self.loaded["map_mode"] == "inline":
            return self._aggregate(self.loaded, results)
        size = self.loaded["fan_out"]["batch_rows"]
        for first in range(0, len(results), size):
            part = results[first : first + size]
            rows = RowRange(first=first + 1, last=first + len(part))
            self._aggregate({**self.loaded, "row_batch": rows}, part)
        return self._aggregate(self.loaded, [])

    def _aggregate(self, loaded: Loaded, results: list[RowResult]) -> Any:
        return aggregate_results.handle(as_json({"plan": self.plan, "loaded": loaded, "results": results}), None)

    def record(self) -> batches_table.BatchRecord:
        found = batches_table.find(BATCHES, batch_key(self.arn))
        assert found
        return found


def off(estimate: CostEstimate, counted: Any) -> float:
    usd: float = counted["cost"]["usd"]
    return abs(estimate["expected"]["usd"] / usd - 1)


MODES: tuple[tuple[int, dict[str, Any]], ...] = (
    (30, {}),
    (30, {"storage_mode": "dynamodb"}),
    (200, {"map_mode": "distributed"}),
    (700, {}),
)


@pytest.mark.parametrize(("rows", "keys"), MODES)
def test_what_is_estimated_is_counted(deployment: Deployment, rows: int, keys: dict[str, Any]) -> None:
    register(price={"per_call_usd": 0.0001})
    given = document(rows, **keys)
    estimate = estimate_batch_cost(given, deployment)
    batch = Batch(given)
    summary = batch.run()
    assert (estimate["rows"], estimate["rows_are_exact"]) == (summary["row_count"], True)
    assert estimate["map_mode"] == summary["map_mode"]
    assert off(estimate, summary) < TEN_PERCENT
    assert estimate["expected"].get("target_usd") == summary["cost"].get("target_usd")
    assert estimate["low_usd"] <= estimate["expected"]["usd"] <= estimate["high_usd"]


@pytest.mark.parametrize(("rows", "keys"), MODES[1:3])
def test_the_table_has_at_the_end_what_the_summary_says(
    deployment: Deployment, rows: int, keys: dict[str, Any]
) -> None:
    batch = Batch(document(rows, **keys))
    summary = batch.run(lambda row: success(row, "a", "1") if row % 5 else {**failure(row, "Busy", "no"), "calls": 3})
    found = batch.record()
    assert found["status"] == summary["status"] == "COMPLETED_WITH_ERRORS"
    assert (found["rows_total"], found["rows_succeeded"], found["rows_failed"]) == (rows, rows * 4 // 5, rows // 5)
    assert found["causes"] == {"target_error": rows // 5}
    assert found["cost"] == summary["cost"]
    assert found["cost"]["usage"]["target_call"] == rows * 4 // 5 + 3 * rows // 5
    assert found["csv_location"] == summary["csv_location"]


def test_row_batches_add_up_to_what_the_end_counts_and_run_again_they_add_nothing(deployment: Deployment) -> None:
    batch = Batch(document(40, map_mode="distributed"))
    first = {**batch.loaded, "row_batch": RowRange(first=1, last=10)}
    batch._aggregate(first, [success(row, "a", "1") for row in range(1, 11)])  # type: ignore[arg-type]
    assert batch.record()["rows_succeeded"] == 10
    calls = batch.record()["cost"]["usage"]["target_call"]
    batch._aggregate(first, [success(row, "a", "1") for row in range(1, 11)])  # type: ignore[arg-type]
    assert (batch.record()["rows_succeeded"], batch.record()["cost"]["usage"]["target_call"]) == (10, calls)
    # What failed at first is answered when it is redriven.
    batch._aggregate(first, [success(row, "a", "1") if row > 2 else failure(row, "Busy", "no") for row in range(1, 11)])  # type: ignore[arg-type]
    assert (batch.record()["rows_succeeded"], batch.record()["rows_failed"]) == (8, 2)


def test_a_trial_tells_of_retries_failures_and_tokens(deployment: Deployment) -> None:
    register(price={"input_per_million_usd": 3, "output_per_million_usd": 15})
    given = document(100)

    def answer(row: int) -> Any:
        if row % 10 == 0:
            return {**failure(row, "Busy", "no"), "calls": 3}
        return {**success(row, "a", "1"), "usage": [1_000, 200], **({"calls": 2} if row % 3 == 0 else {})}

    assert estimate_batch_cost(given, deployment)["target_price"] == "unknown"
    Batch({**given, "max_rows": 20}, "trial").run(answer)
    estimate = estimate_batch_cost(given, deployment, trial="trial")
    summary = Batch(given, "whole").run(answer)
    assert estimate["target_price"] == "trial"
    assert off(estimate, summary) < TEN_PERCENT
    assert estimate["seconds_low"] < estimate["seconds"] < estimate["seconds_high"]
    assert estimate["binds"].startswith("max_concurrency")


def test_range_by_a_trial_has_what_the_whole_costs_where_the_trial_was_small(deployment: Deployment) -> None:
    register(price={"input_per_million_usd": 3, "output_per_million_usd": 15})
    given = document(100)

    def answer(row: int) -> Any:
        # The first rows happen to be those that take most.
        return {**success(row, "a", "1"), "usage": [1_300 if row <= 6 else 1_000, 200]}

    spans = []
    for rows in (6, 60):
        Batch({**given, "max_rows": rows}, f"trial-{rows}").run(answer)
        spans.append(estimate_batch_cost(given, deployment, trial=f"trial-{rows}"))
    cost = Batch(given, "whole").run(answer)["cost"]["usd"]
    assert all(span["low_usd"] < cost < span["high_usd"] for span in spans)
    assert spans[1]["expected"]["usd"] - spans[1]["low_usd"] < (spans[0]["expected"]["usd"] - spans[0]["low_usd"]) / 2


def test_a_trial_of_another_target_or_of_none_is_refused(deployment: Deployment) -> None:
    given = document(3)
    with pytest.raises(UnknownBatch, match="No batch is called nobody"):
        estimate_batch_cost(given, deployment, trial="nobody")
    batch = Batch(given, "trial")
    with pytest.raises(UnknownBatch, match="still runs"):
        estimate_batch_cost(given, deployment, trial=batch.arn)
    batch.run(lambda row: {**failure(row, "RaggedRow", "Line"), "calls": 0})
    with pytest.raises(UnknownBatch, match="for no row"):
        estimate_batch_cost(given, deployment, trial=batch.arn)


def test_large_batches_ask_first_and_say_why(deployment: Deployment) -> None:
    small = Deployment(
        **{**{name: getattr(deployment, name) for name in Deployment.__dataclass_fields__}, "confirm_rows": 10}
    )
    given = document(11)
    assert not estimate_batch_cost(given, deployment)["confirmation_required"]
    asked = estimate_batch_cost(given, small)
    assert asked["confirmation_required"]
    assert asked["reasons"] == [
        "11 rows are more than 10 (parameter ConfirmRows).",
        "What the target itself costs is not known.",
    ]
    register(price={"per_call_usd": 1})
    assert estimate_batch_cost(given, deployment)["reasons"] == ["$11.00 are more than $5.00 (parameter ConfirmUsd)."]


def test_of_a_resumed_batch_every_row_counts_that_may_have_to_run(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = document(20, storage_mode="dynamodb")
    batch = Batch(given)
    batch.run(lambda row: failure(row, "Busy", "no") if row <= 5 else success(row, "a", "1"))
    states = client("stepfunctions")
    monkeypatch.setattr(states, "describe_execution", lambda **_: {"status": "SUCCEEDED", "executionArn": batch.arn})
    monkeypatch.setattr(foreseen, "time_text", lambda _: "2026-11-22T00:00:00.000Z")
    resumed = {**given, "resume_from": "night"}
    assert estimate_batch_cost(resumed, deployment)["rows"] == 5
    # The first rows may be those that failed.
    assert estimate_batch_cost({**resumed, "max_rows": 5}, deployment)["rows"] == 5
    more = {**document(30, storage_mode="dynamodb"), "resume_from": "night", "accept_changes": True}
    assert estimate_batch_cost(more, deployment)["rows"] == 15
    # Answers that are gone are paid for again.
    monkeypatch.setattr(foreseen, "time_text", lambda _: "2099-01-01T00:00:00.000Z")
    assert estimate_batch_cost(resumed, deployment)["rows"] == 30


def test_of_a_large_csv_the_beginning_tells(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreseen, "_READ_BYTES", 2_000)
    monkeypatch.setattr(foreseen, "_SAMPLE_BYTES", 1_000)
    given = document(900)
    estimate = estimate_batch_cost(given, deployment)
    assert not estimate["rows_are_exact"]
    assert estimate["rows"] == pytest.approx(900, rel=0.1)
    assert estimate["reasons"] == [
        f"{estimate['rows']} rows are an estimate by the beginning of a large CSV: there may be far more."
    ]
    trial = estimate_batch_cost({**given, "max_rows": 5}, deployment)
    assert (trial["rows"], trial["rows_are_exact"]) == (5, True)


def test_large_batch_is_told_in_both_tiers(deployment: Deployment) -> None:
    create_tool()
    target = {"type": "tool", "arn": TOOL, "name": "enrich"}
    given = document(700, map_mode="distributed", target=target)
    undeclared = estimate_batch_cost(given, deployment)
    declared = estimate_batch_cost({**given, "target": {**target, "idempotent": True}}, deployment)
    assert (undeclared["execution_tier"], declared["execution_tier"]) == ("standard", "express")
    assert "idempotent" in undeclared["execution_tier_reason"]
    assert undeclared["standard_usd"] == undeclared["expected"]["usd"]
    assert declared["express_usd"] == declared["expected"]["usd"]
    # What the one would save is what the other costs less.
    assert declared["expected"]["usd"] < undeclared["expected"]["usd"] / 10
    assert undeclared["express_usd"] == pytest.approx(declared["express_usd"], rel=0.5)


def test_what_would_be_refused_is_refused(deployment: Deployment) -> None:
    with pytest.raises(BatchTooLarge, match="map_mode"):
        estimate_batch_cost(document(5_000, map_mode="inline"), deployment)
    with pytest.raises(InvalidConfiguration):
        estimate_batch_cost({**document(3), "input_mapping": 7}, deployment)


def test_rows_of_the_same_input_are_estimated_once(deployment: Deployment) -> None:
    put("inputs/people.csv", b"name,email\nA,x\nB,y\n" + b"C,x\n" * 98)
    asked_twice = estimate_batch_cost(make_document(), deployment)
    once = estimate_batch_cost(make_document(deduplicate=True), deployment)
    assert (asked_twice["rows"], once["rows"]) == (100, 2)
    assert once["expected"]["usage"]["target_call"] == 2
    assert once["expected"]["usd"] < asked_twice["expected"]["usd"] / 10
    assert "98 more rows have the same input as an earlier one, and are not asked for." in once["assumptions"]


def test_answers_of_earlier_batches_are_not_reckoned_with(deployment: Deployment) -> None:
    put("inputs/people.csv", b"name,email\nA,x\nB,y\n")
    estimate = estimate_batch_cost(make_document(cache=True), deployment)
    assert estimate["rows"] == 2
    assert any(told.startswith("Answers of earlier batches are taken") for told in estimate["assumptions"])
