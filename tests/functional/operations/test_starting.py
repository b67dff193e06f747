import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.errors import BatchTooLarge, ConfirmationInvalid, InvalidConfiguration, SourceUnavailable
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.estimate import CostEstimate
from batch_processor.operations.running import confirmation, execution
from batch_processor.operations.running.execution import execute_batch_processor
from tests.functional.account import DATA, put
from tests.functional.operations.deployed import Batch, describe, make_deployment

CONFIG: dict[str, Any] = {
    "csv_s3_uri": "s3://data/inputs/people.csv",
    "target": {"type": "agent", "arn": "arn:aws:states:eu-west-1:123456789012:stateMachine:support-triage"},
    "input_mapping": {"column_mappings": {"email": "contact"}},
    "output_mapping": {"structured_output_fields": ["category"]},
}
ESTIMATE: CostEstimate = {
    "rows": 2_000,
    "rows_are_exact": True,
    "map_mode": "distributed",
    "expected": {
        "usd": 1.5,
        "orchestration_usd": 1.0,
        "target_usd": 0.5,
        "usage": {"target_call": 2_000},
        "priced_on": "2026-11-01",
    },
    "low_usd": 1.0,
    "high_usd": 2.0,
    "target_price": "registered",
    "binds": "max_concurrency",
    "assumptions": [],
    "confirmation_required": False,
    "allowed": True,
    "reasons": [],
}


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    put("inputs/people.csv", b"name,email\nAda,ada@x.org\n")
    estimated(monkeypatch)
    return make_deployment(monkeypatch)


def estimated(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """The estimate says so."""
    answer: Any = {**ESTIMATE, **changes}
    monkeypatch.setattr(execution, "estimate_batch_cost", lambda *_: answer)


def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    estimated(monkeypatch, confirmation_required=True, reasons=["2,000 rows are more than 1,000"])


def started() -> list[str]:
    machines = client("stepfunctions").list_state_machines()["stateMachines"]
    arn = next(machine["stateMachineArn"] for machine in machines if machine["name"] == "batch-processor-dev")
    return [found["name"] for found in client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]]


def test_batch_starts_with_its_config_as_its_input(deployment: Deployment) -> None:
    answer: Any = execute_batch_processor(CONFIG, deployment)
    described = client("stepfunctions").describe_execution(executionArn=answer["execution_arn"])
    assert json.loads(described["input"]) == CONFIG
    assert (answer["status"], answer["already"], answer["batch"]) == ("RUNNING", False, described["name"])
    assert answer["batch"].startswith("people-")
    assert answer["next_steps"] == [f"batchctl watch {answer['batch']}"]


def test_same_request_twice_starts_one_batch_whatever_the_order_of_keys(deployment: Deployment) -> None:
    first: Any = execute_batch_processor(CONFIG, deployment)
    again: Any = execute_batch_processor(dict(reversed(CONFIG.items())), deployment)
    assert (again["execution_arn"], again["already"]) == (first["execution_arn"], True)
    assert len(started()) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda: put("inputs/people.csv", b"name,email\nBob,bob@x.org\n"),
        lambda: CONFIG | {"max_rows": 1},
    ],
    ids=["csv", "config"],
)
def test_another_csv_or_config_is_another_request(deployment: Deployment, change: Callable[[], dict[str, Any]]) -> None:
    first: Any = execute_batch_processor(CONFIG, deployment)
    changed = change()
    second: Any = execute_batch_processor(changed if "target" in changed else CONFIG, deployment)
    assert second["batch"] != first["batch"]
    assert not second["already"]


def test_on_purpose_the_same_runs_once_more(deployment: Deployment) -> None:
    names = {execute_batch_processor(CONFIG, deployment, again=again)["batch"] for again in (None, "2", "3", "3")}  # type: ignore[typeddict-item]
    assert len(names) == len(started()) == 3


def test_request_that_failed_before_its_first_row_is_started_anew(deployment: Deployment) -> None:
    first: Any = execute_batch_processor(CONFIG, deployment)
    client("stepfunctions").stop_execution(executionArn=first["execution_arn"])
    second: Any = execute_batch_processor(CONFIG, deployment)
    third: Any = execute_batch_processor(CONFIG, deployment)
    assert (second["already"], third["already"]) == (False, True)
    assert second["batch"] == third["batch"] != first["batch"]


