"""SalvageAnswers of row batches, and of the large batches that they are of."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.batch.work_folder import failure_key
from batch_processor.errors import BatchProcessorError, StorageUnavailable
from batch_processor.handlers.salvage_answers import handle
from batch_processor.results.precedence import NO_RESULT
from tests.functional.account import DATA, RESULTS, get, keys, put
from tests.functional.batches import as_json
from tests.functional.large_batches import LargeBatch, table_of
from tests.functional.tables import failures_of, items
from tests.unit.histories import History
from tests.unit.plans import failure, success

CONTENT = b"name,email\n" + b"".join(b"n%d,e%d@x.org\n" % (row, row) for row in range(1, 9))
ARN = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-rows-dev:night-1a2b3c4d-3"
BATCH = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev:night"
REASON = "Row 4 failed and continue_on_error is false. ToolBroke: no"
ABORTING = {"execution": {"continue_on_error": False}}
# As the state machine has it from a nested execution that failed.
CAUGHT = {"executionArn": ARN, "status": "FAILED", "error": "States.TaskFailed", "cause": '{"Cause":"cut off he'}
FOUND = {"structured_output": {"category": "unread", "score": 4}}
PARTIAL = "outputs/people-20261121T093444Z-night.partial.csv"


class Executions:
    """What Step Functions tells of the failed execution."""

    def __init__(self, states: Stubber) -> None:
        self._states = states

    def has(self, history: History) -> None:
        self._states.add_response("get_execution_history", {"events": history.events})

    def has_none(self) -> None:
        self._states.add_client_error("get_execution_history", "ExecutionDoesNotExist")


@pytest.fixture
def executions(account: None) -> Iterator[Executions]:
    with Stubber(client("stepfunctions")) as states:
        yield Executions(states)
        states.assert_no_pending_responses()


def history_of(batch: LargeBatch, first: int, last: int) -> History:
    """The run of a row batch, up to its rows."""
    rows = [{"index": row, "row": {}} for row in range(first, last + 1)]
    return History(as_json({"plan": batch.plan, "loaded": batch.loaded, "rows": rows}), first=first)


def salvage(batch: LargeBatch | None = None, **detail: Any) -> dict[str, Any]:
    """As the Map's child calls it for rows 3 to 6 of a batch, else as the batch machine does for the batch."""
    known = {"plan": batch.plan, "loaded": batch.row_batch(3, 6)} if batch else {}
    arn = {} if batch else {"executionArn": BATCH}
    return handle(as_json({"detail": {**CAUGHT, **arn, **detail}, **known}), None)


def outcomes(part: bytes) -> list[list[str]]:
    """What each row has of new cells, its status and its reason."""
    return [row[2:6] for row in table_of(part)]


def test_row_batch_has_its_answers_from_history_and_table_and_the_reason_elsewhere(executions: Executions) -> None:
    batch = LargeBatch(CONTENT)
    batch.store(success(3, "stored", "3"))
    history = history_of(batch, 3, 6).task("InvokeTool", FOUND, row=4)
    history.task("SendToDeadLetterQueue", failure(5, "Busy", "no"), row=5)
    executions.has(history.ended("ExecutionFailed", error="SourceUnavailable", cause="Writing: denied"))
    assert salvage(batch) == {"rows": 2}
    assert outcomes(batch.part(3, 6)) == [
        ["stored", "3", "SUCCESS", ""],
        ["unread", "4", "SUCCESS", ""],
        ["", "", "FAILED", "Busy: no"],
        ["", "", "NOT_RUN", "SourceUnavailable: Writing: denied"],
    ]
    assert batch.tally(3, 6)["statuses"] == {"SUCCESS": 2, "FAILED": 1, "NOT_RUN": 1}


def test_what_only_the_history_had_is_stored(executions: Executions) -> None:
    batch = LargeBatch(CONTENT)
    history = history_of(batch, 3, 6).task("InvokeTool", FOUND, row=4)
    executions.has(history.task("SendToDeadLetterQueue", failure(5, "Busy", "no"), row=5).ended("ExecutionAborted"))
    salvage(batch)
    assert sorted(row for _, row in items()) == ["row_0000000004", "row_0000000005"]
    assert [item["row_id"]["S"] for item in failures_of("triage#night")] == ["row_0000000005"]


def test_row_batch_that_was_never_started_has_the_reason_in_every_row(executions: Executions) -> None:
    batch = LargeBatch(CONTENT)
    batch.store(success(6, "earlier", "6"))
    executions.has_none()
    assert salvage(batch, error="StepFunctions.ExecutionLimitExceeded", cause="too many") == {"rows": 1}
    reason = ["", "", "NOT_RUN", "StepFunctions.ExecutionLimitExceeded: too many"]
    assert outcomes(batch.part(3, 6)) == [reason, reason, reason, ["earlier", "6", "SUCCESS", ""]]
    assert failures_of("triage#night") == []


def test_execution_that_is_not_there_is_told_where_nobody_says_what_it_was(executions: Executions) -> None:
    executions.has_none()
    with pytest.raises(BatchProcessorError, match=f"^Reading the history of {BATCH}: "):
        salvage()


def test_history_whose_end_is_not_there_yet_is_worth_another_attempt(executions: Executions) -> None:
    batch = LargeBatch(CONTENT)
    history = history_of(batch, 3, 6).task("InvokeTool", FOUND, row=6)
    executions.has(history)
    with pytest.raises(StorageUnavailable, match="the end of the rows yet"):
        salvage(batch)
    executions.has(history.ended("MapStateFailed"))
    with pytest.raises(StorageUnavailable, match="the end of the execution yet"):
        salvage(batch)
    executions.has(history.ended("ExecutionFailed", error="E", cause="no"))
    assert salvage(batch) == {"rows": 1}


