import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor import limits
from batch_processor.aws.client import client
from batch_processor.contract import Plan, RowRange
from batch_processor.errors import BatchProcessorError, StorageUnavailable
from batch_processor.handlers.salvage_answers import handle
from batch_processor.results import spill
from batch_processor.results.precedence import NO_RESULT
from batch_processor.results.results_table import put_success, results
from tests.functional.account import DATA, RESULTS, TOPIC, answering, get, keys, open_uploads, put
from tests.functional.batches import Context, put_batch
from tests.functional.large_batches import LargeBatch
from tests.functional.s3_calls import calls_of
from tests.functional.tables import items, throttling
from tests.unit.histories import History
from tests.unit.plans import PLAN, failure, make_loaded, output_of, success

CONTENT = b"name,email\nAna,a@x.org\nBo,b@x.org\nCy,c@x.org\nDi,d@x.org\n"
ARN = PLAN["batch"]["id"]
ABORTED = {
    "executionArn": ARN,
    "status": "FAILED",
    "error": "RowFailed",
    "cause": "Row 3 failed and continue_on_error is false. ToolBroke: no",
}
KEY = PLAN["output"]["key"].replace(".csv", ".partial.csv")


class Execution:
    """The failed execution, whose history comes page by page; moto keeps none."""

    def __init__(self, states: Stubber) -> None:
        self._states = states

    def has(self, history: History, pages: int = 1) -> None:
        size = -(-len(history.events) // pages)
        for number in range(pages):
            more = {"nextToken": f"page {number + 1}"} if number + 1 < pages else {}
            asked = {"executionArn": ARN, "includeExecutionData": True, "maxResults": 200}
            self._states.add_response(
                "get_execution_history",
                {"events": history.events[number * size : (number + 1) * size], **more},
                {**asked, **({"nextToken": f"page {number}"} if number else {})},
            )

    def refuses(self, code: str) -> None:
        self._states.add_client_error("get_execution_history", code)


@pytest.fixture
def execution(account: None) -> Iterator[Execution]:
    with Stubber(client("stepfunctions")) as states:
        yield Execution(states)
        states.assert_no_pending_responses()


def salvage(detail: dict[str, Any] = ABORTED) -> dict[str, Any]:
    return handle({"detail": detail}, None)


def prepared(plan: Plan) -> History:
    return History().prepared(plan, make_loaded(4))


def table() -> list[list[str]]:
    return list(csv.reader(io.StringIO(get(KEY).decode(), newline=""), strict=True))


def summary() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get(KEY.replace(".csv", ".summary.json")))
    return found


def test_answers_of_a_failed_batch_are_written_under_another_name(execution: Execution) -> None:
    plan = put_batch(CONTENT)
    spill.put_cells(plan["work"], 2, ["large", "2"])
    history = (
        prepared(plan)
        .task("InvokeAgent", {"structured_output": {"category": "billing", "score": 1}}, row=1)
        .task("ExtractStructuredOutput", success(1, "billing", "1"), row=1)
        .task("ExtractStructuredOutput", {"index": 2, "status": "SUCCESS", "spilled": True}, row=2)
        .ended()
    )
    execution.has(history, pages=3)
    assert salvage() == {"rows": 2, "summary": summary()}
    assert summary()["csv_location"] == f"s3://{DATA}/{KEY}"
    assert [row[0] for row in table()[1:]] == ["Ana", "Bo", "Cy", "Di"]
    assert [row[2:6] for row in table()[1:]] == [
        ["billing", "1", "SUCCESS", ""],
        ["large", "2", "SUCCESS", ""],
        ["", "", "FAILED", "ToolBroke: no"],
        ["", "", "NOT_RUN", f"RowNotProcessed: {NO_RESULT['message']}"],
    ]
    assert {name: summary()[name] for name in ("status", "execution_status", "error", "cause", "rows_succeeded")} == {
        "status": "PARTIAL",
        "execution_status": "FAILED",
        "error": ABORTED["error"],
        "cause": ABORTED["cause"],
        "rows_succeeded": 2,
    }
    assert keys(RESULTS) == []


def test_answers_are_salvaged_after_aggregate_results_failed(execution: Execution) -> None:
    history = prepared(put_batch(CONTENT))
    for row in range(1, 5):
        history.task("ExtractStructuredOutput", success(row, "billing", str(row)), row=row)
    execution.has(history.ended("MapStateSucceeded").failed_task("AggregateResults"))
    failed = {**ABORTED, "error": "SourceUnavailable", "cause": "Writing s3://results/x: access denied."}
    assert salvage(failed)["rows"] == 4
    assert [row[3] for row in table()[1:]] == ["1", "2", "3", "4"]