def test_request_whose_batch_was_erased_is_started_anew(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    first: Any = execute_batch_processor(CONFIG, deployment)
    summary = {"csv_location": f"s3://{DATA}/outputs/people.csv"}
    put("outputs/people.csv", b"name\nAda\n")
    describe(monkeypatch, {first["execution_arn"]: {"status": "SUCCEEDED", "output": json.dumps(summary)}})
    assert execute_batch_processor(CONFIG, deployment)["already"]  # type: ignore[typeddict-item]
    client("s3").delete_object(Bucket=DATA, Key="outputs/people.csv")
    second: Any = execute_batch_processor(CONFIG, deployment)
    assert (second["already"], second["batch"] != first["batch"]) == (False, True)


def test_request_whose_batch_was_stopped_among_its_rows_is_not_paid_for_again(deployment: Deployment) -> None:
    first: Any = execute_batch_processor(CONFIG, deployment)
    Batch(first["batch"], 3).load()
    client("stepfunctions").stop_execution(executionArn=first["execution_arn"])
    again: Any = execute_batch_processor(CONFIG, deployment)
    assert (again["batch"], again["status"], again["already"]) == (first["batch"], "ABORTED", True)
    assert f"batchctl resume {first['batch']}" in again["next_steps"]


def test_typos_are_all_told_before_anything_starts(deployment: Deployment) -> None:
    with pytest.raises(InvalidConfiguration) as refused:
        execute_batch_processor({**CONFIG, "map_mod": "auto", "max_rows": -1}, deployment)
    assert len(refused.value.problems) == 2
    assert not started()


def test_csv_that_is_not_there_is_told(deployment: Deployment) -> None:
    with pytest.raises(SourceUnavailable, match=r"s3://data/inputs/nobody\.csv"):
        execute_batch_processor({**CONFIG, "csv_s3_uri": "s3://data/inputs/nobody.csv"}, deployment)


def test_what_the_caps_forbid_is_refused(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    estimated(monkeypatch, allowed=False, reasons=["2,000 rows are more than MostRows."])
    with pytest.raises(BatchTooLarge, match="more than MostRows"):
        execute_batch_processor(CONFIG, deployment)


def test_large_batch_is_confirmed_once(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    asking(monkeypatch)
    asked: Any = execute_batch_processor(CONFIG, deployment)
    assert (asked["status"], asked["estimate"]["rows"]) == ("CONFIRMATION_REQUIRED", 2_000)
    assert not started()
    answer: Any = execute_batch_processor(CONFIG, deployment, asked["confirmation"])
    assert answer["status"] == "RUNNING"
    # The answer may have been lost: the same again tells of the batch that runs.
    assert execute_batch_processor(CONFIG, deployment, asked["confirmation"])["already"] is True  # type: ignore[typeddict-item]
    client("stepfunctions").stop_execution(executionArn=answer["execution_arn"])
    with pytest.raises(ConfirmationInvalid, match="was used before"):
        execute_batch_processor(CONFIG, deployment, asked["confirmation"])


def test_confirmation_is_of_exactly_that_config_and_csv(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking(monkeypatch)
    token = execute_batch_processor(CONFIG, deployment)["confirmation"]  # type: ignore[typeddict-item]
    with pytest.raises(ConfirmationInvalid, match="of another configuration"):
        execute_batch_processor({**CONFIG, "max_rows": 1_500}, deployment, token)
    put("inputs/people.csv", b"name,email\nBob,bob@x.org\n")
    with pytest.raises(ConfirmationInvalid, match="the CSV has changed"):
        execute_batch_processor(CONFIG, deployment, token)
    with pytest.raises(ConfirmationInvalid, match="never given"):
        execute_batch_processor(CONFIG, deployment, "guessed")
    assert not started()


def test_confirmation_runs_out_and_is_kept_as_a_digest_alone(deployment: Deployment) -> None:
    now = datetime.now(UTC)
    given = confirmation.issue(deployment.batches_table, "digest", now)
    items = client("dynamodb").scan(TableName=deployment.batches_table)["Items"]
    assert given.token not in json.dumps(items)
    with pytest.raises(ConfirmationInvalid, match="ran out at"):
        confirmation.redeem(deployment.batches_table, given.token, "digest", now + timedelta(minutes=16))
    confirmation.redeem(deployment.batches_table, given.token, "digest", now + timedelta(minutes=14))
