import json
from typing import Any

import pytest

from batch_processor.results.failure import Failure, aborting_row, innermost, interrupted, result_of_others
from batch_processor.results.precedence import NO_RESULT


def failed(error: str | None, cause: str | None, status: str = "FAILED") -> Failure:
    return Failure.of({"status": status, "error": error, "cause": cause})


@pytest.mark.parametrize(
    ("error", "message", "status"),
    [
        ("ToolBroke", "could not: handle\nit", "FAILED"),
        ("States.Timeout", "Execution timeout after 300 s", "TIMEOUT"),
        ("Sandbox.Timedout", "RequestId: 5b1c368c Error: Task timed out after 3.00 seconds", "TIMEOUT"),
        ("States.TaskFailed", "Execution timeout in the agent itself", "TIMEOUT"),
        ("Lambda.Unknown", "2024-11-26T00:36:39.604Z 5b1c368c Task timed out after 600.15 seconds", "TIMEOUT"),
        ("States.TaskFailed", "KeyError: Task timed out after lunch", "FAILED"),
        ("States.TaskFailed", "Execution aborted", "FAILED"),
    ],
)
def test_row_that_ended_the_batch_has_its_reason(error: str, message: str, status: str) -> None:
    failure = failed("RowFailed", f"Row 12 failed and continue_on_error is false. {error}: {message}")
    assert aborting_row(failure) == {"index": 12, "status": status, "error": error, "message": message}
    assert result_of_others(failure) == NO_RESULT


@pytest.mark.parametrize("cause", [None, "", "The execution was aborted."])
def test_batch_that_no_row_ended_has_no_such_row(cause: str | None) -> None:
    assert aborting_row(failed("E", cause)) is None


@pytest.mark.parametrize("error", ["RowFailed", "Batch.RowFailed", "Unannounced.RowFailed"])
def test_failure_that_the_machine_has_put_into_words_is_what_it_was(error: str) -> None:
    reason = "Row 3 failed and continue_on_error is false. ToolBroke: no\n\nreally"
    said = f"{reason}\n\nThe 2 answers received until then: s3://data/outputs/x.partial.csv"
    assert failed(error, said) == Failure("FAILED", "RowFailed", reason)


@pytest.mark.parametrize(
    ("failure", "error", "message"),
    [
        (failed("Lambda.Unknown", "no"), "Lambda.Unknown", "no"),
        (failed(None, None, "ABORTED"), "RowBatchFailed", "The row batch's execution ended as ABORTED."),
        (failed("E", "x" * 9_000), "E", "x" * 2_000),
    ],
)
def test_rows_of_a_row_batch_that_failed_have_its_reason(failure: Any, error: str, message: str) -> None:
    assert result_of_others(failure) == {"index": 0, "status": "NOT_RUN", "error": error, "message": message}


def described(error: str | None, cause: Any, status: str = "FAILED", given: Any = None) -> str:
    """The cause of a `.sync` task: the description of an execution that did not succeed."""
    said = cause if cause is None or isinstance(cause, str) else json.dumps(cause)
    document = {"Cause": said, "Error": error, "ExecutionArn": "arn", "Input": given or {}, "Status": status}
    present = {key: value for key, value in document.items() if value is not None}
    return json.dumps({**present, "StopDate": 1}, ensure_ascii=False, separators=(",", ":"))


def raised(error: str, message: str, **style: Any) -> str:
    """What a function that raised leaves, as its runtime writes it."""
    return json.dumps({"errorMessage": message, "errorType": error, "requestId": "r", "stackTrace": ["x"]}, **style)


@pytest.mark.parametrize(
    ("error", "cause", "told"),
    [
        ("E", "plain words", ("E", "plain words")),
        ("LookupError", raised("LookupError", "no 'ä' there"), ("LookupError", "no 'ä' there")),
        ("LookupError", raised("LookupError", "no ä", ensure_ascii=False), ("LookupError", "no ä")),
        ("States.TaskFailed", described("Quota", "none left"), ("Quota", "none left")),
        ("States.TaskFailed", described("LookupError", raised("LookupError", "'plz'")), ("LookupError", "'plz'")),
        (
            "States.TaskFailed",
            described("States.TaskFailed", described("ValueError", raised("ValueError", 'a "b" c:\\n\nd'))),
            ("ValueError", 'a "b" c:\\n\nd'),
        ),
        ("States.TaskFailed", described(None, None, "TIMED_OUT"), ("", "Execution timeout in the agent itself")),
        (
            "States.TaskFailed",
            described("States.TaskFailed", described(None, None, "TIMED_OUT")),
            ("", "Execution timeout in the agent itself"),
        ),
        ("States.TaskFailed", described(None, None, "ABORTED"), ("", "Execution aborted")),
        ("States.TaskFailed", described("Stop", "by hand", "ABORTED"), ("", "Execution aborted: Stop: by hand")),
        ("States.TaskFailed", described("Quota", None), ("Quota", "")),
        ("E", raised("E", '{"Detail": "x"}'), ("E", '{"Detail": "x"}')),
        ("E", '{"Detail": "x"}', ("E", '{"Detail": "x"}')),
        ("E", "{'Cause': 'Python', \"Cause\": \"it\\x\"}", ("E", "it\\x")),
    ],
)
def test_innermost_reason_is_told(error: str, cause: str, told: tuple[str, str]) -> None:
    assert innermost(error, cause) == told


def test_cells_of_the_row_are_no_reason() -> None:
    cause = described(None, None, given={"input": {"Error": "mine", "Cause": "mine"}})
    assert innermost("States.TaskFailed", cause) == ("States.TaskFailed", cause)


@pytest.mark.parametrize("end", [r"\u00", r"\u", "\\", r"\ud83d"])
def test_cause_that_was_cut_within_an_escape_ends_before_it(end: str) -> None:
    _, message = innermost("E", r'{"errorMessage": "na\u00efve' + end)
    assert message.rstrip("\ufffd") == "naïve"


def test_row_that_was_on_its_way_at_the_end_has_failed_and_can_be_found() -> None:
    assert interrupted(4, "1", failed("", "", "ABORTED")) == {
        "index": 4,
        "status": "FAILED",
        "error": "RowInterrupted",
        "message": "The batch ended before the target had answered.",
        "unread": "1",
    }
    assert interrupted(4, "2-5ca1ab1e", failed("Stop", "by hand"))["message"] == "by hand"
    assert interrupted(4, "1", failed("Maintenance", "by hand", "ABORTED"))["error"] == "RowInterrupted"
    of_another = failed("RowFailed", "Row 12 failed and continue_on_error is false. E: no")
    assert interrupted(4, "1", of_another)["error"] == "RowInterrupted"
