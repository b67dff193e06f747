"""The inline Map."""

import itertools
from typing import Any

from tests.emulator.local_aws import LocalAws, over_items, task
from tests.emulator.observations import Items

WAIT_LONG = {"Type": "Wait", "Seconds": 1, "Next": "After"}
FAIL_OR_WAIT = {
    "Choose": {
        "Type": "Choice",
        "Choices": [{"Condition": "{% $states.input = 'bad' %}", "Next": "Fail"}],
        "Default": "Wait",
    },
    "Fail": {"Type": "Fail", "Error": "Bad"},
    "Wait": WAIT_LONG,
    "After": {"Type": "Pass", "End": True},
}
ITEMS = Items()
item = ITEMS.item


@item(
    "inline_map",
    [
        "ExecutionStarted",
        "MapStateEntered",
        "MapStateStarted",
        "MapIterationStarted",
        "TaskStateEntered",
        "TaskScheduled",
        "TaskStarted",
        "TaskSucceeded",
        "TaskStateExited",
        "MapIterationSucceeded",
        "MapStateSucceeded",
        "MapStateExited",
        "ExecutionSucceeded",
    ],
)
def a_history_tells_of_iterations_and_their_states(aws: LocalAws) -> Any:
    execution = aws.run({"Map": over_items({"Task": task(aws.function("return 1"))})}, {"items": ["a"]})
    return [event["type"] for event in aws.history(execution["executionArn"])]


def events(aws: LocalAws, execution: dict[str, Any], *types: str) -> list[int]:
    """How many events of each type."""
    seen = [event["type"] for event in aws.history(execution["executionArn"])]
    return [seen.count(name) for name in types]


@item("inline_map", [0, 2, 1])
def the_first_failing_iteration_stops_the_others(aws: LocalAws) -> Any:
    states = {"Map": over_items(FAIL_OR_WAIT)}
    execution = aws.run(states, {"items": ["good", "good", "bad"]})
    return events(aws, execution, "PassStateEntered", "MapIterationAborted", "MapIterationFailed")


@item("inline_map", [1])
def no_iteration_starts_after_a_failed_one(aws: LocalAws) -> Any:
    states = {"Map": over_items(FAIL_OR_WAIT, MaxConcurrency=1)}
    execution = aws.run(states, {"items": ["bad", "bad", "bad"]})
    return events(aws, execution, "MapIterationStarted")


@item("inline_map", True)
def at_most_40_iterations_run_at_once(aws: LocalAws) -> Any:
    wait = {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}
    execution = aws.run({"Map": over_items(wait, MaxConcurrency=100)}, {"items": list(range(41))})
    change = {"MapIterationStarted": 1, "MapIterationSucceeded": -1}
    changes = [change.get(event["type"], 0) for event in aws.history(execution["executionArn"])]
    return 0 < max(itertools.accumulate(changes)) <= 40


def links(aws: LocalAws, execution: dict[str, Any], first: str) -> list[tuple[str, int]]:
    """The events from the first of a type on, and the ones that they follow."""
    events = aws.history(execution["executionArn"])
    begin = next(number for number, event in enumerate(events) if event["type"] == first)
    return [(event["type"], event["previousEventId"]) for event in events[begin:]]


@item(
    "inline_map",
    [
        ("MapStateStarted", 2),
        ("MapIterationStarted", 3),
        ("PassStateEntered", 4),
        ("PassStateExited", 5),
        ("MapIterationSucceeded", 6),
        ("MapIterationStarted", 6),
        ("PassStateEntered", 8),
        ("PassStateExited", 9),
        ("MapIterationSucceeded", 10),
        ("MapStateSucceeded", 11),
        ("MapStateExited", 11),
        ("ExecutionSucceeded", 13),
    ],
)
def what_follows_a_map_follows_its_last_iteration(aws: LocalAws) -> Any:
    states = {"Map": over_items({"Pass": {"Type": "Pass", "End": True}}, MaxConcurrency=1)}
    return links(aws, aws.run(states, {"items": ["a", "b"]}), "MapStateStarted")


FAIL_AND_SLEEP = {
    "Choose": {
        "Type": "Choice",
        "Choices": [
            {"Condition": "{% $states.input = 'fail' %}", "Next": "Wait"},
            {"Condition": "{% $states.input = 'wait' %}", "Next": "WaitLong"},
        ],
        "Default": "Sleep",
    },
    "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Fail"},
    "WaitLong": {"Type": "Wait", "Seconds": 9, "Next": "Fail"},
    "Fail": {"Type": "Fail", "Error": "Bad"},
}


@item(
    "inline_map",
    [
        ["MapIterationFailed", True],
        ["MapIterationAborted", True],
        ["TaskStateAborted", True],
        ["MapIterationAborted", True],
        ["WaitStateAborted", True],
        ["MapStateFailed", True],
        ["ExecutionFailed", False],
    ],
)
def all_that_a_failure_ends_follows_the_failure(aws: LocalAws) -> Any:
    states = {**FAIL_AND_SLEEP, "Sleep": task(aws.function("time.sleep(6)"))}
    execution = aws.run({"Map": over_items(states)}, {"items": ["fail", "sleep", "wait"]})
    events = aws.history(execution["executionArn"])
    fatal = next(event["id"] for event in events if event["type"] == "FailStateEntered")
    return [[event["type"], event["previousEventId"] == fatal] for event in events[fatal:]]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
