"""Answers belong to who made them: what others start on the same rows neither changes nor refuses mine."""

from typing import Any

import pytest

from tests.batch_run import BatchError, BatchRun
from tests.integration.batches import Batches, Rows, wait_until

ONE_ATTEMPT: dict[str, Any] = {"execution_config": {"max_concurrency": 4, "retry_policy": {"max_attempts": 1}}}
POISON = "poisoned"
HALF_ANSWERED = [*["counted"] * 8, "held", *["counted"] * 24]
HELD = HALF_ANSWERED.index("held")


def poisoned(run: BatchRun, **keys: Any) -> dict[str, Any]:
    """What somebody else uploads to have his own words stand in another's rows."""
    return {
        "resume_from": run.name,
        "accept_changes": True,
        "input_mapping": {
            "column_mappings": [{"csv_column": "behaviour", "agent_input_field": "kind"}],
            "static_values": {"text": POISON},
        },
        **keys,
    }


def stopped(batches: Batches, rows: Rows) -> BatchRun:
    """A batch that was stopped when some of its rows were answered, and the one that is held was being called."""
    run = batches.start(batches.config(rows.csv, storage_mode="dynamodb", **ONE_ATTEMPT))
    wait_until(lambda: run.look() >= 8 and rows.calls(batches)[HELD])
    batches.stop(run)
    return run


def stored_by(batches: Batches, run: BatchRun) -> dict[tuple[str, str], dict[str, Any]]:
    """The items under a batch's own id, by their keys."""
    pages = batches.account.client("dynamodb").get_paginator("scan")
    found = pages.paginate(TableName=batches.account.outputs["ResultsTableName"], ConsistentRead=True)
    items = [item for page in found for item in page["Items"]]
    return {
        (item["batch_id"]["S"], item["row_id"]["S"]): item for item in items if f"#{run.name}" in item["batch_id"]["S"]
    }


def test_who_resumes_anothers_batch_with_other_words_leaves_the_batch_as_it_was(batches: Batches) -> None:
    rows = Rows(*HALF_ANSWERED)
    mine = stopped(batches, rows)
    before = stored_by(batches, mine)
    theirs = batches.outcome(batches.start(poisoned(mine)).wait())
    assert POISON in theirs.column("echo"), "what he makes himself is his"
    after = stored_by(batches, mine)
    assert {key: after[key] for key in before} == before
    assert len({item["fingerprint"]["S"] for item in after.values()}) == 1, "all of it is of my own making"
    resumed = batches.outcome(batches.start({"resume_from": mine.name}).wait())
    assert resumed.column("echo") == rows.texts
    assert POISON.encode() not in resumed.body
    assert all(calls <= 2 for calls in rows.calls(batches)), "and what I had paid for I was not asked to pay again"


def test_who_runs_the_same_rows_meanwhile_keeps_nobody_from_going_on(batches: Batches) -> None:
    rows = Rows(*HALF_ANSWERED)
    mine = stopped(batches, rows)
    columns = [{"csv_column": "text", "agent_input_field": "text"}]
    slow = {"column_mappings": columns, "static_values": {"behaviour": "hang"}}
    theirs = batches.start(poisoned(mine, input_mapping=slow))
    wait_until(lambda: theirs.look() is not None and batches.states.describe_execution(
        executionArn=theirs.execution_arn)["status"] == "RUNNING")  # fmt: skip
    resumed = batches.outcome(batches.start({"resume_from": mine.name}).wait())
    assert resumed.column("echo") == rows.texts
    assert batches.states.describe_execution(executionArn=theirs.execution_arn)["status"] == "RUNNING"
    batches.states.stop_execution(executionArn=theirs.execution_arn)


def test_whose_chain_goes_over_a_poisoned_batch_is_told_before_a_row_is_taken(batches: Batches) -> None:
    rows = Rows(*["counted"] * 9)
    first = batches.start(batches.config(rows.csv, storage_mode="dynamodb", **ONE_ATTEMPT))
    first.wait()
    theirs = batches.start(poisoned(first))
    theirs.wait()
    with pytest.raises(BatchError, match=r"it accepted changes itself: it took answers of .*#") as refused:
        batches.start({"resume_from": theirs.name}).wait()
    assert "set accept_changes to true" in str(refused.value)


