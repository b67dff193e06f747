"""Batches that resume earlier ones: no row that has its answer is asked for again."""

import json
from typing import Any

import pytest

from tests.batch_run import BatchError, BatchRun
from tests.integration.batches import Batches, Rows, is_call_of, to_csv, wait_until

ONCE: dict[str, Any] = {"execution_config": {"max_concurrency": 4, "retry_policy": {"max_attempts": 1}}}


def _stop(batches: Batches, run: BatchRun) -> None:
    batches.stop(run)


def test_stopped_batch_goes_on_with_the_rows_that_have_no_answer(batches: Batches) -> None:
    rows = Rows(*["counted"] * 30, "held", *["counted"] * 30)
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: run.look() >= 30)
    _stop(batches, run)
    resumed = batches.start({"resume_from": run.name})
    outcome = batches.outcome(resumed.wait())
    assert outcome.column("echo") == rows.texts
    assert outcome.summary["resumed_from"] == run.name
    calls = rows.calls(batches)
    # What was on its way when it was stopped, at most max_concurrency rows, may have been asked for twice.
    assert sum(calls) <= len(calls) + ONCE["execution_config"]["max_concurrency"]
    assert set(calls) <= {1, 2}


def test_failed_rows_alone_run_again_and_the_csv_is_complete(batches: Batches) -> None:
    rows = Rows("counted", "later", "counted", "later", *["counted"] * 40)
    first = batches.start(batches.config(rows.csv, **ONCE))
    summary = first.wait()
    assert (summary["rows_failed"], summary["row_count"]) == (2, 44)
    second = batches.outcome(batches.start({"only_failed_from": first.name}).wait())
    assert second.column("echo") == rows.texts
    assert set(second.column("_status")) == {"SUCCESS"}
    assert rows.calls(batches) == [1, 2, 1, 2, *[1] * 40]
    assert second.summary["csv_location"] != summary["csv_location"]


def test_resumed_batch_may_be_resumed(batches: Batches) -> None:
    rows = Rows("counted", "held", "counted", "held", "counted")
    one_by_one = {"execution_config": {"max_concurrency": 1, "retry_policy": {"max_attempts": 1}}}
    run = batches.start(batches.config(rows.csv, **one_by_one))
    for held in (1, 3):
        wait_until(lambda held=held: rows.calls(batches)[held])  # type: ignore[misc]
        _stop(batches, run)
        run = batches.start({"resume_from": run.name})
    outcome = batches.outcome(run.wait())
    assert outcome.column("echo") == rows.texts
    calls = rows.calls(batches)
    assert [calls[0], calls[2], calls[4]] == [1, 1, 1]


def test_trial_is_taken_up_by_the_whole_batch(batches: Batches) -> None:
    rows = Rows(*["counted"] * 40)
    trial = batches.start(batches.config(rows.csv, max_rows=10, **ONCE))
    assert trial.wait()["row_count"] == 10
    whole = batches.outcome(batches.start({"resume_from": trial.name, "max_rows": "all"}).wait())
    assert whole.column("echo") == rows.texts
    assert rows.calls(batches) == [1] * 40


def test_other_csv_mapping_and_columns_are_named_and_refused_unless_accepted(batches: Batches) -> None:
    rows = Rows("counted", "counted", "later")
    first = batches.start(batches.config(rows.csv, storage_mode="dynamodb", **ONCE))
    first.wait()
    changed = batches.config(rows.csv + b"one more,counted\r\n", storage_mode="dynamodb", **ONCE)
    changed["only_failed_from"] = first.name
    with pytest.raises(BatchError, match=r"/only_failed_from: .*set accept_changes to true[\s\S]*/csv_s3_uri: "):
        batches.start(changed).wait()
    again = batches.start({**changed, "accept_changes": True}).wait()
    assert again["rows_succeeded"] >= 3
    assert rows.calls(batches) == [1, 1, 2]


@pytest.mark.before_modes
def test_unknown_batch_is_refused_with_what_was_looked_for(batches: Batches) -> None:
    with pytest.raises(BatchError, match=r"Batch\.InvalidConfiguration[\s\S]*/resume_from: .*of-yore"):
        batches.start({"resume_from": "of-yore"}).wait()


def test_agent_that_has_answered_is_not_run_again_though_its_batch_died(batches: Batches) -> None:
    texts = [f"text {number}" for number in range(1, 6)]
    run = batches.start(batches.config(to_csv(("text", "behaviour"), *((t, "slow") for t in texts)), "agent", **ONCE))
    agent = batches.account.outputs["TestAgentArn"]

    def executions(status: str) -> list[str]:
        found = batches.states.list_executions(stateMachineArn=agent, statusFilter=status)["executions"]
        return [execution["name"] for execution in found if is_call_of(execution["name"], run.name)]

    wait_until(lambda: len(executions("SUCCEEDED")) >= 4)
    _stop(batches, run)
    outcome = batches.outcome(batches.start({"resume_from": run.name}).wait())
    assert outcome.column("echo") == texts
    assert len(executions("SUCCEEDED")) == len(texts)


def test_redriven_batch_goes_on_where_it_was_stopped(batches: Batches) -> None:
    rows = Rows(*["counted"] * 20, "held", *["counted"] * 20)
    run = batches.start(batches.config(rows.csv, **ONCE))
    wait_until(lambda: run.look() >= 20)
    _stop(batches, run)
    batches.states.redrive_execution(executionArn=run.execution_arn)
    outcome = batches.outcome(run.wait())
    assert outcome.column("echo") == rows.texts
    assert sum(rows.calls(batches)) <= len(rows.texts) + ONCE["execution_config"]["max_concurrency"]
    assert json.loads(batches.read(outcome.summary["summary_location"]))["row_count"] == len(rows.texts)
