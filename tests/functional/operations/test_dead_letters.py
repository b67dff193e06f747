import json
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.batch import manifest
from batch_processor.errors import BatchProcessorError
from batch_processor.operations.dead_letters import letters
from batch_processor.operations.dead_letters.queue import drain_dead_letters, list_dead_letters, rerun_dead_letters
from batch_processor.operations.deployment import Deployment
from tests.functional.account import put
from tests.functional.operations.deployed import Batch, make_deployment, succeed
from tests.functional.operations.test_starting import CONFIG
from tests.unit.plans import failure, success


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    put("inputs/people.csv", b"name,email\nAda,ada@x.org\n")
    return make_deployment(monkeypatch)


def write(deployment: Deployment, batch: Batch, *rows: int, error: str = "States.Timeout") -> None:
    """Letters as the machine writes them."""
    for row in rows:
        body = {"batch": batch.plan["batch"], "row": row, "input": {}, "error": error, "reason": "so", "cause": ""}
        client("sqs").send_message(QueueUrl=deployment.dead_letter_queue_url, MessageBody=json.dumps(body))


def held(deployment: Deployment) -> list[int]:
    """The rows of all letters that can be had."""
    found: list[int] = []
    while (
        answer := client("sqs")
        .receive_message(QueueUrl=deployment.dead_letter_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=600)
        .get("Messages")
    ):
        bodies = [json.loads(message["Body"]) for message in answer]
        found += [body["row"] if body else 0 for body in bodies]
    return sorted(found)


def batch(name: str, monkeypatch: pytest.MonkeyPatch, **sections: Any) -> Batch:
    made = Batch(name, 5, config=CONFIG, **sections).start().load()
    made.store(success(1, "a", "1"), failure(2, "States.Timeout", "late", timeout=True), failure(3, "ToolBroke", "so"))
    made.end("COMPLETED_WITH_ERRORS", rows_succeeded=3, rows_failed=2)
    succeed(monkeypatch, made)
    return made


def test_letters_are_listed_by_batch_and_cause_and_stay(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    night, day = batch("night", monkeypatch), batch("day", monkeypatch)
    write(deployment, night, *range(20, 1, -1))
    write(deployment, night, 1, error="ToolBroke")
    write(deployment, day, 9)
    client("sqs").send_message(QueueUrl=deployment.dead_letter_queue_url, MessageBody="[]")
    listed = list_dead_letters(deployment)
    assert (listed["messages"], listed["unreadable"], listed["complete"]) == (22, 1, True)
    counted = [(group["batch"], group["cause"], group["count"]) for group in listed["groups"]]
    assert counted == [("night", "timeout", 19), ("day", "timeout", 1), ("night", "target_error", 1)]
    assert listed["groups"][0]["first_rows"] == [2, 3, 4, 5, 6]
    assert listed["groups"][0]["oldest"].endswith("Z")
    assert list_dead_letters(deployment, "day")["messages"] == 1
    assert len(held(deployment)) == 22


def test_what_to_type_next_begins_with_the_batch_of_most_letters(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    night, day = batch("night", monkeypatch), batch("day", monkeypatch)
    write(deployment, day, 1)
    write(deployment, night, 2, 3)
    assert list_dead_letters(deployment)["next_steps"] == [
        "batchctl dead-letters rerun night",
        "batchctl dead-letters rerun day",
        "batchctl dead-letters drain",
    ]
    drained = drain_dead_letters(deployment, "day", dealt_with_only=False)
    assert drained["message"] == "1 letter was taken out, 2 stay."


def test_of_a_large_queue_the_counts_are_of_what_was_read(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters.letters_in.__wrapped__, "__defaults__", (10,))  # type: ignore[attr-defined]
    write(deployment, batch("night", monkeypatch), *range(1, 16))
    listed = list_dead_letters(deployment)
    assert (listed["messages"], listed["complete"]) == (10, False)


def test_letters_that_somebody_else_looks_at_make_it_incomplete(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(deployment, batch("night", monkeypatch), 1, 2)
    client("sqs").receive_message(QueueUrl=deployment.dead_letter_queue_url, VisibilityTimeout=600)
    listed = list_dead_letters(deployment)
    assert (listed["messages"], listed["complete"]) == (1, False)


def test_rows_of_letters_run_again_and_only_then(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    night = batch("night", monkeypatch)
    assert rerun_dead_letters("night", deployment)["status"] == "NOTHING_TO_DO"
    write(deployment, night, 2, 3)
    answer: Any = rerun_dead_letters("night", deployment)
    given = client("stepfunctions").describe_execution(executionArn=answer["execution_arn"])["input"]
    assert json.loads(given) == {"only_failed_from": "night"}
    assert held(deployment) == [2, 3]


def test_letters_of_rows_that_have_an_answer_are_drained(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    night, day = batch("night", monkeypatch), batch("day", monkeypatch)
    write(deployment, night, 1, 2, 3)
    write(deployment, day, 2)
    retried = Batch("retried", 5, earlier={"batch": "night", "only_failed": True, "rows": [], "runs": []}).load()
    retried.store(success(2, "late", "2"))
    manifest.add_successor(deployment.data_bucket, night.key, "alike", retried.arn)
    drained = drain_dead_letters(deployment)
    # Row 1 was answered by the batch itself, row 2 by the one that went on with it; row 3 and the other batch's have none.
    assert (drained["removed"], drained["kept"]) == (2, 2)
    assert "fault" not in drained
    assert held(deployment) == [2, 3]


def test_letters_that_nobody_can_tell_of_stay_unless_their_batch_is_named(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared = Batch("cleared", 3).start()
    write(deployment, cleared, 1, 2)
    drained = drain_dead_letters(deployment)
    assert (drained["removed"], drained["kept"]) == (0, 2)
    assert "work folders are cleared" in drained["fault"]
    assert drain_dead_letters(deployment, "cleared", dealt_with_only=False)["removed"] == 2
    assert held(deployment) == []


def test_letters_of_every_batch_are_never_taken_out_unseen(deployment: Deployment) -> None:
    with pytest.raises(BatchProcessorError, match="name their batch"):
        drain_dead_letters(deployment, dealt_with_only=False)
