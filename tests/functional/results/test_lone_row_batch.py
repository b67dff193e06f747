"""SalvageAnswers of a row batch whose failure EventBridge tells of, where perhaps nobody waits for it."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from batch_processor.aws.client import client
from batch_processor.contract import Plan
from batch_processor.handlers.salvage_answers import handle
from tests.functional.account import DATA, TOPIC, keys
from tests.functional.batches import as_json
from tests.functional.large_batches import LargeBatch
from tests.functional.tables import items
from tests.unit.histories import BEGAN, History
from tests.unit.plans import make_loaded, make_plan

CONTENT = b"name,email\n" + b"".join(b"n%d,e%d@x.org\n" % (row, row) for row in range(1, 9))
BATCHES = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-dev"
ROW_BATCH = "arn:aws:states:eu-west-1:123456789012:execution:batch-processor-rows-dev:night-1a2b3c4d-3"
FOUND = {"structured_output": {"category": "unread", "score": 4}}
ABORTED = {"status": "ABORTED", "error": None, "cause": None}


@pytest.fixture
def states(account: None) -> Iterator[Stubber]:
    """Step Functions, with a history and a batch for who asks; moto keeps none."""
    with Stubber(client("stepfunctions")) as states:
        yield states
        states.assert_no_pending_responses()


def tell(history: History, states: Stubber, arn: str = ROW_BATCH) -> dict[str, Any]:
    """EventBridge tells of an execution with that history."""
    asked = {"executionArn": arn, "includeExecutionData": True, "maxResults": 200}
    states.add_response("get_execution_history", {"events": history.events}, asked)
    return handle({"source": "aws.states", "detail": {"executionArn": arn, **ABORTED}}, None)


def stopped(plan: Plan, loaded: Any) -> History:
    """A row batch of rows 3 to 6 that was stopped after the answer to row 4."""
    given = {"plan": plan, "loaded": loaded, "rows": [{"index": row, "row": {}} for row in range(3, 7)]}
    return History(as_json(given), first=3).task("InvokeTool", FOUND, row=4).ended("ExecutionAborted")


def is_there(states: Stubber, plan: Plan, status: str, ended_at: datetime | None = None) -> None:
    """The batch, as Step Functions describes it."""
    described = {
        "executionArn": plan["batch"]["id"],
        "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:batch-processor-dev",
        "status": status,
        "startDate": BEGAN,
        **({"stopDate": ended_at} if ended_at else {}),
    }
    states.add_response("describe_execution", described, {"executionArn": plan["batch"]["id"]})


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("RUNNING", None),
        ("ABORTED", timedelta(seconds=1)),
        # Its child started it a moment after the batch was stopped.
        ("ABORTED", timedelta(minutes=-4)),
    ],
)
def test_its_answers_are_stored_and_its_batch_tells_of_it(
    states: Stubber, topic: list[dict[str, Any]], status: str, ended: timedelta | None
) -> None:
    """A thousand row batches that are stopped with their batch are no thousand messages."""
    batch = LargeBatch(CONTENT)
    history = stopped(batch.plan, batch.loaded)
    before = keys(DATA)
    states_history_first(states, history)
    is_there(states, batch.plan, status, BEGAN + ended if ended else None)
    assert handle({"source": "aws.states", "detail": {"executionArn": ROW_BATCH, **ABORTED}}, None) == {"rows": 1}
    assert [row for _, row in items()] == ["row_0000000004"]
    assert topic == []
    # Nobody waits for its part; another run of it may have written one.
    assert {key for key in keys(DATA) if key not in before} == {f"{batch.plan['work']['prefix']}kept/night-1a2b3c4d-3"}


@pytest.mark.parametrize("how", ["started", "redriven", "of no batch"])
def test_it_is_told_of_where_its_batch_does_not(states: Stubber, topic: list[dict[str, Any]], how: str) -> None:
    """It was started or redriven by hand, after the batch had ended or without one."""
    batch = LargeBatch(CONTENT)
    batch.plan["notification"] = {**batch.plan["notification"], "failure": False, "topic_arn": "arn:elsewhere"}
    history = stopped(batch.plan, batch.loaded)
    if how == "redriven":
        history.ended("ExecutionRedriven").ended("ExecutionAborted")
    states_history_first(states, history)
    if how == "of no batch":
        states.add_client_error("describe_execution", "ExecutionDoesNotExist")
    else:
        since = {"started": timedelta(minutes=6), "redriven": timedelta(milliseconds=0)}[how]
        is_there(states, batch.plan, "SUCCEEDED", BEGAN - since)
    assert handle({"source": "aws.states", "detail": {"executionArn": ROW_BATCH, **ABORTED}}, None) == {"rows": 1}
    [published] = topic
    # At the stack's own topic, whatever the plan wants.
    assert (published["TopicArn"], published["Subject"]) == (TOPIC, "Batch night-1a2b3c4d-3: FAILED")
    assert json.loads(json.loads(published["Message"])["default"])["execution_arn"] == ROW_BATCH


@pytest.mark.parametrize("given", [{}, {"plan": None}, {"rows": []}, [], "plan"])
def test_one_without_a_plan_is_told_of(states: Stubber, topic: list[dict[str, Any]], given: Any) -> None:
    assert tell(History(given).ended("ExecutionAborted"), states) == {"rows": 0}
    assert [published["TopicArn"] for published in topic] == [TOPIC]
    assert items() == {}


@pytest.mark.parametrize("name", ["night", "row-batch-night-1a2b3c4d-3"])
def test_plan_that_somebody_gave_a_batch_is_nothing_to_it(
    states: Stubber, topic: list[dict[str, Any]], name: str
) -> None:
    """Whoever may start the batch machine may give it any input, and stop it at once with any reason."""
    victim = make_plan(work={"bucket": DATA, "prefix": "work/victim/"})
    victim["notification"] = {**victim["notification"], "topic_arn": "arn:elsewhere"}
    assert tell(stopped(victim, make_loaded(8)), states, f"{BATCHES}:{name}") == {"rows": 0}
    assert [published["TopicArn"] for published in topic] == [TOPIC]
    assert items() == {}
    assert keys(DATA) == []


def states_history_first(states: Stubber, history: History) -> None:
    asked = {"executionArn": ROW_BATCH, "includeExecutionData": True, "maxResults": 200}
    states.add_response("get_execution_history", {"events": history.events}, asked)
