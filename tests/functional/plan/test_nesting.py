"""Batches that agents of other batches have started."""

import json
from typing import Any

import pytest

from batch_processor.aws.client import client
from batch_processor.plan.nesting import STARTED_BY
from tests.functional.account import put
from tests.functional.resumption.runs import ACCOUNT, EXECUTIONS, MACHINE, PEOPLE, problems, run, validate
from tests.functional.targets import create_agent
from tests.unit.configs import AGENT, make_document

pytestmark = pytest.mark.usefixtures("stack")

DIGITS = "0123456789abcdef" * 2
AGENTS = AGENT.replace(":stateMachine:", ":execution:")


@pytest.fixture
def stack(account: None) -> None:
    """The target, the machine and the CSV."""
    create_agent()
    create_agent(MACHINE)
    put("inputs/people.csv", PEOPLE)


def call(batch: str, agent: str = AGENT, shape: str = "structured", ending: str = "7-1") -> str:
    """The ARN of the execution by which a batch calls its agent for a row."""
    context: dict[str, Any] = {"batchContext": {"executionId": batch, "rowId": "7"}, "input": {}}
    given: dict[str, Any] = context if shape == "structured" else {"messages": [], "input": {}}
    started = client("stepfunctions").start_execution(
        stateMachineArn=agent, name=f"{batch}-{DIGITS}-{ending}", input=json.dumps(given)
    )
    arn: str = started["executionArn"]
    return arn


def started_by(arn: Any) -> dict[str, Any]:
    return {**make_document(), STARTED_BY: arn}


@pytest.mark.parametrize("ending", ["7-1", "100000000-10", "7-1-1a2b3c4d"])
def test_batch_that_an_agent_of_a_batch_starts_is_refused(ending: str) -> None:
    run("night", make_document())
    arn = call("night", ending=ending)
    message = problems("nested", started_by(arn))[""]
    assert message.startswith(
        f"{arn}, which started this batch, works for a batch itself, so that this one is nested in 1"
    )
    assert "(parameter MostNestedBatches)" in message
    assert message.endswith("ask whoever deploys the stack for MostNestedBatches=1")


def test_problems_of_the_configuration_are_told_beside_it() -> None:
    assert set(problems("nested", {**started_by(call("night")), "colour": "blue"})) == {"", "/colour"}


def test_depth_grows_from_batch_to_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOST_NESTED_BATCHES", "2")
    night = run("night", make_document())
    assert "depth" not in night["batch"]
    once = run("once", started_by(call("night")))
    twice = run("twice", started_by(call("once")))
    assert (once["batch"]["depth"], twice["batch"]["depth"]) == (1, 2)
    assert "is nested in 3; the stack allows 2" in problems("thrice", started_by(call("twice")))[""]


def test_agent_may_name_the_batch_itself_as_what_started_the_other() -> None:
    run("night", make_document())
    assert "nested in 1" in problems("nested", started_by(f"{EXECUTIONS}:night"))[""]
    rows = EXECUTIONS.replace("batch-processor-dev", "batch-processor-rows-dev")
    assert "nested in 1" in problems("nested", started_by(f"{rows}:row-batch-night-{DIGITS}-1"))[""]
    assert "nested in 1" in problems("nested", started_by(f"{EXECUTIONS}/FanOut:1a2b"))[""]


@pytest.mark.parametrize("shape", ["messages", "gone", "foreign"])
def test_row_s_call_is_known_by_its_name_where_its_input_does_not_tell_the_batch(shape: str) -> None:
    if shape == "messages":
        arn = call("night", shape="messages")
    elif shape == "gone":
        arn = f"{AGENTS}:night-{DIGITS}-7-1"
    else:
        arn = f"{AGENTS.replace(ACCOUNT, '999999999999')}:night-{DIGITS}-7-1"
    assert "nested in 1" in problems("nested", started_by(arn))[""]


def test_express_agent_of_a_batch_starts_none_however_deep_batches_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOST_NESTED_BATCHES", "9")
    arn = AGENT.replace(":stateMachine:", ":express:")
    message = problems("nested", started_by(f"{arn}:night-{DIGITS}-7-1:0c4d-1a"))[""]
    assert message.startswith(f"{arn}:night-{DIGITS}-7-1:0c4d-1a, which started this batch, is an Express agent's call")
    assert message.endswith("have a Standard state machine start it")
    assert "depth" not in validate("alone", started_by(f"{arn}:monday:0c4d-1a"))["batch"]


def test_what_else_starts_a_batch_does_not_nest_it() -> None:
    create_agent(AGENT.replace("support-triage", "orchestrator"))
    orchestrator = AGENTS.replace("support-triage", "orchestrator")
    for arn in (f"{orchestrator}:monday", f"{AGENTS}:monday-7-1", "not an ARN", ""):
        assert "depth" not in validate(f"batch-{len(arn)}", started_by(arn))["batch"]


def test_key_is_no_part_of_the_configuration_that_a_later_batch_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOST_NESTED_BATCHES", "1")
    run("once", started_by(call("night")))
    assert "depth" not in validate("morning", {"resume_from": "once"})["batch"]


def test_key_belongs_into_the_input_of_an_execution() -> None:
    assert f"/{STARTED_BY}" in problems("nested", started_by(7))