def test_answers_are_salvaged_of_an_execution_that_was_stopped(execution: Execution) -> None:
    """EventBridge's detail of an execution has more than is needed, and null for what there is not."""
    answer = {"structured_output": {"category": "billing", "score": 1}}
    execution.has(prepared(put_batch(CONTENT)).task("InvokeAgent", answer, row=4).ended("ExecutionAborted"))
    aborted = {"executionArn": ARN, "stateMachineArn": "…", "name": "night", "status": "ABORTED", "input": "{}"}
    assert salvage({**aborted, "error": None, "cause": None})["rows"] == 1
    assert table()[4][2:5] == ["billing", "1", "SUCCESS"]
    assert (summary()["status"], summary()["execution_status"]) == ("PARTIAL", "ABORTED")
    assert "error" not in summary()


def test_reason_of_a_stop_stands_in_the_summary_also_if_no_row_was_answered(execution: Execution) -> None:
    execution.has(prepared(put_batch(CONTENT)).ended("ExecutionAborted"))
    stopped = {**ABORTED, "status": "ABORTED", "error": "Maintenance", "cause": "Größeres Fenster"}
    assert salvage(stopped) == {"rows": 0, "summary": summary()}
    told = {name: summary().get(name) for name in ("status", "error", "cause", "rows_not_run", "csv_location")}
    assert told == {
        "status": "FAILED",
        "error": "Maintenance",
        "cause": "Größeres Fenster",
        "rows_not_run": 4,
        "csv_location": None,
    }
    assert KEY not in keys(DATA)


def test_reason_of_a_stop_that_the_event_does_not_tell_is_in_the_history(
    execution: Execution, topic: list[dict[str, Any]]
) -> None:
    reason = {"error": "Maintenance", "cause": "Größeres Fenster"}
    history = prepared(put_batch(CONTENT)).task("ExtractStructuredOutput", success(1, "billing", "1"), row=1)
    history.entered("InvokeAgent", row=2).scheduled(2, {"Name": "night-0123abcd-2-1"})
    execution.has(history.ended("ExecutionAborted", **reason))
    detail = {"executionArn": ARN, "status": "ABORTED", "error": None, "cause": None}
    handle({"source": "aws.states", "detail": detail}, None)
    assert {name: summary()[name] for name in reason} == reason
    assert topic[0]["Subject"] == "Batch night: PARTIAL, Maintenance"
    assert table()[2][4:6] == ["FAILED", "RowInterrupted: The batch ended before the target had answered."]


@pytest.mark.parametrize("wanted", [True, False])
def test_what_eventbridge_tells_of_is_announced_in_the_form_of_all_messages(
    execution: Execution, topic: list[dict[str, Any]], wanted: bool
) -> None:
    plan = put_batch(CONTENT)
    plan["notification"] = {**plan["notification"], "failure": wanted, "topic_arn": TOPIC}
    execution.has(prepared(plan).task("ExtractStructuredOutput", success(1, "billing", "1"), row=1).ended())
    stopped = {**ABORTED, "status": "ABORTED", "error": "Maintenance", "cause": "Größeres Fenster"}
    handle({"source": "aws.states", "detail": stopped}, None)
    if not wanted:
        assert topic == []
        return
    [published] = topic
    texts = json.loads(published["Message"])
    assert json.loads(texts["default"]) == summary()
    assert texts["email"].startswith(
        "Batch night: PARTIAL, Maintenance\n\n1 of 4 rows succeeded, 3 not run.\n\nGrößeres Fenster"
    )
    assert f"CSV: s3://{DATA}/{KEY}" in texts["email"]
    assert (published["TopicArn"], published["Subject"]) == (TOPIC, "Batch night: PARTIAL, Maintenance")
    assert published["MessageStructure"] == "json"
    assert {name: value["StringValue"] for name, value in published["MessageAttributes"].items()} == {
        "outcome": "FAILED",
        "status": "PARTIAL",
    }


def test_batch_that_had_no_plan_yet_is_announced_to_the_stacks_topic(
    execution: Execution, topic: list[dict[str, Any]]
) -> None:
    execution.has(History().failed_task("ValidateInput").ended("ExecutionTimedOut"))
    detail = {"executionArn": ARN, "status": "TIMED_OUT", "error": None, "cause": None}
    assert handle({"source": "aws.states", "detail": detail}, None) == {"rows": 0}
    [published] = topic
    assert json.loads(json.loads(published["Message"])["default"]) == {
        "status": "FAILED",
        "batch": "night",
        "execution_status": "TIMED_OUT",
        "error": "",
        "cause": "",
        "execution_arn": ARN,
    }
    assert published["TopicArn"] == TOPIC


