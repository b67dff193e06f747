"""The Parallel state."""

import time
from typing import Any

from tests.emulator.local_aws import Definition, LocalAws
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item

PASS = {"Type": "Pass", "End": True}
FAIL = {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Fail"}, "Fail": {"Type": "Fail", "Error": "Bad"}}


def parallel(*branches: Definition, **fields: Any) -> Definition:
    parts = [{"StartAt": next(iter(states)), "States": states} for states in branches]
    return {"All": {"Type": "Parallel", "Branches": parts, "End": True, **fields}}


@item(
    "parallel_states",
    [
        ("ParallelStateEntered", 0),
        ("ParallelStateStarted", 2),
        ("PassStateEntered", 3),
        ("PassStateExited", 4),
        ("ParallelStateSucceeded", 5),
        ("ParallelStateExited", 5),
        ("ExecutionSucceeded", 7),
    ],
)
def what_follows_the_branches_follows_the_last_of_them(aws: LocalAws) -> Any:
    execution = aws.run(parallel({"A": PASS}))
    return [(event["type"], event["previousEventId"]) for event in aws.history(execution["executionArn"])[1:]]


@item("parallel_states", {"first": "a1", "all": ["a1", "a2"]})
def its_fields_may_be_expressions(aws: LocalAws) -> Any:
    branches = [{name: {**PASS, "Output": f"{{% $states.input.text & '{name[-1]}' %}}"}} for name in ("B1", "B2")]
    output = {"first": "{% $states.result[0] %}", "all": "{% $states.result %}"}
    return aws.output(
        parallel(*branches, Arguments={"text": "{% $states.input.given %}"}, Output=output), {"given": "a"}
    )


@item("parallel_states", ["Bad", True, ["WaitStateAborted", "ParallelStateFailed", "ExecutionFailed"]])
def the_first_failing_branch_stops_the_others(aws: LocalAws) -> Any:
    started = time.monotonic()
    execution = aws.run(parallel(FAIL, {"Long": {"Type": "Wait", "Seconds": 9, "End": True}}))
    types = [event["type"] for event in aws.history(execution["executionArn"])]
    return [execution.get("error"), time.monotonic() - started < 6, types[-3:]]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