def test_who_has_the_same_tool_called_by_another_name_leaves_his_answers_to_himself(batches: Batches) -> None:
    """One function may be many tools: it is told which of them it is to be."""
    rows = Rows("held", *["named"] * 4)
    one_by_one = {"execution_config": {"max_concurrency": 1, "retry_policy": {"max_attempts": 1}}}
    mine = batches.start(batches.config(rows.csv, storage_mode="dynamodb", **one_by_one))
    wait_until(lambda: rows.calls(batches)[0])
    batches.stop(mine)
    target = batches.config(rows.csv)["target"]
    theirs = batches.start({"resume_from": mine.name, "accept_changes": True, "target": {**target, "name": POISON}})
    assert POISON in batches.outcome(theirs.wait()).column("echo"), "what he makes himself is his"
    resumed = batches.outcome(batches.start({"resume_from": mine.name}).wait())
    assert POISON.encode() not in resumed.body
    assert set(resumed.column("echo")[1:]) == {target["arn"].rpartition(":")[2]}


def test_row_that_failed_is_run_by_the_mended_mapping_and_the_others_keep_their_answers(batches: Batches) -> None:
    rows = Rows("counted", "later", *["counted"] * 7)
    first = batches.start(batches.config(rows.csv, storage_mode="dynamodb", **ONE_ATTEMPT))
    assert first.wait()["rows_failed"] == 1
    mended = batches.config(rows.csv, storage_mode="dynamodb", **ONE_ATTEMPT)
    mended["input_mapping"]["static_values"] = {"tone": "kind"}
    again = {**mended, "only_failed_from": first.name, "accept_changes": True}
    outcome = batches.outcome(batches.start(again).wait())
    assert outcome.column("echo") == rows.texts
    assert rows.calls(batches) == [1, 2, 1, 1, 1, 1, 1, 1, 1]


def test_resuming_the_same_batch_twice_pays_no_row_twice(batches: Batches) -> None:
    """The first attempt at it was stopped too: its rows were made alike, so the second one takes them."""
    rows = Rows(*["counted"] * 8, "held", *["counted"] * 8, "held", *["counted"] * 8)
    one_by_one = {"execution_config": {"max_concurrency": 1, "retry_policy": {"max_attempts": 1}}}
    first = batches.start(batches.config(rows.csv, storage_mode="dynamodb", **one_by_one))
    wait_until(lambda: rows.calls(batches)[8])
    batches.stop(first)
    second = batches.start({"resume_from": first.name})
    wait_until(lambda: rows.calls(batches)[17])
    batches.stop(second)
    third = batches.outcome(batches.start({"resume_from": first.name}).wait())
    assert third.column("echo") == rows.texts
    calls = rows.calls(batches)
    assert [calls[row] for row in range(26) if row not in (8, 17)] == [1] * 24


def test_two_colleagues_on_one_csv_each_have_their_own(batches: Batches) -> None:
    rows = Rows(*["counted"] * 9)
    config = batches.config(rows.csv, storage_mode="dynamodb", **ONE_ATTEMPT)
    runs = [batches.start(config) for _ in range(2)]
    outcomes = [batches.outcome(run.wait()) for run in runs]
    assert [outcome.column("echo") for outcome in outcomes] == [rows.texts] * 2
    assert rows.calls(batches) == [2] * 9
    assert all(len(stored_by(batches, run)) == 9 for run in runs)


def test_target_cannot_be_named_into_anothers_partition(batches: Batches) -> None:
    """`<target>#<execution>` is where a batch keeps its rows."""
    rows = Rows(*["counted"] * 9)
    mine = batches.start(batches.config(rows.csv, storage_mode="dynamodb", **ONE_ATTEMPT))
    mine.wait()
    before = stored_by(batches, mine)
    config = batches.config(rows.csv, storage_mode="dynamodb", **ONE_ATTEMPT)
    config["target"]["name"] = next(iter(before))[0].partition("#")[0] + f"#{mine.name}"
    with pytest.raises(BatchError, match=r"/target/name: .*has a '#', which comes between"):
        batches.start(config).wait()
    assert stored_by(batches, mine) == before
