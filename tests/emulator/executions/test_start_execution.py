"""StartExecution."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws, unused_name
from tests.emulator.observations import TOO_MUCH, Items, error_of

ITEMS = Items()
item = ITEMS.item


@item("start_execution", "none")
def starting_the_same_running_execution_again_is_no_error(aws: LocalAws) -> Any:
    arguments = {
        "stateMachineArn": aws.machine({"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}),
        "name": unused_name(),
    }
    aws.client("stepfunctions").start_execution(**arguments)
    return error_of(aws.client("stepfunctions").start_execution, **arguments)


@item("start_execution", "ValidationException")
def an_execution_name_has_at_most_80_characters(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    return error_of(aws.client("stepfunctions").start_execution, stateMachineArn=machine, name="n" * 81)


@item("start_execution", "InvalidName")
def an_execution_name_has_no_blank(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    return error_of(aws.client("stepfunctions").start_execution, stateMachineArn=machine, name="a b")


@item("start_execution", "ValidationException")
def an_input_has_at_most_256_kib(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    text = json.dumps("x" * TOO_MUCH)
    return error_of(aws.client("stepfunctions").start_execution, stateMachineArn=machine, input=text)


@item("start_execution", "InvalidExecutionInput")
def an_input_is_json(aws: LocalAws) -> Any:
    machine = aws.machine({"End": {"Type": "Succeed"}})
    return error_of(aws.client("stepfunctions").start_execution, stateMachineArn=machine, input="{")


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
