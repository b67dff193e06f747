"""What histories tell, and how their events are linked."""

import json
from typing import Any

from batchctl.local.emulator.fidelity.executions import ended_histories
from batchctl.local.emulator.fidelity.executions.ended_histories import EndedHistory
from tests.emulator.local_aws import LocalAws, caught, task
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


def links(aws: LocalAws, execution: dict[str, Any]) -> list[tuple[str, int]]:
    """The events and the ones that they follow."""
    return [(event["type"], event["previousEventId"]) for event in aws.history(execution["executionArn"])]


def details(aws: LocalAws, execution: dict[str, Any], *types: str) -> list[dict[str, Any]]:
    """What events of these types tell."""
    found = [event for event in aws.history(execution["executionArn"]) if event["type"] in types]
    keys = [f"{event['type'][0].lower()}{event['type'][1:]}EventDetails" for event in found]
    keys = ["stateExitedEventDetails" if key.endswith("ExitedEventDetails") else key for key in keys]
    return [event.get(key, {}) for event, key in zip(found, keys, strict=True)]


@item(
    "execution_history",
    [("ExecutionStarted", 0), ("PassStateEntered", 0), ("PassStateExited", 2), ("ExecutionSucceeded", 3)],
)
def the_first_state_follows_nothing(aws: LocalAws) -> Any:
    return links(aws, aws.run({"Pass": {"Type": "Pass", "End": True}}))


@item("executions", [{"inputDetails": {"truncated": False}}, {"outputDetails": {"truncated": False}}])
def nothing_is_cut_off(aws: LocalAws) -> Any:
    found = details(aws, aws.run({"Pass": {"Type": "Pass", "End": True}}), "ExecutionStarted", "ExecutionSucceeded")
    return [{name: value for name, value in one.items() if name.endswith("Details")} for one in found]


@item("executions", [("ExecutionStarted", 0), ("WaitStateEntered", 0), ("ExecutionAborted", 0), {}])
def what_comes_from_outside_follows_nothing(aws: LocalAws) -> Any:
    arn = aws.start(aws.machine({"Wait": {"Type": "Wait", "Seconds": 3, "End": True}}))
    while len(aws.history(arn)) < 2:
        pass
    aws.client("stepfunctions").stop_execution(executionArn=arn)
    execution = aws.ended(arn)
    return [*links(aws, execution), *details(aws, execution, "ExecutionAborted")]


@item("state_walk", [{"n": "1", "text": '"x"'}, {"truncated": False}, None])
def an_exit_tells_what_was_assigned(aws: LocalAws) -> Any:
    states = {
        "Set": {"Type": "Pass", "Assign": {"n": 1, "text": "{% 'x' %}"}, "Next": "End"},
        "End": {"Type": "Pass", "End": True},
    }
    first, last = details(aws, aws.run(states), "PassStateExited")
    return [first.get("assignedVariables"), first.get("assignedVariablesDetails"), last.get("assignedVariables")]


@item("state_walk", [["error"], {"Error": "ValueError"}])
def a_caught_error_may_be_assigned(aws: LocalAws) -> Any:
    states = caught(task(aws.function("raise ValueError('no')")))
    states["Try"]["Catch"][0] |= {
        "Assign": {"error": "{% $states.errorOutput.Error %}"},
        "Output": {"Error": "ValueError"},
    }
    [exited] = details(aws, aws.run(states), "TaskStateExited")
    return [[*exited.get("assignedVariables", {})], aws.output(states)]


@item("error_matching", {"Error": "States.Timeout", "Cause": ""})
def a_caught_timeout_has_an_empty_cause(aws: LocalAws) -> Any:
    return aws.output(caught(task(aws.function("time.sleep(3)"), TimeoutSeconds=1)))


@item("executions", [{"error": "States.Timeout"}, None])
def an_uncaught_timeout_has_no_cause(aws: LocalAws) -> Any:
    execution = aws.run({"Task": task(aws.function("time.sleep(3)"), TimeoutSeconds=1)})
    return [*details(aws, execution, "ExecutionFailed"), execution.get("cause")]


@item("state_walk", [{}, "FAILED", None])
def a_fail_state_without_an_error_has_none(aws: LocalAws) -> Any:
    execution = aws.run({"Fail": {"Type": "Fail"}})
    return [*details(aws, execution, "ExecutionFailed"), execution["status"], execution.get("error")]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()


# --- what ended histories take -----------------------------------------------------------------------------

EVENTS: list[dict[str, Any]] = [
    {
        "id": number,
        "type": "TaskStateExited",
        "stateExitedEventDetails": {"name": "Call", "output": f'"\ud83d {number}"'},
    }
    for number in range(1, 501)
]


def test_an_ended_history_is_read_as_it_was() -> None:
    history = EndedHistory(EVENTS)
    assert (len(history), list(history)) == (500, EVENTS)
    assert (history[0], history[-1], history[490:]) == (EVENTS[0], EVENTS[-1], EVENTS[490:])
    assert [*reversed(history)] == EVENTS[::-1]


def test_an_ended_history_takes_a_tenth_of_its_text() -> None:
    assert len(EndedHistory(EVENTS)._packed) < len(json.dumps(EVENTS)) / 10


def test_a_redriven_execution_has_its_events_and_gets_more() -> None:
    execution: dict[str, Any] = {"events": [*EVENTS]}
    ended_histories.pack(execution)
    ended_histories.pack(execution)
    ended_histories.unpack(execution)
    execution["events"].append({"id": 501})
    assert execution["events"] == [*EVENTS, {"id": 501}]


def test_an_express_execution_has_no_history() -> None:
    execution: dict[str, Any] = {}
    ended_histories.pack(execution)
    assert execution == {}


def test_a_long_history_is_read_page_by_page_and_backwards(patched: LocalAws) -> None:
    states = {"Each": {"Type": "Map", "Items": "{% [1..300] %}", "ItemProcessor": {
        "StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}, "End": True}}  # fmt: skip
    arn = patched.run(states)["executionArn"]
    pages = patched.client("stepfunctions").get_paginator("get_execution_history")
    forwards, backwards = (
        [event["id"] for page in pages.paginate(executionArn=arn, reverseOrder=reverse) for event in page["events"]]
        for reverse in (False, True)
    )
    assert forwards == [*range(1, len(forwards) + 1)] == backwards[::-1]
    assert len(forwards) > 1_200
