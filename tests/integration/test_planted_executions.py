"""An execution that has the name of a row's call and was given something else: neither read nor waited for."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from batchctl.account import Account
from tests.batch_run import BatchRun
from tests.integration.batches import Batches, to_csv, wait_until
from tests.integration.somebody import Somebody

pytestmark = [pytest.mark.inline, pytest.mark.distributed]  # an agent that is waited for

# One row at a time, so that the name of the second row's call is known before it is used.
ONE_BY_ONE: dict[str, Any] = {"execution_config": {"max_concurrency": 1, "retry_policy": {"max_attempts": 1}}}
TEXTS = ["badger", "otter", "weasel"]
PLANTED = {
    "answered": {"text": "planted", "behaviour": "echo"},
    "failed": {"text": "planted", "behaviour": "fail"},
    "still running": {"text": "planted", "behaviour": "hang"},
    # Its input and answer together are more than a payload: the function has to see it.
    "beyond a payload": {"text": "planted" * 2_000, "behaviour": "verbose"},
}


@pytest.fixture
def intruder(account: Account) -> Iterator[Any]:
    """Step Functions for somebody who may run the agent, as its authors may, and see what runs."""
    agent = account.outputs["TestAgentArn"]
    with Somebody(account, {"states:StartExecution": agent, "states:ListExecutions": agent}) as somebody:
        yield somebody.client("stepfunctions")


def _start(batches: Batches) -> BatchRun:
    rows = zip(TEXTS, ["slow", "echo", "echo"], strict=True)
    return batches.start(batches.config(to_csv(("text", "behaviour"), *rows), "agent", **ONE_BY_ONE))


def _executions(states: Any, batches: Batches, run: BatchRun) -> list[str]:
    agent = batches.account.outputs["TestAgentArn"]
    pages = states.get_paginator("list_executions").paginate(stateMachineArn=agent)
    names = [execution["name"] for page in pages for execution in page["executions"]]
    return sorted(name for name in names if name.startswith(run.name[:20]))


def _plant(intruder: Any, batches: Batches, run: BatchRun, given: Any) -> str:
    """Uses up the name of the second row's call while the first row is at its agent; the beginning of all the names."""
    [name, *_] = wait_until(lambda: _executions(intruder, batches, run))
    stem = name.removesuffix("-1-1")
    assert stem != name
    intruder.start_execution(
        stateMachineArn=batches.account.outputs["TestAgentArn"], name=f"{stem}-2-1", input=json.dumps(given)
    )
    return stem


@pytest.mark.parametrize("planted", PLANTED)
def test_planted_answer_appears_nowhere_and_the_row_gets_its_own(batches: Batches, intruder: Any, planted: str) -> None:
    run = _start(batches)
    context = {"executionId": run.name, "rowId": "2", "totalRows": 3}
    stem = _plant(intruder, batches, run, {"batchContext": context, "input": PLANTED[planted]})
    outcome = batches.outcome(run.wait())
    assert outcome.column("echo") == TEXTS
    assert set(outcome.column("_status")) == {"SUCCESS"}
    assert b"planted" not in outcome.body
    names = [name.removeprefix(stem) for name in _executions(batches.states, batches, run)]
    # The batch has paid for one call a row.
    assert [name[:4] for name in names] == ["-1-1", "-2-1", "-2-1", "-3-1"]


def test_batch_that_goes_on_with_another_takes_its_answers_and_no_planted_one(batches: Batches, intruder: Any) -> None:
    run = _start(batches)
    context = {"executionId": run.name, "rowId": "2", "totalRows": 3}
    stem = _plant(intruder, batches, run, {"batchContext": context, "input": PLANTED["answered"]})
    batches.states.stop_execution(executionArn=run.execution_arn)
    # What the batch itself has sent for the third row, of which it did not come to hear.
    own = {"batchContext": {**context, "rowId": "3"}, "input": {"text": TEXTS[2], "behaviour": "echo"}}
    batches.states.start_execution(
        stateMachineArn=batches.account.outputs["TestAgentArn"], name=f"{stem}-3-1", input=json.dumps(own)
    )
    outcome = batches.outcome(batches.start({"resume_from": run.name}).wait())
    assert outcome.column("echo") == TEXTS
    names = [name.removeprefix(stem) for name in _executions(batches.states, batches, run)]
    assert [name[:4] for name in names if not name.startswith("-1-1")] == ["-2-1", "-2-1", "-3-1"]