def test_row_that_ends_the_batch_keeps_its_reason_and_leaves_word_of_it(executions: Executions) -> None:
    batch = LargeBatch(CONTENT, **ABORTING)
    batch.store(success(3, "stored", "3"))
    executions.has(history_of(batch, 3, 6).ended("ExecutionFailed", error="RowFailed", cause=REASON))
    assert salvage(batch, error="RowFailed", cause=REASON) == {"rows": 1}
    unprocessed = ["", "", "NOT_RUN", f"RowNotProcessed: {NO_RESULT['message']}"]
    ended = ["", "", "FAILED", "ToolBroke: no"]
    assert outcomes(batch.part(3, 6)) == [["stored", "3", "SUCCESS", ""], ended, unprocessed, unprocessed]
    assert json.loads(get(failure_key(batch.plan["work"]))) == {"error": "RowFailed", "cause": REASON}
    executions.has(history_of(batch, 3, 6).ended("ExecutionFailed", error="RowFailed", cause=REASON))
    salvage(batch)
    assert outcomes(batch.part(3, 6))[1] == ended
    assert json.loads(get(failure_key(batch.plan["work"]))) == {"error": "RowFailed", "cause": REASON}


def test_row_batches_that_are_aborted_with_the_batch_leave_no_word(executions: Executions) -> None:
    batch = LargeBatch(CONTENT, **ABORTING)
    executions.has(history_of(batch, 3, 6).ended("ExecutionAborted"))
    salvage(batch, status="ABORTED", error=None, cause=None)
    assert failure_key(batch.plan["work"]) not in keys(DATA)


def test_row_batch_that_fails_where_rows_go_on_leaves_no_word(executions: Executions) -> None:
    batch = LargeBatch(CONTENT)
    executions.has(history_of(batch, 3, 6).ended("ExecutionFailed", error="E", cause="no"))
    salvage(batch)
    assert failure_key(batch.plan["work"]) not in keys(DATA)


def whole(batch: LargeBatch) -> History:
    """The run of the batch itself."""
    return History().prepared(batch.plan, batch.loaded)


def test_large_batch_that_failed_leaves_what_there_is_of_it(executions: Executions) -> None:
    batch = LargeBatch(CONTENT)
    batch.finish(3, 5)
    batch.store(success(7, "stored", "7"))
    executions.has(whole(batch).ended("MapRunFailed"))
    salvaged = salvage(error="SourceUnavailable", cause="no")
    assert (salvaged["rows"], salvaged["summary"]["csv_location"]) == (4, f"s3://{DATA}/{PARTIAL}")
    written = table_of(get(PARTIAL))
    assert [row[0] for row in written] == ["name", *(f"n{row}" for row in range(1, 9))]
    assert [row[3] for row in written[1:]] == ["", "", "3", "4", "5", "", "7", ""]
    assert [row[4] for row in written[1:]].count("SUCCESS") == 4
    summary = json.loads(get(PARTIAL.replace(".csv", ".summary.json")))
    assert (summary["status"], summary["error"], summary["rows_not_run"]) == ("PARTIAL", "SourceUnavailable", 4)
    assert keys(RESULTS) == []


def test_large_batch_without_an_answer_leaves_no_csv(executions: Executions) -> None:
    batch = LargeBatch(CONTENT)
    batch.finish(3, 4, [failure(3, "Busy", "no")])
    before = keys(DATA)
    executions.has(whole(batch).ended())
    assert salvage(error="E", cause="no")["rows"] == 0
    assert {key for key in keys(DATA) if key not in before} == {PARTIAL.replace(".csv", ".summary.json")}
    assert keys(RESULTS) == []


def test_large_batch_says_which_row_ended_it(executions: Executions) -> None:
    batch = LargeBatch(CONTENT, **ABORTING)
    ended = {"error": "RowFailed", "cause": REASON}
    executions.has(history_of(batch, 3, 6).task("InvokeTool", FOUND, row=3).ended("ExecutionFailed", **ended))
    salvage(batch)
    executions.has(whole(batch).ended("MapRunFailed"))
    found = salvage(error="States.ExceedToleratedFailureThreshold", cause="The specified tolerated failure threshold")
    assert {**found, "summary": None} == {"rows": 1, "summary": None, "error": "RowFailed", "cause": REASON}
    assert found["summary"]["csv_location"] == f"s3://{DATA}/{PARTIAL}"
    summary = json.loads(get(PARTIAL.replace(".csv", ".summary.json")))
    assert (summary["error"], summary["cause"]) == ("RowFailed", REASON)
    assert table_of(get(PARTIAL))[4][5] == "ToolBroke: no"


def test_word_of_a_row_is_not_taken_for_the_reason_of_another_failure(executions: Executions) -> None:
    """After a redrive the row may have been answered, and the batch have failed at its end."""
    batch = LargeBatch(CONTENT, **ABORTING)
    put(failure_key(batch.plan["work"]), json.dumps({"error": "RowFailed", "cause": REASON}).encode())
    batch.finish(1, 8)
    executions.has(whole(batch).ended("MapRunSucceeded"))
    assert salvage(error="SourceUnavailable", cause="denied").keys() == {"rows", "summary"}


def test_large_batch_that_nobody_left_word_for_has_its_own_reason(executions: Executions) -> None:
    batch = LargeBatch(CONTENT)
    batch.finish(1, 8)
    executions.has(whole(batch).ended("MapRunFailed"))
    assert salvage(error="States.ItemReaderFailed", cause="no").keys() == {"rows", "summary"}
    assert json.loads(get(PARTIAL.replace(".csv", ".summary.json")))["error"] == "States.ItemReaderFailed"
