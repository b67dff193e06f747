import urllib.parse
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.batch import recording
from batch_processor.errors import BatchProcessorError, BeforeAnyCall
from batch_processor.operations.deployment import Deployment
from batch_processor.operations.failures.explanation import explain_failures
from batch_processor.operations.failures.rows import get_rows
from batch_processor.operations.running.outcome import get_batch_results
from batch_processor.operations.running.progress import monitor_batch_execution
from tests.functional.account import put
from tests.functional.batches import put_batch
from tests.functional.operations.deployed import Batch, fail, make_deployment, succeed
from tests.functional.operations.test_starting import CONFIG
from tests.unit.plans import failure, success

HEADER = "name,email,category,score,_status,_error_message,_timestamp,_execution_time_ms"


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Deployment:
    return make_deployment(monkeypatch)


@pytest.fixture
def ended(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> Batch:
    """Four rows: one was answered, two failed, one timed out."""
    source = put_batch(b'name,email\nAda,a\nBob,b\n"Car\nol",c\nDan,d\n')["source"]
    batch = Batch("night", 4, config=CONFIG, source=source).start().load()
    batch.store(
        success(1, "billing", "3"),
        failure(2, "ToolBroke", 'no such company "Bob"'),
        failure(3, "States.Timeout", "Execution timeout: no answer within 300 s", timeout=True),
        failure(4, "ToolBroke", 'no such company "Dan"'),
    )
    rows = (
        "Ada,a,billing,3,SUCCESS,,,10",
        "Bob,b,,,FAILED,ToolBroke: so,,9",
        "C,c,,,TIMEOUT,x,,",
        "Dan,d,,,FAILED,x,,",
    )
    batch.write_output(HEADER, *rows)
    batch.end(
        "COMPLETED_WITH_ERRORS", {"target_error": 2, "timeout": 1}, rows_succeeded=1, rows_failed=3, rows_timed_out=1
    )
    succeed(monkeypatch, batch)
    return batch


def test_results_say_what_came_out_and_what_to_type(ended: Batch, deployment: Deployment) -> None:
    results = get_batch_results("night", deployment, sample_rows=1, download_link=True)
    assert (results["status"], results["rows_processed"]) == ("COMPLETED_WITH_ERRORS", 4)
    assert results["rows_processed"] == results["rows_succeeded"] + results["rows_failed"]
    assert (results["rows_total"], results["rows_timed_out"]) == (4, 1)
    assert results["failures"] == [{"cause": "target_error", "count": 2}, {"cause": "timeout", "count": 1}]
    assert results["error_details_location"] == f"{results['output_csv_uri']} (see _error_message column)"
    assert results["sample_rows"][0]["category"] == "billing"
    assert (
        "X-Amz-Expires=900" in results["download_url"]
        or "Expires=" in urllib.parse.urlparse(results["download_url"]).query
    )
    assert results["next_steps"] == ["batchctl failures night", "batchctl retry night"]
    assert "error" not in results


def test_results_of_a_batch_that_runs_are_its_progress(deployment: Deployment) -> None:
    Batch("night", 4).start()
    results = get_batch_results("@last", deployment)
    assert (results["status"], results["rows_processed"]) == ("RUNNING", 0)
    assert results["next_steps"] == ["batchctl watch night"]


def test_batch_that_failed_says_why_and_how_to_go_on(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = Batch("night", 3, config=CONFIG).start().load().end("PARTIAL", rows_succeeded=2, rows_not_run=1)
    fail(
        monkeypatch,
        batch,
        "Batch.StackUpdated",
        "The stack was updated.\n\nThe 2 answers received until then: s3://x/y",
    )
    results = get_batch_results("night", deployment)
    assert (results["status"], results["error"], results["reason"]) == (
        "PARTIAL",
        "StackUpdated",
        "The stack was updated.",
    )
    explained = explain_failures("night", deployment)
    assert explained["batch_error"]["cause"] == "stack_updated"
    assert explained["batch_error"]["command"] == "batchctl resume night"
    assert [(group["cause"], group["count"]) for group in explained["groups"]] == [("not_run", 1)]


def test_refused_config_is_explained_with_all_that_is_wrong(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = Batch("night", 0).start()
    told = "The configuration has 1 problem:\n- /target: there is no agent tirage; did you mean triage?"
    fail(monkeypatch, batch, "Batch.InvalidConfiguration", told)
    explained = explain_failures("night", deployment)
    assert (explained["batch_error"]["error"], explained["batch_error"]["example"]) == ("InvalidConfiguration", told)
    assert explained["batch_error"]["cause"] == "bad_input"
    assert "command" not in explained["batch_error"]
    assert explained["groups"] == []
    # It would be refused once more, so nobody is told to resume it.
    refused = get_batch_results("night", deployment)
    assert refused["next_steps"] == ["batchctl failures night"]
    assert "retry_suggestion" not in refused
    progress = monitor_batch_execution("night", deployment)
    assert (progress["status"], progress["stage"], progress["error"]) == ("FAILED", "ended", "InvalidConfiguration")


def test_failed_rows_are_explained_by_reason_with_their_lines(ended: Batch, deployment: Deployment) -> None:
    explained = explain_failures("night", deployment)
    first, second = explained["groups"]
    assert (first["cause"], first["error"], first["count"], first["share"]) == ("target_error", "ToolBroke", 2, 0.6667)
    assert (first["first_rows"], first["lines"]) == ([2, 4], [3, 6])
    assert first["example"] == 'no such company "Bob"'
    assert (second["cause"], second["first_rows"], second["lines"]) == ("timeout", [3], [4])
    assert first["command"] == "batchctl retry night"
    assert explained["next_steps"] == ["batchctl rows night --status failed", "batchctl retry night"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"status": "BOGUS"}, "no status of a row"), ({"rows": "5-x"}, "names no rows"), ({"next": "tok"}, "is no page")],
)
def test_rows_that_are_asked_for_wrongly_are_the_callers_fault(
    ended: Batch, deployment: Deployment, asked: dict[str, str], told: str
) -> None:
    with pytest.raises(BeforeAnyCall, match=told):
        get_rows("night", deployment, **asked)  # type: ignore[arg-type]