def test_row_that_timed_out_stays_so(execution: Execution) -> None:
    history = prepared(put_batch(CONTENT)).task("ExtractStructuredOutput", success(1, "billing", "1"), row=1)
    history.task("SendToDeadLetterQueue", failure(2, "States.Timeout", "Execution timeout", timeout=True), row=2)
    execution.has(history.ended())
    cause = "Row 3 failed and continue_on_error is false. States.Timeout: Execution timeout after 300 s"
    salvage({**ABORTED, "cause": cause})
    assert [row[4] for row in table()[1:]] == ["SUCCESS", "TIMEOUT", "TIMEOUT", "NOT_RUN"]
    assert summary()["rows_timed_out"] == 2


def test_repeated_invocation_comes_to_the_same_end(execution: Execution) -> None:
    history = prepared(put_batch(CONTENT)).task("ExtractStructuredOutput", success(1, "billing", "1"), row=1).ended()
    execution.has(history)
    execution.has(history)
    first, second = salvage(), salvage()
    for moment in ("finished_at", "execution_time_ms"):
        del first["summary"][moment], second["summary"][moment]
    assert first == second


def test_later_partial_output_replaces_the_earlier_one(execution: Execution) -> None:
    """The execution was redriven, and failed once more."""
    history = prepared(put_batch(CONTENT)).task("ExtractStructuredOutput", success(1, "billing", "1"), row=1).ended()
    execution.has(history)
    execution.has(history.task("ExtractStructuredOutput", success(2, "sales", "2"), row=2).ended())
    assert [salvage()["rows"], salvage()["rows"]] == [1, 2]
    assert [row[2] for row in table()[1:]] == ["billing", "sales", "", ""]
    assert summary()["rows_succeeded"] == 2


def test_partial_output_of_another_batch_is_never_overwritten(execution: Execution) -> None:
    put(KEY, b"theirs")
    plan = put_batch(CONTENT)
    execution.has(prepared(plan).task("ExtractStructuredOutput", success(1, "billing", "1"), row=1).ended())
    with pytest.raises(BatchProcessorError, match="nothing is overwritten"):
        salvage()
    assert get(KEY) == b"theirs"


def test_results_found_in_the_history_are_stored_for_a_batch_that_resumes(execution: Execution) -> None:
    plan = put_batch(CONTENT)
    spill.put_cells(plan["work"], 2, ["large", "2"])
    history = (
        prepared(plan)
        .task("ExtractStructuredOutput", success(1, "billing", "1"), row=1)
        .task("ExtractStructuredOutput", {"index": 2, "status": "SUCCESS", "spilled": True}, row=2)
        .task("InvokeAgent", {"structured_output": {"category": "unread", "score": 4}}, row=4)
        .ended()
    )
    execution.has(history)
    salvage()
    store, rows = make_loaded(4)["storage"], RowRange(first=1, last=4)
    found = {result["index"]: result for result in results(store, output_of(["category", "score"]), rows)}
    assert {index: result.get("cells") for index, result in found.items()} == {
        1: ["billing", "1"],
        2: ["large", "2"],
        3: None,
        4: ["unread", "4"],
    }
    assert (found[3]["status"], found[3]["error"]) == ("FAILED", "ToolBroke")
    assert found[1]["at"] == success(1)["at"]


@pytest.mark.parametrize("refused", [("PutObject", 503, "SlowDown"), ("PutObject", 403, "AccessDenied")])
def test_answers_are_stored_though_the_partial_csv_cannot_be_written(
    execution: Execution, refused: tuple[str, int, str]
) -> None:
    history = prepared(put_batch(CONTENT)).task("ExtractStructuredOutput", success(1, "billing", "1"), row=1).ended()
    execution.has(history)
    with answering(*refused), pytest.raises(BatchProcessorError, match=r"^Writing s3://data/outputs"):
        salvage()
    assert [row for _, row in sorted(items())] == ["row_0000000001", "row_0000000003"]
    assert KEY not in keys(DATA)


def test_partial_csv_is_written_though_the_answers_cannot_be_stored(execution: Execution) -> None:
    history = prepared(put_batch(CONTENT)).task("ExtractStructuredOutput", success(1, "billing", "1"), row=1).ended()
    execution.has(history)
    with throttling("PutItem"), pytest.raises(StorageUnavailable):
        salvage()
    assert table()[1][2:5] == ["billing", "1", "SUCCESS"]


def test_rows_that_were_not_processed_are_not_stored(execution: Execution) -> None:
    execution.has(prepared(put_batch(CONTENT)).task("SendToDeadLetterQueue", failure(1, "Busy", "no"), row=1).ended())
    salvage({**ABORTED, "cause": "no"})
    assert [row for _, row in items()] == ["row_0000000001"]


