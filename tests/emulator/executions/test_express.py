"""Express machines, and what else Step Functions does not do with an ARN."""

import json
from typing import Any

from tests.emulator.local_aws import LocalAws
from tests.emulator.observations import Items, error_of

ITEMS = Items()
item = ITEMS.item

FAIL = {"Fail": {"Type": "Fail", "Error": "Broken", "Cause": "because"}}
SUCCEED = {"End": {"Type": "Succeed"}}


def express(aws: LocalAws, states: dict[str, Any], **fields: Any) -> str:
    """The ARN of an Express machine that begins with the first of these states."""
    definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **fields}
    answer = aws.client("stepfunctions").create_state_machine(
        name=aws.name("express"), definition=json.dumps(definition), roleArn=aws.role_arn, type="EXPRESS"
    )
    arn: str = answer["stateMachineArn"]
    return arn


def run(aws: LocalAws, states: dict[str, Any], data: Any = None) -> dict[str, Any]:
    answer: dict[str, Any] = aws.client("stepfunctions").start_sync_execution(
        stateMachineArn=express(aws, states), input=json.dumps(data or {})
    )
    return answer


@item("express", ["FAILED", "Broken", "because", False, "express", 64])
def a_failed_execution_is_an_answer(aws: LocalAws) -> Any:
    answer = run(aws, FAIL)
    kind, memory = answer["executionArn"].split(":")[5], answer.get("billingDetails", {}).get("billedMemoryUsedInMB")
    return [answer["status"], answer.get("error"), answer.get("cause"), "output" in answer, kind, memory]


@item("express", ["SUCCEEDED", '{"k":1}', "express", "StateMachineTypeNotSupported"])
def an_output_is_text_and_executions_are_not_listed(aws: LocalAws) -> Any:
    answer = run(aws, SUCCEED, {"k": 1})
    listed = error_of(aws.client("stepfunctions").list_executions, stateMachineArn=answer["stateMachineArn"])
    return [answer["status"], answer["output"], answer["executionArn"].split(":")[5], listed]


@item("express", "StateMachineTypeNotSupported")
def a_standard_machine_does_not_run_so(aws: LocalAws) -> Any:
    return error_of(aws.client("stepfunctions").start_sync_execution, stateMachineArn=aws.machine(SUCCEED))


@item("arns", ["InvalidArn", "InvalidArn", "InvalidArn"])
def nobody_can_ask_what_became_of_one(aws: LocalAws) -> Any:
    client = aws.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=express(aws, SUCCEED))["executionArn"]
    actions = (client.describe_execution, client.get_execution_history, client.stop_execution)
    return [error_of(action, executionArn=arn) for action in actions]


MALFORMED = "no-arn"


@item("arns", ["InvalidArn"] * 6)
def what_is_no_arn_is_invalid(aws: LocalAws) -> Any:
    client = aws.client("stepfunctions")
    machines = (client.start_execution, client.list_executions, client.describe_state_machine)
    executions = (client.describe_execution, client.get_execution_history, client.redrive_execution)
    return [error_of(action, stateMachineArn=MALFORMED) for action in machines] + [
        error_of(action, executionArn=MALFORMED) for action in executions
    ]


@item("arns", ["State Machine Does Not Exist", "StateMachineDoesNotExist"])
def a_machine_that_there_is_not_is_named(aws: LocalAws) -> Any:
    client, arn = aws.client("stepfunctions"), f"{aws.machine(SUCCEED)}-not"
    try:
        client.start_execution(stateMachineArn=arn)
    except client.exceptions.StateMachineDoesNotExist as exc:
        return [
            str(exc.response["Error"]["Message"]).split(":")[0],
            error_of(client.list_executions, stateMachineArn=arn),
        ]


test_behaves_as_aws_does, test_ministack_does_not_do_it_by_itself = ITEMS.tests()
