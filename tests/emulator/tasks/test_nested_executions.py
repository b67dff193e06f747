"""Tasks that run another machine to its end."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws, caught, child, until, unused_name
from tests.emulator.observations import Items, caught_error

DESCRIPTION = [
    "ExecutionArn",
    "Input",
    "InputDetails",
    "Name",
    "RedriveCount",
    "RedriveStatus",
    "StartDate",
    "StateMachineArn",
    "Status",
    "StopDate",
]
ITEMS = Items()
item = ITEMS.item


@item("nested_executions", ("States.TaskFailed", sorted(["Cause", "Error", *DESCRIPTION])))
def a_failed_child_is_a_failed_task_with_its_description(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Fail", "Error": "Broken", "Cause": "because"}})
    error = aws.output(caught(child(machine)))
    return error["Error"], sorted(json.loads(error["Cause"])) if error["Cause"][0] == "{" else None


@item("nested_executions", DESCRIPTION)
def a_timed_out_child_has_neither_error_nor_cause(aws: LocalAws) -> Any:
    machine = aws.machine({"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}, TimeoutSeconds=1)
    error = aws.output(caught(child(machine)))
    return sorted(json.loads(error["Cause"])) if "Cause" in error else None


@item("nested_executions", {"k": 1})
def a_childs_input_and_output_come_parsed(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    run = child(machine, arguments={"Input": {"k": 1}}, Output="{% $states.result.Input %}")
    return aws.output({"Run": run})


@item("nested_executions", "StepFunctions.ExecutionAlreadyExistsException")
def a_childs_name_cannot_be_used_twice(aws: LocalAws) -> Any:
    machine, name = aws.machine({"End": {"Type": "Succeed"}}), unused_name()
    aws.ended(aws.start(machine, name=name))
    return caught_error(aws, child(machine, arguments={"Name": name}))


def slow_child(aws: LocalAws) -> tuple[str, str]:
    """A machine that takes a while, and the ARN of its execution `name`."""
    machine, name = aws.machine({"Wait": {"Type": "Wait", "Seconds": 3, "End": True}}), unused_name()
    return machine, machine.replace(":stateMachine:", ":execution:") + f":{name}"


def executions_of(aws: LocalAws, machine: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    return found


@item("nested_executions", "ABORTED")
def a_child_that_takes_too_long_is_stopped(aws: LocalAws) -> Any:
    machine, arn = slow_child(aws)
    name = arn.rsplit(":", 1)[-1]
    aws.output(caught(child(machine, arguments={"Name": name}, TimeoutSeconds=1)))
    return aws.client("stepfunctions").describe_execution(executionArn=arn)["status"]


@item("nested_executions", "ABORTED")
def a_child_of_an_aborted_parent_is_stopped(aws: LocalAws) -> Any:
    machine, arn = slow_child(aws)
    name = arn.rsplit(":", 1)[-1]
    parent = aws.start(aws.machine({"Run": child(machine, arguments={"Name": name})}))
    until(lambda: any(found["executionArn"] == arn for found in executions_of(aws, machine)))
    aws.client("stepfunctions").stop_execution(executionArn=parent)
    return aws.ended(arn)["status"]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