def test_answers_of_a_batch_that_keeps_them_in_the_table_come_from_there(execution: Execution) -> None:
    plan = put_batch(CONTENT)
    storage: Any = {**make_loaded(4)["storage"], "mode": "dynamodb"}
    put_success(storage, plan["work"], 1, ["category", "score"], ["billing", "1"], None, success(1)["at"], 5)
    history = (
        History()
        .prepared(plan, make_loaded(4, storage=storage))
        .task("ExtractStructuredOutput", {"index": 1, "status": "SUCCESS", "stored": True}, row=1)
        .task("InvokeAgent", {"structured_output": {"category": "unread", "score": 4}}, row=4)
        .ended()
    )
    execution.has(history)
    assert salvage()["rows"] == 2
    assert [row[2] for row in table()[1:]] == ["billing", "", "", "unread"]
    assert items()["triage#night", "row_0000000001"]["execution_time_ms"] == {"N": "5"}


def test_batch_without_an_answer_leaves_no_csv(execution: Execution) -> None:
    execution.has(prepared(put_batch(CONTENT)).task("SendToDeadLetterQueue", failure(1, "Busy", "no"), row=1).ended())
    before = keys(DATA)
    assert salvage()["rows"] == 0
    assert ([key for key in keys(DATA) if key not in before], keys(RESULTS)) == (
        [KEY.replace(".csv", ".summary.json")],
        [],
    )


def test_batch_that_failed_before_it_had_a_plan_leaves_nothing(execution: Execution) -> None:
    execution.has(History().failed_task("ValidateInput").ended("ExecutionFailed"))
    assert salvage() == {"rows": 0}


def test_history_that_is_not_whole_yet_is_worth_another_attempt(execution: Execution) -> None:
    execution.has(prepared(put_batch(CONTENT)).task("ExtractStructuredOutput", success(1, "a", "1"), row=1), pages=2)
    with pytest.raises(StorageUnavailable, match="does not have the end of the rows yet"):
        salvage()


def test_throttling_is_worth_another_attempt(execution: Execution) -> None:
    execution.refuses("ThrottlingException")
    with pytest.raises(StorageUnavailable, match="Reading the history of"):
        salvage()


def test_execution_that_is_not_there_is_told(execution: Execution) -> None:
    execution.refuses("ExecutionDoesNotExist")
    with pytest.raises(BatchProcessorError, match=f"^Reading the history of {ARN}: ") as caught:
        salvage()
    assert type(caught.value) is BatchProcessorError


def large(execution: Execution) -> LargeBatch:
    """A large batch that failed at its end, two of whose rows were answered."""
    batch = LargeBatch(CONTENT)
    batch.finish(1, 2)
    execution.has(History().prepared(batch.plan, batch.loaded).ended("MapRunSucceeded").failed_task("AggregateResults"))
    return batch


def test_partial_csv_that_one_invocation_cannot_write_is_not_begun_and_it_is_told_where_the_answers_are(
    execution: Execution, topic: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = large(execution)
    monkeypatch.setattr(limits, "PASSED_BYTES_A_SECOND", 0.01)
    before = keys(DATA)
    answer = handle({"source": "aws.states", "detail": {**ABORTED, "error": "Stopped", "cause": "Maintenance"}}, None)
    assert answer["error"] == "Stopped"
    assert answer["cause"] == (
        f"Maintenance\n\nNo partial CSV was written: of {len(batch.part(1, 2))} bytes, it would take longer than a function "
        "may run. All rows that ended are kept: in the results table, and without a header under s3://data/work/"
        "night-1a2b3c4d/parts/. A batch with resume_from pays for none of the answers again."
    )
    assert keys(DATA) == before
    assert json.loads(json.loads(topic[0]["Message"])["default"])["cause"] == answer["cause"]


@pytest.mark.parametrize("error", ["OutOfTime", "OutputTooLarge"])
def test_what_the_batch_had_no_time_for_is_not_tried_again(execution: Execution, error: str) -> None:
    large(execution)
    with calls_of("GetObject") as read:
        assert salvage({**ABORTED, "error": error, "cause": "Too much."})["cause"].startswith(
            "Too much.\n\nNo partial CSV"
        )
    assert not [call for call in read if "/parts/" in call["Key"]]


def test_salvage_that_runs_out_of_time_leaves_nothing_half_written_and_says_so(execution: Execution) -> None:
    batch = LargeBatch(CONTENT)
    batch.finish(1, 2)
    history = History().prepared(batch.plan, batch.loaded).ended("MapRunSucceeded").failed_task("AggregateResults")
    execution.has(history)
    # Time enough for each event of the history, and for nothing else.
    answer = handle({"detail": ABORTED}, Context(60 + len(history.events), passing=1))
    assert answer["error"] == ABORTED["error"]
    assert "No partial CSV was written, which takes longer than a function may run." in answer["cause"]
    assert (KEY in keys(DATA), open_uploads(DATA)) == (False, [])
