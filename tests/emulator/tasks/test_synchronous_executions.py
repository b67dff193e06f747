"""Tasks that run an Express machine to its end."""

import time
from typing import Any

from tests.emulator.executions.test_express import FAIL, SUCCEED, express
from tests.emulator.local_aws import Definition, LocalAws, caught, child, task, until
from tests.emulator.maps.express import MARK, Marks
from tests.emulator.observations import Items, caught_error

ITEMS = Items()
item = ITEMS.item

START = "arn:aws:states:::aws-sdk:sfn:startSyncExecution"
WAIT: Definition = {"Wait": {"Type": "Wait", "Seconds": 2, "End": True}}


def run(machine_arn: str, *, given: Any = None, **fields: Any) -> Definition:
    """A Task state that runs an Express machine to its end."""
    arguments = {"StateMachineArn": machine_arn, "Input": {} if given is None else given}
    return {"Type": "Task", "Resource": START, "Arguments": arguments, "End": True, **fields}


@item(
    "synchronous_executions",
    [
        "BillingDetails",
        "ExecutionArn",
        "Input",
        "InputDetails",
        "Name",
        "Output",
        "OutputDetails",
        "StartDate",
        "StateMachineArn",
        "Status",
        "StopDate",
    ],
)
def an_answer_has_capitalised_names(aws: LocalAws) -> Any:
    return sorted(aws.output({"Run": run(express(aws, SUCCEED))}))


@item("synchronous_executions", ['{"a":"ü","b":[1]}', '{"a":1}'])
def an_input_is_an_object_or_text(aws: LocalAws) -> Any:
    machine = express(aws, SUCCEED)
    return [aws.output({"Run": run(machine, given=given)})["Output"] for given in ({"a": "ü", "b": [1]}, '{"a": 1}')]


@item("synchronous_executions", ["FAILED", "Broken", "because", False])
def a_failure_is_a_result(aws: LocalAws) -> Any:
    answer = aws.output({"Run": run(express(aws, FAIL))})
    return [answer["Status"], answer["Error"], answer["Cause"], "Output" in answer]


@item("synchronous_executions", ["TIMED_OUT", False, False])
def an_execution_whose_time_is_up_has_neither_error_nor_output(aws: LocalAws) -> Any:
    answer = aws.output({"Run": run(express(aws, WAIT, TimeoutSeconds=1))})
    return [answer["Status"], "Error" in answer, "Output" in answer]


@item("synchronous_executions", ["States.Timeout", "first second "])
def the_tasks_time_limit_ends_the_wait_alone(aws: LocalAws) -> Any:
    marks, function = Marks(), aws.function(MARK)
    first = task(function, marks.given(mark="first ", seconds=2), Next="Second")
    del first["End"]
    machine = express(aws, {"First": first, "Second": task(function, marks.given(mark="second "))})
    error = caught_error(aws, run(machine, TimeoutSeconds=1))
    until(lambda: "second" in marks.text())
    return [error, marks.text()]


@item("synchronous_executions", True)
def many_run_at_once(aws: LocalAws) -> Any:
    processor = {"StartAt": "Run", "States": {"Run": run(express(aws, WAIT))}}
    began = time.monotonic()
    inner = {"Type": "Map", "Items": "{% [1..40] %}", "ItemProcessor": processor, "Output": "end", "End": True}
    return aws.output({"Map": inner}) == "end" and time.monotonic() - began < 10


@item(
    "synchronous_executions",
    ["Sfn.StateMachineTypeNotSupportedException", "Sfn.StateMachineDoesNotExistException", "Sfn.InvalidArnException"],
)
def a_machine_of_another_kind_or_none_is_an_error(aws: LocalAws) -> Any:
    machine = aws.machine(SUCCEED)
    return [caught_error(aws, run(arn)) for arn in (machine, f"{machine}-not", "no-arn")]


@item("synchronous_executions", "Sfn.InvalidExecutionInputException")
def an_input_that_is_no_json_is_refused(aws: LocalAws) -> Any:
    return caught_error(aws, run(express(aws, SUCCEED), given="{"))


@item("nested_executions", "StepFunctions.StateMachineTypeNotSupportedException")
def nobody_waits_for_an_express_machine_otherwise(aws: LocalAws) -> Any:
    return caught_error(aws, child(express(aws, SUCCEED)))


@item("role_policies", ["Sfn.SfnException", True, "SUCCEEDED"])
def a_role_must_allow_the_machine(aws: LocalAws) -> Any:
    machine = express(aws, SUCCEED)
    action = "states:StartSyncExecution"
    others = aws.role("others", [{"Effect": "Allow", "Action": action, "Resource": f"{machine}-not"}])
    denied = aws.output(caught(run(machine)), role_arn=others)
    role = aws.role("this", [{"Effect": "Allow", "Action": action, "Resource": machine}])
    allowed = aws.output({"Run": run(machine)}, role_arn=role)
    words = f"is not authorized to perform: {action} on resource: {machine}"
    return [denied["Error"], words in denied["Cause"], allowed["Status"]]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
