import json
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.errors import BatchAtWork, BatchProcessorError, InvalidConfiguration, UnknownBatch
from batch_processor.operations.batch_name import LAST, last_with_failed_rows, named_batch
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.estimate import CostEstimate
from batch_processor.operations.running import execution
from batch_processor.operations.running.control import cancel_batch, rerun_failed_rows, resume_batch
from batch_processor.operations.running.listing import list_batches
from tests.functional.account import put
from tests.functional.operations.deployed import Batch, make_deployment, succeed
from tests.functional.operations.test_starting import CONFIG, ESTIMATE
from tests.functional.tables import counting


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    put("inputs/people.csv", b"name,email\nAda,ada@x.org\n")
    return make_deployment(monkeypatch)


def batch(name: str, rows: int = 3, **sections: Any) -> Batch:
    return Batch(name, rows, config=CONFIG, **sections).start().load()


def given_to(answer: Any) -> Any:
    return json.loads(client("stepfunctions").describe_execution(executionArn=answer["execution_arn"])["input"])


def test_failed_rows_of_a_batch_that_ended_run_again_once(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = batch("people-0123456789ab").end("COMPLETED_WITH_ERRORS", rows_succeeded=2, rows_failed=1)
    succeed(monkeypatch, first)
    answer: Any = rerun_failed_rows(first.name, deployment)
    assert given_to(answer) == {"only_failed_from": first.name}
    assert answer["batch"].startswith("people-")
    assert answer["batch"].count("-") == 1
    assert rerun_failed_rows(first.arn, deployment)["already"] is True  # type: ignore[typeddict-item]


def test_rows_that_were_not_run_are_run_too(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    first = batch("night").end("COMPLETED_WITH_ERRORS", rows_succeeded=1, rows_failed=1, rows_not_run=1)
    succeed(monkeypatch, first)
    assert given_to(rerun_failed_rows("night", deployment)) == {"resume_from": "night"}


def test_without_failed_rows_there_is_nothing_to_do(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    succeed(monkeypatch, batch("night").end("SUCCEEDED", rows_succeeded=2, rows_skipped=1))
    for operation in (rerun_failed_rows, resume_batch):
        answer: Any = operation("night", deployment)
        assert answer["status"] == "NOTHING_TO_DO"
    told: Any = rerun_failed_rows("night", deployment)
    assert told["message"] == "No row of the batch failed: 2 of 3 have an answer, 1 had nothing to send."


def test_many_failed_rows_are_asked_about_first(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    estimate: CostEstimate = {**ESTIMATE, "confirmation_required": True}
    monkeypatch.setattr(execution, "estimate_batch_cost", lambda *_: estimate)
    succeed(monkeypatch, batch("night", 4_000).end("COMPLETED_WITH_ERRORS", rows_succeeded=2_000, rows_failed=2_000))
    asked: Any = rerun_failed_rows("night", deployment)
    assert asked["status"] == "CONFIRMATION_REQUIRED"
    assert asked["estimate"]["rows"] == 2_000
    answer: Any = rerun_failed_rows("night", deployment, asked["confirmation"])
    assert given_to(answer) == {"only_failed_from": "night"}


@pytest.mark.parametrize("operation", [rerun_failed_rows, resume_batch])
@pytest.mark.parametrize(("rows", "usd"), [(2_000, 0.0), (10, 1.0)], ids=["many", "dear"])
def test_whatever_runs_failed_rows_again_asks_first_for_many_or_dear_ones(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch, operation: Any, rows: int, usd: float
) -> None:
    estimate: CostEstimate = {**ESTIMATE, "confirmation_required": True}
    monkeypatch.setattr(execution, "estimate_batch_cost", lambda *_: estimate)
    ended = batch("night", 2 * rows, target={"price": {"per_call_usd": usd}})
    succeed(monkeypatch, ended.end("COMPLETED_WITH_ERRORS", rows_succeeded=rows, rows_failed=rows))
    asked = operation("night", deployment)
    assert asked["status"] == "CONFIRMATION_REQUIRED"
    assert operation("night", deployment, asked["confirmation"])["status"] == "RUNNING"


def test_stopped_batch_goes_on(deployment: Deployment) -> None:
    batch("night")
    cancelled = cancel_batch("night", deployment)
    assert (cancelled["status"], cancelled["was"]) == ("ABORTED", "RUNNING")
    assert cancelled["partial_csv_uri"].endswith("night.partial.csv")
    assert given_to(resume_batch("night", deployment)) == {"resume_from": "night"}
    again = cancel_batch("night", deployment)
    assert (again["status"], again["was"]) == ("ABORTED", "ABORTED")
    assert "partial_csv_uri" not in again


def test_who_stops_express_children_is_told_that_they_go_on(deployment: Deployment) -> None:
    night = batch("night")
    night.loaded["tier"] = "express"
    night.load()
    assert "go on for up to five minutes" in cancel_batch("night", deployment)["message"]
    assert given_to(resume_batch("night", deployment)) == {"resume_from": "night"}


def test_batch_that_runs_is_neither_resumed_nor_rerun(deployment: Deployment) -> None:
    batch("night")
    for operation in (resume_batch, rerun_failed_rows):
        with pytest.raises(BatchAtWork, match="batchctl cancel night"):
            operation("night", deployment)


def test_batch_that_came_to_no_row_says_so(deployment: Deployment) -> None:
    stopped = Batch("night", 0, config=CONFIG).start()
    client("stepfunctions").stop_execution(executionArn=stopped.arn)
    with pytest.raises(InvalidConfiguration, match="did not get to its first row"):
        resume_batch("night", deployment)


def test_last_batch_is_the_newest_and_a_misspelt_name_is_met_with_near_ones(deployment: Deployment) -> None:
    with pytest.raises(UnknownBatch, match="There is no last batch"):
        named_batch(LAST, deployment)
    first, second = batch("tickets-one"), batch("people-two")
    assert named_batch(LAST, deployment) == second.arn
    assert named_batch("tick", deployment) == first.arn
    with pytest.raises(UnknownBatch, match=r"Did you mean tickets-one\?"):
        named_batch("tikcets-one", deployment)
    with pytest.raises(UnknownBatch) as unknown:
        named_batch("zzz", deployment)
    assert "Did you mean" not in str(unknown.value)


def test_last_batch_with_failed_rows_is_one_that_nobody_went_on_with(deployment: Deployment) -> None:
    assert last_with_failed_rows(deployment) is None
    older = batch("older").end("COMPLETED_WITH_ERRORS", rows_failed=1)
    batch("newer").end("COMPLETED_WITH_ERRORS", rows_failed=2)
    earlier = {"batch": "newer", "only_failed": True, "rows": [], "runs": []}
    batch("retried", earlier=earlier).end("SUCCEEDED", rows_succeeded=3)
    assert last_with_failed_rows(deployment) == older.arn


def test_batches_are_listed_newest_first_page_by_page(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [batch(f"batch-{number}") for number in range(5)]
    succeed(monkeypatch, *batches[:2])
    for each in batches[:2]:
        each.end("SUCCEEDED", rows_succeeded=3)
    page = list_batches(deployment, limit=3)
    rest = list_batches(deployment, limit=3, next=page["next"])
    assert [found["name"] for found in (*page["batches"], *rest["batches"])] == [f"batch-{n}" for n in (4, 3, 2, 1, 0)]
    assert [found["name"] for found in list_batches(deployment, status="succeeded")["batches"]] == [
        "batch-1",
        "batch-0",
    ]
    assert len(list_batches(deployment, status="Running", since="2026-11-20")["batches"]) == 3
    assert not list_batches(deployment, since="1h")["batches"]


def test_listed_batch_that_was_killed_does_not_run(deployment: Deployment) -> None:
    killed = batch("killed")
    client("stepfunctions").stop_execution(executionArn=killed.arn, error="Operator")
    [found] = list_batches(deployment)["batches"]
    assert found["status"] == "ABORTED"
    assert found["ended_at"]
    assert not list_batches(deployment, status="RUNNING")["batches"]


@pytest.mark.parametrize("token", ["garbage", '{"a": 1}', "2026-13-01T00:00:00.000Z x", "2026-11 x", " "])
@pytest.mark.parametrize("status", [None, "SUCCEEDED"])
def test_page_that_is_none_is_refused(deployment: Deployment, token: str, status: str | None) -> None:
    with pytest.raises(BatchProcessorError, match="is no page"):
        list_batches(deployment, status=status, next=token)


@pytest.mark.parametrize("asked", [{"since": "0001-01-01"}, {"next": "9999-12-01T00:00:00.000Z x"}])
def test_no_time_makes_a_list_take_long(deployment: Deployment, asked: dict[str, str]) -> None:
    with counting("Query") as queries:
        assert not list_batches(deployment, **asked)["batches"]  # type: ignore[arg-type]
    assert len(queries) <= 120


@pytest.mark.parametrize("name", ["a b", "*", "../..", "confirmation#1", "a:b", "x" * 81, "\x00", "a\n"])
def test_what_can_be_no_name_of_an_execution_is_not_asked_for(deployment: Deployment, name: str) -> None:
    with pytest.raises(UnknownBatch, match="is no name of a batch"):
        named_batch(name, deployment)


@pytest.mark.parametrize("asked", [{"status": "done"}, {"since": "yesterday"}, {"since": "9" * 18 + "d"}])
def test_words_that_mean_nothing_are_refused_with_those_that_do(deployment: Deployment, asked: dict[str, str]) -> None:
    with pytest.raises(BatchProcessorError, match=r"those are RUNNING, |give a day"):
        list_batches(deployment, **asked)  # type: ignore[arg-type]
