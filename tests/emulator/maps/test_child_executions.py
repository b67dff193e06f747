"""The children of a Distributed Map."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.maps.distributed import COUNT, ECHO, TOLERANT, bucket_with, children, distributed, map_run, reader
from tests.emulator.observations import Items

ITEMS = Items()
item = ITEMS.item


@item("child_executions", ["FAILED", "SUCCEEDED"])
def an_item_that_fits_no_batch_fails_alone(aws: LocalAws) -> Any:
    lines = json.dumps("x" * 262_144) + "\n1"
    machine = distributed({"Count": COUNT}, ItemReader=reader("JSONL"), ItemBatcher={"MaxItemsPerBatch": 1}, **TOLERANT)
    machine["Map"]["Output"] = "end"
    execution = aws.run(machine, {"bucket": bucket_with(aws, lines.encode())})
    return sorted(one["status"] for one in children(aws, map_run(aws, execution)["mapRunArn"]))


@item("child_executions", ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"])
def a_child_has_its_own_history(aws: LocalAws) -> Any:
    execution = aws.run(distributed({"Echo": ECHO}), {"items": [1]})
    [only] = children(aws, map_run(aws, execution)["mapRunArn"])
    return [event["type"] for event in aws.history(only["executionArn"])]


@item("child_executions", ["SUCCEEDED", "SUCCEEDED"])
def children_have_their_own_event_quota(aws: LocalAws) -> Any:
    step = {"Type": "Pass", "Next": "B"}
    steps = {"A": step, "B": {**step, "Next": "C"}, "C": {**step, "Next": "D"}, "D": {"Type": "Pass", "End": True}}
    inner = {"Type": "Map", "Items": "{% [1..1300] %}", "ItemProcessor": {"StartAt": "A", "States": steps}}
    states = distributed({"Inner": {**inner, "MaxConcurrency": 1, "Output": 1, "End": True}})
    return [one["status"] for one in children(aws, map_run(aws, aws.run(states, {"items": [1, 2]}))["mapRunArn"])]


@item("status_events", ["/Label", "/Label"])
def events_of_children_name_the_labelled_machine(aws: LocalAws) -> Any:
    machine, queue = aws.machine(distributed({"Echo": ECHO}, Label="Label")), aws.queue()
    aws.forward({"source": ["aws.states"], "detail": {"stateMachineArn": [{"prefix": f"{machine}/"}]}}, queue.arn)
    aws.ended(aws.start(machine, {"items": [1]}))
    return [event["detail"]["stateMachineArn"].removeprefix(machine) for event in aws.messages(queue.url, 2)]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
