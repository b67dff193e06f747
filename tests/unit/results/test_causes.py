"""Every error that a row may have has a cause of the vocabulary."""

import inspect
from typing import get_args

import pytest

from batch_processor import errors
from batch_processor.results.causes import Cause, cause_of


@pytest.mark.parametrize(
    ("error", "message", "cause"),
    [
        ("StructuredOutputMissing", "", "invalid_answer"),
        ("StructuredOutputInvalid", "/score: expected a number", "invalid_answer"),
        ("AgentInputTooLarge", "", "too_large"),
        ("States.DataLimitExceeded", "", "too_large"),
        ("RequiredCellEmpty", "Line 3", "bad_input"),
        ("RaggedRow", "Line 3", "bad_input"),
        ("InvalidConfiguration", "", "bad_input"),
        ("InvalidCsv", "Line 2", "bad_input"),
        ("BatchTooLarge", "", "too_large"),
        ("StackUpdated", "", "stack_updated"),
        ("RowInterrupted", "The batch ended before the target had answered.", "not_run"),
        ("StorageUnavailable", "", "storage"),
        ("StoredAnswerMissing", "", "storage"),
        ("States.Timeout", "Execution timeout after 60 s", "timeout"),
        ("Sandbox.Timedout", "", "timeout"),
        ("Lambda.Unknown", "Task timed out after 3.00 seconds", "timeout"),
        ("States.TaskFailed", "Execution timeout in the agent itself", "timeout"),
        ("ReadTimeoutError", "", "timeout"),
        ("Lambda.TooManyRequestsException", "Rate Exceeded.", "throttled"),
        ("StepFunctions.AWSStepFunctionsException", "Rate exceeded", "throttled"),
        ("States.TaskFailed", "BedrockRuntime.ThrottlingException: Too many tokens", "throttled"),
        ("...ntime.ProvisionedThroughputExceededException", "", "throttled"),
        ("Lambda.ResourceNotFoundException", "Function not found", "not_found"),
        ("StepFunctions.StateMachineDoesNotExistException", "", "not_found"),
        ("States.TaskFailed", "HTTPError: 404 Client Error", "not_found"),
        ("StepFunctions.StepFunctionsException", "User: x is not authorized to perform: y", "denied"),
        ("States.TaskFailed", "BedrockRuntime.AccessDeniedException: no model access", "denied"),
        ("States.TaskFailed", "AnswerRefused: The model gave no answer: content_filtered.", "refused"),
        ("States.TaskFailed", "InvalidAnswer: No valid answer after 3 asks", "invalid_answer"),
        ("ValidationException", "", "bad_input"),
        ("States.TaskFailed", "TriageFailed: nothing fits", "target_error"),
        ("States.Runtime", "", "target_error"),
        ("KeyError", "'name'", "target_error"),
        ("", "", "target_error"),
    ],
)
def test_cause_of_an_error(error: str, message: str, cause: Cause) -> None:
    assert cause_of(error, message) == cause


def test_an_error_with_a_name_of_its_own_is_not_judged_by_words_that_may_be_cells() -> None:
    assert cause_of("TriageFailed", "404 Elm Street was not found in the timetable") == "target_error"


@pytest.mark.parametrize("error", [name for name, _ in inspect.getmembers(errors, inspect.isclass)])
def test_every_error_of_ours_has_a_cause_of_the_vocabulary(error: str) -> None:
    assert cause_of(error) in get_args(Cause)
