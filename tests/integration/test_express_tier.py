"""Rows in Express children, on the deployed stack: what comes out, what each child leaves behind, and what row batches get."""

import json
from collections import Counter
from typing import Any

import pytest

from batch_processor.batch.names import batch_key
from batch_processor.batch.work_folder import parts_prefix, rows_of_part, unfinished_prefix, work_location
from batchctl.account import Account
from tests.integration.batches import Batches, Inbox, Outcome, Rows, behaviours, to_csv

pytestmark = pytest.mark.express

ROWS = 500
TWO_ATTEMPTS: dict[str, Any] = {
    "execution_config": {
        "timeout_seconds": 30,
        "max_concurrency": 20,
        "retry_policy": {"max_attempts": 2, "interval_seconds": 1},
    },
}


def test_rows_come_out_once_each_in_order_and_each_child_leaves_a_part_of_them(batches: Batches) -> None:
    texts = [f"text {number}" for number in range(1, ROWS + 1)]
    run = batches.start(batches.config(to_csv(("text",), *((text,) for text in texts)), **TWO_ATTEMPTS))
    outcome = batches.outcome(run.wait())
    assert outcome.column("text") == outcome.column("echo") == texts
    assert Counter(outcome.column("_status")) == {"SUCCESS": ROWS}, Counter(outcome.column("_error_message"))
    assert (outcome.summary["execution_tier"], outcome.summary["rows_succeeded"]) == ("express", ROWS)

    work = work_location(batches.bucket, batch_key(run.execution_arn))
    manifest = json.loads(batches.read(f"s3://{batches.bucket}/{work['prefix']}manifest.json"))
    parts = [key for key in batches.keys(parts_prefix(work)) if key.endswith(".csv")]
    ranges = [rows_of_part(key) for key in parts]
    assert [rows["first"] for rows in ranges] == [1, *(rows["last"] + 1 for rows in ranges[:-1])]
    assert (ranges[0]["first"], ranges[-1]["last"]) == (1, ROWS)
    sizes = [rows["last"] - rows["first"] + 1 for rows in ranges]
    assert set(sizes[:-1]) == {manifest["loaded"]["fan_out"]["batch_rows"]}
    heads = [batches.s3.head_object(Bucket=batches.bucket, Key=key) for key in parts]
    tallies = [json.loads(head["Metadata"]["tally"]) for head in heads]
    assert [tally["statuses"] for tally in tallies] == [{"SUCCESS": size} for size in sizes]
    # Nothing was left to row batches.
    assert outcome.summary["row_batches"] == len(parts)
    assert not batches.keys(unfinished_prefix(work))
    assert not batches.row_batches(run)


def test_rows_end_as_they_do_in_row_batches(batches: Batches, account: Account) -> None:
    inbox, letters = Inbox(account, account.outputs["DeadLetterQueueUrl"]), list[dict[str, Any]]()

    def run(tier: str) -> Outcome:
        outcome = batches.run(given, **TWO_ATTEMPTS, execution_tier=tier)
        assert outcome.summary["execution_tier"] == tier
        letters.append(inbox.wait_for(outcome.summary["batch"]))
        return outcome

    given = behaviours("echo", "fail", "flaky", "mute", "list", "types", "nothing", "exit", "huge")
    express, standard = run("express"), run("standard")
    told = ("id", "text", "behaviour", "echo", "length", "_status")
    for row, same in zip(express.rows, standard.rows, strict=True):
        assert [row[name] for name in told] == [same[name] for name in told]
        assert _without_request(row["_error_message"]) == _without_request(same["_error_message"])
    assert express.summary["causes"] == standard.summary["causes"]
    assert letters[0].keys() == letters[1].keys()


def _without_request(message: str) -> str:
    """An error of the runtime has the request's id."""
    return message.partition("RequestId: ")[0]


def test_answers_that_no_function_reads_are_asked_for_once(batches: Batches, account: Account) -> None:
    rows, name = Rows(*["counted"] * 6), batches.function("ExtractStructuredOutput")
    functions = account.client("lambda")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        outcome = batches.run(rows.csv, **TWO_ATTEMPTS)
    finally:
        functions.delete_function_concurrency(FunctionName=name)
    # The row batches that the children's rows were left to found the answers in the table.
    assert outcome.column("echo") == rows.texts
    assert outcome.summary["execution_tier"] == "express"
    assert rows.calls(batches) == [1] * 6
