"""The Distributed Map of machines in JSONata, as its parent and the APIs see it."""

import json
import time
from typing import Any

from tests.emulator.local_aws import LocalAws, child, until, unused_name
from tests.emulator.maps.distributed import (
    ECHO,
    FAIL_ON_BAD,
    TOLERANT,
    children,
    distributed,
    history_of_the_map,
    map_run,
)
from tests.emulator.observations import Items, caught_error, error_of

ITEMS = Items()
item = ITEMS.item


@item("distributed_map", "States.QueryEvaluationError")
def children_do_not_see_the_parents_variables(aws: LocalAws) -> Any:
    states = {
        "Set": {"Type": "Pass", "Assign": {"outer": 1}, "Next": "Map"},
        **distributed({"Get": {"Type": "Pass", "Output": "{% $outer %}", "End": True}}, **TOLERANT),
    }
    execution = aws.run(states, {"items": [1]})
    [only] = children(aws, map_run(aws, execution)["mapRunArn"])
    return only["error"]


@item("distributed_map", [True, True, "stateMachine"])
def children_know_themselves_by_the_maps_label(aws: LocalAws) -> Any:
    names = {"id": "{% $states.context.Execution.Id %}", "machine": "{% $states.context.StateMachine.Id %}"}
    states = distributed({"Name": {"Type": "Pass", "Output": names, "End": True}}, Label="Label")
    execution = aws.run(states, {"items": [1]})
    [seen] = json.loads(execution["output"])
    machine = execution["stateMachineArn"]
    is_child = seen["id"].startswith(machine.replace(":stateMachine:", ":execution:") + "/Label:")
    return [is_child, seen["machine"] == f"{machine}/Label", seen["machine"].split(":")[5]]


@item("distributed_map", True)
def at_most_as_many_children_run_as_wanted(aws: LocalAws) -> Any:
    wait = {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}
    started = time.monotonic()
    assert aws.run(distributed(wait, MaxConcurrency="{% 2 %}"), {"items": [1, 2, 3]})["status"] == "SUCCEEDED"
    return time.monotonic() - started > 1.9


@item(
    "distributed_map",
    ["MapStateEntered", "MapStateStarted", "MapRunStarted", "MapRunSucceeded", "MapStateSucceeded", "MapStateExited"],
)
def a_history_tells_of_the_map_run(aws: LocalAws) -> Any:
    return history_of_the_map(aws, aws.run(distributed({"Echo": ECHO}), {"items": [1]}))


@item(
    "distributed_map",
    (
        "States.ExceedToleratedFailureThreshold",
        ["MapStateEntered", "MapStateStarted", "MapRunStarted", "MapRunFailed", "MapStateFailed"],
    ),
)
def too_many_failures_fail_the_map_run(aws: LocalAws) -> Any:
    execution = aws.run(distributed(FAIL_ON_BAD), {"items": ["bad"]})
    return execution["error"], history_of_the_map(aws, execution)


@item("distributed_map", ["ABORTED", "ABORTED", "FAILED"])
def too_many_failures_end_the_children_that_run(aws: LocalAws) -> Any:
    execution = aws.run(distributed(FAIL_ON_BAD), {"items": ["good", "good", "bad"]})
    return sorted(one["status"] for one in children(aws, map_run(aws, execution)["mapRunArn"]))


@item("distributed_map", ("ABORTED", "ABORTED", ["MapRunStarted", "MapRunAborted", "ExecutionAborted"], "ABORTED"))
def the_end_of_the_parent_ends_the_children_and_what_they_wait_for(aws: LocalAws) -> Any:
    machine, name = aws.machine({"Wait": {"Type": "Wait", "Seconds": 15, "End": True}}), unused_name()
    client, nested = aws.client("stepfunctions"), machine.replace(":stateMachine:", ":execution:") + f":{name}"
    arn = aws.start(aws.machine(distributed({"Run": child(machine, arguments={"Name": name})})), {"items": [1]})
    until(lambda: error_of(client.describe_execution, executionArn=nested) == "none")
    client.stop_execution(executionArn=arn)
    until(lambda: client.describe_execution(executionArn=nested)["status"] != "RUNNING")
    until(lambda: map_run(aws, {"executionArn": arn})["status"] != "RUNNING")
    described = map_run(aws, {"executionArn": arn})
    [only] = children(aws, described["mapRunArn"])
    last_events = [event["type"] for event in aws.history(arn)][-3:]
    return described["status"], only["status"], last_events, aws.ended(nested)["status"]


@item("payload_quota", "States.DataLimitExceeded")
def a_result_has_at_most_256_kib(aws: LocalAws) -> Any:
    large = {"Large": {"Type": "Pass", "Output": "{% $pad('', 100000, 'x') %}", "End": True}}
    return caught_error(
        aws, distributed(large, Output="small")["Map"], "States.DataLimitExceeded", data={"items": [1, 2, 3]}
    )


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
