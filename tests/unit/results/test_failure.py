from typing import Any

import pytest

from batch_processor.results.failure import Failure, aborting_row, result_of_others
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