def test_rows_come_from_the_table_page_by_page(ended: Batch, deployment: Deployment) -> None:
    page = get_rows("night", deployment, limit=2)
    assert [row["row"] for row in page["rows"]] == [1, 2]
    assert page["rows"][0]["output"] == {"category": "billing", "score": "3"}
    assert page["rows"][0]["input"] == {"contact": "row 1"}
    rest = get_rows("night", deployment, limit=2, next=page["next"])
    assert [row["status"] for row in rest["rows"]] == ["TIMEOUT", "FAILED"]
    assert "next" not in rest


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({"status": "failed"}, [2, 3, 4]),
        ({"status": "Timeout"}, [3]),
        ({"status": "success"}, [1]),
        ({"rows": "4,1-2"}, [1, 2, 4]),
        ({"rows": "3-9", "status": "FAILED"}, [3, 4]),
        ({"status": "skipped"}, []),
    ],
)
def test_rows_are_found_by_status_and_number(
    ended: Batch, deployment: Deployment, asked: dict[str, Any], rows: list[int]
) -> None:
    assert [row["row"] for row in get_rows("night", deployment, **asked)["rows"]] == rows


def test_rows_of_a_small_batch_come_from_its_output(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = Batch("night", 2)
    batch.loaded["storage"]["mode"] = "inline"
    batch.start().load().write_output(HEADER, "Ada,a,billing,3,SUCCESS,,2026-12-01,10", "Bob,b,,,FAILED,Broke: so,,9")
    batch.end("COMPLETED_WITH_ERRORS", rows_succeeded=1, rows_failed=1)
    assert get_rows("night", deployment)["rows"] == []
    succeed(monkeypatch, batch)
    first, second = get_rows("night", deployment)["rows"]
    assert (first["output"], first["input"]) == ({"category": "billing", "score": "3"}, {"name": "Ada", "email": "a"})
    assert (second["status"], second["error_message"], second["execution_time_ms"]) == ("FAILED", "Broke: so", 9)
    page = get_rows("night", deployment, limit=1)
    assert get_rows("night", deployment, next=page["next"])["rows"] == [second]


@pytest.mark.parametrize("asked", [{"status": "broken"}, {"next": "one"}, {"rows": "x"}])
def test_what_asks_for_no_rows_is_refused(ended: Batch, deployment: Deployment, asked: dict[str, str]) -> None:
    with pytest.raises(BatchProcessorError):
        get_rows("night", deployment, **asked)  # type: ignore[arg-type]


def test_batch_that_step_functions_has_forgotten_is_told_by_the_table(deployment: Deployment) -> None:
    batch = Batch("old", 3).end("COMPLETED_WITH_ERRORS", {"denied": 1}, rows_succeeded=2, rows_failed=1)
    progress = monitor_batch_execution(batch.arn, deployment)
    assert (progress["status"], progress["outcome"], progress["rows_processed"]) == (
        "SUCCEEDED",
        "COMPLETED_WITH_ERRORS",
        3,
    )
    assert progress["failures"] == [{"cause": "denied", "count": 1}]
    Batch("lost", 3)
    assert monitor_batch_execution("lost", deployment)["status"] == "UNKNOWN"


def test_batch_of_before_there_was_a_table_is_told_by_its_summary(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = Batch("early", 3).start().load().end("SUCCEEDED", rows_succeeded=3)
    succeed(monkeypatch, batch)
    client("dynamodb").delete_item(TableName=deployment.batches_table, Key={"batch_key": {"S": batch.key}})
    assert monitor_batch_execution("early", deployment)["rows_processed"] == 3
    assert get_batch_results("early", deployment)["rows_succeeded"] == 3
    put("unrelated", b"")


def test_stopped_batch_whose_rows_are_not_written_down_yet_says_so(deployment: Deployment) -> None:
    batch = Batch("night", 4).start().load()
    counts = {"rows_succeeded": 2, "rows_failed": 1}
    recording.row_batch_ended(batch.plan["batch"], recording.Counts(counts, {"timeout": 1}, {}))
    client("stepfunctions").stop_execution(executionArn=batch.arn)
    results = get_batch_results("night", deployment)
    assert (results["rows_succeeded"], results["rows_failed"], results["rows_total"]) == (2, 1, 4)
    assert "not written down yet" in results["message"]
    batch.end("FAILED", rows_not_run=4)
    assert "not written down yet" not in get_batch_results("night", deployment)["message"]
