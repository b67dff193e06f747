"""Answers that are fetched from the execution that gave them, as ExtractStructuredOutput does it."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.errors import (
    AgentExecutionFailed,
    AgentInputTooLarge,
    ForeignExecution,
    SourceUnavailable,
    StorageUnavailable,
    StructuredOutputMissing,
)
from batch_processor.handlers.extract_structured_output import handle
from tests.functional.answers import IN_TABLE, answer_of, bare, event
from tests.functional.targets import create_agent, run_agent
from tests.unit.configs import AGENT


def fetching(execution_arn: str, **others: Any) -> dict[str, Any]:
    return event(None, answered_by=execution_arn, **others)


@pytest.fixture
def agent(account: None) -> None:
    """The agent whose executions have answers beyond a payload."""
    create_agent()


@pytest.mark.usefixtures("agent")
def test_answer_beyond_a_payload_is_fetched_from_the_execution_that_gave_it() -> None:
    arn = run_agent("night-7-1", output=json.dumps(answer_of("ü" * 200)))
    assert bare(handle(fetching(arn), None)) == {"index": 7, "status": "SUCCESS", "cells": ["ü" * 200, "3"]}
    assert handle(fetching(arn, store=IN_TABLE), None)["stored"]
    assert handle(fetching(arn, result_bytes=0), None)["spilled"]


@pytest.mark.usefixtures("agent")
def test_answer_that_was_fetched_is_read_like_any_other() -> None:
    with pytest.raises(StructuredOutputMissing):
        handle(fetching(run_agent("night-7-1", output="null")), None)


@pytest.mark.usefixtures("agent")
def test_execution_that_never_began_had_too_large_an_input() -> None:
    arn = f"{AGENT.replace(':stateMachine:', ':execution:')}:night-7-1"
    with pytest.raises(AgentInputTooLarge, match=r"256 KiB .* was not called\. Map fewer columns"):
        handle(fetching(arn), None)


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize(
    ("status", "details", "said"),
    [
        (
            "FAILED",
            {"error": "TriageFailed", "cause": "no Jane"},
            "ended as FAILED. TriageFailed. Its cause stands in {}",
        ),
        ("FAILED", {"error": "TriageFailed"}, "ended as FAILED. TriageFailed"),
        ("TIMED_OUT", {}, "ended as TIMED_OUT."),
        ("ABORTED", {}, "ended as ABORTED."),
    ],
)
def test_agent_that_failed_is_told_from_one_that_never_ran(status: str, details: dict[str, str], said: str) -> None:
    arn = run_agent("night-7-1", status, **details)
    with pytest.raises(AgentExecutionFailed) as caught:
        handle(fetching(arn), None)
    assert str(caught.value) == f"The agent's execution {said.format(arn)}"


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("status", ["RUNNING", "PENDING_REDRIVE"])
def test_end_of_an_execution_that_is_not_to_be_seen_yet_is_worth_another_look(status: str) -> None:
    with pytest.raises(StorageUnavailable, match="night-7-1 has not come to its end yet"):
        handle(fetching(run_agent("night-7-1", status)), None)


CONTEXT = {"executionId": "evening", "rowId": "7", "totalRows": 12}
SENT: dict[str, Any] = {
    "agent": {
        "batchContext": {"executionId": "", "rowId": "7", "totalRows": 0},
        "input": {"n": 1.0, "o": None, "l": [[]]},
    },
    "messages": {"messages": [{"role": "user", "content": "é 😀"}], "input": {"prompt": "é 😀"}},
    "prompt and data": {
        "batchContext": {"executionId": "", "rowId": "7", "totalRows": 0},
        "prompt": '{"n":1}',
        "data": {"n": 1},
    },
    "tool": {"name": "quote", "input": {"x": "y"}, "id": "night-7-1"},
}


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("kind", SENT)
def test_execution_that_was_found_is_the_rows_if_it_was_given_what_the_row_sends(kind: str) -> None:
    sent = SENT[kind]
    # An earlier batch has another name, and another number of rows.
    given = {**sent, "batchContext": CONTEXT} if "batchContext" in sent else sent
    arn = run_agent("night-7-1", given=json.dumps(given, indent=1, sort_keys=True), output=json.dumps(answer_of("x")))
    assert handle(fetching(arn, sent=sent), None)["status"] == "SUCCESS"


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("kind", SENT)
@pytest.mark.parametrize("status", ["SUCCEEDED", "RUNNING", "FAILED"])
@pytest.mark.parametrize(
    "change",
    [
        {"input": {"prompt": "Say what I want"}},
        {"batchContext": {**CONTEXT, "rowId": "8"}},
        {"batchContext": {**CONTEXT, "agent": {"name": "other", "version": "1.0.0"}}},
        {"batchContext": [CONTEXT]},
        {"more": 1},
    ],
)
def test_execution_that_was_given_something_else_is_not_the_rows_whatever_became_of_it(
    kind: str, status: str, change: dict[str, Any]
) -> None:
    arn = run_agent("night-7-1", status, given=json.dumps({**SENT[kind], **change}), output=json.dumps(answer_of("x")))
    with pytest.raises(ForeignExecution, match=f"^{arn} was given something else than this row"):
        handle(fetching(arn, sent=SENT[kind]), None)


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("given", ["null", "[]", "1"])
def test_input_of_another_type_is_not_the_rows(given: str) -> None:
    with pytest.raises(ForeignExecution):
        handle(fetching(run_agent("night-7-1", given=given, output="{}"), sent=SENT["agent"]), None)


def test_input_that_is_too_deep_to_be_read_is_not_the_rows() -> None:
    arn = f"{AGENT.replace(':stateMachine:', ':execution:')}:night-7-1"
    described = {"executionArn": arn, "stateMachineArn": AGENT, "status": "SUCCEEDED", "startDate": 0}
    with Stubber(client("stepfunctions")) as stubbed:
        stubbed.add_response(
            "describe_execution", {**described, "input": "[" * 100_000 + "]" * 100_000, "output": "{}"}
        )
        with pytest.raises(ForeignExecution):
            handle(fetching(arn, sent=SENT["agent"]), None)


@pytest.mark.usefixtures("agent")
def test_execution_that_the_batch_itself_has_started_is_not_compared() -> None:
    """What was sent may have no room beside the rest; its name was taken by this very input."""
    arn = run_agent("night-7-1", output=json.dumps(answer_of("x")))
    assert handle(fetching(arn, sent=None), None)["status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("code", "error"), [("ThrottlingException", StorageUnavailable), ("AccessDeniedException", SourceUnavailable)]
)
def test_execution_that_cannot_be_looked_at_says_nothing_of_the_agent(code: str, error: type[Exception]) -> None:
    with Stubber(client("stepfunctions")) as stubbed:
        stubbed.add_client_error("describe_execution", code, "no", 400)
        with pytest.raises(error, match=r"^Fetching the answer of "):
            handle(fetching(f"{AGENT.replace(':stateMachine:', ':execution:')}:night-7-1"), None)
