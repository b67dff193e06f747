"""Answers of agents that no payload holds beside what stands there with them: they are in the agent's execution."""

from typing import Any

import pytest

from tests.integration.batches import Batches, to_csv

pytestmark = [pytest.mark.inline, pytest.mark.distributed]  # an agent that is waited for

# With their inputs, which they repeat, 300 KB: input and answer have room for themselves, and not together.
TEXT = "large " * 16_667
FETCHED = ["ProcessCSV", "TransformInput", "InvokeAgent", "ExtractStructuredOutput", "AggregateResults"]


def _states(batches: Batches, run: Any) -> list[str]:
    """The states of the batch's rows, which are in the history of the batch or in that of its one row batch."""
    [part] = batches.row_batches(run) or [{"executionArn": run.execution_arn}]
    pages = batches.states.get_paginator("get_execution_history").paginate(executionArn=part["executionArn"])
    events = [event for page in pages for event in page["events"]]
    entered = [event["stateEnteredEventDetails"]["name"] for event in events if event["type"].endswith("StateEntered")]
    return entered[entered.index("ProcessCSV") : entered.index("AggregateResults") + 1]


def test_answer_that_is_too_large_beside_its_input_is_fetched(batches: Batches) -> None:
    run = batches.start(batches.config(to_csv(("text", "behaviour"), (TEXT, "echo")), "agent"))
    outcome = batches.outcome(run.wait())
    assert outcome.column("_status") == ["SUCCESS"], outcome.column("_error_message")
    assert outcome.column("echo") == outcome.column("text") == [TEXT]
    assert _states(batches, run) == FETCHED


def test_answer_that_is_too_large_beside_the_plans_columns_is_fetched(batches: Batches) -> None:
    # The columns have a default that is longer than the row.
    wide = {"name": "note", "source": "$.note", "default": "n" * 20_000}
    mapping = {"structured_output_fields": ["echo"], "columns": [wide]}
    config = batches.config(to_csv(("text", "behaviour"), ("one", "verbose")), "agent", output_mapping=mapping)
    run = batches.start(config)
    outcome = batches.outcome(run.wait())
    assert outcome.column("_status") == ["SUCCESS"], outcome.column("_error_message")
    assert outcome.column("echo") == ["one" + "x" * 245_000]
    assert _states(batches, run) == [*FETCHED[:-1], "JudgeFailure", "ExtractStructuredOutput", "AggregateResults"]
